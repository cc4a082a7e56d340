"""BatchGetItem.

Source, unless a test names another: dynamodb-exact §9.2, §14, §18.
"""

from collections.abc import Callable
from typing import Any

import pytest

from tests.conformance.expect import refused

Unique = Callable[[], str]


@pytest.fixture
def keys(dynamodb: Any, table: str, unique: Unique) -> list[dict[str, Any]]:
    keys = [{"pk": {"S": unique()}} for _ in range(3)]
    for number, key in enumerate(keys):
        dynamodb.put_item(TableName=table, Item={**key, "n": {"N": str(number)}, "m": {"S": "x"}})
    return keys


def test_items_of_several_tables(
    dynamodb: Any, table: str, sorted_table: str, keys: list[dict[str, Any]], unique: Unique
) -> None:
    """The order of the answer is not that of the request; what is missing is left out."""
    missing = {"pk": {"S": unique()}}
    answer = dynamodb.batch_get_item(
        RequestItems={table: {"Keys": [*keys, missing]}, sorted_table: {"Keys": [{**missing, "sk": {"S": "1"}}]}}
    )
    assert sorted(item["n"]["N"] for item in answer["Responses"][table]) == ["0", "1", "2"]
    assert answer["Responses"][sorted_table] == []
    assert answer["UnprocessedKeys"] == {}


def test_a_projection_per_table(dynamodb: Any, table: str, keys: list[dict[str, Any]]) -> None:
    answer = dynamodb.batch_get_item(
        RequestItems={table: {"Keys": keys[:1], "ProjectionExpression": "#n", "ExpressionAttributeNames": {"#n": "n"}}}
    )
    assert answer["Responses"][table] == [{"n": {"N": "0"}}]


def test_one_hundred_keys(dynamodb: Any, table: str, unique: Unique) -> None:
    answer = dynamodb.batch_get_item(RequestItems={table: {"Keys": [{"pk": {"S": unique()}} for _ in range(100)]}})
    assert answer["Responses"] == {table: []}


def test_more_than_one_hundred_keys_of_one_table(dynamodb: Any, table: str, unique: Unique) -> None:
    with refused(
        "ValidationException",
        f"1 validation error detected: Value at 'RequestItems.{table}.member.Keys' failed to satisfy constraint: "
        "Member must have length less than or equal to 100",
    ):
        dynamodb.batch_get_item(RequestItems={table: {"Keys": [{"pk": {"S": unique()}} for _ in range(101)]}})


def test_more_than_one_hundred_keys_in_all(dynamodb: Any, table: str, sorted_table: str, unique: Unique) -> None:
    with refused("ValidationException", "Too many items requested for the BatchGetItem call"):
        dynamodb.batch_get_item(
            RequestItems={
                table: {"Keys": [{"pk": {"S": unique()}} for _ in range(51)]},
                sorted_table: {"Keys": [{"pk": {"S": unique()}, "sk": {"S": "1"}} for _ in range(51)]},
            }
        )


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (lambda keys: {"Keys": [*keys, {"pk": {"N": "x"}}]}, "The parameter cannot be converted to a numeric value: x"),
        (lambda keys: {"Keys": [*keys, keys[0]]}, "Provided list of item keys contains duplicates"),
        (
            lambda keys: {"Keys": keys, "AttributesToGet": ["a", "a"]},
            "One or more parameter values were invalid: Duplicate value in attribute name: a",
        ),
    ],
    ids=["value", "duplicate", "attribute twice"],
)
def test_keys_are_counted_last(
    dynamodb: Any, table: str, sorted_table: str, unique: Unique, asked: Callable[[Any], Any], message: str
) -> None:
    """Source: dynalite 4.0.0, DynamoDB Local 3.3.1, asked 2026-11."""
    keys = [{"pk": {"S": unique()}} for _ in range(60)]
    with refused("ValidationException", message):
        dynamodb.batch_get_item(RequestItems={table: {"Keys": keys}, sorted_table: asked(keys)})


def test_one_hundred_and_one_tables(dynamodb: Any, unique: Unique) -> None:
    """Keys are counted, tables are not. Source: dynalite 4.0.0, DynamoDB Local 3.3.1, asked 2026-11."""
    with refused("ValidationException", "Too many items requested for the BatchGetItem call"):
        dynamodb.batch_get_item(RequestItems={f"none-{unique()}": {"Keys": [{"pk": {"S": "x"}}]} for _ in range(101)})


def test_no_request_at_all(dynamodb: Any) -> None:
    """Answered so by 32 of 33 regions on 2026-09-02; the sentence of §14 is older.

    Source: observations in the description of pull request 198 of nubo-db/dynoxide.
    """
    with refused(
        "ValidationException",
        "1 validation error detected: Value at 'RequestItems' failed to satisfy constraint: "
        "Member must have length greater than or equal to 1",
    ):
        dynamodb.batch_get_item(RequestItems={})


def test_one_key_twice(dynamodb: Any, table: str) -> None:
    with refused("ValidationException", "Provided list of item keys contains duplicates"):
        dynamodb.batch_get_item(RequestItems={table: {"Keys": [{"pk": {"S": "x"}}, {"pk": {"S": "x"}}]}})


def test_keys_are_compared_as_they_were_sent(dynamodb: Any, make_table: Callable[..., str]) -> None:
    """One number in two forms is no repetition, and is answered twice; BatchWriteItem and transactions see through it.

    Source: scylladb/scylladb pull request 29501 (2026-04); DynamoDB Local 3.3.1, asked 2026-11 (the answer).
    """
    table = make_table("pk:N")
    dynamodb.put_item(TableName=table, Item={"pk": {"N": "100"}})
    keys = [{"pk": {"N": form}} for form in ("100", "1e2", "100.0", "0100")]
    answer = dynamodb.batch_get_item(RequestItems={table: {"Keys": keys}}, ReturnConsumedCapacity="TOTAL")
    assert answer["Responses"][table] == [{"pk": {"N": "100"}}] * 4
    assert answer["ConsumedCapacity"] == [{"TableName": table, "CapacityUnits": 2.0}]
    for twice in ([keys[1], keys[1]], [keys[0], keys[2], keys[2]]):
        with refused("ValidationException", "Provided list of item keys contains duplicates"):
            dynamodb.batch_get_item(RequestItems={table: {"Keys": twice}})
    with refused("ValidationException", "Provided list of item keys contains duplicates"):
        dynamodb.batch_write_item(RequestItems={table: [{"DeleteRequest": {"Key": key}} for key in keys[:2]]})


@pytest.mark.parametrize("key", [{}, {"pk": {"N": "1"}}, {"pk": {"S": "x"}, "a": {"S": "y"}}])
def test_a_key_of_another_shape(dynamodb: Any, table: str, key: dict[str, Any]) -> None:
    with refused("ValidationException", "The provided key element does not match the schema"):
        dynamodb.batch_get_item(RequestItems={table: {"Keys": [key]}})


def test_one_key_twice_in_a_table_that_is_not_there(dynamodb: Any, unique: Unique) -> None:
    """Keys are compared before tables are looked up. Source: dynalite, which was calibrated on AWS."""
    key = {"pk": {"S": "x"}}
    with refused("ValidationException", "Provided list of item keys contains duplicates"):
        dynamodb.batch_get_item(RequestItems={unique(): {"Keys": [key, key]}})


def test_keys_are_judged_in_order_and_before_what_is_read_of_items(dynamodb: Any, table: str) -> None:
    """Values and repetitions of keys, then attributes that are listed twice, then expressions.

    Source: dynamodb-exact §3.1; DynamoDB Local 3.3.1, asked 2026-11.
    """
    key, bad = {"pk": {"S": "x"}}, {"pk": {"N": "x"}}
    duplicates, no_number = (
        "Provided list of item keys contains duplicates",
        "The parameter cannot be converted to a numeric value: x",
    )
    for keys, message in (([key, key, bad], duplicates), ([bad, key, key], no_number), ([key, key], duplicates)):
        for projection in ({}, {"ProjectionExpression": "a a"}, {"AttributesToGet": ["a", "a"]}):
            with refused("ValidationException", message):
                dynamodb.batch_get_item(RequestItems={table: {"Keys": keys, **projection}})
    with refused("ValidationException", "ExpressionAttributeNames can only be specified when using expressions"):
        dynamodb.batch_get_item(RequestItems={table: {"Keys": [bad], "ExpressionAttributeNames": {"#a": "a"}}})


def test_a_missing_table_refuses_everything(dynamodb: Any, table: str, unique: Unique) -> None:
    with refused("ResourceNotFoundException", "Requested resource not found"):
        dynamodb.batch_get_item(
            RequestItems={table: {"Keys": [{"pk": {"S": "x"}}]}, unique(): {"Keys": [{"pk": {"S": "x"}}]}}
        )


def test_kinds_of_projection_cannot_be_mixed_across_tables(dynamodb: Any, table: str, sorted_table: str) -> None:
    with refused(
        "ValidationException",
        "Can not use both expression and non-expression parameters in the same request: "
        "Non-expression parameters: {AttributesToGet} Expression parameters: {ProjectionExpression}",
    ):
        dynamodb.batch_get_item(
            RequestItems={
                table: {"Keys": [{"pk": {"S": "x"}}], "AttributesToGet": ["a"]},
                sorted_table: {"Keys": [{"pk": {"S": "x"}, "sk": {"S": "1"}}], "ProjectionExpression": "a"},
            }
        )


def test_the_charge_is_the_sum_of_the_items(dynamodb: Any, table: str, keys: list[dict[str, Any]]) -> None:
    for consistent, units in ((False, 1.5), (True, 3.0)):
        answer = dynamodb.batch_get_item(
            RequestItems={table: {"Keys": keys, "ConsistentRead": consistent}}, ReturnConsumedCapacity="TOTAL"
        )
        assert answer["ConsumedCapacity"] == [{"TableName": table, "CapacityUnits": units}]


def test_an_answer_over_16_mb_leaves_keys_unprocessed(dynamodb: Any, make_table: Callable[..., str]) -> None:
    """Of items of 300 KB there are 52 in one answer, by the API reference; asking again for what was left brings the rest."""
    table = make_table("pk:S")
    keys = [{"pk": {"S": f"{number:02}"}} for number in range(60)]
    for key in keys:
        dynamodb.put_item(TableName=table, Item={**key, "f": {"S": "x" * (300 * 1024 - 5)}})
    request: dict[str, Any] = {table: {"Keys": keys, "ConsistentRead": True}}
    found: list[set[str]] = []
    while request:
        answer = dynamodb.batch_get_item(RequestItems=request)
        found.append({item["pk"]["S"] for item in answer["Responses"][table]})
        request = answer["UnprocessedKeys"]
        assert not request or request[table]["ConsistentRead"] is True
    assert [len(names) for names in found] == [52, 8]
    assert len(set().union(*found)) == 60


def test_tables_are_looked_at_one_by_one(dynamodb: Any, table: str, unique: Unique) -> None:
    """Source: dynalite 4.0.0, asked 2026-11."""
    wrong, missing = {"Keys": [{"a": {"S": "x"}}]}, {"Keys": [{"pk": {"S": "x"}}]}
    with refused("ValidationException", "The provided key element does not match the schema"):
        dynamodb.batch_get_item(RequestItems={table: wrong, unique(): missing})
    with refused("ResourceNotFoundException", "Requested resource not found"):
        dynamodb.batch_get_item(RequestItems={unique(): missing, table: wrong})
