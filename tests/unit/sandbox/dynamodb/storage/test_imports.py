from pathlib import Path

from sandbox.dynamodb.storage.database import Database
from sandbox.dynamodb.storage.imports import Import
from sandbox.dynamodb.storage.store import Store

HERE = ("000000000000", "us-east-1")
ELSEWHERE = ("000000000000", "eu-west-1")


def made(number: int) -> Import:
    asked = {"InputFormat": "CSV"}
    return Import(arn=f"arn/{number}", table_arn="arn", table_id="t", token="k", started=2.0, ended=3.0, asked=asked)


def test_imports_survive_in_a_data_folder(tmp_path: Path) -> None:
    """Newest first, each in its region."""
    database = Database(tmp_path)
    store = Store(database)
    with database.write():
        for number in (1, 2):
            store.imports.create(HERE, made(number))
    database.close()
    database = Database(tmp_path)
    kept = Store(database).imports
    assert kept.all(HERE) == [made(2), made(1)]
    assert kept.all(ELSEWHERE) == []
    database.close()
