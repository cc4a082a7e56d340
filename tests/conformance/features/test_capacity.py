"""ConsumedCapacity of writes to tables with indexes, and of reads through them. Source: dynamodb-exact §18."""

from collections.abc import Callable
from typing import Any

import pytest

Unique = Callable[[], str]


@pytest.fixture(scope="module")
def priced(make_table: Callable[..., str]) -> str:
    """``pk`` (S) with a GSI ``by_a`` projecting all and a GSI ``keys`` projecting keys only, both keyed by ``a``."""

    def gsi(name: str, projection: str) -> dict[str, Any]:
        return {
            "IndexName": name,
            "KeySchema": [{"AttributeName": "a", "KeyType": "HASH"}],
            "Projection": {"ProjectionType": projection},
        }

    return make_table(definitions=["a:S"], GlobalSecondaryIndexes=[gsi("by_a", "ALL"), gsi("keys", "KEYS_ONLY")])


def _arms(answer: dict[str, Any]) -> tuple[float, float, dict[str, float]]:
    capacity = answer["ConsumedCapacity"]
    indexes = {name: one["CapacityUnits"] for name, one in capacity.get("GlobalSecondaryIndexes", {}).items()}
    return capacity["CapacityUnits"], capacity["Table"]["CapacityUnits"], indexes


def _put(dynamodb: Any, table: str, key: str, **attributes: str) -> tuple[float, float, dict[str, float]]:
    item = {"pk": {"S": key}, **{name: {"S": value} for name, value in attributes.items()}}
    return _arms(dynamodb.put_item(TableName=table, Item=item, ReturnConsumedCapacity="INDEXES"))


def test_an_item_outside_the_indexes_charges_the_table_alone(dynamodb: Any, priced: str, unique: Unique) -> None:
    assert _put(dynamodb, priced, unique()) == (1.0, 1.0, {})


def test_entering_an_index_costs_the_new_entry(dynamodb: Any, priced: str, unique: Unique) -> None:
    assert _put(dynamodb, priced, unique(), a="x", f="x" * 1500) == (5.0, 2.0, {"by_a": 2.0, "keys": 1.0})


def test_an_unchanged_entry_costs_nothing(dynamodb: Any, priced: str, unique: Unique) -> None:
    """Only ``f`` changes: the entry of keys alone stays as it is."""
    key = unique()
    _put(dynamodb, priced, key, a="x", f="1")
    assert _put(dynamodb, priced, key, a="x", f="2") == (2.0, 1.0, {"by_a": 1.0})
    assert _put(dynamodb, priced, key, a="x", f="2") == (1.0, 1.0, {})


def test_a_changed_index_key_costs_the_old_and_the_new_entry(dynamodb: Any, priced: str, unique: Unique) -> None:
    key = unique()
    _put(dynamodb, priced, key, a="x")
    assert _put(dynamodb, priced, key, a="y") == (5.0, 1.0, {"by_a": 2.0, "keys": 2.0})


def test_leaving_an_index_costs_the_old_entry(dynamodb: Any, priced: str, unique: Unique) -> None:
    key = unique()
    _put(dynamodb, priced, key, a="x", f="x" * 1500)
    answer = dynamodb.update_item(
        TableName=priced, Key={"pk": {"S": key}}, UpdateExpression="REMOVE a", ReturnConsumedCapacity="INDEXES"
    )
    assert _arms(answer) == (5.0, 2.0, {"by_a": 2.0, "keys": 1.0})


def test_deleting_costs_table_and_entries(dynamodb: Any, priced: str, unique: Unique) -> None:
    key = unique()
    _put(dynamodb, priced, key, a="x")
    answer = dynamodb.delete_item(TableName=priced, Key={"pk": {"S": key}}, ReturnConsumedCapacity="INDEXES")
    assert _arms(answer) == (3.0, 1.0, {"by_a": 1.0, "keys": 1.0})


def test_the_index_arm_of_a_transaction_is_not_doubled(dynamodb: Any, priced: str, unique: Unique) -> None:
    answer = dynamodb.transact_write_items(
        TransactItems=[{"Put": {"TableName": priced, "Item": {"pk": {"S": unique()}, "a": {"S": "x"}}}}],
        ReturnConsumedCapacity="INDEXES",
    )
    (capacity,) = answer["ConsumedCapacity"]
    assert capacity["CapacityUnits"] == 4.0
    assert capacity["Table"] == {"CapacityUnits": 2.0, "WriteCapacityUnits": 2.0}
    assert capacity["GlobalSecondaryIndexes"] == {
        "by_a": {"CapacityUnits": 1.0, "WriteCapacityUnits": 1.0},
        "keys": {"CapacityUnits": 1.0, "WriteCapacityUnits": 1.0},
    }


def test_reading_an_index_charges_the_index(dynamodb: Any, priced: str, unique: Unique) -> None:
    group = unique()
    _put(dynamodb, priced, unique(), a=group)
    answer = dynamodb.query(
        TableName=priced,
        IndexName="by_a",
        KeyConditionExpression="a = :a",
        ExpressionAttributeValues={":a": {"S": group}},
        ReturnConsumedCapacity="INDEXES",
    )
    assert _arms(answer) == (0.5, 0.0, {"by_a": 0.5})


def test_an_lsi_that_reads_back_charges_the_table_per_row(dynamodb: Any, make_table: Callable[..., str]) -> None:
    """Three small rows: table 1.5, LSI 0.5, total 2."""
    table = make_table(
        "pk:S",
        "sk:S",
        definitions=["l:S"],
        LocalSecondaryIndexes=[
            {
                "IndexName": "by_l",
                "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "l", "KeyType": "RANGE"}],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
    )
    for number in range(3):
        dynamodb.put_item(
            TableName=table,
            Item={"pk": {"S": "p"}, "sk": {"S": str(number)}, "l": {"S": str(number)}, "f": {"S": "x"}},
        )
    answer = dynamodb.query(
        TableName=table,
        IndexName="by_l",
        KeyConditionExpression="pk = :p",
        ExpressionAttributeValues={":p": {"S": "p"}},
        Select="ALL_ATTRIBUTES",
        ReturnConsumedCapacity="INDEXES",
    )
    capacity = answer["ConsumedCapacity"]
    assert capacity["CapacityUnits"] == 2.0
    assert capacity["Table"] == {"CapacityUnits": 1.5}
    assert capacity["LocalSecondaryIndexes"] == {"by_l": {"CapacityUnits": 0.5}}


def test_none_returns_no_figure(dynamodb: Any, priced: str, unique: Unique) -> None:
    for wanted in ({}, {"ReturnConsumedCapacity": "NONE"}):
        assert "ConsumedCapacity" not in dynamodb.put_item(TableName=priced, Item={"pk": {"S": unique()}}, **wanted)


def test_item_collection_metrics_only_with_an_lsi(
    dynamodb: Any, table: str, indexed_table: str, unique: Unique
) -> None:
    """Source: §15."""
    item = {"pk": {"S": unique()}, "sk": {"S": "1"}}
    with_lsi = dynamodb.put_item(TableName=indexed_table, Item=item, ReturnItemCollectionMetrics="SIZE")
    assert with_lsi["ItemCollectionMetrics"] == {
        "ItemCollectionKey": {"pk": item["pk"]},
        "SizeEstimateRangeGB": [0.0, 1.0],
    }
    without = dynamodb.put_item(TableName=table, Item={"pk": item["pk"]}, ReturnItemCollectionMetrics="SIZE")
    assert "ItemCollectionMetrics" not in without


def test_item_collection_metrics_of_many_items_name_each_collection_once(
    dynamodb: Any, indexed_table: str, unique: Unique
) -> None:
    """Source: §15."""
    one, two = {"S": unique()}, {"S": unique()}
    items = [{"pk": partition, "sk": {"S": sort}} for partition in (one, two) for sort in ("1", "2")]
    batch = dynamodb.batch_write_item(
        RequestItems={indexed_table: [{"PutRequest": {"Item": item}} for item in items]},
        ReturnItemCollectionMetrics="SIZE",
    )
    transaction = dynamodb.transact_write_items(
        TransactItems=[{"Delete": {"TableName": indexed_table, "Key": item}} for item in items],
        ReturnItemCollectionMetrics="SIZE",
    )
    for answer in (batch, transaction):
        metrics = answer["ItemCollectionMetrics"][indexed_table]
        assert [entry["ItemCollectionKey"]["pk"] for entry in metrics] == [one, two]


def test_writes_that_change_no_item_tell_no_item_collection(dynamodb: Any, indexed_table: str, unique: Unique) -> None:
    """AWS tells of the collections that were modified. Source: §15; the service model on ReturnItemCollectionMetrics."""
    there, missing = ({"pk": {"S": unique()}, "sk": {"S": "1"}} for _ in range(2))
    dynamodb.put_item(TableName=indexed_table, Item=there)
    deleted = dynamodb.delete_item(TableName=indexed_table, Key=missing, ReturnItemCollectionMetrics="SIZE")
    removed = dynamodb.update_item(
        TableName=indexed_table, Key=missing, UpdateExpression="REMOVE a", ReturnItemCollectionMetrics="SIZE"
    )
    for answer in (deleted, removed):
        assert "ItemCollectionMetrics" not in answer
    batch = dynamodb.batch_write_item(
        RequestItems={indexed_table: [{"DeleteRequest": {"Key": key}} for key in (missing, there)]},
        ReturnItemCollectionMetrics="SIZE",
    )
    assert [entry["ItemCollectionKey"] for entry in batch["ItemCollectionMetrics"][indexed_table]] == [
        {"pk": there["pk"]}
    ]
