"""Versions and aliases. Source: lambda-event-source-mappings §5.1, §5.2."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.conformance.expect import refused
from tests.conformance.waiting import looks

TELL = "def handler(event, context):\n    return [context.function_version, context.invoked_function_arn]\n"


@pytest.fixture(scope="module")
def published(awslambda: Any, make_function: Callable[..., str]) -> str:
    """A function with the versions 1 and 2, which tells who it is."""
    name = make_function(TELL)
    for timeout_seconds in (4, 5):
        awslambda.update_function_configuration(FunctionName=name, Timeout=timeout_seconds)
        awslambda.get_waiter("function_updated_v2").wait(FunctionName=name, WaiterConfig={"Delay": 1})
        awslambda.publish_version(FunctionName=name)
    return name


def test_an_alias_runs_the_version_it_names(awslambda: Any, published: str) -> None:
    made = awslambda.create_alias(FunctionName=published, Name="live", FunctionVersion="1")
    assert made["ResponseMetadata"]["HTTPStatusCode"] == 201
    answer = awslambda.invoke(FunctionName=f"{published}:live")
    assert json.load(answer["Payload"]) == ["1", made["AliasArn"]]
    assert answer["ExecutedVersion"] == "1"
    moved = awslambda.update_alias(FunctionName=published, Name="live", FunctionVersion="2")
    assert (moved["FunctionVersion"], moved["AliasArn"]) == ("2", made["AliasArn"])
    answer = awslambda.invoke(FunctionName=published, Qualifier="live")
    assert json.load(answer["Payload"]) == ["2", made["AliasArn"]]
    assert awslambda.delete_alias(FunctionName=published, Name="live")["ResponseMetadata"]["HTTPStatusCode"] == 204


def test_an_alias_is_found_and_listed(awslambda: Any, published: str) -> None:
    routing = {"AdditionalVersionWeights": {"2": 0.25}}
    awslambda.create_alias(FunctionName=published, Name="canary", FunctionVersion="1", RoutingConfig=routing)
    found = awslambda.get_alias(FunctionName=published, Name="canary")
    assert (found["FunctionVersion"], found["RoutingConfig"], found["Description"]) == ("1", routing, "")
    listed = awslambda.list_aliases(FunctionName=published, FunctionVersion="2")["Aliases"]
    assert [each["Name"] for each in listed] == ["canary"]
    configuration = awslambda.get_function_configuration(FunctionName=f"{published}:canary")
    assert (configuration["FunctionArn"], configuration["Version"]) == (found["AliasArn"], "1")


def test_an_alias_twice_and_one_that_is_missing(awslambda: Any, published: str) -> None:
    arn = awslambda.create_alias(FunctionName=published, Name="once", FunctionVersion="1")["AliasArn"]
    with refused("ResourceConflictException", f"Alias already exists: {arn}", status=409):
        awslambda.create_alias(FunctionName=published, Name="once", FunctionVersion="1")
    with refused("ResourceNotFoundException", f"Cannot find alias arn: {arn[:-4]}never", status=404):
        awslambda.get_alias(FunctionName=published, Name="never")


def test_records_reach_the_version_behind_an_alias(
    awslambda: Any,
    dynamodb: Any,
    make_table: Callable[..., str],
    make_function: Callable[..., str],
    make_mapping: Callable[..., Any],
) -> None:
    table, seen = (
        make_table(StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}),
        make_table(),
    )
    name = make_function(
        "import boto3\n"
        "def handler(event, context):\n"
        f"    boto3.client('dynamodb').put_item(TableName='{seen}', Item={{'pk': {{'S': 'x'}},"
        " 'ran': {'S': context.function_version}, 'as': {'S': context.invoked_function_arn}})\n",
        Timeout=30,
    )
    awslambda.publish_version(FunctionName=name)
    awslambda.create_alias(FunctionName=name, Name="live", FunctionVersion="1")
    stream = dynamodb.describe_table(TableName=table)["Table"]["LatestStreamArn"]
    mapping = make_mapping(f"{name}:live", stream)
    assert mapping["FunctionArn"].endswith(f":{name}:live")
    dynamodb.put_item(TableName=table, Item={"pk": {"S": "a"}})
    item = None
    for _ in looks():
        item = dynamodb.get_item(TableName=seen, Key={"pk": {"S": "x"}}, ConsistentRead=True).get("Item")
        if item is not None:
            break
    assert item is not None
    assert (item["ran"]["S"], item["as"]["S"]) == ("1", mapping["FunctionArn"])


def test_versions_are_listed_in_order_and_by_pages(awslambda: Any, published: str) -> None:
    first = awslambda.list_versions_by_function(FunctionName=published, MaxItems=2)
    assert [version["Version"] for version in first["Versions"]] == ["$LATEST", "1"]
    second = awslambda.list_versions_by_function(FunctionName=published, Marker=first["NextMarker"])
    assert [version["Version"] for version in second["Versions"]] == ["2"]
    assert "NextMarker" not in second
    for version in first["Versions"] + second["Versions"]:
        assert version["FunctionArn"].endswith(f":function:{published}:{version['Version']}")
    assert [version["Timeout"] for version in first["Versions"][1:] + second["Versions"]] == [4, 5]
