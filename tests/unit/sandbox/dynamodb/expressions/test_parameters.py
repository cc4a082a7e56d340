from typing import Any

import pytest

from sandbox.dynamodb.expressions import (
    InvalidExpression,
    Placeholders,
    check_parameters,
    parse_condition,
    parse_update,
)
from sandbox.values import InvalidValue

PUT = {"expressions": ["ConditionExpression"], "legacy": ["Expected"]}
UPDATE = {"expressions": ["UpdateExpression", "ConditionExpression"], "legacy": ["AttributeUpdates", "Expected"]}
GET = {"expressions": ["ProjectionExpression"], "legacy": ["AttributesToGet"]}
QUERY = {
    "expressions": ["ProjectionExpression", "FilterExpression", "KeyConditionExpression"],
    "legacy": ["AttributesToGet", "QueryFilter", "ConditionalOperator", "KeyConditions"],
}
MIXED = "Can not use both expression and non-expression parameters in the same request: "
NAMES = "ExpressionAttributeNames"
VALUES = "ExpressionAttributeValues"


def check(operation: dict[str, list[str]], **sent: Any) -> Placeholders:
    return check_parameters(
        expressions={name: sent.get(name) for name in operation["expressions"]},
        legacy={name: sent.get(name) for name in operation["legacy"]},
        names=sent.get(NAMES),
        values=sent.get(VALUES),
    )


@pytest.mark.parametrize(
    ("operation", "sent", "sentence", "enveloped"),
    [
        (
            PUT,
            {"ConditionExpression": "a = :v", "Expected": {}},
            MIXED + "Non-expression parameters: {Expected} Expression parameters: {ConditionExpression}",
            True,
        ),
        (
            UPDATE,
            {"ConditionExpression": "x", "UpdateExpression": "x", "Expected": {}, "AttributeUpdates": {}},
            MIXED + "Non-expression parameters: {AttributeUpdates, Expected} "
            "Expression parameters: {UpdateExpression, ConditionExpression}",
            True,
        ),
        (
            QUERY,
            {"KeyConditionExpression": "x", "KeyConditions": {}, "ConditionalOperator": "AND", "FilterExpression": "x"},
            MIXED + "Non-expression parameters: {ConditionalOperator, KeyConditions} "
            "Expression parameters: {FilterExpression, KeyConditionExpression}",
            True,
        ),
        (PUT, {NAMES: {"#a": "a"}}, f"{NAMES} can only be specified when using expressions", True),
        (PUT, {NAMES: {}}, f"{NAMES} can only be specified when using expressions", True),
        (
            PUT,
            {VALUES: {":a": {"S": "a"}}},
            f"{VALUES} can only be specified when using expressions: ConditionExpression is null",
            True,
        ),
        (
            UPDATE,
            {VALUES: {":a": {"S": "a"}}},
            f"{VALUES} can only be specified when using expressions: UpdateExpression and ConditionExpression are null",
            True,
        ),
        (
            QUERY,
            {VALUES: {":a": {"S": "a"}}, "ProjectionExpression": "a"},
            f"{VALUES} can only be specified when using expressions",
            True,
        ),
        (PUT, {"ConditionExpression": "x", NAMES: {}}, f"{NAMES} must not be empty", True),
        (PUT, {"ConditionExpression": "x", VALUES: {}}, f"{VALUES} must not be empty", True),
        (
            PUT,
            {"ConditionExpression": "x", NAMES: {"a": "a"}},
            f'{NAMES} contains invalid key: Syntax error; key: "a"',
            False,
        ),
        (
            PUT,
            {"ConditionExpression": "x", NAMES: {"#a.b": "a"}},
            f'{NAMES} contains invalid key: Syntax error; key: "#a.b"',
            False,
        ),
        (
            PUT,
            {"ConditionExpression": "x", NAMES: {"#a\n": "a"}},
            f'{NAMES} contains invalid key: Syntax error; key: "#a\n"',
            False,
        ),
        (
            PUT,
            {"ConditionExpression": "x", NAMES: {"#a": ""}},
            f"{NAMES} contains invalid value: Empty attribute name for key #a",
            False,
        ),
        (
            PUT,
            {"ConditionExpression": "x", VALUES: {":": {"S": "a"}}},
            f'{VALUES} contains invalid key: Syntax error; key: ":"',
            False,
        ),
        (
            PUT,
            {"ConditionExpression": "x", VALUES: {":a": {"N": "x"}, "b": {"S": "b"}}},
            f'{VALUES} contains invalid key: Syntax error; key: "b"',
            False,
        ),
        (
            PUT,
            {"ConditionExpression": "x", VALUES: {":a": {"N": "x"}}},
            f"{VALUES} contains invalid value: The parameter cannot be converted to a numeric value: x for key :a",
            False,
        ),
        (
            PUT,
            {"ConditionExpression": "x", VALUES: {":a": {}}},
            (
                f"{VALUES} contains invalid value: Supplied AttributeValue is empty, "
                "must contain exactly one of the supported datatypes for key :a"
            ),
            False,
        ),
        (
            PUT,
            {"ConditionExpression": "x", NAMES: {"#" + "a" * 255: "a"}},
            f"{NAMES} contains invalid key: The expression attribute map contains a key that is too long; size of key: 256",
            False,
        ),
        (
            PUT,
            {"ConditionExpression": "x", VALUES: {"a" * 256: {"S": "a"}}},
            f"{VALUES} contains invalid key: The expression attribute map contains a key that is too long;",
            False,
        ),
        (
            PUT,
            {"ConditionExpression": "x", NAMES: {"#a": "\N{EURO SIGN}" * 21845 + "a"}},
            "Attribute name is too large, must be less than 65536 bytes",
            True,
        ),
    ],
)
def test_parameters_that_do_not_belong_together(
    operation: dict[str, list[str]], sent: dict[str, Any], sentence: str, enveloped: bool
) -> None:
    with pytest.raises(InvalidExpression) as fault:
        check(operation, **sent)
    assert fault.value.message == sentence
    assert fault.value.enveloped_message == ("1 validation error detected: " if enveloped else "") + sentence


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (
            {"NULL": False},
            "One or more parameter values were invalid: Null attribute value types must have the value of true",
        ),
        ({"SS": []}, "One or more parameter values were invalid: An string set  may not be empty"),
        ({"NS": ["1", "1.0"]}, "Input collection contains duplicates"),
        ({"M": {"a" * 65536: {"S": "x"}}}, "Attribute name is too large, must be less than 65536 bytes"),
    ],
    ids=["false null", "empty set", "duplicates", "long name"],
)
def test_a_bad_value_loses_its_wrapper_where_it_is_enveloped(value: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InvalidExpression) as fault:
        check(PUT, ConditionExpression="x", ExpressionAttributeValues={":a": value})
    assert fault.value.message == f"{VALUES} contains invalid value: {sentence} for key :a"
    assert fault.value.enveloped_message == f"1 validation error detected: {sentence}"


def test_nesting_has_no_wrapper() -> None:
    value: dict[str, Any] = {"S": "x"}
    for _ in range(32):
        value = {"L": [value]}
    with pytest.raises(InvalidExpression) as fault:
        check(PUT, ConditionExpression="x", ExpressionAttributeValues={":a": value})
    assert fault.value.enveloped_message.startswith(
        "1 validation error detected: Nesting Levels have exceeded supported limits"
    )


def test_a_malformed_blob_is_no_fault_of_the_expression() -> None:
    with pytest.raises(InvalidValue) as fault:
        check(PUT, ConditionExpression="x", ExpressionAttributeValues={":a": {"B": "?"}})
    assert fault.value.family == "blob"


def test_legal_parameters() -> None:
    placeholders = check(
        UPDATE,
        UpdateExpression="SET #a = :v",
        ExpressionAttributeNames={"#a": "x"},
        ExpressionAttributeValues={":v": {"N": "1.0"}},
    )
    assert placeholders.values == {":v": {"N": "1"}}
    assert placeholders.names == {"#a": "x"}
    assert check(GET, AttributesToGet=["a"]).names == {}
    assert check(QUERY, KeyConditions={}, FilterExpression="x", ProjectionExpression="x").values == {}


@pytest.mark.parametrize(
    ("names", "values", "sentence"),
    [
        (["#a", "#x", "#b"], [":v", ":y"], NAMES + " unused in expressions: keys: {#x, #b}"),
        (["#a"], [":v", ":y", ":z"], VALUES + " unused in expressions: keys: {:z, :y}"),
        (["#a"], [":v"], None),
    ],
)
def test_unused_placeholders_are_judged_over_all_expressions_of_the_request(
    names: list[str], values: list[str], sentence: str | None
) -> None:
    placeholders = Placeholders({name: name[1:] for name in names}, {value: {"N": "1"} for value in values})
    parse_update("SET #a = :v", placeholders)
    parse_condition("attribute_exists(z) OR #a < :v", placeholders)
    if sentence is None:
        placeholders.check_all_used()
        return
    with pytest.raises(InvalidExpression) as fault:
        placeholders.check_all_used()
    assert fault.value.message == "Value provided in " + sentence
    assert fault.value.enveloped
