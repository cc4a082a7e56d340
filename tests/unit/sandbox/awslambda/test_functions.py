import base64
import hashlib
from typing import Any

import pytest

from sandbox.awslambda.faults import (
    CodeStorageExceededException,
    InvalidParameterValueException,
    PreconditionFailedException,
    ResourceConflictException,
    ResourceNotFoundException,
)
from sandbox.faults import ApiFault
from sandbox.wire.faults import ValidationException
from tests.unit.sandbox.awslambda.conftest import ROLE, Api, archive

ARN = "arn:aws:lambda:eu-west-1:123456789012:function:handle-orders"


def refused(api: Api, fault: type[ApiFault], operation: str, **members: Any) -> str:
    with pytest.raises(fault) as caught:
        api.call(operation, **members)
    assert caught.value.message is not None
    return caught.value.message


# -- create ----------------------------------------------------------------------------------------------------------


def test_the_answer_to_create_function_has_every_member_aws_sends(api: Api) -> None:
    code = archive({"app.py": "pass"})
    answer = api.create_function(Code={"ZipFile": code}, Environment={"Variables": {"TABLE": "orders"}})
    revision = answer.pop("RevisionId")
    runtime_arn = answer.pop("RuntimeVersionConfig")["RuntimeVersionArn"]
    assert answer == {
        "FunctionName": "handle-orders",
        "FunctionArn": ARN,
        "Runtime": "python3.12",
        "Role": ROLE,
        "Handler": "app.handler",
        "CodeSize": len(code),
        "CodeSha256": base64.b64encode(hashlib.sha256(code).digest()).decode(),
        "Description": "",
        "Timeout": 3,
        "MemorySize": 128,
        "LastModified": "2023-11-14T22:13:20.250+0000",
        "Version": "$LATEST",
        "Environment": {"Variables": {"TABLE": "orders"}},
        "TracingConfig": {"Mode": "PassThrough"},
        "PackageType": "Zip",
        "Architectures": ["x86_64"],
        "EphemeralStorage": {"Size": 512},
        "SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"},
        "LoggingConfig": {"LogFormat": "Text", "LogGroup": "/aws/lambda/handle-orders"},
        "State": "Pending",
        "StateReason": "The function is being created.",
        "StateReasonCode": "Creating",
    }
    assert len(revision) == 36
    assert runtime_arn.startswith("arn:aws:lambda:eu-west-1::runtime:")


def test_a_function_is_active_as_soon_as_somebody_looks(api: Api) -> None:
    """The waiters of SDKs poll GetFunction; here they return at once."""
    created = api.create_function()
    found = api.call("GetFunctionConfiguration", FunctionName="handle-orders")
    assert (found["State"], found["LastUpdateStatus"]) == ("Active", "Successful")
    assert "StateReason" not in found
    assert found["RevisionId"] != created["RevisionId"], "each step has a revision of its own"


def test_a_function_is_deployed_with_its_code_and_the_variables_sdks_need(api: Api) -> None:
    api.create_function(Environment={"Variables": {"TABLE": "orders", "STAGE": "mine"}}, MemorySize=256)
    configuration, path, environment = api.functions.deployed[ARN]
    assert configuration["MemorySize"] == 256
    assert (path / "app.py").read_text() == "def handler(event, context): ..."
    assert environment == {
        "TABLE": "orders",
        "STAGE": "mine",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:4566",
        "AWS_ACCESS_KEY_ID": "123456789012",
        "AWS_SECRET_ACCESS_KEY": "sandbox",
        "AWS_SESSION_TOKEN": "sandbox",
        "AWS_REGION": "eu-west-1",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_EXECUTION_ENV": "AWS_Lambda_python3.12",
        "AWS_LAMBDA_FUNCTION_NAME": "handle-orders",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
        "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/handle-orders",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR",
        "TZ": ":UTC",
        "LANG": "en_US.UTF-8",
    }


def test_a_name_can_be_taken_once(api: Api) -> None:
    api.create_function()
    with pytest.raises(ResourceConflictException, match=r"^Function already exist: handle-orders$"):
        api.create_function()


def test_the_sandbox_takes_so_many_functions_and_no_more(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client in a loop must not fill the disk."""
    monkeypatch.setattr("sandbox.awslambda.operations.functions.create_function.FUNCTIONS_MAX", 1)
    api.create_function("a")
    with pytest.raises(CodeStorageExceededException, match=r"^Code storage limit exceeded\.$"):
        api.create_function("b")


@pytest.mark.parametrize(
    ("members", "fault", "message"),
    [
        (
            {"Runtime": "python2.7"},
            InvalidParameterValueException,
            (
                "The runtime parameter of python2.7 is no longer supported for creating or updating AWS Lambda functions. "
                "We recommend you use a supported runtime while creating or updating functions."
            ),
        ),
        (
            {"Layers": [f"arn:aws:lambda:eu-west-1:123456789012:layer:l{n}:1" for n in range(6)]},
            InvalidParameterValueException,
            "Cannot reference more than 5 layers.",
        ),
        (
            {"Layers": ["arn:aws:lambda:eu-west-1:123456789012:layer:l:1"]},
            InvalidParameterValueException,
            "Layer version arn:aws:lambda:eu-west-1:123456789012:layer:l:1 does not exist.",
        ),
        (
            {"Handler": None},
            InvalidParameterValueException,
            "Runtime and Handler are mandatory parameters for functions created with deployment packages.",
        ),
        (
            {"Environment": {"Variables": {"AWS_REGION": "x", "OK": "y", "_HANDLER": "z"}}},
            InvalidParameterValueException,
            (
                "Lambda was unable to configure your environment variables because the environment variables you have "
                "provided contains reserved keys that are currently not supported for modification. "
                "Reserved keys used in this request: AWS_REGION, _HANDLER"
            ),
        ),
        (
            {"Environment": {"Variables": {"A": "1", "B-C": "2"}}},
            ValidationException,
            (
                "1 validation error detected: Value '{A=1, B-C=2}' at 'environment.variables' failed to satisfy constraint: Map "
                "keys must satisfy constraint: [Member must satisfy regular expression pattern: [a-zA-Z]([a-zA-Z0-9_])+]"
            ),
        ),
        (
            {"Role": "not-a-role"},
            ValidationException,
            (
                "1 validation error detected: Value 'not-a-role' at 'role' failed to satisfy constraint: Member must satisfy "
                r"regular expression pattern: arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+"
            ),
        ),
        (
            {"Timeout": 901},
            ValidationException,
            (
                "1 validation error detected: Value '901' at 'timeout' failed to satisfy constraint: "
                "Member must have value less than or equal to 900"
            ),
        ),
        (
            {"MemorySize": 64},
            ValidationException,
            (
                "1 validation error detected: Value '64' at 'memorySize' failed to satisfy constraint: "
                "Member must have value greater than or equal to 128"
            ),
        ),
        (
            {"FunctionName": "n" * 65},
            ValidationException,
            (
                f"1 validation error detected: Value '{'n' * 65}' at 'functionName' failed to satisfy constraint: "
                "Member must have length less than or equal to 64"
            ),
        ),
        (
            {"FunctionName": "arn:aws:lambda:us-west-2:123456789012:function:f"},
            ResourceNotFoundException,
            "Functions from 'us-west-2' are not reachable in this region ('eu-west-1')",
        ),
        ({"Code": {}}, InvalidParameterValueException, "Please provide a source for function code."),
        (
            {"Tags": {f"k{n}": "" for n in range(51)}},
            InvalidParameterValueException,
            "Number of tags exceeds resource tag limit.",
        ),
    ],
)
def test_create_function_refuses_in_the_words_of_aws(
    api: Api, members: dict[str, Any], fault: type[ApiFault], message: str
) -> None:
    with pytest.raises(fault) as caught:
        api.create_function(**members)
    assert caught.value.message == message
    assert api.functions.deployed == {}


def test_an_unknown_runtime_is_named_without_quotes(api: Api) -> None:
    with pytest.raises(InvalidParameterValueException) as caught:
        api.create_function(Runtime="python99")
    message = caught.value.message or ""
    assert message.startswith(
        "Value python99 at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: ["
    )
    assert message.endswith("] or be a valid ARN")


def test_variables_of_more_than_4_kb_are_refused_with_what_was_measured(api: Api) -> None:
    with pytest.raises(InvalidParameterValueException, match=r'exceeded the 4KB limit. String measured: {"BIG":"xxx'):
        api.create_function(Environment={"Variables": {"BIG": "x" * 4_090}})
    api.create_function(Environment={"Variables": {"BIG": "x" * (4_096 - len('{"BIG":""}'))}})


def test_a_container_image_is_deployed_by_its_name(api: Api) -> None:
    api.create_function(PackageType="Image", Code={"ImageUri": "repo:tag"}, Runtime=None, Handler=None)
    assert api.functions.images == {ARN: "repo:tag"}


# -- update ----------------------------------------------------------------------------------------------------------


def test_new_code_is_deployed_beside_the_old(api: Api) -> None:
    """An invocation in flight may still import from the folder it began with."""
    before = api.create_function()
    _, old_path, _ = api.functions.deployed[ARN]
    answer = api.call("UpdateFunctionCode", FunctionName="handle-orders", ZipFile=archive({"app.py": "new"}))
    configuration, new_path, _ = api.functions.deployed[ARN]
    assert (new_path / "app.py").read_text() == "new"
    assert (old_path / "app.py").exists()
    assert answer["LastUpdateStatus"] == "InProgress"
    assert answer["CodeSha256"] == configuration["CodeSha256"] != before["CodeSha256"]
    assert api.call("GetFunctionConfiguration", FunctionName=ARN)["LastUpdateStatus"] == "Successful"


def test_a_dry_run_changes_nothing(api: Api) -> None:
    api.create_function()
    deployed = api.functions.deployed[ARN]
    api.call("UpdateFunctionCode", FunctionName="handle-orders", ZipFile=archive({"app.py": "new"}), DryRun=True)
    assert api.functions.deployed[ARN] == deployed
    assert api.call("GetFunctionConfiguration", FunctionName=ARN) == deployed[0]


def test_settings_that_are_not_given_stay(api: Api) -> None:
    api.create_function(
        Timeout=10, Environment={"Variables": {"AB": "1"}}, DeadLetterConfig={"TargetArn": "arn:aws:sqs:x"}
    )
    api.call(
        "UpdateFunctionConfiguration", FunctionName="handle-orders", MemorySize=512, DeadLetterConfig={"TargetArn": ""}
    )
    found = api.call("GetFunctionConfiguration", FunctionName="handle-orders")
    assert (found["Timeout"], found["MemorySize"], found["Environment"]) == (10, 512, {"Variables": {"AB": "1"}})
    assert "DeadLetterConfig" not in found
    assert api.functions.deployed[ARN][0] == found


def test_an_update_that_cannot_be_deployed_changes_nothing(api: Api) -> None:
    """The answer is a refusal; the next reader must not see half of it."""
    source = api.project / "src"
    source.mkdir()
    api.create_function(Code={"S3Bucket": "hot-reload", "S3Key": str(source)})
    before = api.call("GetFunctionConfiguration", FunctionName="handle-orders")
    source.rmdir()
    message = refused(
        api, InvalidParameterValueException, "UpdateFunctionConfiguration", FunctionName="handle-orders", Timeout=9
    )
    assert "does not exist" in message
    assert api.call("GetFunctionConfiguration", FunctionName="handle-orders") == before


def test_json_logging_gets_its_levels_and_text_loses_them(api: Api) -> None:
    api.create_function(LoggingConfig={"LogFormat": "JSON", "LogGroup": "mine"})
    found = api.call("GetFunctionConfiguration", FunctionName="handle-orders")
    assert found["LoggingConfig"] == {
        "LogFormat": "JSON",
        "LogGroup": "mine",
        "ApplicationLogLevel": "INFO",
        "SystemLogLevel": "INFO",
    }
    api.call("UpdateFunctionConfiguration", FunctionName="handle-orders", LoggingConfig={"LogFormat": "Text"})
    found = api.call("GetFunctionConfiguration", FunctionName="handle-orders")
    assert found["LoggingConfig"] == {"LogFormat": "Text", "LogGroup": "mine"}


@pytest.mark.parametrize("operation", ["UpdateFunctionCode", "UpdateFunctionConfiguration", "PublishVersion"])
def test_a_stale_revision_is_refused(api: Api, operation: str) -> None:
    created = api.create_function()
    code = {"ZipFile": archive({"app.py": "x"})} if operation == "UpdateFunctionCode" else {}
    message = refused(
        api,
        PreconditionFailedException,
        operation,
        FunctionName="handle-orders",
        RevisionId=created["RevisionId"],
        **code,
    )
    assert message == (
        "The Revision Id provided does not match the latest Revision Id. "
        "Call the GetFunction/GetAlias API to retrieve the latest Revision Id"
    )
    latest = api.call("GetFunctionConfiguration", FunctionName="handle-orders")["RevisionId"]
    api.call(operation, FunctionName="handle-orders", RevisionId=latest, **code)


# -- read ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operation", "members"),
    [
        ("GetFunction", {}),
        ("GetFunctionConfiguration", {}),
        ("DeleteFunction", {}),
        ("Invoke", {}),
        ("UpdateFunctionConfiguration", {}),
        ("UpdateFunctionCode", {"ZipFile": b""}),
        ("PublishVersion", {}),
        ("ListVersionsByFunction", {}),
        ("PutFunctionConcurrency", {"ReservedConcurrentExecutions": 1}),
        ("GetFunctionConcurrency", {}),
        ("DeleteFunctionConcurrency", {}),
    ],
)
def test_an_unknown_function_is_named_by_its_arn(api: Api, operation: str, members: dict[str, Any]) -> None:
    message = refused(api, ResourceNotFoundException, operation, FunctionName="none", **members)
    assert message == "Function not found: arn:aws:lambda:eu-west-1:123456789012:function:none"


def test_get_function_tells_code_tags_and_concurrency(api: Api) -> None:
    api.create_function(Tags={"team": "orders"})
    api.call("PutFunctionConcurrency", FunctionName="handle-orders", ReservedConcurrentExecutions=3)
    found = api.call("GetFunction", FunctionName="handle-orders")
    assert found["Tags"] == {"team": "orders"}
    assert found["Concurrency"] == {"ReservedConcurrentExecutions": 3}
    assert found["Code"] == {"RepositoryType": "S3", "Location": api.functions.deployed[ARN][1].as_uri()}


def test_a_function_without_tags_and_concurrency_does_not_mention_them(api: Api) -> None:
    api.create_function()
    assert api.call("GetFunction", FunctionName="handle-orders").keys() == {"Configuration", "Code"}


@pytest.mark.parametrize(
    ("name", "qualifier", "shown"),
    [
        ("handle-orders", None, ARN),
        (ARN, None, ARN),
        ("123456789012:function:handle-orders", None, ARN),
        ("handle-orders:$LATEST", None, f"{ARN}:$LATEST"),
        ("handle-orders", "$LATEST", f"{ARN}:$LATEST"),
        ("handle-orders:$LATEST", "$LATEST", f"{ARN}:$LATEST"),
    ],
)
def test_a_function_can_be_named_in_many_ways(api: Api, name: str, qualifier: str | None, shown: str) -> None:
    api.create_function()
    assert api.call("GetFunction", FunctionName=name, Qualifier=qualifier)["Configuration"]["FunctionArn"] == shown


def test_two_different_qualifiers_are_refused(api: Api) -> None:
    api.create_function()
    message = refused(api, InvalidParameterValueException, "GetFunction", FunctionName="handle-orders:1", Qualifier="2")
    assert message == "The derived qualifier from the function name does not match the specified qualifier."


def test_an_unknown_alias_is_part_of_the_arn_that_is_not_found(api: Api) -> None:
    api.create_function()
    message = refused(api, ResourceNotFoundException, "GetFunction", FunctionName="handle-orders", Qualifier="live")
    assert message == f"Function not found: {ARN}:live"


def test_another_accounts_function_is_not_seen(api: Api) -> None:
    api.create_function()
    foreign = ARN.replace("123456789012", "210987654321")
    assert (
        refused(api, ResourceNotFoundException, "GetFunction", FunctionName=foreign) == f"Function not found: {foreign}"
    )


def test_functions_are_listed_by_name_in_pages(api: Api) -> None:
    for name in ("c", "a", "b"):
        api.create_function(name)
    first = api.call("ListFunctions", MaxItems=2)
    assert [each["FunctionName"] for each in first["Functions"]] == ["a", "b"]
    assert "State" not in first["Functions"][0]
    last = api.call("ListFunctions", MaxItems=2, Marker=first["NextMarker"])
    assert [each["FunctionName"] for each in last["Functions"]] == ["c"]
    assert "NextMarker" not in last


def test_a_page_goes_on_although_its_marker_was_deleted(api: Api) -> None:
    for name in ("a", "b", "c"):
        api.create_function(name)
    first = api.call("ListFunctions", MaxItems=1)
    api.call("DeleteFunction", FunctionName="a")
    rest = api.call("ListFunctions", Marker=first["NextMarker"])
    assert [each["FunctionName"] for each in rest["Functions"]] == ["b", "c"]


def test_a_made_up_marker_is_refused(api: Api) -> None:
    refused(api, InvalidParameterValueException, "ListFunctions", Marker="not base64!")


# -- versions --------------------------------------------------------------------------------------------------------


def test_a_version_is_frozen_and_deployed_under_its_number(api: Api) -> None:
    api.create_function(Description="first")
    one = api.call("PublishVersion", FunctionName="handle-orders", Description="one")
    assert (one["Version"], one["FunctionArn"], one["Description"]) == ("1", f"{ARN}:1", "one")
    assert api.call("PublishVersion", FunctionName="handle-orders")["Version"] == "1", "nothing has changed"
    api.call("UpdateFunctionConfiguration", FunctionName="handle-orders", Timeout=9)
    assert api.call("PublishVersion", FunctionName="handle-orders")["Version"] == "2"
    assert api.call("GetFunctionConfiguration", FunctionName="handle-orders", Qualifier="1")["Timeout"] == 3
    assert api.functions.deployed.keys() == {ARN, f"{ARN}:1", f"{ARN}:2"}
    listed = api.call("ListVersionsByFunction", FunctionName="handle-orders")["Versions"]
    assert [each["FunctionArn"] for each in listed] == [f"{ARN}:$LATEST", f"{ARN}:1", f"{ARN}:2"]
    assert len(api.call("ListFunctions", FunctionVersion="ALL")["Functions"]) == 3


def test_publish_on_create_answers_with_the_version(api: Api) -> None:
    assert api.create_function(Publish=True)["Version"] == "1"
    code = archive({"app.py": "2"})
    assert api.call("UpdateFunctionCode", FunctionName="handle-orders", ZipFile=code, Publish=True)["Version"] == "2"


def test_publishing_other_code_than_expected_is_refused(api: Api) -> None:
    api.create_function()
    message = refused(
        api, InvalidParameterValueException, "PublishVersion", FunctionName="handle-orders", CodeSha256="x"
    )
    assert "is different from current CodeSHA256 in $LATEST" in message


# -- delete ----------------------------------------------------------------------------------------------------------


def test_delete_removes_versions_tags_and_concurrency(api: Api) -> None:
    api.create_function(Publish=True, Tags={"a": "b"})
    api.call("PutFunctionConcurrency", FunctionName="handle-orders", ReservedConcurrentExecutions=3)
    assert api.call("DeleteFunction", FunctionName="handle-orders") is None
    assert api.functions.deployed == {}
    api.create_function()
    assert api.call("GetFunction", FunctionName="handle-orders").keys() == {"Configuration", "Code"}


def test_one_version_can_be_deleted_and_latest_cannot(api: Api) -> None:
    api.create_function(Publish=True)
    message = refused(
        api, InvalidParameterValueException, "DeleteFunction", FunctionName="handle-orders", Qualifier="$LATEST"
    )
    assert message == "$LATEST version cannot be deleted without deleting the function."
    api.call("DeleteFunction", FunctionName="handle-orders", Qualifier="1")
    assert api.functions.deployed.keys() == {ARN}
    assert (api.functions.deployed[ARN][1] / "app.py").exists(), "$LATEST still runs the code they shared"


def test_no_version_number_is_given_twice(api: Api) -> None:
    """A tool that pinned version 1 must not get other code under it, not even after the function was made anew."""
    api.create_function(Publish=True)
    api.call("DeleteFunction", FunctionName="handle-orders", Qualifier="1")
    assert api.call("PublishVersion", FunctionName="handle-orders")["Version"] == "2"
    api.call("DeleteFunction", FunctionName="handle-orders")
    assert api.create_function(Publish=True)["Version"] == "3"


# -- concurrency, account --------------------------------------------------------------------------------------------


def test_reserved_concurrency_is_kept_and_told_to_the_host(api: Api) -> None:
    api.create_function()
    put = api.call("PutFunctionConcurrency", FunctionName="handle-orders", ReservedConcurrentExecutions=0)
    assert put == {"ReservedConcurrentExecutions": 0}
    assert api.functions.reserved == {ARN: 0}
    assert api.call("GetFunctionConcurrency", FunctionName="handle-orders") == {"ReservedConcurrentExecutions": 0}
    api.call("UpdateFunctionConfiguration", FunctionName="handle-orders", Timeout=4)
    assert api.call("GetFunctionConcurrency", FunctionName="handle-orders") == {"ReservedConcurrentExecutions": 0}
    api.call("DeleteFunctionConcurrency", FunctionName="handle-orders")
    assert api.functions.reserved == {ARN: None}
    assert api.call("GetFunctionConcurrency", FunctionName="handle-orders") == {}


def test_concurrency_belongs_to_functions_only(api: Api) -> None:
    api.create_function(Publish=True)
    message = refused(api, InvalidParameterValueException, "GetFunctionConcurrency", FunctionName="handle-orders:1")
    assert message == (
        "This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. "
        "Please specify either a function name or an unqualified function ARN."
    )


def test_a_hundred_executions_stay_unreserved(api: Api) -> None:
    api.create_function("a")
    api.create_function("b")
    api.call("PutFunctionConcurrency", FunctionName="a", ReservedConcurrentExecutions=500)
    api.call("PutFunctionConcurrency", FunctionName="a", ReservedConcurrentExecutions=600)
    message = refused(
        api,
        InvalidParameterValueException,
        "PutFunctionConcurrency",
        FunctionName="b",
        ReservedConcurrentExecutions=301,
    )
    assert message.endswith("below its minimum value of [100].")
    api.call("PutFunctionConcurrency", FunctionName="b", ReservedConcurrentExecutions=300)
    settings = api.call("GetAccountSettings")
    assert settings["AccountLimit"]["UnreservedConcurrentExecutions"] == 100
    assert settings["AccountUsage"]["FunctionCount"] == 2
