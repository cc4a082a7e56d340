from collections.abc import Callable
from typing import Any

import pytest

from sandbox.dynamodb.expressions import (
    InvalidExpression,
    InvalidUpdate,
    attribute_updates,
    attributes_to_get,
    expected_condition,
    filter_condition,
    key_conditions,
)
from sandbox.values import AttributeValue, InvalidValue, Item

P = "One or more parameter values were invalid: "
ITEM: Item = {
    "n": {"N": "5"},
    "s": {"S": "abc"},
    "ss": {"SS": ["a", "b"]},
    "a.b": {"S": "dotted"},
    "#x": {"S": "hash"},
}


def compare(operator: str, *operands: AttributeValue) -> dict[str, Any]:
    return {"ComparisonOperator": operator, "AttributeValueList": list(operands)}


@pytest.mark.parametrize(
    ("name", "entry", "matches"),
    [
        ("n", compare("EQ", {"N": "5.0"}), True),
        ("n", compare("NE", {"N": "5"}), False),
        ("missing", compare("NE", {"N": "5"}), True),
        ("missing", compare("EQ", {"N": "5"}), False),
        ("n", compare("LT", {"N": "10"}), True),
        ("n", compare("LE", {"N": "5"}), True),
        ("n", compare("GT", {"N": "5"}), False),
        ("n", compare("GE", {"N": "5"}), True),
        ("n", compare("BETWEEN", {"N": "1"}, {"N": "5"}), True),
        ("n", compare("IN", {"N": "1"}, {"N": "5"}), True),
        ("s", compare("BEGINS_WITH", {"S": "ab"}), True),
        ("s", compare("CONTAINS", {"S": "bc"}), True),
        ("ss", compare("CONTAINS", {"S": "b"}), True),
        ("ss", compare("NOT_CONTAINS", {"S": "b"}), False),
        ("ss", compare("NOT_CONTAINS", {"S": "c"}), True),
        ("missing", compare("NOT_CONTAINS", {"S": "b"}), False),
        ("n", compare("NOT_CONTAINS", {"NULL": True}), True),
        ("ss", compare("EQ", {"SS": ["b", "a"]}), True),
        ("n", compare("NULL"), False),
        ("missing", compare("NULL"), True),
        ("n", {"ComparisonOperator": "NOT_NULL"}, True),
        ("a.b", compare("EQ", {"S": "dotted"}), True),
        ("#x", compare("EQ", {"S": "hash"}), True),
    ],
)
def test_comparison_operators(name: str, entry: dict[str, Any], matches: bool) -> None:
    for condition in (expected_condition({name: entry}, None), filter_condition({name: entry}, None)):
        assert condition is not None
        assert condition.matches(ITEM) is matches
        assert condition.attribute_names == {name}


@pytest.mark.parametrize(
    ("entry", "matches"),
    [
        ({"Value": {"N": "5.0"}}, True),
        ({"Value": {"N": "6"}, "Exists": True}, False),
        ({"Exists": False}, False),
        ({"ComparisonOperator": "GT", "Value": {"N": "4"}}, True),
        ({"Value": {"N": "5"}, "Exists": None, "ComparisonOperator": None, "AttributeValueList": None}, True),
    ],
)
def test_expectations_without_a_list(entry: dict[str, Any], matches: bool) -> None:
    condition = expected_condition({"n": entry}, None)
    assert condition is not None
    assert condition.matches(ITEM) is matches


def test_conditions_are_joined_by_and_unless_told_otherwise() -> None:
    entries = {"n": compare("EQ", {"N": "5"}), "s": compare("EQ", {"S": "other"})}
    for operator, matches in ((None, False), ("AND", False), ("OR", True)):
        condition = filter_condition(entries, operator)
        assert condition is not None
        assert condition.matches(ITEM) is matches


def test_absent_parameters_make_no_condition() -> None:
    assert expected_condition(None, None) is None
    assert filter_condition(None, None) is None


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        (
            {"Value": {"S": "x"}, "AttributeValueList": [{"S": "x"}]},
            P + "Value and AttributeValueList cannot be used together for Attribute: a",
        ),
        (
            {"Exists": True, "ComparisonOperator": "EQ", "Value": {"S": "x"}},
            P + "Exists and ComparisonOperator cannot be used together for Attribute: a",
        ),
        (
            {"ComparisonOperator": "EQ"},
            P + "Value or AttributeValueList must be used with ComparisonOperator: EQ for Attribute: a",
        ),
        (
            {"AttributeValueList": [{"S": "x"}]},
            P + "AttributeValueList can only be used with a ComparisonOperator for Attribute: a",
        ),
        ({"Exists": True}, P + "Value must be provided when Exists is true for Attribute: a"),
        ({}, P + "Value must be provided when Exists is null for Attribute: a"),
        ({"Exists": False, "Value": {"S": "x"}}, P + "Value cannot be used when Exists is false for Attribute: a"),
        (compare("NULL", {"S": "x"}), P + "Invalid number of argument(s) for the NULL ComparisonOperator"),
        (compare("IN"), P + "Invalid number of argument(s) for the IN ComparisonOperator"),
        (compare("BETWEEN", {"S": "x"}), P + "Invalid number of argument(s) for the BETWEEN ComparisonOperator"),
        (compare("EQ", {"S": "x"}, {"S": "y"}), P + "Invalid number of argument(s) for the EQ ComparisonOperator"),
        (compare("IN", {"S": "x"}, {"N": "1"}), P + "AttributeValues inside AttributeValueList must be of same type"),
        (
            compare("IN", {"S": "x"}, {"N": "1"}, {"L": []}),
            P + "AttributeValues inside AttributeValueList must be of same type",
        ),
        (compare("IN", {"S": "x"}, {"L": []}), P + "ComparisonOperator IN is not valid for L AttributeValue type"),
        (
            {"Exists": True, "ComparisonOperator": "EQ", "Value": {"S": "x"}, "AttributeValueList": []},
            P + "Exists and ComparisonOperator cannot be used together for Attribute: a",
        ),
    ],
)
def test_faults_of_expectations(entry: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InvalidExpression) as fault:
        expected_condition({"a": entry}, None)
    assert fault.value.message == sentence


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        (compare("LT", {"SS": ["x"]}), P + "ComparisonOperator LT is not valid for SS AttributeValue type"),
        (
            compare("BEGINS_WITH", {"N": "1"}),
            P + "ComparisonOperator BEGINS_WITH is not valid for N AttributeValue type",
        ),
        (compare("CONTAINS", {"L": []}), P + "ComparisonOperator CONTAINS is not valid for L AttributeValue type"),
        (
            compare("BETWEEN", {"N": "2"}, {"N": "1"}),
            "The BETWEEN condition was provided a range where the lower bound is greater than the upper bound",
        ),
        ({"ComparisonOperator": "EQ"}, P + "Invalid number of argument(s) for the EQ ComparisonOperator"),
    ],
)
def test_faults_of_filters(entry: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InvalidExpression) as fault:
        filter_condition({"a": entry}, None)
    assert fault.value.message == sentence


@pytest.mark.parametrize(
    ("entries", "sentence"),
    [
        (None, "ConditionalOperator cannot be used without Filter or Expected"),
        ({}, "ConditionalOperator cannot be used without Filter or Expected"),
        (
            {"a": compare("NULL")},
            "ConditionalOperator can only be used when Filter or Expected has two or more elements",
        ),
    ],
)
def test_a_conditional_operator_needs_something_to_join(entries: Any, sentence: str) -> None:
    with pytest.raises(InvalidExpression) as fault:
        filter_condition(entries, "OR")
    assert fault.value.message == sentence
    assert fault.value.enveloped


def test_conditions_are_judged_before_what_joins_them() -> None:
    for entries, sentence in (
        ({"a": compare("EQ")}, P + "Invalid number of argument(s) for the EQ ComparisonOperator"),
        ({"": compare("NULL")}, "Empty attribute name"),
    ):
        for judge in (filter_condition, expected_condition):
            with pytest.raises(InvalidExpression) as fault:
                judge(entries, "OR")
            assert fault.value.message == sentence


@pytest.mark.parametrize(
    "judge",
    [
        lambda: expected_condition({"": {"Exists": False}}, None),
        lambda: filter_condition({"": compare("NOT_NULL")}, None),
        lambda: key_conditions({"": compare("EQ", {"S": "x"})}),
        lambda: attribute_updates({"": {"Action": "ADD"}}),
        lambda: attributes_to_get(["a", "", "a"]),
    ],
)
def test_an_attribute_has_a_name(judge: Callable[[], object]) -> None:
    with pytest.raises(InvalidExpression) as fault:
        judge()
    assert fault.value.message == "Empty attribute name"


def test_a_bad_value_has_no_wrapper() -> None:
    with pytest.raises(InvalidValue, match="numeric value: x"):
        expected_condition({"a": {"Value": {"N": "x"}}}, None)
    with pytest.raises(InvalidValue, match="numeric value: x"):
        attribute_updates({"a": {"Value": {"N": "x"}}})


@pytest.mark.parametrize(
    ("updates", "expected"),
    [
        ({"a": {"Value": {"N": "1.0"}}}, {"a": {"N": "1"}}),
        ({"n": {"Value": {"N": "1"}, "Action": "PUT"}}, {"n": {"N": "1"}}),
        ({"n": {"Value": {"N": "1"}, "Action": "ADD"}}, {"n": {"N": "6"}}),
        ({"m": {"Value": {"N": "1"}, "Action": "ADD"}}, {"m": {"N": "1"}}),
        ({"ss": {"Value": {"SS": ["c"]}, "Action": "ADD"}}, {"ss": {"SS": ["a", "b", "c"]}}),
        ({"l": {"Value": {"L": [{"S": "x"}]}, "Action": "ADD"}}, {"l": {"L": [{"S": "y"}, {"S": "x"}]}}),
        ({"ss": {"Value": {"SS": ["a"]}, "Action": "DELETE"}}, {"ss": {"SS": ["b"]}}),
        ({"ss": {"Value": {"SS": ["a", "b"]}, "Action": "DELETE"}}, {"ss": None}),
        ({"n": {"Action": "DELETE"}}, {"n": None}),
        ({"gone": {"Action": "DELETE"}}, {}),
        ({"a.b": {"Value": {"S": "new"}}}, {"a.b": {"S": "new"}}),
    ],
)
def test_attribute_updates(updates: dict[str, Any], expected: dict[str, Any]) -> None:
    item = {**ITEM, "l": {"L": [{"S": "y"}]}}
    update = attribute_updates(updates)
    after = update.apply(item)
    assert {name: after.get(name) for name in expected} == expected
    assert {name: value for name, value in after.items() if name not in expected} == {
        name: value for name, value in item.items() if name not in expected
    }
    assert set(update.attribute_names) == set(updates)


def test_attribute_updates_cost_what_expressions_cost() -> None:
    assert attribute_updates({"a": {"Value": {"N": "1"}}, "b": {"Action": "DELETE"}}).size_cost == 3 + 19 + 2


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        ({}, P + "Only DELETE action is allowed when no attribute value is specified"),
        ({"Action": "ADD"}, P + "Only DELETE action is allowed when no attribute value is specified"),
        (
            {"Action": "DELETE", "Value": {"N": "1"}},
            P + "DELETE action with value is not supported for the type N",
        ),
        ({"Action": "ADD", "Value": {"S": "x"}}, P + "ADD action is not supported for the type S"),
    ],
)
def test_faults_of_attribute_updates(entry: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InvalidExpression) as fault:
        attribute_updates({"a": entry})
    assert fault.value.message == sentence


@pytest.mark.parametrize("action", ["ADD", "DELETE"])
def test_a_stored_value_of_another_type(action: str) -> None:
    with pytest.raises(InvalidUpdate) as fault:
        attribute_updates({"n": {"Action": action, "Value": {"SS": ["a"]}}}).apply(ITEM)
    assert fault.value.message == "Type mismatch for attribute to update"
