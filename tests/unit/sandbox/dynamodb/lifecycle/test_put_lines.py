"""From lines to a table: as if each were a PutItem."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from sandbox.dynamodb.lifecycle.line_readers import read_conditional_json
from sandbox.dynamodb.lifecycle.put_lines import PutLines, put_lines
from sandbox.dynamodb.operations.tables.create_table import create_table
from sandbox.dynamodb.scope import Scope
from sandbox.dynamodb.storage.keys import Range

Call = Callable[..., Any]
_ALL = Range(b"", None)


@pytest.fixture
def put_all(call: Call, scope: Scope) -> Callable[..., PutLines]:
    """Put items, or whole lines, into a table with a stream and an index on the number ``n``."""
    call(
        create_table,
        TableName="things",
        AttributeDefinitions=[
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "n", "AttributeType": "N"},
        ],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        GlobalSecondaryIndexes=[
            {
                "IndexName": "by-n",
                "KeySchema": [{"AttributeName": "n", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
    )

    def put(*asked: Any) -> PutLines:
        lines = [json.dumps(one if "Item" in one else {"Item": one}).encode() for one in asked]
        return put_lines(scope.store, scope.table("things"), lines, read_conditional_json, scope.clock.now())

    return put


def items(scope: Scope) -> list[Any]:
    rows = scope.table("things").items.fetch(_ALL, descending=False, limit=100)
    return [json.loads(row[2]) for row in rows]


def test_of_two_items_with_one_key_the_later_stays(put_all: Callable[..., PutLines], scope: Scope) -> None:
    """In one slice and in the next; in the index too."""
    done = put_all({"pk": {"S": "a"}, "n": {"N": "1"}}, {"pk": {"S": "a"}, "n": {"N": "2"}})
    assert (len(done.changes), done.refused) == (2, [])
    put_all({"pk": {"S": "a"}, "n": {"N": "3.0"}})
    table = scope.table("things")
    assert table.items.totals()[0] == table.indexes["by-n"].entries.totals()[0] == 1
    (entry,) = table.indexes["by-n"].entries.fetch(_ALL, descending=False, limit=2)
    assert json.loads(entry[2])["n"] == {"N": "3"}


def test_two_puts_of_one_key_leave_two_records(put_all: Callable[..., PutLines], scope: Scope) -> None:
    """One that changes nothing leaves none, as with PutItem."""
    put_all({"pk": {"S": "a"}, "n": {"N": "1"}}, {"pk": {"S": "a"}, "n": {"N": "2"}}, {"pk": {"S": "b"}})
    put_all({"pk": {"S": "b"}})
    stream = scope.table("things").stream
    assert stream is not None
    records = scope.store.log.read(stream, stream.shards[0], behind=0, limit=99)
    assert [record.event_name for record in records] == ["INSERT", "MODIFY", "INSERT"]


NEW = {"ConditionExpression": "attribute_not_exists(pk)"}


def test_a_condition_decides_over_its_line(put_all: Callable[..., PutLines], scope: Scope) -> None:
    """It is asked of the item as the lines before have left it; what it forbids is no error."""
    before = {"pk": {"S": "a"}, "n": {"N": "1"}}
    later = {"pk": {"S": "a"}, "n": {"N": "7"}}
    done = put_all(
        {"Item": before, **NEW},
        {"Item": {"pk": {"S": "a"}}, **NEW},
        {"Item": {"pk": {"S": "b"}}, "ConditionExpression": "attribute_exists(pk)"},
        {
            "Item": later,
            "ConditionExpression": "#n < :n",
            "ExpressionAttributeNames": {"#n": "n"},
            "ExpressionAttributeValues": {":n": {"N": "7.0"}},
        },
    )
    assert done.unmet == [(1, {"pk": {"S": "a"}}, before), (2, {"pk": {"S": "b"}}, None)]
    assert (len(done.changes), done.refused) == (2, [])
    assert items(scope) == [later]


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({"ConditionExpression": "pk ="}, 'Invalid ConditionExpression: Syntax error; token: "<EOF>", near: "="'),
        ({"ConditionExpression": "pk.x = pk"}, "Key attributes must be scalars; list random access '[]' and map"),
        ({"ExpressionAttributeNames": {"#a": "pk"}}, "ExpressionAttributeNames can only be specified when using"),
        (
            {"ConditionExpression": "attribute_exists(pk)", "ExpressionAttributeValues": {":a": {"S": "x"}}},
            "Value provided in ExpressionAttributeValues unused in expressions: keys: {:a}",
        ),
    ],
)
def test_a_condition_that_a_put_would_refuse(put_all: Callable[..., PutLines], members: Any, reason: str) -> None:
    done = put_all({"Item": {"pk": {"S": "a"}}, **members}, {"pk": {"S": "behind"}})
    assert len(done.changes) == 1
    ((line, told),) = done.refused
    assert line == 0
    assert reason in told


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        ({"n": {"N": "1"}}, "Missing the key pk in the item"),
        ({"pk": {"N": "1"}}, "Type mismatch for key pk expected: S actual: N"),
        ({"pk": {"S": ""}}, "cannot contain an empty string value. Key: pk"),
        ({"pk": {"S": "a"}, "n": {"S": "x"}}, "Type mismatch for Index Key n Expected: N Actual: S IndexName: by-n"),
        ({"pk": {"S": "a"}, "m": {"N": "x"}}, "cannot be converted to a numeric value: x"),
        ({"pk": {"S": "a"}, "s": {"SS": []}}, "An string set  may not be empty"),
        ({"pk": {"S": "a"}, "b": {"B": "?"}}, "Base64"),
        ({"pk": {"S": "a"}, "t": {"S": "x" * 410_000}}, "Item size has exceeded the maximum allowed size"),
    ],
)
def test_an_item_that_a_put_would_refuse(put_all: Callable[..., PutLines], item: Any, reason: str) -> None:
    """It is told by its line, and those around it are put."""
    done = put_all({"pk": {"S": "before"}}, item, {"pk": {"S": "behind"}})
    assert len(done.changes) == 2
    ((line, told),) = done.refused
    assert line == 1
    assert reason in told
