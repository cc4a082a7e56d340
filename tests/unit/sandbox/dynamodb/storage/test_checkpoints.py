from pathlib import Path

from pollers.ports import Checkpoints
from sandbox.dynamodb.storage.checkpoints import StoredCheckpoints
from sandbox.dynamodb.storage.database import Database


def test_positions_by_mapping_and_shard() -> None:
    checkpoints: Checkpoints = StoredCheckpoints(Database())
    checkpoints.store("one", "shard-1", "100")
    checkpoints.store("one", "shard-1", "200")
    checkpoints.store("one", "shard-2", "SHARD_END")
    checkpoints.store("two", "shard-1", "50")
    assert checkpoints.load("one") == {"shard-1": "200", "shard-2": "SHARD_END"}
    checkpoints.forget("one")
    assert checkpoints.load("one") == {}
    assert checkpoints.load("two") == {"shard-1": "50"}


def test_positions_survive(tmp_path: Path) -> None:
    database = Database(tmp_path / "data")
    StoredCheckpoints(database).store("one", "shard-1", "100")
    database.close()
    database = Database(tmp_path / "data")
    assert StoredCheckpoints(database).load("one") == {"shard-1": "100"}
    database.close()
