"""The past of a table, moment by moment, against a model that keeps every state."""

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


def test_every_moment_comes_back(call: Call, scope: Scope) -> None:
    """Items that appear, change, go and come again, several of them within one moment."""
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
    for number, (instant, state) in enumerate(states):
        call(
            restore_table_to_point_in_time,
            SourceTableName="orders",
            TargetTableName=f"copy-{number}",
            RestoreDateTime=instant,
        )
        assert rows_of(scope, f"copy-{number}") == state, f"after {instant - START} seconds"


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
