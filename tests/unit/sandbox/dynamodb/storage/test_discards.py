"""Discarded batches are kept within bounds and over restarts."""

from pathlib import Path

import pytest

from sandbox.dynamodb.storage import discards as module
from sandbox.dynamodb.storage.database import Database
from sandbox.dynamodb.storage.discards import KeptDiscard, StoredDiscards


def discard(batch_id: str) -> KeptDiscard:
    return KeptDiscard(
        batch_id=batch_id,
        mapping_uuid="m",
        function_arn="f",
        stream_arn="s",
        shard_id="shard",
        condition="RetryAttemptsExhausted",
        at_seconds=1.5,
        invoke_count=3,
        record_count=2,
        first_sequence_number="1",
        last_sequence_number="2",
    )


def ids(discards: StoredDiscards) -> list[str]:
    return [kept.batch_id for kept in discards.everything()]


def test_kept_over_a_restart(tmp_path: Path) -> None:
    database = Database(tmp_path)
    StoredDiscards(database).keep(discard("a"), b"event")
    database.close()
    database = Database(tmp_path)
    discards = StoredDiscards(database)
    assert discards.find("a") == (discard("a"), b"event")
    discards.forget("a")
    assert (discards.find("a"), ids(discards)) == (None, [])
    database.close()


def test_the_oldest_make_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "DISCARDS_MAX", 2)
    monkeypatch.setattr(module, "DISCARDED_BYTES_MAX", 10)
    discards = StoredDiscards(Database())
    for name in "abc":
        discards.keep(discard(name), b"1")
    assert ids(discards) == ["b", "c"]
    discards.keep(discard("d"), b"1234567890")
    assert ids(discards) == ["d"]
    discards.keep(discard("e"), b"longer than the bound alone")
    assert ids(discards) == ["e"]  # one is always kept
