"""Single-table designs as applications are really written, through the resource API.

Overloaded keys, an inverted index, sparse indexes, counters, optimistic locking, uniqueness by transaction, versioned
items and time series. Source: DynamoDB Developer Guide, "Best practices for modeling relational data" and
"… for using sort keys to organize data"; semantics by dynamodb-exact §10, §13, §16.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import boto3
import pytest
from boto3.dynamodb.conditions import Attr, Key
from botocore.exceptions import ClientError

Unique = Callable[[], str]


@pytest.fixture(scope="module")
def shop(endpoint_url: str, make_table: Callable[..., str]) -> Any:
    """One table for customers, orders and products, with an inverted index and a sparse one."""
    name = make_table(
        "PK:S",
        "SK:S",
        definitions=["GSI1PK:S", "GSI1SK:S"],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "GSI1",
                "KeySchema": [
                    {"AttributeName": "GSI1PK", "KeyType": "HASH"},
                    {"AttributeName": "GSI1SK", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "ALL"},
            },
            {
                "IndexName": "inverted",
                "KeySchema": [{"AttributeName": "SK", "KeyType": "HASH"}, {"AttributeName": "PK", "KeyType": "RANGE"}],
                "Projection": {"ProjectionType": "ALL"},
            },
        ],
    )
    return boto3.resource(
        "dynamodb",
        endpoint_url=endpoint_url,
        region_name="us-east-1",
        aws_access_key_id="000000000000",
        aws_secret_access_key="secret",
    ).Table(name)


def test_a_customer_with_orders_is_one_query(shop: Any, unique: Unique) -> None:
    customer = f"CUSTOMER#{unique()}"
    shop.put_item(Item={"PK": customer, "SK": "PROFILE", "name": "Ada"})
    for day in (3, 1, 2):
        shop.put_item(Item={"PK": customer, "SK": f"ORDER#2026-01-0{day}", "total": Decimal("9.99") * day})
    profile = shop.get_item(Key={"PK": customer, "SK": "PROFILE"})["Item"]
    orders = shop.query(KeyConditionExpression=Key("PK").eq(customer) & Key("SK").begins_with("ORDER#"))["Items"]
    assert profile["name"] == "Ada"
    assert [order["SK"][-2:] for order in orders] == ["01", "02", "03"]
    assert orders[2]["total"] == Decimal("29.97")


def test_the_newest_first(shop: Any, unique: Unique) -> None:
    sensor = f"SENSOR#{unique()}"
    with shop.batch_writer() as batch:
        for hour in range(24):
            batch.put_item(Item={"PK": sensor, "SK": f"2026-01-01T{hour:02}:00", "v": hour})
    newest = shop.query(KeyConditionExpression=Key("PK").eq(sensor), ScanIndexForward=False, Limit=1)["Items"]
    morning = shop.query(
        KeyConditionExpression=Key("PK").eq(sensor) & Key("SK").between("2026-01-01T06", "2026-01-01T12")
    )["Items"]
    assert newest[0]["v"] == 23
    assert [item["v"] for item in morning] == [6, 7, 8, 9, 10, 11]


def test_many_to_many_by_the_inverted_index(shop: Any, unique: Unique) -> None:
    run = unique()
    for student, course in (("ann", "maths"), ("ann", "art"), ("bob", "maths")):
        shop.put_item(Item={"PK": f"STUDENT#{run}#{student}", "SK": f"COURSE#{run}#{course}"})
    in_maths = shop.query(IndexName="inverted", KeyConditionExpression=Key("SK").eq(f"COURSE#{run}#maths"))["Items"]
    assert sorted(item["PK"].rsplit("#", 1)[1] for item in in_maths) == ["ann", "bob"]


def test_a_sparse_index_holds_only_what_is_marked(shop: Any, unique: Unique) -> None:
    run = unique()
    for number in range(10):
        marked = {"GSI1PK": f"OPEN#{run}", "GSI1SK": f"{number:02}"} if number % 5 == 0 else {}
        shop.put_item(Item={"PK": f"TICKET#{run}#{number}", "SK": "T", **marked})
    condition = Key("GSI1PK").eq(f"OPEN#{run}")
    assert shop.query(IndexName="GSI1", KeyConditionExpression=condition, Select="COUNT")["Count"] == 2
    shop.update_item(Key={"PK": f"TICKET#{run}#5", "SK": "T"}, UpdateExpression="REMOVE GSI1PK, GSI1SK")
    assert shop.query(IndexName="GSI1", KeyConditionExpression=condition, Select="COUNT")["Count"] == 1


def test_a_counter(shop: Any, unique: Unique) -> None:
    key = {"PK": f"PAGE#{unique()}", "SK": "COUNTERS"}
    values = [
        shop.update_item(
            Key=key,
            UpdateExpression="SET visits = if_not_exists(visits, :zero) + :one",
            ExpressionAttributeValues={":zero": 0, ":one": 1},
            ReturnValues="UPDATED_NEW",
        )["Attributes"]["visits"]
        for _ in range(3)
    ]
    assert values == [1, 2, 3]


def test_optimistic_locking(shop: Any, unique: Unique) -> None:
    key = {"PK": f"DOC#{unique()}", "SK": "D"}
    shop.put_item(Item={**key, "version": 1, "text": "a"})

    def save(text: str, expected: int) -> None:
        shop.update_item(
            Key=key,
            UpdateExpression="SET #t = :t, version = version + :one",
            ConditionExpression=Attr("version").eq(expected),
            ExpressionAttributeNames={"#t": "text"},
            ExpressionAttributeValues={":t": text, ":one": 1},
        )

    save("b", 1)
    with pytest.raises(ClientError, match="ConditionalCheckFailedException"):
        save("c", 1)
    assert shop.get_item(Key=key)["Item"] == {**key, "version": 2, "text": "b"}


def test_a_unique_email_by_transaction(shop: Any, unique: Unique) -> None:
    client = shop.meta.client
    email = f"{unique()}@example.com"

    def register(user: str) -> None:
        client.transact_write_items(
            TransactItems=[
                {
                    "Put": {
                        "TableName": shop.name,
                        "Item": {"PK": user, "SK": "USER", "email": email},
                        "ConditionExpression": "attribute_not_exists(PK)",
                    }
                },
                {
                    "Put": {
                        "TableName": shop.name,
                        "Item": {"PK": f"EMAIL#{email}", "SK": "EMAIL", "user": user},
                        "ConditionExpression": "attribute_not_exists(PK)",
                    }
                },
            ]
        )

    first, second = f"USER#{unique()}", f"USER#{unique()}"
    register(first)
    with pytest.raises(client.exceptions.TransactionCanceledException):
        register(second)
    assert "Item" not in shop.get_item(Key={"PK": second, "SK": "USER"})


def test_stock_is_never_oversold(shop: Any, unique: Unique) -> None:
    key = {"PK": f"PRODUCT#{unique()}", "SK": "STOCK"}
    shop.put_item(Item={**key, "left": 2})
    outcomes = []
    for _ in range(4):
        try:
            shop.update_item(
                Key=key,
                UpdateExpression="ADD #left :minus",
                ConditionExpression="#left >= :one",
                ExpressionAttributeNames={"#left": "left"},
                ExpressionAttributeValues={":minus": -1, ":one": 1},
            )
            outcomes.append(True)
        except ClientError:
            outcomes.append(False)
    assert outcomes == [True, True, False, False]
    assert shop.get_item(Key=key)["Item"]["left"] == 0


def test_the_latest_version_under_a_fixed_key(shop: Any, unique: Unique) -> None:
    """``v0`` always holds a copy of the newest version, written with it."""
    part = f"PART#{unique()}"
    for version in (1, 2, 3):
        shop.meta.client.transact_write_items(
            TransactItems=[
                {"Put": {"TableName": shop.name, "Item": {"PK": part, "SK": f"v{version}", "n": version}}},
                {"Put": {"TableName": shop.name, "Item": {"PK": part, "SK": "v0", "n": version}}},
            ]
        )
    assert shop.get_item(Key={"PK": part, "SK": "v0"})["Item"]["n"] == 3
    assert shop.query(KeyConditionExpression=Key("PK").eq(part))["Count"] == 4


def test_cursor_pagination_as_web_applications_do_it(shop: Any, unique: Unique) -> None:
    """The cursor goes to a browser as text and comes back in another request."""
    import json  # noqa: PLC0415 - the cursor's way through a browser

    feed = f"FEED#{unique()}"
    with shop.batch_writer() as batch:
        for number in range(25):
            batch.put_item(Item={"PK": feed, "SK": f"{number:03}"})
    seen: list[str] = []
    cursor: str | None = None
    while True:
        start = {"ExclusiveStartKey": json.loads(cursor)} if cursor else {}
        page = shop.query(KeyConditionExpression=Key("PK").eq(feed), Limit=10, **start)
        seen += [item["SK"] for item in page["Items"]]
        if "LastEvaluatedKey" not in page:
            break
        cursor = json.dumps(page["LastEvaluatedKey"])
    assert seen == [f"{number:03}" for number in range(25)]
