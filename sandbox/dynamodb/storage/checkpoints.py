"""How far each mapping has come in each shard: one row per mapping and shard, in the same database as the records.

The position of a batch is one upsert; a mapping resumes from what survived.
"""

from collections.abc import Mapping

from sandbox.dynamodb.storage.database import Database

__all__ = ["StoredCheckpoints"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS checkpoints (
    mapping_uuid TEXT, shard_id TEXT, sequence_number TEXT, PRIMARY KEY (mapping_uuid, shard_id)) WITHOUT ROWID;
"""


class StoredCheckpoints:
    """The memory of all mappings: ``pollers.ports.Checkpoints``."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.connection.execute(_SCHEMA)

    def load(self, mapping_uuid: str) -> Mapping[str, str]:
        """Shard id to the last sequence number that is finished, or ``SHARD_END``."""
        rows = self._database.connection.execute(
            "SELECT shard_id, sequence_number FROM checkpoints WHERE mapping_uuid = ?", (mapping_uuid,)
        )
        return {shard_id: sequence_number for shard_id, sequence_number in rows}  # noqa: C416 - dict() of cursor rows is typed Any

    def store(self, mapping_uuid: str, shard_id: str, sequence_number: str) -> None:
        """Remember a position; it is durable with the commit that this turn of the event loop ends in."""
        with self._database.write(journaled=False):
            self._database.connection.execute(
                "INSERT OR REPLACE INTO checkpoints VALUES (?, ?, ?)", (mapping_uuid, shard_id, sequence_number)
            )

    def forget(self, mapping_uuid: str) -> None:
        """Drop everything of a deleted mapping."""
        with self._database.write():
            self._database.connection.execute("DELETE FROM checkpoints WHERE mapping_uuid = ?", (mapping_uuid,))
