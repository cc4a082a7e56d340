"""Numbers: grammar, precision, magnitude, normal form, arithmetic. Source: dynamodb-exact §6."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.conformance.expect import refused

Unique = Callable[[], str]
OVERFLOW = "Number overflow. Attempting to store a number with magnitude larger than supported range"
UNDERFLOW = "Number underflow. Attempting to store a number with magnitude smaller than supported range"
DIGITS = "Attempting to store more than 38 significant digits in a Number"
NINES = "9" * 38


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("0", "0"),
        ("-0", "0"),
        ("-0.00", "0"),
        ("+5", "5"),
        ("5.", "5"),
        (".5", "0.5"),
        ("+.5", "0.5"),
        ("00042", "42"),
        ("1.200", "1.2"),
        ("1E3", "1000"),
        ("1e+2", "100"),
        ("1.5E+3", "1500"),
        ("1E-3", "0.001"),
        ("-7", "-7"),
        (NINES, NINES),
        (f"{NINES}000", f"{NINES}000"),
        ("1E125", "1" + "0" * 125),
        ("1E-130", "0." + "0" * 129 + "1"),
        ("-1E-130", "-0." + "0" * 129 + "1"),
    ],
)
def test_a_number_comes_back_in_its_normal_form(
    dynamodb: Any, table: str, unique: Unique, sent: str, read: str
) -> None:
    key = {"pk": {"S": unique()}}
    dynamodb.put_item(TableName=table, Item={**key, "n": {"N": sent}, "ns": {"NS": [sent]}, "l": {"L": [{"N": sent}]}})
    item = dynamodb.get_item(TableName=table, Key=key)["Item"]
    assert (item["n"], item["ns"], item["l"]) == ({"N": read}, {"NS": [read]}, {"L": [{"N": read}]})


@pytest.mark.parametrize(
    "text", [" 5", "5 ", "+e2", "1+2", "1.2.3", "++5", "1e", ".", "NaN", "Infinity", "1_000", "0x1", "ten"]
)
def test_what_is_not_a_number(dynamodb: Any, table: str, text: str) -> None:
    with refused("ValidationException", f"The parameter cannot be converted to a numeric value: {text}"):
        dynamodb.put_item(TableName=table, Item={"pk": {"S": "x"}, "n": {"N": text}})


@pytest.mark.parametrize("text", ["1e2147483648", "0e-2147483648", "0.0e-2147483647", "1e99999999999999999999"])
def test_an_exponent_that_no_32_bits_hold_makes_no_number(dynamodb: Any, table: str, text: str) -> None:
    """A shorter one is an overflow or an underflow. Source: DynamoDB Local 3.3.1, asked 2026-11."""
    with refused("ValidationException", f"The parameter cannot be converted to a numeric value: {text}"):
        dynamodb.put_item(TableName=table, Item={"pk": {"S": "x"}, "n": {"N": text}})


def test_an_empty_text_is_not_a_number(dynamodb: Any, table: str) -> None:
    with refused("ValidationException", "The parameter cannot be converted to a numeric value"):
        dynamodb.put_item(TableName=table, Item={"pk": {"S": "x"}, "n": {"N": ""}})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1E126", OVERFLOW),
        ("-1E126", OVERFLOW),
        ("1e2147483647", OVERFLOW),
        ("0e1000", OVERFLOW),  # scylladb/scylladb issue 26079: refused since 2025; that it is an overflow is assumed
        ("1E-131", UNDERFLOW),
        ("-1E-131", UNDERFLOW),
        ("1" + "0" * 37 + "1", DIGITS),
        ("0." + "1" * 39, DIGITS),
    ],
)
def test_what_does_not_fit(dynamodb: Any, table: str, text: str, message: str) -> None:
    """What writes one item has the prefix and says no more, also for values of expressions.

    Source: floci-io/floci, what followed its pull request 3447, checked there on AWS in 2026-09.
    """
    key = {"pk": {"S": "x"}}
    condition = {"ConditionExpression": "n = :n", "ExpressionAttributeValues": {":n": {"N": text}}}
    enveloped = "1 validation error detected: " + message
    with refused("ValidationException", enveloped):
        dynamodb.put_item(TableName=table, Item={**key, "n": {"N": text}})
    with refused("ValidationException", enveloped):
        dynamodb.update_item(TableName=table, Key=key, AttributeUpdates={"n": {"Value": {"N": text}}})
    with refused("ValidationException", enveloped):
        dynamodb.delete_item(TableName=table, Key=key, **condition)
    with refused("ValidationException", message):
        dynamodb.batch_write_item(RequestItems={table: [{"PutRequest": {"Item": {**key, "n": {"N": text}}}}]})


def test_equal_numbers_are_one_key(dynamodb: Any, number_table: str, unique: Unique) -> None:
    partition = {"S": unique()}
    dynamodb.put_item(TableName=number_table, Item={"pk": partition, "sk": {"N": "1"}, "v": {"S": "first"}})
    dynamodb.put_item(TableName=number_table, Item={"pk": partition, "sk": {"N": "1.00"}, "v": {"S": "second"}})
    item = dynamodb.get_item(TableName=number_table, Key={"pk": partition, "sk": {"N": "0.1E1"}})["Item"]
    assert item == {"pk": partition, "sk": {"N": "1"}, "v": {"S": "second"}}


def test_arithmetic_is_exact(dynamodb: Any, table: str, unique: Unique) -> None:
    """Binary floating point would give 0.30000000000000004."""
    key = {"pk": {"S": unique()}}
    dynamodb.put_item(TableName=table, Item={**key, "n": {"N": "0.1"}, "big": {"N": "1" + "0" * 37}})
    answer = dynamodb.update_item(
        TableName=table,
        Key=key,
        UpdateExpression="SET n = n + :v, big = big + :one",
        ExpressionAttributeValues={":v": {"N": "0.2"}, ":one": {"N": "1"}},
        ReturnValues="UPDATED_NEW",
    )
    assert answer["Attributes"] == {"n": {"N": "0.3"}, "big": {"N": "1" + "0" * 36 + "1"}}


def test_comparison_is_exact(dynamodb: Any, table: str, unique: Unique) -> None:
    """The two differ in the 38th digit."""
    key = {"pk": {"S": unique()}}
    dynamodb.put_item(TableName=table, Item={**key, "n": {"N": "1" + "0" * 36 + "1"}})
    dynamodb.delete_item(
        TableName=table,
        Key=key,
        ConditionExpression="n > :v",
        ExpressionAttributeValues={":v": {"N": "1" + "0" * 37}},
    )


def test_numbers_in_a_number_set_are_compared_by_value(dynamodb: Any, table: str) -> None:
    """Source: §5.1 row 6; the prefix of PutItem §3.5."""
    with refused("ValidationException", "1 validation error detected: Input collection contains duplicates"):
        dynamodb.put_item(TableName=table, Item={"pk": {"S": "x"}, "ns": {"NS": ["1", "1.0"]}})
