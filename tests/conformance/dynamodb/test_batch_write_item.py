"""BatchWriteItem.

Source, unless a test names another: dynamodb-exact §8, §14, §18.
"""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.conformance.expect import refused

Unique = Callable[[], str]


def _put(**item: Any) -> dict[str, Any]:
    return {"PutRequest": {"Item": item}}


def _delete(**key: Any) -> dict[str, Any]:
    return {"DeleteRequest": {"Key": key}}


def test_puts_and_deletes_of_several_tables(dynamodb: Any, table: str, sorted_table: str, unique: Unique) -> None:
    first, second = unique(), unique()
    dynamodb.put_item(TableName=table, Item={"pk": {"S": second}})
    answer = dynamodb.batch_write_item(
        RequestItems={
            table: [_put(pk={"S": first}, a={"N": "1"}), _delete(pk={"S": second})],
            sorted_table: [_put(pk={"S": first}, sk={"S": "1"})],
        }
    )
    assert answer["UnprocessedItems"] == {}
    assert dynamodb.get_item(TableName=table, Key={"pk": {"S": first}})["Item"]["a"] == {"N": "1"}
    assert "Item" not in dynamodb.get_item(TableName=table, Key={"pk": {"S": second}})
    assert "Item" in dynamodb.get_item(TableName=sorted_table, Key={"pk": {"S": first}, "sk": {"S": "1"}})


def test_twenty_five_requests(dynamodb: Any, table: str, unique: Unique) -> None:
    keys = [unique() for _ in range(25)]
    dynamodb.batch_write_item(RequestItems={table: [_put(pk={"S": key}) for key in keys]})
    found = dynamodb.batch_get_item(RequestItems={table: {"Keys": [{"pk": {"S": key}} for key in keys]}})
    assert len(found["Responses"][table]) == 25


def test_more_than_twenty_five_of_one_table(dynamodb: Any, table: str, unique: Unique) -> None:
    """The text between the braces changes with AWS's internal model: only its frame is compared. Source: §3.2."""
    with refused(
        "ValidationException",
        re.compile(
            rf"1 validation error detected: Value '\{{{table}=\[.*\]\}}' at 'requestItems' failed to satisfy constraint: "
            r"Map value must satisfy constraint: \[Member must have length less than or equal to 25, "
            r"Member must have length greater than or equal to 1\]",
            re.DOTALL,
        ),
    ):
        dynamodb.batch_write_item(RequestItems={table: [_put(pk={"S": unique()}) for _ in range(26)]})


def test_more_than_twenty_five_in_all(dynamodb: Any, table: str, sorted_table: str, unique: Unique) -> None:
    with refused("ValidationException", "Too many items requested for the BatchWriteItem call"):
        dynamodb.batch_write_item(
            RequestItems={
                table: [_put(pk={"S": unique()}) for _ in range(13)],
                sorted_table: [_put(pk={"S": unique()}, sk={"S": "1"}) for _ in range(13)],
            }
        )


def test_values_are_looked_at_before_requests_are_counted(
    dynamodb: Any, table: str, sorted_table: str, unique: Unique
) -> None:
    """Source: dynalite 4.0.0, DynamoDB Local 3.3.1, asked 2026-11."""
    puts = [_put(pk={"S": unique()}) for _ in range(20)]
    for last, message in (
        (
            {},
            "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes",
        ),
        (_put(pk={"N": "x"}), "The parameter cannot be converted to a numeric value: x"),
        (_put(pk={"S": unique()}, a={"S": "x" * 409_600}), "Item size has exceeded the maximum allowed size"),
    ):
        with refused("ValidationException", message):
            dynamodb.batch_write_item(RequestItems={table: puts, sorted_table: [*puts, last]})


def test_twenty_six_tables(dynamodb: Any, unique: Unique) -> None:
    """Requests are counted, tables are not. Source: DynamoDB Local 3.3.1, asked 2026-11."""
    with refused("ValidationException", "Too many items requested for the BatchWriteItem call"):
        dynamodb.batch_write_item(RequestItems={f"none-{unique()}": [_put(pk={"S": "x"})] for _ in range(26)})


def test_two_tables_without_requests(dynamodb: Any) -> None:
    """Source: dynalite 4.0.0, asked 2026-11."""
    said = (
        "Value '{one=[], two=[]}' at 'requestItems' failed to satisfy constraint: Map value must satisfy constraint: "
        "[Member must have length less than or equal to 25, Member must have length greater than or equal to 1]"
    )
    with refused("ValidationException", f"2 validation errors detected: {said}; {said}"):
        dynamodb.batch_write_item(RequestItems={"one": [], "two": []})


def test_two_tables_that_no_table_can_be(dynamodb: Any) -> None:
    """Source: dynalite 4.0.0, asked 2026-11."""
    said = (
        "at 'requestItems' failed to satisfy constraint: Map keys must satisfy constraint: "
        "[Member must have length less than or equal to 255, Member must have length greater than or equal to 3, "
        "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+]"
    )
    both = f"2 validation errors detected: Value '.*' {re.escape(said)}; Value '.*' {re.escape(said)}"
    with refused("ValidationException", re.compile(both)):
        dynamodb.batch_write_item(RequestItems={name: [_put(pk={"S": "x"})] for name in ("a;", "b;")})


def test_no_request_at_all(dynamodb: Any) -> None:
    """Still so in 31 of 33 regions on 2026-09-02, unlike BatchGetItem.

    Source: observations in the description of pull request 198 of nubo-db/dynoxide; §14.
    """
    with refused("ValidationException", "The requestItems parameter is required for BatchWriteItem"):
        dynamodb.batch_write_item(RequestItems={})


@pytest.mark.parametrize("second", [_put(pk={"S": "x"}, a={"N": "2"}), _delete(pk={"S": "x"})], ids=["put", "delete"])
def test_one_item_twice(dynamodb: Any, table: str, second: dict[str, Any]) -> None:
    with refused("ValidationException", "Provided list of item keys contains duplicates"):
        dynamodb.batch_write_item(RequestItems={table: [_put(pk={"S": "x"}), second]})


@pytest.mark.parametrize("number", ["1", "1.0", "1E0"])
def test_equal_numbers_are_one_key(dynamodb: Any, number_table: str, number: str) -> None:
    """Key identity is numeric. Source: §6."""
    with refused("ValidationException", "Provided list of item keys contains duplicates"):
        dynamodb.batch_write_item(
            RequestItems={number_table: [_put(pk={"S": "x"}, sk={"N": "1"}), _put(pk={"S": "x"}, sk={"N": number})]}
        )


@pytest.mark.parametrize(
    ("request_item", "message"),
    [
        (_put(a={"S": "x"}), "The provided key element does not match the schema"),
        (_put(pk={"N": "1"}), "The provided key element does not match the schema"),
        (_delete(a={"S": "x"}), "The provided key element does not match the schema"),
        (_delete(pk={"N": "1"}), "The provided key element does not match the schema"),
        (
            _put(pk={"S": ""}),
            "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: pk",
        ),
        (_put(pk={"S": "x"}, f={"S": "x" * 409_600}), "Item size has exceeded the maximum allowed size"),
    ],
    ids=[
        "put without key",
        "put of wrong type",
        "delete without key",
        "delete of wrong type",
        "empty key",
        "too large",
    ],
)
def test_a_bad_request_refuses_the_whole_batch(
    dynamodb: Any, table: str, unique: Unique, request_item: dict[str, Any], message: str
) -> None:
    good = unique()
    with refused("ValidationException", message):
        dynamodb.batch_write_item(RequestItems={table: [_put(pk={"S": good}), request_item]})
    assert "Item" not in dynamodb.get_item(TableName=table, Key={"pk": {"S": good}})


def test_an_item_that_is_there_twice_is_refused_before_a_later_fault(dynamodb: Any, indexed_table: str) -> None:
    """Keys are looked at in the order of the requests.

    Source: dynalite, which was calibrated on AWS; DynamoDB Local 3.3.1, asked 2026-11.
    """
    good = _put(pk={"S": "x"}, sk={"S": "1"})
    for bad, message in (
        (_put(pk={"N": "1"}, sk={"S": "1"}), "The provided key element does not match the schema"),
        (_delete(pk={"S": "x"}), "The provided key element does not match the schema"),
        (
            _put(pk={"S": "y"}, sk={"S": "1"}, a={"N": "1"}),
            "One or more parameter values were invalid: Type mismatch for Index Key a Expected: S Actual: N IndexName: by_a",
        ),
    ):
        with refused("ValidationException", "Provided list of item keys contains duplicates"):
            dynamodb.batch_write_item(RequestItems={indexed_table: [good, good, bad]})
        with refused("ValidationException", message):
            dynamodb.batch_write_item(RequestItems={indexed_table: [bad, good, good]})


@pytest.mark.parametrize("entry", [{}, {**_put(pk={"S": "x"}), **_delete(pk={"S": "y"})}], ids=["neither", "both"])
def test_a_request_is_a_put_or_a_delete(dynamodb: Any, table: str, entry: dict[str, Any]) -> None:
    with refused(
        "ValidationException",
        "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes",
    ):
        dynamodb.batch_write_item(RequestItems={table: [entry]})


def test_a_missing_table_refuses_everything(dynamodb: Any, table: str, unique: Unique) -> None:
    key = unique()
    with refused("ResourceNotFoundException", "Requested resource not found"):
        dynamodb.batch_write_item(RequestItems={table: [_put(pk={"S": key})], unique(): [_put(pk={"S": "x"})]})
    assert "Item" not in dynamodb.get_item(TableName=table, Key={"pk": {"S": key}})


def test_capacity_is_listed_per_table(dynamodb: Any, table: str, sorted_table: str, unique: Unique) -> None:
    answer = dynamodb.batch_write_item(
        RequestItems={
            table: [_put(pk={"S": unique()}), _put(pk={"S": unique()}, f={"S": "x" * 1500})],
            sorted_table: [_put(pk={"S": unique()}, sk={"S": "1"})],
        },
        ReturnConsumedCapacity="TOTAL",
    )
    units = {one["TableName"]: one["CapacityUnits"] for one in answer["ConsumedCapacity"]}
    assert units == {table: 3.0, sorted_table: 1.0}


def test_one_item_by_name_and_by_arn(dynamodb: Any, table: str, unique: Unique) -> None:
    arn = dynamodb.describe_table(TableName=table)["Table"]["TableArn"]
    request = [{"PutRequest": {"Item": {"pk": {"S": unique()}}}}]
    with refused("ValidationException", "Provided list of item keys contains duplicates"):
        dynamodb.batch_write_item(RequestItems={table: request, arn: request})


def test_tables_are_looked_at_one_by_one(dynamodb: Any, table: str, unique: Unique) -> None:
    """Source: dynalite 4.0.0, asked 2026-11."""
    wrong, missing = [{"DeleteRequest": {"Key": {"a": {"S": "x"}}}}], [{"DeleteRequest": {"Key": {"pk": {"S": "x"}}}}]
    with refused("ValidationException", "The provided key element does not match the schema"):
        dynamodb.batch_write_item(RequestItems={table: wrong, unique(): missing})
    with refused("ResourceNotFoundException", "Requested resource not found"):
        dynamodb.batch_write_item(RequestItems={unique(): missing, table: wrong})
