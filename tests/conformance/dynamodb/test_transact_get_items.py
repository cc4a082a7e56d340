"""TransactGetItems.

Source, unless a test names another: dynamodb-exact §8, §10 (projection), §16, §18.
"""

from collections.abc import Callable
from typing import Any

import pytest

from tests.conformance.expect import refused

Unique = Callable[[], str]


def _get(table: str, key: dict[str, Any], **members: Any) -> dict[str, Any]:
    return {"Get": {"TableName": table, "Key": key, **members}}


def test_answers_come_in_request_order(dynamodb: Any, table: str, sorted_table: str, unique: Unique) -> None:
    first, second = {"pk": {"S": unique()}}, {"pk": {"S": unique()}, "sk": {"S": "1"}}
    dynamodb.put_item(TableName=table, Item=first)
    dynamodb.put_item(TableName=sorted_table, Item=second)
    answer = dynamodb.transact_get_items(
        TransactItems=[_get(sorted_table, second), _get(table, {"pk": {"S": unique()}}), _get(table, first)]
    )
    assert answer["Responses"] == [{"Item": second}, {}, {"Item": first}]


def test_a_projection(dynamodb: Any, table: str, unique: Unique) -> None:
    key = {"pk": {"S": unique()}}
    dynamodb.put_item(TableName=table, Item={**key, "a": {"M": {"b": {"N": "1"}, "c": {"N": "2"}}}})
    answer = dynamodb.transact_get_items(
        TransactItems=[
            _get(table, key, ProjectionExpression="a.#b", ExpressionAttributeNames={"#b": "b"}),
        ]
    )
    assert answer["Responses"] == [{"Item": {"a": {"M": {"b": {"N": "1"}}}}}]


def test_a_projection_that_matches_nothing_leaves_the_item_out(dynamodb: Any, table: str, unique: Unique) -> None:
    key = {"pk": {"S": unique()}}
    dynamodb.put_item(TableName=table, Item=key)
    answer = dynamodb.transact_get_items(TransactItems=[_get(table, key, ProjectionExpression="gone")])
    assert answer["Responses"] == [{}]


def test_key_faults_are_cancellations(dynamodb: Any, table: str, unique: Unique) -> None:
    """Every key fault, the empty value too. Source: §8."""
    with refused(
        "TransactionCanceledException",
        "Transaction cancelled, please refer cancellation reasons for specific reasons [None, ValidationError, ValidationError]",
    ) as refusal:
        dynamodb.transact_get_items(
            TransactItems=[
                _get(table, {"pk": {"S": unique()}}),
                _get(table, {"pk": {"N": "1"}}),
                _get(table, {"pk": {"S": ""}}),
            ]
        )
    assert [reason["Code"] for reason in refusal.response["CancellationReasons"]] == [
        "None",
        "ValidationError",
        "ValidationError",
    ]


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ({"pk": {}}, "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"),
        ({"pk": {"N": "x"}}, "The parameter cannot be converted to a numeric value: x"),
        ({"pk": {"S": "x"}, "": {"S": "x"}}, "Empty attribute name"),
    ],
)
def test_what_is_no_value_refuses_the_request(
    dynamodb: Any, table: str, unique: Unique, key: dict[str, Any], message: str
) -> None:
    """Also before the tables are looked up and before projections are read. Source: DynamoDB Local 3.3.1, asked 2026-11."""
    with refused("ValidationException", message):
        dynamodb.transact_get_items(TransactItems=[_get(unique(), {"pk": {"S": "y"}}), _get(table, key)])
    with refused("ValidationException", message):
        dynamodb.transact_get_items(TransactItems=[_get(table, key, ProjectionExpression="a a")])


def test_one_item_twice(dynamodb: Any, table: str) -> None:
    """Source: §16 states the rule for transactions in general; for reads no capture is known."""
    with refused("ValidationException", "Transaction request cannot include multiple operations on one item"):
        dynamodb.transact_get_items(TransactItems=[_get(table, {"pk": {"S": "x"}}), _get(table, {"pk": {"S": "x"}})])


def test_an_empty_list(dynamodb: Any) -> None:
    with refused(
        "ValidationException",
        "1 validation error detected: Value '[]' at 'transactItems' failed to satisfy constraint: "
        "Member must have length greater than or equal to 1",
    ):
        dynamodb.transact_get_items(TransactItems=[])


def test_a_missing_table(dynamodb: Any, unique: Unique) -> None:
    with refused("ResourceNotFoundException", "Requested resource not found"):
        dynamodb.transact_get_items(TransactItems=[_get(unique(), {"pk": {"S": "x"}})])


def test_the_charge_is_twice_that_of_consistent_reads(dynamodb: Any, table: str, unique: Unique) -> None:
    key = {"pk": {"S": unique()}}
    dynamodb.put_item(TableName=table, Item={**key, "f": {"S": "x" * 5000}})
    answer = dynamodb.transact_get_items(
        TransactItems=[_get(table, key), _get(table, {"pk": {"S": unique()}})], ReturnConsumedCapacity="TOTAL"
    )
    assert answer["ConsumedCapacity"] == [{"TableName": table, "CapacityUnits": 6.0, "ReadCapacityUnits": 6.0}]


def test_a_projection_into_a_key(dynamodb: Any, table: str, unique: Unique) -> None:
    """Source: §8."""
    with refused(
        "ValidationException",
        "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: Key: pk",
    ):
        dynamodb.transact_get_items(
            TransactItems=[_get(table, {"pk": {"S": unique()}}, ProjectionExpression="pk.inside")]
        )


def test_an_answer_weighs_four_megabytes_at_most(dynamodb: Any, make_table: Callable[..., str], unique: Unique) -> None:
    """The limit is AWS's documentation's; what counts, and the words, are DynamoDB Local's, 3.3.1, asked 2026-11."""
    table = make_table()
    keys = [{"pk": {"S": f"{number:02}"}} for number in range(11)]
    for key in keys:
        dynamodb.put_item(TableName=table, Item={**key, "f": {"S": "x" * (381_000 - 5 - 4)}})
    gets = [_get(table, key) for key in keys]
    last = {"pk": {"S": "last"}}
    left = 4_194_304 - 11 * 381_000 - 4
    dynamodb.put_item(TableName=table, Item={**last, "a": {"S": "x" * (left - 6 - 1)}})
    assert len(dynamodb.transact_get_items(TransactItems=[*gets, _get(table, last)])["Responses"]) == 12
    with refused("ValidationException", "Payload in response is too large.4194308"):
        dynamodb.transact_get_items(TransactItems=[*gets, _get(table, last), _get(table, {"pk": {"S": unique()}})])
    dynamodb.put_item(TableName=table, Item={**last, "a": {"S": "x" * (left - 6)}})
    with refused("ValidationException", "Payload in response is too large.4194305"):
        dynamodb.transact_get_items(TransactItems=[*gets, _get(table, last)])
    dynamodb.transact_get_items(TransactItems=[*gets, _get(table, last, ProjectionExpression="a")])
