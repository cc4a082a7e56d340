import re
from typing import Any

import pytest

from sandbox.dynamodb.expressions import (
    InvalidExpression,
    Placeholders,
    parse_condition,
    refuse_filter_keys,
    refuse_nested_keys,
)
from sandbox.values import AttributeValue, Item

VALUES: dict[str, AttributeValue] = {
    ":zero": {"N": "0"},
    ":one": {"N": "1"},
    ":two": {"N": "2"},
    ":a": {"S": "a"},
    ":b": {"S": "b"},
    ":empty": {"S": ""},
    ":blob": {"B": "YWI="},
    ":true": {"BOOL": True},
    ":null": {"NULL": True},
    ":list": {"L": [{"S": "a"}, {"SS": ["a", "b"]}]},
    ":map": {"M": {"k": {"N": "1"}}},
    ":ss": {"SS": ["b", "a"]},
    ":ns": {"NS": ["1", "2"]},
    ":bs": {"BS": ["YQ=="]},
    ":type": {"S": "SS"},
    ":nosuchtype": {"S": "STRING"},
}

ITEM: Item = {
    "pk": {"S": "key"},
    "one": {"N": "1"},
    "eleven": {"N": "11"},
    "half": {"N": "0.5"},
    "negative": {"N": "-3"},
    "str": {"S": "abc"},
    "emoji": {"S": "\U0001f600!"},
    "bin": {"B": "YWJj"},
    "flag": {"BOOL": True},
    "flag2": {"BOOL": True},
    "nothing": {"NULL": True},
    "tags": {"SS": ["a", "b"]},
    "tags2": {"SS": ["a", "b"]},
    "numbers": {"NS": ["1", "2"]},
    "blobs": {"BS": ["YWI=", "YQ=="]},
    "things": {"L": [{"S": "a"}, {"SS": ["b", "a"]}, {"N": "1"}]},
    "doc": {"M": {"k": {"N": "1"}, "deep": {"L": [{"M": {"x": {"S": "b"}}}]}}},
}


def parsed(text: str, **names: str) -> Any:
    """The condition with just those of the values that it uses."""
    used = {slot: VALUES[slot] for slot in re.findall(r":\w+", text)}
    return parse_condition(text, Placeholders({f"#{key}": name for key, name in names.items()} or None, used or None))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("one = :one", True),
        ("one = :two", False),
        ("one <> :two", True),
        ("one <> :one", False),
        ("one < :two", True),
        ("eleven < :two", False),
        ("half < :one", True),
        ("negative < :zero", True),
        ("negative >= :zero", False),
        ("one <= :one", True),
        ("one >= :one", True),
        ("one > :one", False),
        (":one < eleven", True),
        ("str > :a", True),
        ("str < :b", True),
        ("bin > :blob", True),
        # other types
        ("one = :a", False),
        ("one <> :a", True),
        ("one < :a", False),
        ("one >= :a", False),
        ("flag = :true", True),
        ("flag < flag2", False),
        ("flag <= flag2", False),
        ("nothing = :null", True),
        ("tags = :ss", True),
        ("tags <= tags2", False),
        ("doc.k = :one", True),
        (":map = :map", True),
        ("tags <> :ss", False),
        # missing operands
        ("lacking = :one", False),
        ("lacking <> :one", True),
        ("lacking < :one", False),
        ("lacking >= :one", False),
        (":one <> lacking", True),
        ("lacking = gone", False),
        ("lacking <> gone", True),
        ("lacking BETWEEN :one AND :two", False),
        ("one BETWEEN lacking AND :two", False),
        ("lacking IN (:one)", False),
        ("one IN (lacking, :one)", True),
        ("begins_with(lacking, :a)", False),
        ("contains(lacking, :a)", False),
        ("attribute_type(lacking, :type)", False),
        ("NOT lacking = :one", True),
        ("NOT contains(lacking, :a)", True),
        # between, in
        ("one BETWEEN :one AND :two", True),
        ("one BETWEEN :two AND eleven", False),
        (":two BETWEEN one AND eleven", True),
        ("str BETWEEN :a AND :b", True),
        ("str BETWEEN :one AND :two", False),
        ("one IN (:two, :one)", True),
        ("one IN (:a, :two)", False),
        ("tags IN (:a, :ss)", True),
        # functions
        ("attribute_exists(pk)", True),
        ("attribute_exists(lacking)", False),
        ("attribute_exists(nothing)", True),
        ("attribute_exists(doc.deep[0].x)", True),
        ("attribute_exists(doc.deep[1].x)", False),
        ("attribute_exists(doc.k.x)", False),
        ("attribute_exists(things.x)", False),
        ("attribute_exists(doc[0])", False),
        ("attribute_exists(str[0])", False),
        ("attribute_not_exists(lacking)", True),
        ("attribute_not_exists(nothing)", False),
        ("attribute_type(tags, :type)", True),
        ("attribute_type(numbers, :type)", False),
        ("begins_with(str, :a)", True),
        ("begins_with(str, :b)", False),
        ("begins_with(str, :empty)", True),
        ("begins_with(bin, :blob)", True),
        ("begins_with(one, :a)", False),
        ("begins_with(str, :blob)", False),
        ("contains(str, :b)", True),
        ("contains(str, :one)", False),
        ("contains(bin, :blob)", True),
        ("contains(tags, :a)", True),
        ("contains(tags, :one)", False),
        ("contains(numbers, :one)", True),
        ("contains(blobs, :blob)", True),
        ("contains(things, :a)", True),
        ("contains(things, :ss)", True),
        ("contains(things, :two)", False),
        ("contains(doc, :a)", False),
        ("contains(one, :one)", False),
        ("contains(:ss, pk)", False),
        # size
        ("size(str) > :two", True),
        ("size(bin) > :two", True),
        ("size(emoji) > :two", True),
        ("size(tags) = :two", True),
        ("size(things) > :two", True),
        ("size(doc) = :two", True),
        ("size(:ss) = :two", True),
        ("size(one) = :one", False),
        ("size(one) <> :one", True),
        ("size(lacking) <> :one", True),
        ("size(flag) < :two", False),
        (":two < size(str)", True),
        ("size(tags) BETWEEN :one AND :two", True),
        ("size(tags) IN (:one, :two)", True),
        # joining
        ("one = :one AND str > :a", True),
        ("one = :two AND str > :a", False),
        ("one = :two OR str > :a", True),
        ("one = :two OR one = :one AND str = :a", False),
        ("(one = :two OR one = :one) AND str > :a", True),
        ("NOT one = :two AND one = :one", True),
        ("NOT (one = :two OR one = :one)", False),
        ("NOT NOT one = :one", True),
        ("one = :one AND one = :one AND one = :two", False),
        ("one = :two OR one = :two OR one = :one", True),
    ],
)
def test_a_condition_judges_an_item(text: str, expected: bool) -> None:
    condition = parsed(text)
    assert condition.matches(ITEM) is expected


def test_no_item_is_the_empty_item() -> None:
    assert not parsed("attribute_exists(pk)").matches({})
    assert parsed("attribute_not_exists(pk)").matches({})


def test_placeholders_stand_anywhere_in_a_path() -> None:
    condition = parsed("#d.#e[0].#x = :b AND #dotted = :one", d="doc", e="deep", x="x", dotted="a.b")
    assert condition.matches({**ITEM, "a.b": {"N": "1"}})
    assert condition.attribute_names == {"doc", "a.b"}
    assert condition.nested_names == {"doc"}


def test_a_remembered_text_is_bound_to_each_requests_names_and_values() -> None:
    """The compiled form is shared; what the placeholders mean is not."""
    for name, number in (("x", "1"), ("y", "2"), ("x", "3")):
        condition = parse_condition("#n = :v", Placeholders({"#n": name}, {":v": {"N": number}}))
        assert condition.matches({name: {"N": number}})
        assert not condition.matches({name: {"N": "9"}})
    text = parse_condition("#n = :v", Placeholders({"#n": "x"}, {":v": {"S": "1"}}))
    assert not text.matches({"x": {"N": "1"}})


def test_what_depends_on_the_contents_of_values_is_checked_every_time() -> None:
    text = "a BETWEEN :low AND :high"
    parse_condition(text, Placeholders(None, {":low": {"N": "1"}, ":high": {"N": "2"}}))
    with pytest.raises(InvalidExpression, match="requires upper bound to be greater"):
        parse_condition(text, Placeholders(None, {":low": {"N": "2"}, ":high": {"N": "1"}}))
    parse_condition("attribute_type(a, :t)", Placeholders(None, {":t": {"S": "S"}}))
    with pytest.raises(InvalidExpression, match="Invalid attribute type name found; type: X"):
        parse_condition("attribute_type(a, :t)", Placeholders(None, {":t": {"S": "X"}}))


COUNT = "Incorrect number of operands for operator or function; operator or function: "
TYPE = "Incorrect operand type for operator or function; operator or function: "
SAME = "The first operand must be distinct from the remaining operands for this operator or function; operator: "
BETWEEN = "The BETWEEN operator requires "
TYPE_NAMES = "{B,NULL,SS,BOOL,L,BS,N,NS,S,M}"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("#x = :one", "An expression attribute name used in the document path is not defined; attribute name: #x"),
        ("a.#x = :one", "An expression attribute name used in the document path is not defined; attribute name: #x"),
        ("a = :x", "An expression attribute value used in expression is not defined; attribute value: :x"),
        (":x = #y", "An expression attribute value used in expression is not defined; attribute value: :x"),
        ("attribute_exists(a, b)", COUNT + "attribute_exists, number of operands: 2"),
        ("contains(a)", COUNT + "contains, number of operands: 1"),
        ("size(a, b) = :one", COUNT + "size, number of operands: 2"),
        (
            "attribute_exists(:one)",
            "Operator or function requires a document path; operator or function: attribute_exists",
        ),
        (
            "attribute_not_exists(size(a))",
            "Operator or function requires a document path; operator or function: attribute_not_exists",
        ),
        ("begins_with(a, :one)", TYPE + "begins_with, operand type: N"),
        ("begins_with(:list, :a)", TYPE + "begins_with, operand type: L"),
        ("begins_with(size(a), :a)", TYPE + "begins_with, operand type: N"),
        ("size(:one) = :one", TYPE + "size, operand type: N"),
        ("size(:true) = :one", TYPE + "size, operand type: BOOL"),
        ("size(:null) = :one", TYPE + "size, operand type: NULL"),
        ("attribute_type(a, :one)", TYPE + "attribute_type, operand type: N"),
        ("attribute_type(a, b)", TYPE + "attribute_type, operand type: {NS,SS,L,BS,N,M,B,BOOL,NULL,S}"),
        (
            "attribute_type(a, :nosuchtype)",
            f"Invalid attribute type name found; type: STRING, valid types: {TYPE_NAMES}",
        ),
        ("a = a", SAME + "=, first operand: [a]"),
        ("a.b[0] <> a.b[0]", SAME + "<>, first operand: [a, b, [0]]"),
        ("begins_with(a, a)", SAME + "begins_with, first operand: [a]"),
        ("a BETWEEN :one AND a", SAME + "BETWEEN, first operand: [a]"),
        ("a IN (:one, a)", SAME + "IN, first operand: [a]"),
        (
            "a BETWEEN :one AND :a",
            BETWEEN + "same data type for lower and upper bounds; lower bound operand: AttributeValue: {N:1}, "
            "upper bound operand: AttributeValue: {S:a}",
        ),
        (
            "a BETWEEN :two AND :one",
            BETWEEN + "upper bound to be greater than or equal to lower bound; "
            "lower bound operand: AttributeValue: {N:2}, upper bound operand: AttributeValue: {N:1}",
        ),
        # several faults: the first condition first, and within one the order of AWS
        ("contains(a) AND b = :x", COUNT + "contains, number of operands: 1"),
        (
            "contains(:x) AND b = :y",
            "An expression attribute value used in expression is not defined; attribute value: :x",
        ),
        (
            "attribute_exists(:one) AND a = a",
            "Operator or function requires a document path; operator or function: attribute_exists",
        ),
        ("begins_with(a, :one) OR begins_with(:x, a)", TYPE + "begins_with, operand type: N"),
        ("a < :true", TYPE + "<, operand type: BOOL"),
        ("a <= :null", TYPE + "<=, operand type: NULL"),
        (":list > a", TYPE + ">, operand type: L"),
        ("NOT (b = :one OR size(a) >= :map)", TYPE + ">=, operand type: M"),
        ("a BETWEEN :ss AND :ns", TYPE + "BETWEEN, operand type: SS"),
        (":bs BETWEEN a AND b", TYPE + "BETWEEN, operand type: BS"),
    ],
)
@pytest.mark.parametrize("kind", ["ConditionExpression", "FilterExpression"])
def test_faults_that_show_once_placeholders_are_known(kind: Any, text: str, sentence: str) -> None:
    with pytest.raises(InvalidExpression) as fault:
        parse_condition(text, Placeholders(None, dict(VALUES)), kind)
    assert fault.value.message == f"Invalid {kind}: {sentence}"
    assert fault.value.enveloped


def test_operands_are_compared_by_what_their_names_stand_for() -> None:
    with pytest.raises(InvalidExpression) as fault:
        parsed("contains(#a, a)", a="a")
    assert fault.value.message == f"Invalid ConditionExpression: {SAME}contains, first operand: [a]"
    assert fault.value.enveloped_message == "1 validation error detected: " + fault.value.message


def test_dots_and_brackets_on_keys_are_refused() -> None:
    condition = parsed("pk.a = :one AND gsi[0] = :one")
    sentence = "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: "
    with pytest.raises(InvalidExpression) as fault:
        refuse_nested_keys(condition.nested_names, ["pk"], ["gsi"])
    assert fault.value.message == sentence + "Key: pk"
    with pytest.raises(InvalidExpression) as fault:
        refuse_nested_keys(condition.nested_names, ["id"], ["gsi"])
    assert fault.value.message == sentence + "IndexKey: gsi"
    refuse_nested_keys(condition.nested_names, ["id"], ["other"])


def test_a_filter_may_not_look_at_the_key_in_use() -> None:
    condition = parsed("a = :one AND sk = :one")
    with pytest.raises(InvalidExpression) as fault:
        refuse_filter_keys(condition, ["pk", "sk"], "Filter Expression")
    assert fault.value.message == (
        "Filter Expression can only contain non-primary key attributes: Primary key attribute: sk"
    )
    refuse_filter_keys(condition, ["pk"], "Filter Expression")
