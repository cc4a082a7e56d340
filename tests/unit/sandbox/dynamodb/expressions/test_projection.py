from copy import deepcopy

import pytest

from sandbox.dynamodb.expressions import InvalidExpression, Placeholders, attributes_to_get, parse_projection
from sandbox.values import Item

ITEM: Item = {
    "pk": {"S": "k"},
    "n": {"N": "1"},
    "doc": {"M": {"a": {"M": {"x": {"S": "x"}, "y": {"S": "y"}}}, "b": {"S": "b"}}},
    "list": {
        "L": [
            {"S": "l0"},
            {"M": {"a": {"S": "a1"}, "b": {"S": "b1"}, "c": {"L": [{"N": "0"}, {"N": "1"}]}}},
            {"S": "l2"},
            {"L": [{"S": "n0"}, {"S": "n1"}]},
        ]
    },
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("pk", {"pk": {"S": "k"}}),
        ("n, pk", {"pk": {"S": "k"}, "n": {"N": "1"}}),
        ("lacking", {}),
        ("doc.b", {"doc": {"M": {"b": {"S": "b"}}}}),
        ("doc.a.x, doc.b", {"doc": {"M": {"a": {"M": {"x": {"S": "x"}}}, "b": {"S": "b"}}}}),
        ("doc.a.lacking, doc.gone.x", {}),
        ("doc.b.x, doc[0], n[0], n.x, list.x", {}),
        ("#l[2], #l[0]", {"list": {"L": [{"S": "l0"}, {"S": "l2"}]}}),
        ("#l[9], #l[2]", {"list": {"L": [{"S": "l2"}]}}),
        ("#l[1].a, #l[1].b", {"list": {"L": [{"M": {"a": {"S": "a1"}, "b": {"S": "b1"}}}]}}),
        ("#l[1].c[1], #l[1].a", {"list": {"L": [{"M": {"c": {"L": [{"N": "1"}]}, "a": {"S": "a1"}}}]}}),
        ("#l[3][1], #l[0]", {"list": {"L": [{"S": "l0"}, {"L": [{"S": "n1"}]}]}}),
        ("#l[0].a", {}),
    ],
)
def test_a_projection_shows_the_paths_it_names(text: str, expected: Item) -> None:
    if text == "doc.b.x, doc[0], n[0], n.x, list.x":
        for single in text.split(", "):
            path = single.replace("list", "#l")
            names = Placeholders({"#l": "list"} if "#l" in path else None, None)
            assert parse_projection(path, names).apply(ITEM) == {}
        return
    before = deepcopy(ITEM)
    projection = parse_projection(text, Placeholders({"#l": "list"}, None))
    assert projection.apply(ITEM) == expected
    assert before == ITEM


def test_a_projection_knows_its_paths() -> None:
    projection = parse_projection("a.#b[2], c", Placeholders({"#b": "x.y"}, None))
    assert projection.paths == (("a", "x.y", 2), ("c",))
    assert projection.attribute_names == ("a", "c")
    assert projection.nested_names == {"a"}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a, #x", "An expression attribute name used in the document path is not defined; attribute name: #x"),
        ("a, a", "overlap with each other; must remove or rewrite one of these paths; path one: [a], path two: [a]"),
        (
            "a, a.b",
            "overlap with each other; must remove or rewrite one of these paths; path one: [a], path two: [a, b]",
        ),
        (
            "a.b, a",
            "overlap with each other; must remove or rewrite one of these paths; path one: [a, b], path two: [a]",
        ),
        ("a, #a", "overlap with each other; must remove or rewrite one of these paths; path one: [a], path two: [a]"),
        (
            "c, a.b[0], a.b[0].c",
            (
                "overlap with each other; must remove or rewrite one of these paths; "
                "path one: [a, b, [0]], path two: [a, b, [0], c]"
            ),
        ),
        (
            "a[0], a.b",
            "conflict with each other; must remove or rewrite one of these paths; path one: [a, [0]], path two: [a, b]",
        ),
        (
            "a.b.c, a.x, a.b[1].d",
            (
                "conflict with each other; must remove or rewrite one of these paths; "
                "path one: [a, b, c], path two: [a, b, [1], d]"
            ),
        ),
    ],
)
def test_paths_must_not_meet(text: str, sentence: str) -> None:
    with pytest.raises(InvalidExpression) as fault:
        parse_projection(text, Placeholders({"#a": "a"}, None))
    assert fault.value.message.startswith("Invalid ProjectionExpression: ")
    assert fault.value.message.endswith(sentence)


def test_siblings_do_not_meet() -> None:
    assert len(parse_projection("a.b, a.c, d[0], d[1].x, d[1].y", Placeholders(None, None)).paths) == 5


def test_the_same_text_may_mean_other_attributes_in_the_next_request() -> None:
    for name in ("pk", "n"):
        projection = parse_projection("#x", Placeholders({"#x": name}, None))
        assert projection.apply(ITEM) == {name: ITEM[name]}


def test_attributes_to_get_are_whole_attributes() -> None:
    projection = attributes_to_get(["a.b", "pk", "#x"])
    assert projection.apply({"a.b": {"S": "1"}, "#x": {"S": "2"}, "z": {"S": "3"}}) == {
        "a.b": {"S": "1"},
        "#x": {"S": "2"},
    }
    with pytest.raises(InvalidExpression) as fault:
        attributes_to_get(["a", "b", "a"])
    assert fault.value.message == ("One or more parameter values were invalid: Duplicate value in attribute name: a")
