"""What deployment tools ask of every function: its policy, and settings that nobody touched."""

import json
from collections.abc import Callable
from typing import Any

from tests.conformance.expect import refused


def test_a_policy(awslambda: Any, make_function: Callable[..., str]) -> None:
    name = make_function()
    with refused("ResourceNotFoundException", "The resource you requested does not exist.", status=404):
        awslambda.get_policy(FunctionName=name)
    answer = awslambda.add_permission(
        FunctionName=name, StatementId="bucket", Action="lambda:InvokeFunction", Principal="s3.amazonaws.com"
    )
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 201
    found = json.loads(awslambda.get_policy(FunctionName=name)["Policy"])
    assert found["Statement"] == [json.loads(answer["Statement"])]
    awslambda.remove_permission(FunctionName=name, StatementId="bucket")
    with refused("ResourceNotFoundException", status=404):
        awslambda.get_policy(FunctionName=name)


def test_settings_that_nobody_touched(awslambda: Any, function: str) -> None:
    assert "CodeSigningConfigArn" not in awslambda.get_function_code_signing_config(FunctionName=function)
    assert awslambda.get_function_recursion_config(FunctionName=function)["RecursiveLoop"] == "Terminate"
    assert awslambda.get_runtime_management_config(FunctionName=function)["UpdateRuntimeOn"] == "Auto"
    listed = awslambda.list_provisioned_concurrency_configs(FunctionName=function)
    assert listed["ProvisionedConcurrencyConfigs"] == []
    with refused("ProvisionedConcurrencyConfigNotFoundException", status=404):
        awslambda.get_provisioned_concurrency_config(FunctionName=function, Qualifier="$LATEST")
