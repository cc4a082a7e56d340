"""Which mappings are paused, so that a restart does not let them go on."""

from typing import Any

from sandbox.dynamodb.storage.database import Database

__all__ = ["StoredPauses"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS pauses (mapping_uuid TEXT PRIMARY KEY, reason TEXT, is_loop INTEGER) WITHOUT ROWID;
"""


class StoredPauses:
    """The pauses of all mappings, in the same database as their positions."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.connection.execute(_SCHEMA)

    def find(self, mapping_uuid: str) -> tuple[str, bool] | None:
        """Why a mapping is paused and whether that was for a loop; ``None`` where it is not."""
        row: Any = self._database.connection.execute(
            "SELECT reason, is_loop FROM pauses WHERE mapping_uuid = ?", (mapping_uuid,)
        ).fetchone()
        return None if row is None else (row[0], bool(row[1]))

    def keep(self, mapping_uuid: str, reason: str, *, is_loop: bool) -> None:
        """Remember that a mapping is paused."""
        with self._database.write():
            self._database.connection.execute(
                "INSERT OR REPLACE INTO pauses VALUES (?, ?, ?)", (mapping_uuid, reason, is_loop)
            )

    def forget(self, mapping_uuid: str) -> None:
        """Remember that it is not; nothing is written where it was not."""
        if self.find(mapping_uuid) is not None:
            with self._database.write():
                self._database.connection.execute("DELETE FROM pauses WHERE mapping_uuid = ?", (mapping_uuid,))
