"""Layers: published, listed, given to functions, deleted.

Source: AWS API reference and developer guide, "Adding layers to functions"; wordings seen in deployment reports.
"""

import base64
import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.conformance.expect import refused

ARN = "arn:aws:lambda:us-east-1:000000000000:layer:"
IMPORTING = "from shared import WORD\ndef handler(event, context):\n    return WORD\n"

Zip = Callable[..., bytes]
Publish = Callable[..., str]


@pytest.fixture(scope="session")
def publish(awslambda: Any, unique: Callable[[], str], zip_of: Zip) -> Publish:
    """Publish a layer with one module and give its version's ARN; *name* of a layer adds a version to it."""

    def make(word: str = "one", *, name: str | None = None, file: str = "python/shared__py", **members: Any) -> str:
        answer = awslambda.publish_layer_version(
            LayerName=name or f"layer-{unique()}",
            Content={"ZipFile": zip_of(**{file: f"WORD = {word!r}\n"})},
            **members,
        )
        return str(answer["LayerVersionArn"])

    return make


def name_of(version_arn: str) -> str:
    return version_arn.split(":")[6]


def test_publish(awslambda: Any, unique: Callable[[], str], zip_of: Zip) -> None:
    name, archive = f"layer-{unique()}", zip_of(python__py="")
    answer = awslambda.publish_layer_version(
        LayerName=name,
        Description="words",
        Content={"ZipFile": archive},
        CompatibleRuntimes=["python3.12"],
        CompatibleArchitectures=["arm64"],
        LicenseInfo="MIT",
    )
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 201
    assert answer["LayerArn"] == ARN + name
    assert answer["LayerVersionArn"] == f"{ARN}{name}:1"
    assert answer["Version"] == 1
    assert (answer["Description"], answer["LicenseInfo"]) == ("words", "MIT")
    assert (answer["CompatibleRuntimes"], answer["CompatibleArchitectures"]) == (["python3.12"], ["arm64"])
    assert answer["Content"]["CodeSize"] == len(archive)
    assert answer["Content"]["CodeSha256"] == base64.b64encode(hashlib.sha256(archive).digest()).decode()
    assert answer["Content"]["Location"]
    assert answer["CreatedDate"].endswith("+0000")


def test_get_by_name_and_by_arn(awslambda: Any, publish: Publish) -> None:
    arn = publish(Description="d")
    by_name = awslambda.get_layer_version(LayerName=name_of(arn), VersionNumber=1)
    by_layer_arn = awslambda.get_layer_version(LayerName=arn.rpartition(":")[0], VersionNumber=1)
    by_arn = awslambda.get_layer_version_by_arn(Arn=arn)
    for answer in (by_name, by_layer_arn, by_arn):
        del answer["ResponseMetadata"]
    assert by_name == by_layer_arn == by_arn
    assert by_arn["LayerVersionArn"] == arn
    assert "CompatibleRuntimes" not in by_arn


def test_a_layer_that_is_not_there(awslambda: Any, publish: Publish) -> None:
    arn = publish()
    text = "The resource you requested does not exist."
    with refused("ResourceNotFoundException", text, status=404):
        awslambda.get_layer_version(LayerName=name_of(arn), VersionNumber=2)
    with refused("ResourceNotFoundException", text, status=404):
        awslambda.get_layer_version_by_arn(Arn=f"{ARN}nobodys:1")
    with refused("InvalidParameterValueException", "Layer Version Cannot be less than 1."):
        awslambda.get_layer_version(LayerName=name_of(arn), VersionNumber=0)
    assert awslambda.list_layer_versions(LayerName="nobodys")["LayerVersions"] == []


def test_numbers_are_given_once(awslambda: Any, publish: Publish) -> None:
    name = name_of(publish())
    assert publish(name=name) == f"{ARN}{name}:2"
    awslambda.delete_layer_version(LayerName=name, VersionNumber=2)
    assert publish(name=name) == f"{ARN}{name}:3"
    listed = awslambda.list_layer_versions(LayerName=name)["LayerVersions"]
    assert [version["Version"] for version in listed] == [3, 1]


def test_lists_are_filtered_and_paged(awslambda: Any, publish: Publish) -> None:
    name = name_of(publish(CompatibleRuntimes=["python3.12"]))
    publish(name=name, CompatibleRuntimes=["nodejs22.x"])
    publish(name=name)
    pages = awslambda.get_paginator("list_layer_versions").paginate(LayerName=name, PaginationConfig={"PageSize": 1})
    assert [page["LayerVersions"][0]["Version"] for page in pages] == [3, 2, 1]
    python = awslambda.list_layer_versions(LayerName=name, CompatibleRuntime="python3.12")["LayerVersions"]
    assert [version["Version"] for version in python] == [1]
    node = {
        layer["LayerName"]: layer["LatestMatchingVersion"]["Version"]
        for page in awslambda.get_paginator("list_layers").paginate(CompatibleRuntime="nodejs22.x")
        for layer in page["Layers"]
    }
    assert node[name] == 2


def test_a_function_imports_from_its_layers(
    awslambda: Any, make_function: Callable[..., str], publish: Publish
) -> None:
    arn = publish()
    name = make_function(IMPORTING, Layers=[arn])
    layers = awslambda.get_function(FunctionName=name)["Configuration"]["Layers"]
    assert [layer["Arn"] for layer in layers] == [arn]
    assert layers[0]["CodeSize"] > 0
    assert json.load(awslambda.invoke(FunctionName=name)["Payload"]) == "one"


def test_site_packages_of_the_runtime(awslambda: Any, make_function: Callable[..., str], publish: Publish) -> None:
    arn = publish("packaged", file="python/lib/python3__12/site-packages/shared__py")
    name = make_function(IMPORTING, Layers=[arn])
    assert json.load(awslambda.invoke(FunctionName=name)["Payload"]) == "packaged"


def test_a_later_layer_wins_over_an_earlier_and_the_code_over_both(
    awslambda: Any, make_function: Callable[..., str], publish: Publish, zip_of: Zip
) -> None:
    first, second = publish("first"), publish("second")
    name = make_function(IMPORTING, Layers=[first, second])
    assert json.load(awslambda.invoke(FunctionName=name)["Payload"]) == "second"
    awslambda.update_function_configuration(FunctionName=name, Layers=[second, first])
    assert json.load(awslambda.invoke(FunctionName=name)["Payload"]) == "first"
    awslambda.update_function_code(FunctionName=name, ZipFile=zip_of(app__py=IMPORTING, shared__py="WORD = 'own'"))
    assert json.load(awslambda.invoke(FunctionName=name)["Payload"]) == "own"


def test_layers_are_taken_away(awslambda: Any, make_function: Callable[..., str], publish: Publish) -> None:
    name = make_function(IMPORTING, Layers=[publish()])
    assert "Layers" in awslambda.update_function_configuration(FunctionName=name, Timeout=9)
    assert "Layers" not in awslambda.update_function_configuration(FunctionName=name, Layers=[])
    answer = awslambda.invoke(FunctionName=name)
    assert json.load(answer["Payload"])["errorType"] == "Runtime.ImportModuleError"


def test_a_function_keeps_a_layer_that_is_deleted(
    awslambda: Any, make_function: Callable[..., str], publish: Publish, unique: Callable[[], str]
) -> None:
    arn = publish("kept")
    name = make_function(IMPORTING, Layers=[arn])
    awslambda.delete_layer_version(LayerName=name_of(arn), VersionNumber=1)
    awslambda.update_function_configuration(FunctionName=name, Timeout=8, Layers=[arn])
    assert json.load(awslambda.invoke(FunctionName=name)["Payload"]) == "kept"
    with refused("InvalidParameterValueException", f"Layer version {arn} does not exist."):
        make_function(FunctionName=f"fn-{unique()}", Layers=[arn])


def test_deleting_twice_is_no_error(awslambda: Any, publish: Publish) -> None:
    name = name_of(publish())
    for _ in range(2):
        answer = awslambda.delete_layer_version(LayerName=name, VersionNumber=1)
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == 204


def test_refused_layers(awslambda: Any, make_function: Callable[..., str], publish: Publish) -> None:
    name = make_function()
    arn = publish()
    newer = publish(name=name_of(arn))
    code = "InvalidParameterValueException"
    with refused(code, "Cannot reference more than 5 layers."):
        awslambda.update_function_configuration(FunctionName=name, Layers=[f"{ARN}l{n}:1" for n in range(6)])
    with refused(code, f"Layer version {ARN}nobodys:1 does not exist."):
        awslambda.update_function_configuration(FunctionName=name, Layers=[f"{ARN}nobodys:1"])
    with refused(
        code,
        "Two different versions of the same layer are not allowed to be referenced in the same function. "
        f"{arn} and {newer} are versions of the same layer.",
    ):
        awslambda.update_function_configuration(FunctionName=name, Layers=[arn, newer])
    with refused(
        code,
        "Layers are not in the same region as the function. Layers are expected to be in region us-east-1.",
    ):
        awslambda.update_function_configuration(FunctionName=name, Layers=[arn.replace("us-east-1", "eu-west-1")])
    assert "Layers" not in awslambda.get_function_configuration(FunctionName=name)


def test_a_layer_from_s3(awslambda: Any, client_of: Callable[..., Any], unique: Callable[[], str], zip_of: Zip) -> None:
    s3, bucket = client_of("s3"), f"bucket-{unique()}"
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="layers/words.zip", Body=zip_of(**{"python/shared__py": ""}))
    content = {"S3Bucket": bucket, "S3Key": "layers/words.zip"}
    assert awslambda.publish_layer_version(LayerName=f"layer-{unique()}", Content=content)["Version"] == 1
    with refused(
        "InvalidParameterValueException",
        "Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The specified key does not exist.",
    ):
        awslambda.publish_layer_version(LayerName=f"layer-{unique()}", Content={**content, "S3Key": "other"})


def test_who_may_use_a_layer(awslambda: Any, publish: Publish) -> None:
    arn = publish()
    version = {"LayerName": name_of(arn), "VersionNumber": 1}
    with refused("ResourceNotFoundException", "No policy is associated with the given resource.", status=404):
        awslambda.get_layer_version_policy(**version)
    permission = {"StatementId": "all", "Action": "lambda:GetLayerVersion", "Principal": "*"}
    added = awslambda.add_layer_version_permission(**version, **permission)
    statement = json.loads(added["Statement"])
    assert statement["Resource"] == arn
    assert statement["Principal"] == "*"
    with refused("ResourceConflictException", status=409):
        awslambda.add_layer_version_permission(**version, **permission)
    with refused("PreconditionFailedException", status=412):
        awslambda.add_layer_version_permission(**version, **{**permission, "StatementId": "x"}, RevisionId="old")
    answer = awslambda.get_layer_version_policy(**version)
    assert json.loads(answer["Policy"])["Statement"] == [statement]
    assert answer["RevisionId"] == added["RevisionId"]
    with refused("ResourceNotFoundException", status=404):
        awslambda.remove_layer_version_permission(**version, StatementId="none")
    awslambda.remove_layer_version_permission(**version, StatementId="all", RevisionId=added["RevisionId"])
    with refused("ResourceNotFoundException", status=404):
        awslambda.get_layer_version_policy(**version)
