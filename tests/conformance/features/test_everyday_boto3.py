"""boto3 as people use it: resource and client, conditions builder, paginators, waiters, batch writer, exceptions, TTL."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import boto3
import pytest
from boto3.dynamodb.conditions import Attr, Key
from boto3.dynamodb.types import Binary, TypeDeserializer, TypeSerializer

Unique = Callable[[], str]


@pytest.fixture(scope="module")
def resource(endpoint_url: str) -> Any:
    return boto3.resource(
        "dynamodb",
        endpoint_url=endpoint_url,
        region_name="us-east-1",
        aws_access_key_id="000000000000",
        aws_secret_access_key="secret",
    )


def test_the_life_of_a_table(resource: Any, unique: Unique) -> None:
    name = f"life-{unique()}"
    table = resource.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    table.wait_until_exists()
    assert table.table_status in {"CREATING", "ACTIVE"}
    table.reload()
    assert table.table_status == "ACTIVE"
    assert name in [one.name for one in resource.tables.all()]
    table.delete()
    table.wait_until_not_exists()
    assert name not in [one.name for one in resource.tables.all()]


def test_python_types_survive(resource: Any, table: str, unique: Unique) -> None:
    item = {
        "pk": unique(),
        "int": 1,
        "decimal": Decimal("1.5"),
        "text": "x",
        "none": None,
        "flag": True,
        "bytes": b"\x00\xff",
        "list": [1, "a", [None]],
        "map": {"deep": {"er": Decimal("-0.25")}},
        "strings": {"a", "b"},
        "numbers": {1, Decimal("2.5")},
        "binaries": {b"x"},
        "empty": "",
    }
    resource.Table(table).put_item(Item=item)
    read = resource.Table(table).get_item(Key={"pk": item["pk"]})["Item"]
    assert read == {**item, "bytes": Binary(b"\x00\xff"), "binaries": {Binary(b"x")}}


def test_the_batch_writer_writes_and_deletes(resource: Any, table: str, unique: Unique) -> None:
    keys = [unique() for _ in range(60)]
    with resource.Table(table).batch_writer(overwrite_by_pkeys=["pk"]) as batch:
        for key in keys:
            batch.put_item(Item={"pk": key, "n": 1})
            batch.put_item(Item={"pk": key, "n": 2})
    assert resource.Table(table).get_item(Key={"pk": keys[59]})["Item"]["n"] == 2
    with resource.Table(table).batch_writer() as batch:
        for key in keys:
            batch.delete_item(Key={"pk": key})
    assert "Item" not in resource.Table(table).get_item(Key={"pk": keys[0]})


def test_the_conditions_builder(resource: Any, sorted_table: str, unique: Unique) -> None:
    table, partition = resource.Table(sorted_table), unique()
    for number in range(6):
        table.put_item(
            Item={"pk": partition, "sk": f"s{number}", "n": number, "tags": {"even"} if number % 2 == 0 else {"odd"}}
        )
    answer = table.query(
        KeyConditionExpression=Key("pk").eq(partition) & Key("sk").gte("s1"),
        FilterExpression=(Attr("n").between(2, 5) & Attr("tags").contains("odd")) | Attr("n").is_in([4]),
        ProjectionExpression="#n",
        ExpressionAttributeNames={"#n": "n"},
    )
    assert [item["n"] for item in answer["Items"]] == [3, 4, 5]
    scanned = table.scan(
        FilterExpression=Attr("pk").eq(partition)
        & ~Attr("n").lt(4)
        & Attr("nope").not_exists()
        & Attr("tags").size().eq(1)
    )
    assert sorted(item["n"] for item in scanned["Items"]) == [4, 5]


def test_paginators(dynamodb: Any, sorted_table: str, unique: Unique) -> None:
    partition = unique()
    for number in range(9):
        dynamodb.put_item(TableName=sorted_table, Item={"pk": {"S": partition}, "sk": {"S": str(number)}})
    query = {
        "TableName": sorted_table,
        "KeyConditionExpression": "pk = :p",
        "ExpressionAttributeValues": {":p": {"S": partition}},
        "PaginationConfig": {"PageSize": 2},
    }
    paginator = dynamodb.get_paginator("query")
    assert [len(page["Items"]) for page in paginator.paginate(**query)] == [2, 2, 2, 2, 1]
    assert len(paginator.paginate(**query).build_full_result()["Items"]) == 9


def test_max_items_and_a_starting_token(dynamodb: Any, sorted_table: str, unique: Unique) -> None:
    partition = unique()
    for number in range(5):
        dynamodb.put_item(TableName=sorted_table, Item={"pk": {"S": partition}, "sk": {"S": str(number)}})
    query = {
        "TableName": sorted_table,
        "KeyConditionExpression": "pk = :p",
        "ExpressionAttributeValues": {":p": {"S": partition}},
    }
    paginator = dynamodb.get_paginator("query")
    first = paginator.paginate(**query, PaginationConfig={"MaxItems": 2}).build_full_result()
    rest = paginator.paginate(**query, PaginationConfig={"StartingToken": first["NextToken"]}).build_full_result()
    assert [item["sk"]["S"] for item in first["Items"] + rest["Items"]] == ["0", "1", "2", "3", "4"]


def test_typed_exceptions(dynamodb: Any, table: str, unique: Unique) -> None:
    with pytest.raises(dynamodb.exceptions.ResourceNotFoundException):
        dynamodb.describe_table(TableName=unique())
    with pytest.raises(dynamodb.exceptions.ResourceInUseException):
        dynamodb.create_table(
            TableName=table,
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
    with pytest.raises(dynamodb.exceptions.ConditionalCheckFailedException):
        dynamodb.put_item(TableName=table, Item={"pk": {"S": unique()}}, ConditionExpression="attribute_exists(pk)")


def test_client_and_resource_see_the_same(resource: Any, dynamodb: Any, table: str, unique: Unique) -> None:
    """With the serializers that people use to go between the two forms."""
    item = {"pk": unique(), "n": Decimal("1.5"), "m": {"l": [1, None]}}
    serializer, deserializer = TypeSerializer(), TypeDeserializer()
    dynamodb.put_item(TableName=table, Item={name: serializer.serialize(value) for name, value in item.items()})
    assert resource.Table(table).get_item(Key={"pk": item["pk"]})["Item"] == item
    raw = dynamodb.get_item(TableName=table, Key={"pk": {"S": item["pk"]}})["Item"]
    assert {name: deserializer.deserialize(value) for name, value in raw.items()} == item


def test_resource_batch_get(resource: Any, table: str, unique: Unique) -> None:
    keys = [{"pk": unique()} for _ in range(3)]
    for key in keys:
        resource.Table(table).put_item(Item=key)
    answer = resource.batch_get_item(RequestItems={table: {"Keys": keys}})
    assert sorted(item["pk"] for item in answer["Responses"][table]) == sorted(key["pk"] for key in keys)


def test_time_to_live(dynamodb: Any, make_table: Callable[..., str]) -> None:
    name = make_table()
    dynamodb.update_time_to_live(
        TableName=name, TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires_at"}
    )
    description = dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    assert description["AttributeName"] == "expires_at"


def test_the_response_tells_about_itself(dynamodb: Any, table: str) -> None:
    """Source: dynamodb-exact §1.2."""
    metadata = dynamodb.get_item(TableName=table, Key={"pk": {"S": "x"}})["ResponseMetadata"]
    assert metadata["HTTPStatusCode"] == 200
    assert metadata["RetryAttempts"] == 0
    assert len(metadata["RequestId"]) == 52
    assert metadata["HTTPHeaders"]["x-amz-crc32"].isdigit()


def test_accounts_and_regions_are_apart(client_of: Callable[..., Any], unique: Unique) -> None:
    """A 12-digit access key is the account; the region is that of the signature."""
    name = f"apart-{unique()}"
    here = client_of("dynamodb", access_key="111122223333", region="eu-central-1")
    created = here.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    assert created["TableDescription"]["TableArn"] == f"arn:aws:dynamodb:eu-central-1:111122223333:table/{name}"
    for elsewhere in (
        client_of("dynamodb", access_key="111122223333", region="us-east-1"),
        client_of("dynamodb", access_key="444455556666", region="eu-central-1"),
    ):
        with pytest.raises(elsewhere.exceptions.ResourceNotFoundException):
            elsewhere.describe_table(TableName=name)
    here.delete_table(TableName=name)
