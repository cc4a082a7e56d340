"""Batches that mappings gave up, kept so that a fixed function can be asked again; the oldest make room."""

from collections.abc import Iterator
from typing import Any

import msgspec

from sandbox.dynamodb.storage.database import Database

__all__ = ["KeptDiscard", "StoredDiscards"]

DISCARDS_MAX = 1_000
DISCARDED_BYTES_MAX = 64 * 1024 * 1024
"""Of payloads, all together."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS discards (
    id INTEGER PRIMARY KEY AUTOINCREMENT, batch_id TEXT UNIQUE, about BLOB, payload BLOB, payload_bytes INTEGER);
"""


class KeptDiscard(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a discarded batch, its event apart.

    Attributes:
        batch_id: the request id of its last invocation.
        condition: RetryAttemptsExhausted or RecordAgeExceeded.
        at_seconds: when it was given up, epoch seconds.
    """

    batch_id: str
    mapping_uuid: str
    function_arn: str
    stream_arn: str
    shard_id: str
    condition: str
    at_seconds: float
    invoke_count: int
    record_count: int
    first_sequence_number: str
    last_sequence_number: str


class StoredDiscards:
    """The discarded batches of all mappings."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.connection.execute(_SCHEMA)

    def keep(self, discard: KeptDiscard, payload: bytes) -> None:
        """Remember a batch and its event; the oldest go where there are too many, or too many bytes of them."""
        run = self._database.connection.execute
        with self._database.write():
            run(
                "INSERT OR REPLACE INTO discards (batch_id, about, payload, payload_bytes) VALUES (?, ?, ?, ?)",
                (discard.batch_id, msgspec.json.encode(discard), payload, len(payload)),
            )
            while self._is_too_much():
                run("DELETE FROM discards WHERE id = (SELECT min(id) FROM discards)")

    def _is_too_much(self) -> bool:
        row = self._database.connection.execute("SELECT count(*), total(payload_bytes) FROM discards").fetchone()
        count, payload_bytes = row or (0, 0)
        return bool(count > DISCARDS_MAX or (count > 1 and payload_bytes > DISCARDED_BYTES_MAX))

    def everything(self) -> Iterator[KeptDiscard]:
        """All of them, oldest first, without their events."""
        rows: Any = self._database.connection.execute("SELECT about FROM discards ORDER BY id").fetchall()
        return (msgspec.json.decode(about, type=KeptDiscard) for (about,) in rows)

    def find(self, batch_id: str) -> tuple[KeptDiscard, bytes] | None:
        """One batch and its event, or ``None``."""
        row: Any = self._database.connection.execute(
            "SELECT about, payload FROM discards WHERE batch_id = ?", (batch_id,)
        ).fetchone()
        return None if row is None else (msgspec.json.decode(row[0], type=KeptDiscard), row[1])

    def forget(self, batch_id: str) -> None:
        """Drop one; unknown ones are ignored."""
        with self._database.write():
            self._database.connection.execute("DELETE FROM discards WHERE batch_id = ?", (batch_id,))
