"""GetFunction, ListFunctions, UpdateFunctionCode, UpdateFunctionConfiguration, DeleteFunction, PutFunctionConcurrency.

Source: lambda-event-source-mappings §5.1, §5.2.
"""

from collections.abc import Callable
from typing import Any

import pytest

from tests.conformance.expect import refused

Unique = Callable[[], str]
ARN = "arn:aws:lambda:us-east-1:000000000000:function:"


def test_get_function(awslambda: Any, function: str) -> None:
    answer = awslambda.get_function(FunctionName=function)
    assert answer["Configuration"]["State"] == "Active"
    assert answer["Configuration"]["LastUpdateStatus"] == "Successful"
    assert answer["Code"]["RepositoryType"] == "S3"
    assert "Concurrency" not in answer


def test_get_function_configuration(awslambda: Any, function: str) -> None:
    answer = awslambda.get_function_configuration(FunctionName=function)
    assert (answer["FunctionName"], answer["Version"]) == (function, "$LATEST")


@pytest.mark.parametrize("form", ["{name}", ARN + "{name}", "000000000000:function:{name}", "{name}:$LATEST"])
def test_ways_to_name_a_function(awslambda: Any, function: str, form: str) -> None:
    answer = awslambda.get_function_configuration(FunctionName=form.format(name=function))
    assert answer["FunctionName"] == function


@pytest.mark.parametrize(
    "operation", ["get_function", "get_function_configuration", "delete_function", "update_function_configuration"]
)
def test_an_unknown_function(awslambda: Any, unique: Unique, operation: str) -> None:
    name = f"fn-{unique()}"
    with refused("ResourceNotFoundException", f"Function not found: {ARN}{name}", status=404):
        getattr(awslambda, operation)(FunctionName=name)


def test_a_function_of_another_region(awslambda: Any, function: str) -> None:
    with refused(
        "ResourceNotFoundException",
        "Functions from 'eu-west-1' are not reachable in this region ('us-east-1')",
        status=404,
    ):
        awslambda.get_function(FunctionName=f"arn:aws:lambda:eu-west-1:000000000000:function:{function}")


def test_list_functions(awslambda: Any, function: str) -> None:
    pages = awslambda.get_paginator("list_functions").paginate(PaginationConfig={"PageSize": 1})
    names = [one["FunctionName"] for page in pages for one in page["Functions"]]
    assert function in names
    assert len(names) == len(set(names))


def test_new_code(awslambda: Any, make_function: Callable[..., str], zip_of: Callable[..., bytes]) -> None:
    name = make_function("def handler(event, context):\n    return 1\n")
    before = awslambda.get_function_configuration(FunctionName=name)
    answer = awslambda.update_function_code(
        FunctionName=name, ZipFile=zip_of(app__py="def handler(event, context):\n    return 2\n")
    )
    assert answer["LastUpdateStatus"] == "InProgress"
    assert answer["RevisionId"] != before["RevisionId"]
    assert answer["CodeSha256"] != before["CodeSha256"]
    awslambda.get_waiter("function_updated_v2").wait(FunctionName=name, WaiterConfig={"Delay": 1})
    assert awslambda.invoke(FunctionName=name)["Payload"].read() == b"2"


def test_new_configuration(awslambda: Any, make_function: Callable[..., str]) -> None:
    name = make_function(
        "import os\ndef handler(event, context):\n    return os.environ['MODE']\n",
        Environment={"Variables": {"MODE": "1"}},
    )
    answer = awslambda.update_function_configuration(
        FunctionName=name, Environment={"Variables": {"MODE": "2"}}, Timeout=7, MemorySize=256, Description="d"
    )
    assert (answer["Timeout"], answer["MemorySize"], answer["Description"]) == (7, 256, "d")
    awslambda.get_waiter("function_updated_v2").wait(FunctionName=name, WaiterConfig={"Delay": 1})
    assert awslambda.invoke(FunctionName=name)["Payload"].read() == b'"2"'


def test_a_stale_revision(awslambda: Any, make_function: Callable[..., str]) -> None:
    name = make_function()
    with refused(
        "PreconditionFailedException",
        "The Revision Id provided does not match the latest Revision Id. "
        "Call the GetFunction/GetAlias API to retrieve the latest Revision Id",
        status=412,
    ):
        awslambda.update_function_configuration(FunctionName=name, Timeout=5, RevisionId="stale")


def test_delete_function(awslambda: Any, make_function: Callable[..., str]) -> None:
    name = make_function()
    assert awslambda.delete_function(FunctionName=name)["ResponseMetadata"]["HTTPStatusCode"] == 204
    with refused("ResourceNotFoundException", f"Function not found: {ARN}{name}", status=404):
        awslambda.get_function(FunctionName=name)


def test_latest_cannot_be_deleted(awslambda: Any, function: str) -> None:
    with refused("InvalidParameterValueException", "$LATEST version cannot be deleted without deleting the function."):
        awslambda.delete_function(FunctionName=function, Qualifier="$LATEST")


def test_reserved_concurrency(awslambda: Any, make_function: Callable[..., str]) -> None:
    name = make_function()
    answer = awslambda.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
    assert answer["ReservedConcurrentExecutions"] == 0
    assert awslambda.get_function(FunctionName=name)["Concurrency"] == {"ReservedConcurrentExecutions": 0}
    with refused("TooManyRequestsException", "Rate Exceeded.", status=429) as refusal:
        awslambda.invoke(FunctionName=name)
    assert refusal.response["Reason"] == "ReservedFunctionConcurrentInvocationLimitExceeded"
    awslambda.delete_function_concurrency(FunctionName=name)
    assert awslambda.invoke(FunctionName=name)["StatusCode"] == 200
