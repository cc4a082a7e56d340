"""The past of a table, moment by moment, against a model that keeps every state."""

import itertools
import random
from collections.abc import Callable
from typing import Any

import pytest

from sandbox.dynamodb.operations.items.delete_item import delete_item
from sandbox.dynamodb.operations.items.put_item import put_item
from sandbox.dynamodb.operations.recovery.restore_table_to_point_in_time import restore_table_to_point_in_time
from sandbox.dynamodb.operations.recovery.update_continuous_backups import update_continuous_backups
from sandbox.dynamodb.operations.tables.create_table import create_table
from sandbox.dynamodb.operations.tables.delete_table import delete_table
from sandbox.dynamodb.scope import Scope
from sandbox.dynamodb.storage.keys import Range
from sandbox.dynamodb.storage.store import Store

Call = Callable[..., Any]
START = 1_700_000_000.25


@pytest.fixture(autouse=True)
def orders(call: Call) -> None:
    call(
        create_table,
        TableName="orders",
        AttributeDefinitions=[{"AttributeName": "a", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "a", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )


def recover(call: Call, *, enabled: bool = True, days: int = 35) -> None:
    period = {"RecoveryPeriodInDays": days} if enabled else {}
    call(
        update_continuous_backups,
        TableName="orders",
        PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": enabled, **period},
    )


def rows_of(scope: Scope, name: str) -> dict[bytes, bytes]:
    return {row.key: row.json for row in scope.table(name).items.between(Range(b"", None))}


def kept(scope: Scope) -> int:
    (name,) = scope.store.database.connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB 'history_*'"
    ).fetchall()
    ((count,),) = scope.store.database.connection.execute(f"SELECT count(*) FROM {name[0]}").fetchall()
    return int(str(count))


State = dict[bytes, bytes]


@pytest.fixture
def states(call: Call, scope: Scope) -> list[tuple[float, State]]:
    """Items that appear, change, go and come again, several of them within one moment: every state, and since when."""
    chance = random.Random(7)
    for key in "abc":
        call(put_item, TableName="orders", Item={"a": {"S": key}, "n": {"N": "0"}})
    recover(call)
    states = [(scope.clock.now(), rows_of(scope, "orders"))]
    for step in range(40):
        scope.clock.advance(1)
        for _ in range(chance.randrange(4)):
            picked = {"a": {"S": chance.choice("abcdef")}}
            if chance.random() < 0.6:
                call(put_item, TableName="orders", Item={**picked, "n": {"N": str(step)}})
            else:
                call(delete_item, TableName="orders", Key=picked)
        states.append((scope.clock.now(), rows_of(scope, "orders")))
    return states


def test_every_moment_comes_back(call: Call, scope: Scope, states: list[tuple[float, State]]) -> None:
    for number, (instant, state) in enumerate(states):
        call(
            restore_table_to_point_in_time,
            SourceTableName="orders",
            TargetTableName=f"copy-{number}",
            RestoreDateTime=instant,
        )
        assert rows_of(scope, f"copy-{number}") == state, f"after {instant - START} seconds"


@pytest.mark.parametrize(("rows_max", "bytes_max"), [(1, 10_000), (2, 10_000), (100, 10_000), (100, 0)])
def test_every_moment_can_be_read_in_parts_while_it_passes(
    call: Call, scope: Scope, states: list[tuple[float, State]], rows_max: int, bytes_max: int
) -> None:
    """Between two parts anything may happen to rows that have been read and to rows that have not."""
    chance = random.Random(11)
    history = scope.store.history(scope.table("orders"))
    for instant, state in states:
        behind: bytes | None = b""
        read: list[tuple[bytes, bytes]] = []
        while behind is not None:
            rows, behind = history.rows_at(instant, behind=behind, rows_max=rows_max, bytes_max=bytes_max)
            read += [(row.key, row.json) for row in rows]
            scope.clock.advance(1)
            picked = {"a": {"S": chance.choice("abcdefg")}}
            if chance.random() < 0.5:
                call(put_item, TableName="orders", Item={**picked, "later": {"BOOL": True}})
            else:
                call(delete_item, TableName="orders", Key=picked)
        assert len(read) == len(state), f"after {instant - START} seconds"
        assert dict(read) == state, f"after {instant - START} seconds"


@pytest.mark.parametrize("rows_max", [1, 2, 100])
def test_what_changed_between_two_moments(scope: Scope, states: list[tuple[float, State]], rows_max: int) -> None:
    """From the first moment on, but no longer at the second: the states half a second before both say the same."""
    history = scope.store.history(scope.table("orders"))
    for (begin, before), (end, after) in itertools.combinations(states, 2):
        behind: bytes | None = b""
        told: list[tuple[bytes | None, bytes | None]] = []
        while behind is not None:
            rows, behind = history.changes_between(
                begin + 0.5, end + 0.5, behind=behind, rows_max=rows_max, bytes_max=10_000
            )
            told += [(row.before.json if row.before else None, row.after.json if row.after else None) for row in rows]
            assert all(begin < row.instant <= end for row in rows)
        different = {key for key in before | after if before.get(key) != after.get(key)}
        assert {(before.get(key), after.get(key)) for key in different} <= set(told)
        # What was changed and changed back is told too.
        assert all(one == other for one, other in set(told) - {(before.get(key), after.get(key)) for key in different})
        assert len(told) == len(set(told))


def test_what_is_older_than_the_period_is_forgotten(call: Call, scope: Scope) -> None:
    recover(call, days=1)
    for key in "ab":
        call(put_item, TableName="orders", Item={"a": {"S": key}})
    assert kept(scope) == 2
    scope.clock.advance(90_000)
    call(put_item, TableName="orders", Item={"a": {"S": "c"}})
    assert kept(scope) == 1


def test_recovery_goes_on_after_a_restart(call: Call, scope: Scope) -> None:
    """The triggers stay with the data; the function they ask must be there again."""
    recover(call)
    scope.store = Store(scope.store.database)
    scope.clock.advance(10)
    call(put_item, TableName="orders", Item={"a": {"S": "late"}})
    call(restore_table_to_point_in_time, SourceTableName="orders", TargetTableName="copy", RestoreDateTime=START + 5)
    assert rows_of(scope, "copy") == {}


@pytest.mark.parametrize("ending", ["disabled", "deleted"])
def test_nothing_is_left_behind(call: Call, scope: Scope, ending: str) -> None:
    recover(call)
    recover(call, days=2)
    call(put_item, TableName="orders", Item={"a": {"S": "x"}})
    if ending == "disabled":
        recover(call, enabled=False)
    else:
        call(delete_table, TableName="orders")
    left = scope.store.database.connection.execute("SELECT name FROM sqlite_master WHERE name GLOB 'history_*'")
    assert left.fetchall() == []
