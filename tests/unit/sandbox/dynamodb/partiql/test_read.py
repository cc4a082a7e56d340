"""A read by key gives what a scan with the whole condition would, whatever the pages."""

from typing import Any

import msgspec
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sandbox.clock import Clock
from sandbox.dynamodb.expressions import build_condition
from sandbox.dynamodb.faults import ValidationException
from sandbox.dynamodb.operations.items.put_item import put_item
from sandbox.dynamodb.operations.tables.create_table import create_table
from sandbox.dynamodb.partiql.bind import bind
from sandbox.dynamodb.partiql.parse import parse
from sandbox.dynamodb.partiql.read import Reading, plan_select
from sandbox.dynamodb.partiql.syntax import Select
from sandbox.dynamodb.scope import Scope
from sandbox.dynamodb.storage.database import Database
from sandbox.dynamodb.storage.store import Store
from sandbox.ids import Ids
from sandbox.values.attribute import Item
from sandbox.wire.decode import decode
from sandbox.wire.operation import Operation


def _call(scope: Scope, operation: Operation[Any], members: dict[str, Any]) -> None:
    operation.run(scope, decode(operation.request, msgspec.json.encode(members)))


def _fill() -> tuple[Scope, list[Item]]:
    """A table of 48 items in three partitions, with a GSI on ``g`` and ``n``."""
    scope = Scope(account_id="0" * 12, region="us-east-1", store=Store(Database()), clock=Clock(), ids=Ids(seed=1))
    keys = [{"AttributeName": "p", "KeyType": "HASH"}, {"AttributeName": "s", "KeyType": "RANGE"}]
    index_keys = [{"AttributeName": "g", "KeyType": "HASH"}, {"AttributeName": "n", "KeyType": "RANGE"}]
    types = {"p": "S", "s": "N", "g": "S", "n": "N"}
    _call(
        scope,
        create_table,
        {
            "TableName": "table",
            "KeySchema": keys,
            "AttributeDefinitions": [{"AttributeName": name, "AttributeType": type_} for name, type_ in types.items()],
            "BillingMode": "PAY_PER_REQUEST",
            "GlobalSecondaryIndexes": [
                {"IndexName": "index", "KeySchema": index_keys, "Projection": {"ProjectionType": "ALL"}}
            ],
        },
    )
    items: list[Item] = []
    for number in range(48):
        item: Item = {"p": {"S": "abc"[number % 3]}, "s": {"N": str(number - 20)}, "n": {"N": str(number % 5)}}
        if number % 4:
            item["g"] = {"S": "xyz"[number % 3 - 1]}
        items.append(item)
        _call(scope, put_item, {"TableName": "table", "Item": item})
    return scope, items


SCOPE, ITEMS = _fill()


def read_all(reading: Reading, limit: int | None) -> list[Item]:
    """Every page of a SELECT behind one another."""
    found: list[Item] = []
    position: bytes | None = None
    while True:
        read = reading.page(limit=limit, position=position)
        page = msgspec.json.decode(b"[%b]" % read.page.items)
        assert limit is None or read.page.scanned_count <= limit
        found += page
        if read.position is None:
            return found
        assert read.last_key is not None
        position = read.position


def plan(text: str) -> Reading:
    parsed = parse(text)
    assert isinstance(parsed.statement, Select)
    return plan_select(SCOPE, parsed, parsed.statement, bind(parsed, []), consistent=False)


def plan_if_readable(text: str) -> Reading:
    try:
        return plan(text)
    except ValidationException as error:
        assume(not str(error.message).startswith(("Overlapping", "Too many decomposed")))
        raise


def expected(text: str, *, through_index: bool) -> list[Item]:
    parsed = parse(text)
    assert isinstance(parsed.statement, Select)
    rows = [item for item in ITEMS if not through_index or "g" in item]
    if parsed.statement.where is None:
        return rows
    where = parsed.statement.where
    condition = build_condition(where.tree, where.paths, parsed.literals.fill([]))
    return [item for item in rows if condition.matches(item)]


def _key(item: Item) -> tuple[str, int]:
    return item["p"]["S"], int(item["s"]["N"])


NUMBERS = st.integers(min_value=-25, max_value=30)
COMPARATORS = st.sampled_from(["=", "<", "<=", ">", ">=", "<>"])


def _leaves(text: str, number: str, letters: str) -> st.SearchStrategy[str]:
    letter = st.sampled_from([f"'{one}'" for one in letters])
    return st.one_of(
        st.builds("{} = {}".format, st.just(text), letter),
        st.builds("{1} = {0}".format, st.just(text), letter),
        st.lists(letter, min_size=1, max_size=4, unique=True).map(lambda some: f"{text} IN ({', '.join(some)})"),
        st.lists(letter, min_size=2, max_size=3, unique=True).map(
            lambda some: f"({' OR '.join(f'{text} = {x}' for x in some)})"
        ),
        st.builds("{} {} {}".format, st.just(number), COMPARATORS, NUMBERS),
        st.builds("{2} {1} {0}".format, st.just(number), COMPARATORS, NUMBERS),
        st.tuples(NUMBERS, NUMBERS).map(lambda two: f"{number} BETWEEN {min(two)} AND {max(two)}"),
        st.lists(NUMBERS, min_size=1, max_size=4, unique=True).map(lambda some: f"{number} IN {some}"),
        st.builds("NOT {} {} {}".format, st.just(number), COMPARATORS, NUMBERS),
        st.sampled_from(["g IS MISSING", "g IS NOT MISSING", "size(p) = 1"]),
    )


def _conditions(leaves: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.lists(st.tuples(leaves, leaves), min_size=2, max_size=3).map(
            lambda some: " OR ".join(f"({' AND '.join(two)})" for two in some)
        ),
        st.lists(leaves, min_size=1, max_size=4).map(" AND ".join),
        st.lists(leaves, min_size=2, max_size=3).map(" OR ".join),
        st.tuples(leaves, leaves, leaves).map(lambda three: f"{three[0]} AND ({three[1]} OR {three[2]})"),
    )


LIMITS = st.one_of(st.none(), st.integers(min_value=1, max_value=12))


@settings(max_examples=300, deadline=None)
@given(_conditions(_leaves("p", "s", "abcd")), LIMITS)
def test_the_table(condition: str, limit: int | None) -> None:
    text = f"SELECT * FROM table_ WHERE {condition}".replace("table_", '"table"')
    found = read_all(plan_if_readable(text), limit)
    assert sorted(found, key=_key) == sorted(expected(text, through_index=False), key=_key)


@settings(max_examples=200, deadline=None)
@given(_conditions(_leaves("g", "n", "xyzw")), LIMITS)
def test_an_index(condition: str, limit: int | None) -> None:
    text = f'SELECT * FROM "table"."index" WHERE {condition}'
    found = read_all(plan_if_readable(text), limit)
    assert sorted(found, key=_key) == sorted(expected(text, through_index=True), key=_key)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.sampled_from("abcd"), min_size=1, max_size=4, unique=True),
    st.sampled_from(["", "p", "p DESC", "p, s DESC", "p DESC, s", "p DESC, s DESC", "s DESC, p"]),
    st.sampled_from(["", " AND s > 0", " AND s IN (1, 4, 7, 10, 2)", " AND n <> 1"]),
    LIMITS,
)
def test_order(partitions: list[str], order: str, more: str, limit: int | None) -> None:
    """By partition, then by the sort key: backwards where it is not named. Source: floci pull request 3798."""
    listed = ", ".join(f"'{one}'" for one in partitions)
    text = f'SELECT * FROM "table" WHERE p IN ({listed}){more}{" ORDER BY " + order if order else ""}'
    found = read_all(plan(text), limit)
    rows = sorted(expected(text, through_index=False), key=_key)
    assert sorted(found, key=_key) == rows
    directions = {key.split()[0]: key.endswith("DESC") for key in order.split(", ")} if order else {}
    rows.sort(key=lambda item: int(item["s"]["N"]), reverse=directions.get("s", True))
    if "p" in directions:
        rows.sort(key=lambda item: item["p"]["S"], reverse=directions["p"])
    if directions:
        assert found == rows


@pytest.mark.parametrize(("order", "is_descending"), [("s", False), ("s DESC", True), ("p", True), ("p DESC", True)])
def test_order_of_one_partition(order: str, is_descending: bool) -> None:
    found = read_all(plan(f"SELECT * FROM \"table\" WHERE p = 'a' ORDER BY {order}"), None)
    numbers = [int(item["s"]["N"]) for item in found]
    assert numbers == sorted(numbers, reverse=is_descending)
    assert len(numbers) == 16


@pytest.mark.parametrize(
    ("condition", "spans", "has_filter"),
    [
        ("p = 'a'", 1, False),
        ("p = 'a' AND s = 1", 1, False),
        ("p = 'a' AND s > 1 AND s < 5", 1, False),
        ("p = 'a' AND s > 1 AND n = 5", 1, True),
        ("p = 'a' AND p = 'a'", 1, False),
        ("p = 'a' AND NOT s = 1", 1, True),
        ("p = 'a' AND s <> 1", 1, True),
        ("p = 'a' AND s IN (1, 2)", 2, False),
        ("p IN ('a', 'b')", 2, False),
        ("p IN ('a', 'b') AND s IN (1, 2)", 4, False),
        ("p = 'a' OR p IN ('b', 'c')", 3, False),
        ("(p = 'a' OR p = 'b') AND s >= 3", 2, False),
        ("p = 'a' AND (s = 1 OR s = 3)", 2, False),
        ("p = 'a' AND (s < 1 OR s > 3) AND n = 1", 2, True),
        ("(p = 'a' AND s = 1) OR (p = 'b' AND s > 2)", 2, False),
        ("(p = 'a' AND s = 1) OR (p = 'b' AND n = 2)", 2, True),
        ("p = 'a' OR (p = 'b' AND (s = 1 OR s = 2))", 3, False),
        ("p = 'a' AND (n = 1 OR n = 2)", 1, True),
        ("p = 'a' AND (s = 1 OR n = 2 AND s = 3)", 2, True),
    ],
)
def test_what_is_read(condition: str, spans: int, has_filter: bool) -> None:
    """Reading too much would show in capacities only."""
    reading = plan(f'SELECT * FROM "table" WHERE {condition}')
    assert reading.keyed is not None
    assert len(reading.keyed.spans) == spans
    assert (reading.condition is not None) is has_filter


@pytest.mark.parametrize(
    "condition",
    [
        "s = 1",
        "p > 'a'",
        "p <> 'a'",
        "p = 'a' OR s = 1",
        "NOT p = 'a'",
        "p = g",
        "p IN ('a', g)",
        "size(p) = 1",
        "p = 'a' AND p = 'b'",
        "s = 1 AND p = 'a' AND p IN ('a', 'b')",
        "p IN ('a', 'b') AND (p = 'a' OR n = 1)",
    ],
)
def test_what_is_scanned(condition: str) -> None:
    """Two values for one partition key are read by a scan too. Source: floci-io/floci, its plan of PartiQL's keys."""
    assert plan(f'SELECT * FROM "table" WHERE {condition}').keyed is None


@pytest.mark.parametrize(
    "condition",
    [
        "p IN ('a', 'b', 'a')",
        "p = 'a' OR p = 'a'",
        "p = 'a' AND s IN (1, 2, 1.0)",
        "p IN ('a', 'a') AND s = 1",
        "p = 'a' AND (s < 3 OR s > 2)",
        "p = 'a' AND (s BETWEEN 1 AND 5 OR s = 5)",
        "(p = 'a' AND n = 1) OR p = 'a'",
        "(p = 'a' AND s > 1) OR (p = 'b' AND s > 1) OR (p = 'a' AND s = 7)",
    ],
)
def test_rows_are_asked_for_once(condition: str) -> None:
    """Source: floci pull request 3798."""
    with pytest.raises(ValidationException) as refused:
        plan(f'SELECT * FROM "table" WHERE {condition}')
    assert refused.value.message == "Overlapping conditions with range keys are not supported in where clause"


@pytest.mark.parametrize(
    "condition",
    [
        "p = 'a' AND (s < 3 OR s > 3)",
        "p = 'a' AND (s BETWEEN 1 AND 5 OR s > 5)",
        "(p = 'a' AND s > 5 AND s < 3) OR p = 'a'",
        "p = 'a' OR p = 'b' OR n = 1",
    ],
)
def test_rows_that_only_touch_are_no_overlap(condition: str) -> None:
    """Nor are reads that find nothing, nor what is scanned anyway. Source: as above."""
    plan(f'SELECT * FROM "table" WHERE {condition}')


def test_too_many_reads() -> None:
    """Source: floci-io/floci, its PartiQL."""
    numbers = ", ".join(map(str, range(26)))
    letters = ", ".join(f"'{number}'" for number in range(51))
    for condition in (f"p IN ({letters})", f"p IN ('a', 'b') AND s IN ({numbers})", f"p = 'a' AND p IN ({letters})"):
        with pytest.raises(ValidationException) as refused:
            plan(f'SELECT * FROM "table" WHERE {condition}')
        assert refused.value.message == "Too many decomposed read operations for a given query."
    assert plan(f'SELECT * FROM "table" WHERE p IN ({letters}) OR n = 1').keyed is None


def test_nested_conditions_are_taken_apart_at_once() -> None:
    """Deep and wide clauses cost neither the stack nor much time; those that no key answers are scanned."""
    deep = "n = 1"
    for number in range(70):
        deep = f"(s = {number} AND ({deep} OR s = {number + 1}))"
    assert plan(f'SELECT * FROM "table" WHERE {deep}').keyed is None
    wide = " AND ".join(f"(s = {number} OR n = {number})" for number in range(60))
    assert plan(f'SELECT * FROM "table" WHERE {wide}').keyed is None
    with pytest.raises(ValidationException, match="Too many decomposed"):
        plan(f"SELECT * FROM \"table\" WHERE p = 'a' AND {wide}")


def test_pages_of_a_list_have_ten_items_and_no_token_for_nothing() -> None:
    """Source: the developer guide's page on PartiQL operators."""
    reading = plan(
        "SELECT * FROM \"table\" WHERE p IN ('a', 'b') AND s IN (-20, -19, -17, -16, -14, -13, -11, -10, -8, -7)"
    )
    read = reading.page(limit=None, position=None)
    assert read.page.scanned_count == 10
    assert read.position is None
    reading = plan("SELECT * FROM \"table\" WHERE p IN ('a', 'b')")
    read = reading.page(limit=None, position=None)
    assert read.page.scanned_count == 10
    assert read.position is not None
