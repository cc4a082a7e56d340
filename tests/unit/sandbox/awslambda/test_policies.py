import json
from typing import Any

import pytest

from sandbox.awslambda.faults import (
    CodeSigningConfigNotFoundException,
    InvalidParameterValueException,
    PreconditionFailedException,
    ProvisionedConcurrencyConfigNotFoundException,
    ResourceConflictException,
    ResourceNotFoundException,
)
from tests.unit.sandbox.awslambda.conftest import Api

ARN = "arn:aws:lambda:eu-west-1:123456789012:function:handle-orders"


@pytest.fixture
def ready(api: Api) -> Api:
    """With version 1 of ``handle-orders``."""
    api.create_function(Publish=True)
    return api


def permit(api: Api, sid: str = "topic", **members: Any) -> Any:
    defaults = {"FunctionName": "handle-orders", "StatementId": sid, "Action": "lambda:InvokeFunction"}
    answer = api.call("AddPermission", **{**defaults, "Principal": "sns.amazonaws.com", **members})
    return json.loads(answer["Statement"])


def policy(api: Api, **members: Any) -> Any:
    return json.loads(api.call("GetPolicy", FunctionName="handle-orders", **members)["Policy"])


def test_what_is_permitted_is_told(ready: Api) -> None:
    statement = permit(ready, SourceArn="arn:aws:sns:eu-west-1:123456789012:t", SourceAccount="123456789012")
    assert statement == {
        "Sid": "topic",
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "lambda:InvokeFunction",
        "Resource": ARN,
        "Condition": {
            "StringEquals": {"AWS:SourceAccount": "123456789012"},
            "ArnLike": {"AWS:SourceArn": "arn:aws:sns:eu-west-1:123456789012:t"},
        },
    }
    plain = permit(ready, "all", Principal="*")
    assert plain.keys() == {"Sid", "Effect", "Principal", "Action", "Resource"}
    assert policy(ready) == {"Version": "2012-10-17", "Id": "default", "Statement": [statement, plain]}


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("*", "*"),
        ("111122223333", {"AWS": "arn:aws:iam::111122223333:root"}),
        ("arn:aws:iam::111122223333:role/r", {"AWS": "arn:aws:iam::111122223333:role/r"}),
        ("s3.amazonaws.com", {"Service": "s3.amazonaws.com"}),
    ],
)
def test_principals(ready: Api, given: str, told: Any) -> None:
    assert permit(ready, Principal=given)["Principal"] == told


def test_a_version_has_a_policy_of_its_own(ready: Api) -> None:
    assert permit(ready, Qualifier="1")["Resource"] == f"{ARN}:1"
    with pytest.raises(ResourceNotFoundException, match="The resource you requested does not exist"):
        policy(ready)
    with pytest.raises(InvalidParameterValueException):
        permit(ready, Qualifier="$LATEST")


def test_statements_are_removed_one_by_one(ready: Api) -> None:
    permit(ready, "a")
    permit(ready, "b")
    with pytest.raises(ResourceConflictException, match="already exists"):
        permit(ready, "b")
    ready.call("RemovePermission", FunctionName="handle-orders", StatementId="a")
    assert [each["Sid"] for each in policy(ready)["Statement"]] == ["b"]
    with pytest.raises(ResourceNotFoundException, match="Statement a is not found"):
        ready.call("RemovePermission", FunctionName="handle-orders", StatementId="a")
    with pytest.raises(PreconditionFailedException):
        ready.call("RemovePermission", FunctionName="handle-orders", StatementId="b", RevisionId="old")
    ready.call("RemovePermission", FunctionName="handle-orders", StatementId="b")
    with pytest.raises(ResourceNotFoundException, match="No policy is associated"):
        ready.call("RemovePermission", FunctionName="handle-orders", StatementId="b")


def test_policies_go_with_their_function(ready: Api) -> None:
    permit(ready)
    ready.call("DeleteFunction", FunctionName="handle-orders")
    ready.create_function()
    with pytest.raises(ResourceNotFoundException):
        policy(ready)


def test_what_tools_ask_of_an_untouched_function(ready: Api) -> None:
    name = {"FunctionName": "handle-orders"}
    assert ready.call("GetFunctionCodeSigningConfig", **name) == {}
    assert ready.call("GetFunctionRecursionConfig", **name) == {"RecursiveLoop": "Terminate"}
    assert ready.call("ListProvisionedConcurrencyConfigs", **name) == {"ProvisionedConcurrencyConfigs": []}
    managed = ready.call("GetRuntimeManagementConfig", **name)
    assert managed == {"UpdateRuntimeOn": "Auto", "FunctionArn": f"{ARN}:$LATEST"}
    assert ready.call("ListCodeSigningConfigs") == {"CodeSigningConfigs": []}
    assert ready.call("DeleteFunctionCodeSigningConfig", **name) is None
    with pytest.raises(CodeSigningConfigNotFoundException):
        ready.call("PutFunctionCodeSigningConfig", **name, CodeSigningConfigArn="arn:aws:lambda:x")
    with pytest.raises(ProvisionedConcurrencyConfigNotFoundException):
        ready.call("GetProvisionedConcurrencyConfig", **name, Qualifier="1")


@pytest.mark.parametrize(
    "operation",
    [
        "DeleteFunctionCodeSigningConfig",
        "GetFunctionCodeSigningConfig",
        "GetFunctionRecursionConfig",
        "GetRuntimeManagementConfig",
        "GetPolicy",
    ],
)
def test_nothing_is_told_of_a_function_that_is_not_there(api: Api, operation: str) -> None:
    with pytest.raises(ResourceNotFoundException, match="Function not found"):
        api.call(operation, FunctionName="none")
