from copy import deepcopy

import pytest

from sandbox.dynamodb.expressions import InvalidExpression, InvalidUpdate, Placeholders, Update, parse_update
from sandbox.values import AttributeValue, Item, normalise_item

VALUES: dict[str, AttributeValue] = {
    ":s": {"S": "new"},
    ":n": {"N": "5"},
    ":big": {"N": "9" * 38},
    ":small": {"N": "0.1"},
    ":list": {"L": [{"S": "z"}]},
    ":none": {"L": []},
    ":map": {"M": {"k": {"S": "v"}}},
    ":ss": {"SS": ["a", "c"]},
    ":ns": {"NS": ["1", "3"]},
    ":true": {"BOOL": True},
}

ITEM: Item = {
    "pk": {"S": "key"},
    "num": {"N": "10"},
    "str": {"S": "old"},
    "ss": {"SS": ["a", "b"]},
    "ac": {"SS": ["a", "c"]},
    "list": {"L": [{"N": "0"}, {"N": "1"}, {"N": "2"}]},
    "doc": {"M": {"x": {"N": "1"}, "in": {"M": {"y": {"S": "deep"}}}, "l": {"L": [{"M": {"z": {"N": "7"}}}]}}},
}


def parsed(text: str) -> Update:
    return parse_update(text, Placeholders({"#l": "list", "#in": "in"}, dict(VALUES)))


def changed(text: str) -> Item:
    """The attributes that the update added or changed; ``None``-free, removed ones under ``removed``."""
    before = deepcopy(ITEM)
    update = parsed(text)
    after = update.apply(ITEM)
    assert before == ITEM, "an update never changes the item it reads"
    normalise_item(deepcopy(after))
    difference = {name: value for name, value in after.items() if ITEM.get(name) != value}
    for name in sorted(ITEM.keys() - after.keys()):
        difference[f"-{name}"] = {}
    return difference


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SET a = :s", {"a": {"S": "new"}}),
        ("SET str = num, num = str", {"str": {"N": "10"}, "num": {"S": "old"}}),
        ("SET a = :n, b = num", {"a": {"N": "5"}, "b": {"N": "10"}}),
        ("SET num = num + :n", {"num": {"N": "15"}}),
        ("SET num = (num) - (:n)", {"num": {"N": "5"}}),
        ("SET a = :n - num", {"a": {"N": "-5"}}),
        ("SET a = :small + :small", {"a": {"N": "0.2"}}),
        ("SET num = if_not_exists(num, :n)", {}),
        ("SET a = if_not_exists(num, :n)", {"a": {"N": "10"}}),
        ("SET a = if_not_exists(a, :n) + :n", {"a": {"N": "10"}}),
        ("SET a = if_not_exists(a, num)", {"a": {"N": "10"}}),
        ("SET a = list_append(:list, :list)", {"a": {"L": [{"S": "z"}, {"S": "z"}]}}),
        ("SET #l = list_append(#l, :list)", {"list": {"L": [{"N": "0"}, {"N": "1"}, {"N": "2"}, {"S": "z"}]}}),
        ("SET #l = list_append(:list, #l)", {"list": {"L": [{"S": "z"}, {"N": "0"}, {"N": "1"}, {"N": "2"}]}}),
        ("SET a = list_append(if_not_exists(a, :none), :list)", {"a": {"L": [{"S": "z"}]}}),
        ("SET a = #l[1]", {"a": {"N": "1"}}),
        # list elements
        ("SET #l[1] = :s", {"list": {"L": [{"N": "0"}, {"S": "new"}, {"N": "2"}]}}),
        ("SET #l[3] = :s", {"list": {"L": [{"N": "0"}, {"N": "1"}, {"N": "2"}, {"S": "new"}]}}),
        ("SET #l[99] = :s", {"list": {"L": [{"N": "0"}, {"N": "1"}, {"N": "2"}, {"S": "new"}]}}),
        (
            "SET #l[20] = :s, #l[9] = :n, #l[0] = :true",
            {"list": {"L": [{"BOOL": True}, {"N": "1"}, {"N": "2"}, {"N": "5"}, {"S": "new"}]}},
        ),
        ("REMOVE #l[0]", {"list": {"L": [{"N": "1"}, {"N": "2"}]}}),
        ("REMOVE #l[0], #l[2]", {"list": {"L": [{"N": "1"}]}}),
        ("REMOVE #l[7]", {}),
        (
            "SET #l[3] = :s REMOVE #l[0]",
            {"list": {"L": [{"N": "1"}, {"N": "2"}, {"S": "new"}]}},
        ),
        ("SET #l[2] = :s REMOVE #l[0]", {"list": {"L": [{"N": "1"}, {"S": "new"}]}}),
        # documents
        (
            "SET doc.x = :s, doc.#in.q = doc.x",
            {
                "doc": {
                    "M": {
                        "x": {"S": "new"},
                        "in": {"M": {"y": {"S": "deep"}, "q": {"N": "1"}}},
                        "l": {"L": [{"M": {"z": {"N": "7"}}}]},
                    }
                }
            },
        ),
        (
            "SET doc.l[0].z = doc.l[0].z + :n REMOVE doc.#in.y",
            {"doc": {"M": {"x": {"N": "1"}, "in": {"M": {}}, "l": {"L": [{"M": {"z": {"N": "12"}}}]}}}},
        ),
        (
            "SET a = doc.#in, doc.#in.y = :s REMOVE doc.x, doc.l",
            {"a": {"M": {"y": {"S": "deep"}}}, "doc": {"M": {"in": {"M": {"y": {"S": "new"}}}}}},
        ),
        # remove
        ("REMOVE str", {"-str": {}}),
        ("REMOVE str, lacking", {"-str": {}}),
        ("REMOVE doc.nothing", {}),
        # add
        ("ADD num :n", {"num": {"N": "15"}}),
        ("ADD a :n", {"a": {"N": "5"}}),
        ("ADD doc.x :n, doc.newer :n", {"doc": {"M": {**ITEM["doc"]["M"], "x": {"N": "6"}, "newer": {"N": "5"}}}}),
        ("ADD ss :ss", {"ss": {"SS": ["a", "b", "c"]}}),
        ("ADD a :ns", {"a": {"NS": ["1", "3"]}}),
        ("ADD #l[0] :n, #l[5] :n", {"list": {"L": [{"N": "5"}, {"N": "1"}, {"N": "2"}, {"N": "5"}]}}),
        # delete
        ("DELETE ss :ss", {"ss": {"SS": ["b"]}}),
        ("DELETE ac :ss", {"-ac": {}}),
        ("DELETE a :ss", {}),
    ],
)
def test_an_update_gives_the_new_item(text: str, expected: Item) -> None:
    assert changed(text) == expected


def test_an_update_of_no_item_starts_from_the_key() -> None:
    update = parse_update("SET a = :n ADD c :n", Placeholders(None, {":n": {"N": "1"}}))
    assert update.apply({"pk": {"S": "k"}}) == {"pk": {"S": "k"}, "a": {"N": "1"}, "c": {"N": "1"}}
    assert update.apply({}) == {"a": {"N": "1"}, "c": {"N": "1"}}


MISSING = "The provided expression refers to an attribute that does not exist in the item"
BAD_PATH = "The document path provided in the update expression is invalid for update"
BAD_TYPE = "An operand in the update expression has an incorrect data type"
OVERFLOW = "Number overflow. Attempting to store a number with magnitude larger than supported range"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("SET a = lacking", MISSING),
        ("SET a = lacking + :n", MISSING),
        ("SET a = doc.nothing", MISSING),
        ("SET a = #l[3]", MISSING),
        ("SET a = if_not_exists(b, lacking)", MISSING),
        ("SET a = list_append(lacking, :list)", MISSING),
        ("SET lacking.a = :n", BAD_PATH),
        ("SET doc.nothing.a = :n", BAD_PATH),
        ("SET lacking[0] = :n", BAD_PATH),
        ("SET doc[0] = :n", BAD_PATH),
        ("SET #l.a = :n", BAD_PATH),
        ("SET str.a = :n", BAD_PATH),
        ("SET #l[9].a = :n", BAD_PATH),
        ("REMOVE lacking.a", BAD_PATH),
        ("REMOVE doc.x.y", BAD_PATH),
        ("ADD lacking.a :n", BAD_PATH),
        ("DELETE lacking.a :ss", BAD_PATH),
        ("SET a = str + :n", BAD_TYPE),
        ("SET a = :n - str", BAD_TYPE),
        ("SET a = list_append(str, :list)", BAD_TYPE),
        ("ADD str :n", BAD_TYPE),
        ("ADD num :ss", BAD_TYPE),
        ("ADD ss :ns", BAD_TYPE),
        ("DELETE ss :ns", BAD_TYPE),
        ("DELETE num :ns", BAD_TYPE),
        ("SET a = :big + :small", OVERFLOW),
        # Of these names AWS looks at n first, then m, l and so on, whatever the order of the text.
        ("SET lacking.c = lacking", BAD_PATH),
        ("SET a = lacking, b.c = :n", BAD_PATH),
        ("SET a.c = :n, b = lacking", MISSING),
        ("REMOVE m.x SET n = lacking", MISSING),
        ("SET a = if_not_exists(num, lacking)", MISSING),
        ("SET a = str + lacking", BAD_TYPE),
        ("SET a = str + if_not_exists(lacking, b)", MISSING),
    ],
)
def test_what_cannot_be_applied_is_refused_in_the_words_of_aws(text: str, sentence: str) -> None:
    with pytest.raises(InvalidUpdate) as fault:
        parsed(text).apply(ITEM)
    assert fault.value.message == sentence


def test_a_sum_may_not_grow_beyond_38_digits() -> None:
    with pytest.raises(InvalidUpdate) as fault:
        parse_update("ADD n :v", Placeholders(None, {":v": {"N": "0.1"}})).apply({"n": {"N": "9" * 38}})
    assert fault.value.message == OVERFLOW


def test_an_update_may_not_nest_an_item_deeper_than_32_levels() -> None:
    deep: AttributeValue = {"S": "x"}
    for _ in range(30):
        deep = {"L": [deep]}
    item: Item = {"a": {"M": {"b": {"M": {}}}}}
    update = parse_update("SET a.c = :deep", Placeholders(None, {":deep": deep}))
    assert update.apply(item)["a"]["M"]["c"] == deep
    with pytest.raises(InvalidUpdate, match="Nesting Levels have exceeded supported limits"):
        parse_update("SET a.b.c = :deep", Placeholders(None, {":deep": deep})).apply(item)


MISUSED = "The function is not allowed to be used this way in an expression; function: "
DISTINCT = "The first operand must be distinct from the remaining operands for this operator or function; "
TYPE = "Incorrect operand type for operator or function; "
COUNT = "Incorrect number of operands for operator or function; operator or function: "
OVERLAP = "Two document paths overlap with each other; must remove or rewrite one of these paths; "


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("SET a = #x", "An expression attribute name used in the document path is not defined; attribute name: #x"),
        ("REMOVE a.#x", "An expression attribute name used in the document path is not defined; attribute name: #x"),
        ("ADD a :x", "An expression attribute value used in expression is not defined; attribute value: :x"),
        ("SET a = :n, a.b = :n", OVERLAP + "path one: [a], path two: [a, b]"),
        ("SET a = :n REMOVE a", OVERLAP + "path one: [a], path two: [a]"),
        ("ADD a.b :n SET #in.c = :n, #in = :n", OVERLAP + "path one: [in, c], path two: [in]"),
        (
            "SET a[0] = :n, a.b = :n",
            (
                "Two document paths conflict with each other; must remove or rewrite one of these paths; "
                "path one: [a, [0]], path two: [a, b]"
            ),
        ),
        ("ADD a :s", TYPE + "operator: ADD, operand type: STRING, typeSet: ALLOWED_FOR_ADD_OPERAND"),
        ("ADD a :list", TYPE + "operator: ADD, operand type: LIST, typeSet: ALLOWED_FOR_ADD_OPERAND"),
        ("ADD a :map", TYPE + "operator: ADD, operand type: MAP, typeSet: ALLOWED_FOR_ADD_OPERAND"),
        ("ADD a :true", TYPE + "operator: ADD, operand type: BOOLEAN, typeSet: ALLOWED_FOR_ADD_OPERAND"),
        ("DELETE a :n", TYPE + "operator: DELETE, operand type: NUMBER, typeSet: ALLOWED_FOR_ADD_OPERAND"),
        ("SET a = if_not_exists(b)", COUNT + "if_not_exists, number of operands: 1"),
        ("SET a = list_append(b, c, d)", COUNT + "list_append, number of operands: 3"),
        (
            "SET a = if_not_exists(:n, :n)",
            "Operator or function requires a document path; operator or function: if_not_exists",
        ),
        ("SET a = list_append(b, :n)", TYPE + "operator or function: list_append, operand type: N"),
        ("SET a = b + :s", TYPE + "operator or function: +, operand type: S"),
        ("SET a = :list - b", TYPE + "operator or function: -, operand type: L"),
        ("SET a = list_append(b, c) + :n", MISUSED + "list_append"),
        ("SET a = if_not_exists(b, list_append(c, d))", MISUSED + "list_append"),
        ("SET a = if_not_exists(b, b)", DISTINCT + "operator: if_not_exists, first operand: [b]"),
        ("SET a = (b - :s)", TYPE + "operator or function: -, operand type: S"),
    ],
)
def test_faults_that_show_before_the_item_is_read(text: str, sentence: str) -> None:
    with pytest.raises(InvalidExpression) as fault:
        parsed(text)
    assert fault.value.message == f"Invalid UpdateExpression: {sentence}"
    assert fault.value.enveloped


def test_reading_the_written_path_is_no_overlap() -> None:
    parsed("SET a = a + :n, b = a, #in = list_append(#in, #in)")


def test_an_update_knows_what_it_writes() -> None:
    update = parsed("SET doc.x = num, str = doc.l[0] REMOVE #l[1] ADD num :n")
    assert update.paths == (("doc", "x"), ("str",), ("list", 1), ("num",))
    assert update.attribute_names == ("doc", "str", "list", "num")
    assert update.nested_names == {"doc", "list"}


@pytest.mark.parametrize(
    ("text", "selected"),
    [
        ("SET doc.x = :n", {"doc": {"M": {"x": {"N": "5"}}}}),
        ("SET str = :n, num = :n", {"str": {"N": "5"}, "num": {"N": "5"}}),
        ("REMOVE str", {}),
        ("SET #l[0] = :n, #l[2] = :s", {"list": {"L": [{"N": "5"}, {"S": "new"}]}}),
        ("REMOVE #l[0]", {"list": {"L": [{"N": "1"}]}}),
        ("REMOVE #l[2], doc.x", {}),
        ("SET #l[9] = :n", {}),
    ],
)
def test_updated_new_shows_the_named_paths_only(text: str, selected: Item) -> None:
    update = parsed(text)
    assert update.select(update.apply(ITEM)) == selected


@pytest.mark.parametrize(
    ("text", "only_removes"),
    [
        ("REMOVE str, doc.x", True),
        ("DELETE a :ss", True),
        ("REMOVE str DELETE a :ss", True),
        ("REMOVE str SET a = :n", False),
        ("ADD a :ss", False),
    ],
)
def test_an_update_knows_whether_it_only_removes(text: str, only_removes: bool) -> None:
    assert parsed(text).only_removes is only_removes


def test_updated_old_shows_the_named_paths_of_the_old_item() -> None:
    assert parsed("SET doc.x = :n, a = :n REMOVE str").select(ITEM) == {
        "doc": {"M": {"x": {"N": "1"}}},
        "str": {"S": "old"},
    }


@pytest.mark.parametrize(
    ("text", "cost"),
    [
        ("SET a = :n", 22),
        ("SET a = :n, b = :n", 41),
        ("SET a[0] = :n", 23),
        ("SET a = b + :n", 72),
        ("REMOVE a, b", 7),
        ("ADD a :n", 22),
        ("DELETE a :ss", 5),
        ("SET a = :n REMOVE b ADD c :n DELETE d :ss", 3 + 19 + 2 + 19 + 2),
    ],
)
def test_what_the_actions_cost_at_the_size_gate(text: str, cost: int) -> None:
    assert parsed(text).size_cost == cost


@pytest.mark.parametrize("text", ["SET pk = :n", "REMOVE pk", "ADD pk :n", "DELETE pk :ss", "SET pk.a = :n"])
def test_a_key_cannot_be_written(text: str) -> None:
    with pytest.raises(InvalidExpression) as fault:
        parsed(text).refuse_keys(["pk", "sk"])
    assert fault.value.enveloped_message == (
        "One or more parameter values were invalid: Cannot update attribute pk. This attribute is part of the key"
    )
    parsed(text).refuse_keys(["sk"])


def test_a_remembered_text_takes_each_requests_values() -> None:
    for number in ("1", "2"):
        update = parse_update("SET a = :v", Placeholders(None, {":v": {"N": number}}))
        assert update.apply({}) == {"a": {"N": number}}
    with pytest.raises(InvalidExpression, match="operand type: S"):
        parse_update("SET b = b + :v", Placeholders(None, {":v": {"S": "x"}}))
    assert parse_update("SET b = b + :v", Placeholders(None, {":v": {"N": "1"}})).apply({"b": {"N": "1"}}) == {
        "b": {"N": "2"}
    }
