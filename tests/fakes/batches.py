"""Entries and batches for the tests of decisions."""

from collections import deque

from pollers.decide.batching import Batch, Entry
from pollers.mapping import EventSourceMapping
from tests.fakes.poller_world import FUNCTION_ARN, MAPPING_UUID
from tests.fakes.stream import STREAM_ARN, FakeStream


def entries(
    count: int, *, created: float = 1_000_000.0, encoded_bytes: int = 0, stream: FakeStream | None = None
) -> list[Entry]:
    """So many entries in a row; *encoded_bytes* makes each that large."""
    stream = stream or FakeStream()
    made: list[Entry] = []
    before = ""
    for number in range(count):
        record = stream.put(f"key-{number}", created=created)
        encoded = b"x" * encoded_bytes if encoded_bytes else record.event_json(STREAM_ARN)
        made.append(Entry(record, encoded, before))
        before = record.sequence_number
    return made


def batch(count: int, *, attempts: int = 0, refusals: int = 0, created: float = 1_000_000.0) -> Batch:
    """A batch of so many records."""
    return Batch(entries=entries(count, created=created), attempts=attempts, refusals=refusals)


def queue(count: int, *, encoded_bytes: int = 0) -> deque[Entry]:
    """So many records waiting."""
    return deque(entries(count, encoded_bytes=encoded_bytes))


def mapping(**settings: object) -> EventSourceMapping:
    """Settings by wire name."""
    return EventSourceMapping.from_configuration(
        {"UUID": MAPPING_UUID, "EventSourceArn": STREAM_ARN, "FunctionArn": FUNCTION_ARN, **settings}
    )
