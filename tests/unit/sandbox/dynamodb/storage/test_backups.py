"""Copies of tables within the store."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sandbox.dynamodb.operations.backups.create_backup import create_backup
from sandbox.dynamodb.operations.tables.create_table import create_table
from sandbox.dynamodb.scope import Scope
from sandbox.dynamodb.storage.database import Database
from sandbox.dynamodb.storage.keys import Range
from sandbox.dynamodb.storage.store import Store

HERE = ("000000000000", "us-east-1")
ELSEWHERE = ("000000000000", "eu-west-1")

Call = Callable[..., Any]


@pytest.fixture(autouse=True)
def orders(call: Call, put: Callable[..., None]) -> None:
    call(
        create_table,
        TableName="orders",
        AttributeDefinitions=[{"AttributeName": "a", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "a", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    put("orders", a={"S": "1"})


def backup_tables(scope: Scope) -> list[str]:
    rows = scope.store.database.connection.execute("SELECT name FROM sqlite_master WHERE name GLOB 'backup_*'")
    return [str(name) for (name,) in rows]


def test_a_deleted_backup_leaves_no_rows(call: Call, scope: Scope) -> None:
    call(create_backup, TableName="orders", BackupName="nightly")
    (backup,) = scope.store.backups.all(HERE, now=0.0)
    assert scope.store.backups.all(ELSEWHERE, now=0.0) == []
    assert scope.store.backups.find(ELSEWHERE, backup.arn, now=0.0) is None
    assert len(backup_tables(scope)) == 1
    with scope.store.database.write():
        scope.store.backups.delete(backup)
    assert (scope.store.backups.all(HERE, now=0.0), backup_tables(scope)) == ([], [])


def test_backups_survive_in_a_data_folder(call: Call, scope: Scope, tmp_path: Path) -> None:
    database = Database(tmp_path)
    kept = Store(database)
    table = scope.table("orders")
    call(create_backup, TableName="orders", BackupName="nightly")
    (backup,) = scope.store.backups.all(HERE, now=0.0)
    with database.write():
        made = kept.create_table(table.definition)
        made.items.put_many(table.items.between(Range(b"", None)))
        kept.backups.create(backup, made)
    database.close()
    database = Database(tmp_path)
    assert Store(database).backups.find(HERE, backup.arn, now=0.0) == backup
    database.close()
