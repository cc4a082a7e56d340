from typing import Any

import msgspec
import pytest

from sandbox.values import AttributeValue, InvalidValue, WireValue, item_bytes, normalise_item, normalise_value, type_of
from sandbox.values.attribute import blob_bytes

WERE_INVALID = "One or more parameter values were invalid: "
TOO_DEEP = (
    "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit"
)
EMPTY = "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"
MULTIPLE = (
    "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes"
)


def nested(levels: int, kind: str = "L") -> AttributeValue:
    """A value whose innermost value is at the given level."""
    value: AttributeValue = {"S": "x"}
    for _ in range(levels - 1):
        value = {"L": [value]} if kind == "L" else {"M": {"a": value}}
    return value


@pytest.mark.parametrize(
    ("sent", "kept", "size"),
    [
        ({"S": ""}, {"S": ""}, 0),
        ({"S": "abc"}, {"S": "abc"}, 3),
        ({"S": "\N{EURO SIGN}"}, {"S": "\N{EURO SIGN}"}, 3),
        ({"S": "x", "N": None}, {"S": "x"}, 1),
        ({"S": "x", "Unknown": 1}, {"S": "x"}, 1),
        ({"N": "+01.50e1"}, {"N": "15"}, 2),
        ({"B": ""}, {"B": ""}, 0),
        ({"B": "YWI="}, {"B": "YWI="}, 2),
        ({"BOOL": False}, {"BOOL": False}, 1),
        ({"NULL": True}, {"NULL": True}, 1),
        ({"SS": ["b", "a"]}, {"SS": ["b", "a"]}, 2),
        ({"SS": [""]}, {"SS": [""]}, 0),
        ({"NS": ["1.0", "2e1"]}, {"NS": ["1", "20"]}, 4),
        ({"BS": ["YWI=", "YQ=="]}, {"BS": ["YWI=", "YQ=="]}, 3),
        ({"L": []}, {"L": []}, 3),
        ({"M": {}}, {"M": {}}, 3),
        ({"L": [{"S": "ab"}, {"N": "1.0"}]}, {"L": [{"S": "ab"}, {"N": "1"}]}, 3 + 1 + 2 + 1 + 2),
        ({"M": {"key": {"BOOL": True}}}, {"M": {"key": {"BOOL": True}}}, 3 + 3 + 1 + 1),
    ],
)
def test_a_value_is_normalised_and_weighed(sent: AttributeValue, kept: AttributeValue, size: int) -> None:
    assert normalise_value(sent) == size
    assert sent == kept
    assert item_bytes({"name": sent}) == 4 + size


@pytest.mark.parametrize(
    ("value", "family", "message"),
    [
        ({}, "empty", EMPTY),
        ({"S": None}, "empty", EMPTY),
        ({"Unknown": "x"}, "empty", EMPTY),
        ({"N": ""}, "number", "The parameter cannot be converted to a numeric value"),
        ({"NS": ["1", "x"]}, "number", "The parameter cannot be converted to a numeric value: x"),
        ({"NULL": False}, "null", WERE_INVALID + "Null attribute value types must have the value of true"),
        ({"SS": []}, "set", WERE_INVALID + "An string set  may not be empty"),
        ({"NS": []}, "set", WERE_INVALID + "An number set  may not be empty"),
        ({"BS": []}, "set", WERE_INVALID + "Binary sets should not be empty"),
        ({"SS": ["a", "b", "a"]}, "set", WERE_INVALID + "Input collection [a, b, a] contains duplicates."),
        ({"NS": ["1", "1.0"]}, "set", "Input collection contains duplicates"),
        (
            {"BS": ["YQ==", "YQ=="]},
            "set",
            WERE_INVALID + "Input collection [YQ==, YQ==]of type BS contains duplicates.",
        ),
        ({"S": "a", "N": "1"}, "multiple", MULTIPLE),
        ({"S": "a", "N": "x"}, "number", "The parameter cannot be converted to a numeric value: x"),
        ({"SS": [], "NULL": False}, "null", WERE_INVALID + "Null attribute value types must have the value of true"),
        ({"L": [{"S": "a"}, {}]}, "empty", EMPTY),
        ({"M": {"a": {"SS": []}}}, "set", WERE_INVALID + "An string set  may not be empty"),
        ({"B": "abc"}, "blob", "Base64 encoded length is expected a multiple of 4 bytes but found: 3"),
        ({"B": "YQ=a"}, "blob", "Invalid last non-pad Base64 character dectected"),
        ({"B": "YR=="}, "blob", "Invalid last non-pad Base64 character dectected"),
        ({"B": "\N{EURO SIGN}abc"}, "blob", "Invalid last non-pad Base64 character dectected"),
        ({"BS": ["YQ==", "a"]}, "blob", "Base64 encoded length is expected a multiple of 4 bytes but found: 1"),
        (nested(33), "nesting", TOO_DEEP),
        (nested(33, "M"), "nesting", TOO_DEEP),
        (nested(450), "nesting", TOO_DEEP),
    ],
)
def test_a_bad_value_is_refused_in_the_words_of_aws(value: AttributeValue, family: str, message: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        normalise_value(value)
    assert (refused.value.family, refused.value.message) == (family, message)


@pytest.mark.parametrize("kind", ["L", "M"])
def test_thirty_two_levels_are_accepted(kind: str) -> None:
    assert normalise_value(nested(32, kind)) > 0


@pytest.mark.parametrize("empty", [{"L": []}, {"M": {}}])
def test_an_empty_container_does_not_fit_into_the_deepest_level(empty: AttributeValue) -> None:
    """Source: DynamoDB Local 3.3.1, asked 2026-11."""
    value = empty
    for _ in range(30):
        value = {"L": [value]}
    assert normalise_value(value) == 31 * 3 + 30
    with pytest.raises(InvalidValue, match="Nesting Levels"):
        normalise_value({"L": [value]})


NULL_VALUE = "The supplied Item contains a null AttributeValue"


@pytest.mark.parametrize(
    ("value", "family", "message"),
    [
        (None, "empty", f"{NULL_VALUE}: v is null"),
        ({"M": {"a": {"S": "x"}, "b": None}}, "empty", f"{NULL_VALUE}: b is null"),
        ({"L": [{"S": "x"}, None, {"N": "x"}]}, "empty", NULL_VALUE),
        ({"M": {"a": {"L": [None]}}}, "empty", NULL_VALUE),
        ({"L": [None], "S": "x"}, "empty", NULL_VALUE),
        ({"SS": ["a", None]}, "set", WERE_INVALID + "An string set may not have a null string as a member"),
        ({"SS": [None, None]}, "set", WERE_INVALID + "Input collection [null, null] contains duplicates."),
        ({"NS": ["1", None]}, "number", "The parameter cannot be converted to a numeric value"),
    ],
)
def test_null_is_no_value(value: Any, family: str, message: str) -> None:
    """Source: aws/aws-sdk-java issue 2103 (in a list); DynamoDB Local 3.3.1, asked 2026-11."""
    with pytest.raises(InvalidValue) as refused:
        normalise_item({"pk": {"S": "x"}, "v": value, "w": {}})
    assert (refused.value.family, refused.value.message) == (family, message)


@pytest.mark.parametrize("inner", [False, True], ids=["item", "map"])
@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"": {"S": "x"}, "a": {}}, "Empty attribute name"),
        ({"": {"N": "x"}}, "The parameter cannot be converted to a numeric value: x"),
        ({"a": {"N": "x"}, "": {"S": "x"}}, "The parameter cannot be converted to a numeric value: x"),
        ({"": {"S": "x"}, "a": None}, "Empty attribute name"),
    ],
)
def test_values_and_names_are_judged_in_their_order(members: Any, message: str, inner: bool) -> None:
    """Each value before its name. Source: DynamoDB Local 3.3.1, asked 2026-11."""
    with pytest.raises(InvalidValue) as refused:
        normalise_item({"pk": {"S": "x"}, "m": {"M": members}} if inner else {"pk": {"S": "x"}, **members})
    assert refused.value.message == message


def test_an_item_weighs_its_names_too() -> None:
    item = {"pk": {"S": "a"}, "\N{EURO SIGN}": {"N": "1.0"}}
    assert normalise_item(item) == 2 + 1 + 3 + 2
    assert item == {"pk": {"S": "a"}, "\N{EURO SIGN}": {"N": "1"}}
    assert item_bytes(item) == 8


def test_a_request_shape_can_hold_values() -> None:
    """The decoder accepts null members and drops unknown ones at every depth, as AWS does."""

    class Request(msgspec.Struct):
        item: dict[str, WireValue]

    request = msgspec.json.decode(b'{"item":{"a":{"M":{"b":{"L":[{"S":"x","N":null,"X":1}]}}}}}', type=Request)
    assert request.item == {"a": {"M": {"b": {"L": [{"S": "x", "N": None}]}}}}


def test_a_blob_is_its_bytes() -> None:
    assert blob_bytes("AAEC") == b"\x00\x01\x02"


def test_the_type_of_a_value_is_its_member() -> None:
    assert type_of({"BOOL": True}) == "BOOL"


@pytest.mark.parametrize("where", ["item", "map", "map in a list"])
def test_a_name_is_at_most_65535_bytes_long(where: str) -> None:
    """Bytes, not characters: each of these takes three."""

    def item(name: str) -> dict[str, AttributeValue]:
        member: AttributeValue = {"M": {name: {"S": "x"}}}
        return {"item": {name: {"S": "x"}}, "map": {"a": member}, "map in a list": {"a": {"L": [member]}}}[where]

    longest = "\N{EURO SIGN}" * 21_845
    assert normalise_item(item(longest)) > 65_535
    with pytest.raises(InvalidValue) as fault:
        normalise_item(item(longest + "x"))
    assert fault.value.message == "Attribute name is too large, must be less than 65536 bytes"
    assert fault.value.family == "name"
