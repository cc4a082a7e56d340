"""What hangs on a function beside its configuration: provisioned concurrency, recursion, runtime updates, code signing.

Source: API reference of these operations; wordings seen in deployment reports where a test quotes them.
"""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.conformance.expect import refused

Make = Callable[..., str]


@pytest.fixture
def versioned(awslambda: Any, make_function: Make) -> str:
    """A function with the version 1 and the alias ``live`` of it."""
    name = make_function(Publish=True)
    awslambda.create_alias(FunctionName=name, Name="live", FunctionVersion="1")
    return name


def test_provisioned_concurrency(awslambda: Any, versioned: str) -> None:
    which = {"FunctionName": versioned, "Qualifier": "live"}
    with refused("ProvisionedConcurrencyConfigNotFoundException", status=404):
        awslambda.get_provisioned_concurrency_config(**which)
    answer = awslambda.put_provisioned_concurrency_config(**which, ProvisionedConcurrentExecutions=5)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 202
    assert (answer["Status"], answer["RequestedProvisionedConcurrentExecutions"]) == ("IN_PROGRESS", 5)
    found = awslambda.get_provisioned_concurrency_config(**which)
    assert (found["Status"], found["AvailableProvisionedConcurrentExecutions"]) == ("READY", 5)
    (listed,) = awslambda.list_provisioned_concurrency_configs(FunctionName=versioned)["ProvisionedConcurrencyConfigs"]
    assert listed["FunctionArn"].endswith(f":function:{versioned}:live")
    assert listed["AllocatedProvisionedConcurrentExecutions"] == 5
    for _ in range(2):
        assert awslambda.delete_provisioned_concurrency_config(**which)["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert awslambda.list_provisioned_concurrency_configs(FunctionName=versioned)["ProvisionedConcurrencyConfigs"] == []


def test_refused_provisioned_concurrency(awslambda: Any, versioned: str) -> None:
    def put(qualifier: str, executions: int) -> None:
        awslambda.put_provisioned_concurrency_config(
            FunctionName=versioned, Qualifier=qualifier, ProvisionedConcurrentExecutions=executions
        )

    with refused(
        "InvalidParameterValueException",
        "Provisioned Concurrency Configs cannot be applied to unpublished function versions.",
    ):
        put("$LATEST", 1)
    with refused("ResourceNotFoundException", status=404):
        put("nobody", 1)
    with refused("ValidationException"):
        put("live", 0)
    with refused(
        "InvalidParameterValueException",
        "Specified ConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its "
        "minimum value of [100].",
    ):
        put("live", 901)
    awslambda.put_function_concurrency(FunctionName=versioned, ReservedConcurrentExecutions=2)
    with refused("InvalidParameterValueException"):
        put("live", 3)
    put("live", 2)
    with refused("ResourceConflictException", status=409):
        put("1", 1)


def test_recursion(awslambda: Any, make_function: Make) -> None:
    name = make_function()
    assert awslambda.get_function_recursion_config(FunctionName=name)["RecursiveLoop"] == "Terminate"
    assert awslambda.put_function_recursion_config(FunctionName=name, RecursiveLoop="Allow")["RecursiveLoop"] == "Allow"
    assert awslambda.get_function_recursion_config(FunctionName=name)["RecursiveLoop"] == "Allow"
    with refused("ValidationException"):
        awslambda.put_function_recursion_config(FunctionName=name, RecursiveLoop="Perhaps")


def test_runtime_updates(awslambda: Any, versioned: str) -> None:
    name = {"FunctionName": versioned}
    arn = "arn:aws:lambda:us-east-1::runtime:0123456789abcdef"
    assert awslambda.get_runtime_management_config(**name)["UpdateRuntimeOn"] == "Auto"
    awslambda.put_runtime_management_config(**name, UpdateRuntimeOn="Manual", RuntimeVersionArn=arn)
    found = awslambda.get_runtime_management_config(**name)
    assert (found["UpdateRuntimeOn"], found["RuntimeVersionArn"]) == ("Manual", arn)
    assert found["FunctionArn"].endswith(f":function:{versioned}:$LATEST")
    version = awslambda.get_runtime_management_config(**name, Qualifier="live")
    assert (version["UpdateRuntimeOn"], version["FunctionArn"][-2:]) == ("Auto", ":1")
    with refused("InvalidParameterValueException"):
        awslambda.put_runtime_management_config(**name, UpdateRuntimeOn="Manual")
    with refused("InvalidParameterValueException"):
        awslambda.put_runtime_management_config(**name, UpdateRuntimeOn="Auto", RuntimeVersionArn=arn)


def test_no_code_is_signed(awslambda: Any, function: str) -> None:
    assert "CodeSigningConfigArn" not in awslambda.get_function_code_signing_config(FunctionName=function)
    awslambda.delete_function_code_signing_config(FunctionName=function)
    arn = "arn:aws:lambda:us-east-1:000000000000:code-signing-config:csc-0123456789abcdef0"
    with refused("CodeSigningConfigNotFoundException", status=404):
        awslambda.put_function_code_signing_config(FunctionName=function, CodeSigningConfigArn=arn)


def test_settings_go_with_their_function(awslambda: Any, make_function: Make) -> None:
    name = make_function()
    awslambda.put_function_recursion_config(FunctionName=name, RecursiveLoop="Allow")
    awslambda.delete_function(FunctionName=name)
    make_function(FunctionName=name)
    assert awslambda.get_function_recursion_config(FunctionName=name)["RecursiveLoop"] == "Terminate"


def test_a_stream_of_events(awslambda: Any, make_function: Make) -> None:
    name = make_function("def handler(event, context):\n    print('seen')\n    return 'x' * event['n']\n")
    answer = awslambda.invoke_with_response_stream(FunctionName=name, Payload=b'{"n": 150000}', LogType="Tail")
    assert answer["ExecutedVersion"] == "$LATEST"
    events = list(answer["EventStream"])
    chunks = [event["PayloadChunk"]["Payload"] for event in events[:-1]]
    assert len(chunks) > 1
    assert json.loads(b"".join(chunks)) == "x" * 150_000
    complete = events[-1]["InvokeComplete"]
    assert "ErrorCode" not in complete
    assert complete["LogResult"]


def test_a_stream_of_a_function_that_fails(awslambda: Any, make_function: Make) -> None:
    name = make_function("def handler(event, context):\n    raise ValueError('no')\n")
    (complete,) = awslambda.invoke_with_response_stream(FunctionName=name)["EventStream"]
    assert complete["InvokeComplete"]["ErrorCode"] == "Unhandled"
    assert json.loads(complete["InvokeComplete"]["ErrorDetails"])["errorType"] == "ValueError"


def test_the_older_way_to_leave_an_event(awslambda: Any, function: str) -> None:
    assert awslambda.invoke_async(FunctionName=function, InvokeArgs=b"{}")["Status"] == 202
    with refused("InvalidRequestContentException"):
        awslambda.invoke_async(FunctionName=function, InvokeArgs=b"no json")


def test_reserved_concurrency_is_told_by_itself_and_by_the_account(awslambda: Any, make_function: Make) -> None:
    name = make_function()
    assert "ReservedConcurrentExecutions" not in awslambda.get_function_concurrency(FunctionName=name)
    awslambda.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=7)
    assert awslambda.get_function_concurrency(FunctionName=name)["ReservedConcurrentExecutions"] == 7
    settings = awslambda.get_account_settings()
    limit = settings["AccountLimit"]
    assert limit["ConcurrentExecutions"] - limit["UnreservedConcurrentExecutions"] >= 7
    assert settings["AccountUsage"]["FunctionCount"] >= 1
    assert settings["AccountUsage"]["TotalCodeSize"] > 0
    awslambda.delete_function_concurrency(FunctionName=name)
    assert "ReservedConcurrentExecutions" not in awslambda.get_function_concurrency(FunctionName=name)
    with refused("ResourceNotFoundException", status=404):
        awslambda.get_function_concurrency(FunctionName="nobody")


def test_there_is_no_code_signing_configuration(awslambda: Any) -> None:
    assert awslambda.list_code_signing_configs()["CodeSigningConfigs"] == []
    with refused("ValidationException"):
        awslambda.list_code_signing_configs(MaxItems=0)
