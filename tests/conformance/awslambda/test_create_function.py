"""CreateFunction. Source: lambda-event-source-mappings §5.1, §5.2."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.conformance.expect import refused

Unique = Callable[[], str]
ROLE = "arn:aws:iam::000000000000:role/test"


@pytest.fixture
def request_of(unique: Unique, zip_of: Callable[..., bytes]) -> Callable[..., dict[str, Any]]:
    def make(**members: Any) -> dict[str, Any]:
        return {
            "FunctionName": f"create-{unique()}",
            "Runtime": "python3.12",
            "Role": ROLE,
            "Handler": "app.handler",
            "Code": {"ZipFile": zip_of(app__py="def handler(event, context): pass")},
            **members,
        }

    return make


def test_the_answer(awslambda: Any, request_of: Callable[..., dict[str, Any]]) -> None:
    request = request_of(Environment={"Variables": {"MODE": "b"}}, Description="what it does")
    answer = awslambda.create_function(**request)
    name = request["FunctionName"]
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 201
    assert answer["FunctionArn"] == f"arn:aws:lambda:us-east-1:000000000000:function:{name}"
    expected = {
        "FunctionName": name,
        "Runtime": "python3.12",
        "Role": ROLE,
        "Handler": "app.handler",
        "Description": "what it does",
        "Timeout": 3,
        "MemorySize": 128,
        "PackageType": "Zip",
        "Architectures": ["x86_64"],
        "EphemeralStorage": {"Size": 512},
        "Environment": {"Variables": {"MODE": "b"}},
        "LoggingConfig": {"LogFormat": "Text", "LogGroup": f"/aws/lambda/{name}"},
        "SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"},
        "TracingConfig": {"Mode": "PassThrough"},
        "Version": "$LATEST",
        "State": "Pending",
        "StateReason": "The function is being created.",
        "StateReasonCode": "Creating",
        "CodeSize": len(request["Code"]["ZipFile"]),
    }
    assert {member: answer.get(member) for member in expected} == expected
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000", answer["LastModified"])
    awslambda.delete_function(FunctionName=name)


def test_a_name_that_is_taken(awslambda: Any, function: str, request_of: Callable[..., dict[str, Any]]) -> None:
    with refused("ResourceConflictException", f"Function already exist: {function}", status=409):
        awslambda.create_function(**request_of(FunctionName=function))


def test_a_bad_zip(awslambda: Any, request_of: Callable[..., dict[str, Any]]) -> None:
    with refused(
        "InvalidParameterValueException",
        "Could not unzip uploaded file. Please check your file, then try to upload again.",
    ):
        awslambda.create_function(**request_of(Code={"ZipFile": b"no zip"}))


def test_code_in_a_missing_bucket(awslambda: Any, request_of: Callable[..., dict[str, Any]], unique: Unique) -> None:
    with refused(
        "InvalidParameterValueException",
        "Error occurred while GetObject. S3 Error Code: NoSuchBucket. S3 Error Message: The specified bucket does not exist",
    ):
        awslambda.create_function(**request_of(Code={"S3Bucket": f"bucket-{unique()}", "S3Key": "k"}))


def test_code_from_s3(
    awslambda: Any,
    client_of: Callable[..., Any],
    request_of: Callable[..., dict[str, Any]],
    zip_of: Callable[..., bytes],
    unique: Unique,
) -> None:
    s3, bucket = client_of("s3"), f"bucket-{unique()}"
    s3.create_bucket(Bucket=bucket)
    s3.put_object(
        Bucket=bucket, Key="fn.zip", Body=zip_of(app__py="def handler(event, context):\n    return 'from s3'\n")
    )
    request = request_of(Code={"S3Bucket": bucket, "S3Key": "fn.zip"})
    name = awslambda.create_function(**request)["FunctionName"]
    awslambda.get_waiter("function_active_v2").wait(FunctionName=name, WaiterConfig={"Delay": 1})
    assert awslambda.invoke(FunctionName=name)["Payload"].read() == b'"from s3"'
    awslambda.delete_function(FunctionName=name)


def test_a_version_of_an_object_in_s3(
    awslambda: Any,
    client_of: Callable[..., Any],
    request_of: Callable[..., dict[str, Any]],
    zip_of: Callable[..., bytes],
    unique: Unique,
) -> None:
    s3, bucket = client_of("s3"), f"bucket-{unique()}"
    s3.create_bucket(Bucket=bucket)
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    key = "releases/fn & more.zip"
    old, new = (
        s3.put_object(
            Bucket=bucket, Key=key, Body=zip_of(app__py=f"def handler(event, context):\n    return {word!r}\n")
        )["VersionId"]
        for word in ("old", "new")
    )
    place = {"S3Bucket": bucket, "S3Key": key}
    name = awslambda.create_function(**request_of(Code={**place, "S3ObjectVersion": old}))["FunctionName"]
    awslambda.get_waiter("function_active_v2").wait(FunctionName=name, WaiterConfig={"Delay": 1})
    assert awslambda.invoke(FunctionName=name)["Payload"].read() == b'"old"'
    awslambda.update_function_code(FunctionName=name, **place)
    assert awslambda.invoke(FunctionName=name)["Payload"].read() == b'"new"'
    awslambda.update_function_code(FunctionName=name, **place, S3ObjectVersion=new)
    with refused(
        "InvalidParameterValueException",
        "Error occurred while GetObject. S3 Error Code: NoSuchVersion. "
        "S3 Error Message: The specified version does not exist.",
    ):
        awslambda.update_function_code(FunctionName=name, **place, S3ObjectVersion="nobodys")
    with refused(
        "InvalidParameterValueException",
        "Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The specified key does not exist.",
    ):
        awslambda.update_function_code(FunctionName=name, S3Bucket=bucket, S3Key="other")
    assert awslambda.invoke(FunctionName=name)["Payload"].read() == b'"new"'
    awslambda.delete_function(FunctionName=name)


def test_a_bad_role(awslambda: Any, request_of: Callable[..., dict[str, Any]]) -> None:
    with refused(
        "ValidationException",
        "1 validation error detected: Value 'nobody' at 'role' failed to satisfy constraint: Member must satisfy regular "
        r"expression pattern: arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+",
    ):
        awslambda.create_function(**request_of(Role="nobody"))


def test_too_many_variables(awslambda: Any, request_of: Callable[..., dict[str, Any]]) -> None:
    with refused(
        "InvalidParameterValueException",
        re.compile(
            "Lambda was unable to configure your environment variables because the environment variables you have provided "
            "exceeded the 4KB limit. String measured: .*",
            re.DOTALL,
        ),
    ):
        awslambda.create_function(**request_of(Environment={"Variables": {"MODE": "x" * 4096}}))


@pytest.mark.parametrize(("member", "value"), [("Timeout", 0), ("MemorySize", 127)])
def test_numbers_out_of_range(
    awslambda: Any, request_of: Callable[..., dict[str, Any]], member: str, value: int
) -> None:
    with refused("ValidationException"):
        awslambda.create_function(**request_of(**{member: value}))
