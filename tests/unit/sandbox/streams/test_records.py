"""Records in memory and records in a folder are the same to whoever reads them.

The two keep them in ways that have nothing in common, so each test runs on both, and a random one holds them together.
"""

from collections.abc import Callable
from typing import Any

import apsw
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.dynamodb.storage.rows import StoredItem
from sandbox.streams.records import Record, RecordsInMemory, RecordStore, StoredRecords
from sandbox.streams.shard import Shard, Stream

ITEM = StoredItem(3, b'{"a":{"S":"1"},"b":{"N":"2"}}')


def _stored() -> StoredRecords:
    return StoredRecords(apsw.Connection(":memory:"))


def _stream(number: int = 1, view_type: str = "NEW_AND_OLD_IMAGES") -> Stream:
    shards = [
        Shard(
            number=shard,
            shard_id=f"shard-{shard}",
            parent_shard_id=None,
            first_sequence=1,
            last_sequence=None,
            low=0,
            high=1,
            created=0.0,
        )
        for shard in range(2)
    ]
    return Stream(
        id=number,
        account_id="0" * 12,
        region="us-east-1",
        table_name="orders",
        label="now",
        view_type=view_type,
        key_schema=[("a", "HASH")],
        created=0.0,
        enabled=True,
        shards=shards,
    )


def _record(sequence: int, **members: Any) -> Record:
    shown = {"new_image": ITEM, "old_image": None, "event_name": "INSERT"} | members
    return Record(
        sequence=sequence, created=float(sequence // 2), by_service=0, keys=b'{"a":{"S":"1"}}', keys_size=2, **shown
    )


@pytest.fixture(params=[RecordsInMemory, _stored])
def records(request: pytest.FixtureRequest) -> RecordStore:
    """A store without records."""
    make: Callable[[], RecordStore] = request.param
    return make()


@pytest.fixture
def stream() -> Stream:
    """A stream of two shards."""
    return _stream()


def _append(records: RecordStore, stream: Stream, *sequences: int, shard: int = 0) -> None:
    records.append([(stream, stream.shards[shard], _record(sequence)) for sequence in sequences])


def _read(records: RecordStore, stream: Stream, *, behind: int = 0, newest: int = 99, limit: int = 99) -> list[int]:
    found = records.read(stream, stream.shards[0], behind=behind, newest=newest, limit=limit)
    return [record.sequence for record in found]


def test_a_read_begins_behind_its_place_and_ends_at_what_is_committed(records: RecordStore, stream: Stream) -> None:
    """One record too early is a duplicate, one too late is a loss, one uncommitted may never have happened."""
    _append(records, stream, 1, 3, 5, 7)
    assert _read(records, stream) == [1, 3, 5, 7]
    assert _read(records, stream, behind=3) == [5, 7]
    assert _read(records, stream, behind=2, newest=5) == [3, 5]
    assert _read(records, stream, limit=2) == [1, 3]
    assert _read(records, stream, behind=7) == []


def test_shards_and_streams_are_kept_apart(records: RecordStore, stream: Stream) -> None:
    _append(records, stream, 1)
    _append(records, stream, 2, shard=1)
    _append(records, _stream(2), 3)
    assert _read(records, stream) == [1]
    assert _read(records, _stream(2)) == [3]
    assert records.newest(stream, stream.shards[1]) == (2, 1.0)


def test_times_and_the_newest(records: RecordStore, stream: Stream) -> None:
    """What retention and the splitting of busy shards go by."""
    assert records.newest(stream, stream.shards[0]) is None
    _append(records, stream, 1, 2, 4)
    assert list(records.times(stream, stream.shards[0])) == [(1, 0.0), (2, 1.0), (4, 2.0)]
    assert list(records.times(stream, stream.shards[0], limit=1)) == [(1, 0.0)]
    assert records.newest(stream, stream.shards[0]) == (4, 2.0)
    assert records.newest(stream, stream.shards[0], 3) == (1, 0.0)
    assert records.newest(stream, stream.shards[0], 4) is None


def test_dropped_records_are_gone(records: RecordStore, stream: Stream) -> None:
    _append(records, stream, 1, 3, 5)
    records.drop(stream, stream.shards[0], 3)
    assert _read(records, stream) == [5]
    records.drop(stream, stream.shards[0], 9)
    assert _read(records, stream) == []


@pytest.mark.parametrize(
    ("members", "shown"),
    [
        ({"new_image": ITEM, "old_image": None}, {"NewImage"}),
        ({"new_image": None, "old_image": ITEM}, {"OldImage"}),
        ({"new_image": ITEM, "old_image": StoredItem(4, b'{"a":{"S":"1"}}')}, {"NewImage", "OldImage"}),
        ({"new_image": None, "old_image": None}, set()),
    ],
)
def test_a_record_shows_its_images_and_counts_them(
    records: RecordStore, stream: Stream, members: dict[str, Any], shown: set[str]
) -> None:
    """The body is what GetRecords and handlers get, and its size what their batches are cut by."""
    records.append([(stream, stream.shards[0], _record(1, **members))])
    (found,) = records.read(stream, stream.shards[0], behind=0, newest=1, limit=1)
    body = msgspec.json.decode(found.body)
    assert {name for name in body if name.endswith("Image")} == shown
    assert body["SizeBytes"] == 2 + sum(image.size for image in members.values() if image is not None)
    assert body["Keys"] == {"a": {"S": "1"}}
    assert body["SequenceNumber"] == "100000000000000000001"
    assert body["StreamViewType"] == "NEW_AND_OLD_IMAGES"


def test_in_memory_what_was_undone_is_forgotten(stream: Stream) -> None:
    """A database undoes its rows by itself; lists have to be told."""
    records = RecordsInMemory()
    _append(records, stream, 1, 2, 3)
    _append(records, stream, 4, shard=1)
    records.undo(2)
    assert _read(records, stream) == [1, 2]
    assert records.newest(stream, stream.shards[1]) is None


_STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("append"), st.integers(0, 1), st.integers(1, 3)),
        st.tuples(st.just("drop"), st.integers(0, 1), st.integers(0, 40)),
    ),
    max_size=30,
)


@given(steps=_STEPS, behind=st.integers(0, 50), newest=st.integers(0, 50), limit=st.integers(1, 20))
def test_both_answer_the_same(steps: list[tuple[str, int, int]], behind: int, newest: int, limit: int) -> None:
    stream = _stream()
    both: tuple[RecordStore, RecordStore] = (RecordsInMemory(), _stored())
    sequence = 0
    for step, number, amount in steps:
        shard = stream.shards[number]
        if step == "append":
            added = range(sequence + 1, sequence + 1 + amount)
            sequence += amount
            for records in both:
                records.append([(stream, shard, _record(one)) for one in added])
        else:
            for records in both:
                records.drop(stream, shard, amount)
    for shard in stream.shards:
        memory, stored = (
            (
                list(records.read(stream, shard, behind=behind, newest=newest, limit=limit)),
                list(records.times(stream, shard, limit)),
                records.newest(stream, shard),
                records.newest(stream, shard, limit),
            )
            for records in both
        )
        assert memory == stored
