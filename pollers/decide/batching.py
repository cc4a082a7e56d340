"""When a batch goes out, and what is in it: count, bytes, window.

A batch goes at the first of: ``BatchSize`` records, 6 MB, the end of the batching window. Without a window it goes as soon
as there is a record and nothing more can be read at once, so that a backlog leaves in full batches and a single write
leaves alone. Source: lambda-event-source-mappings §2.3, §3.1.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from pollers.records import StreamRecord

__all__ = ["AT_ONCE", "EVENT_BYTES_MAX", "Batch", "Entry", "Supply", "cut", "ready_at", "window_opened_at"]

EVENT_BYTES_MAX: Final = 6 * 1024 * 1024
"""The synchronous invocation payload. Source: lambda-event-source-mappings §2.3."""

ENVELOPE_BYTES: Final = 1024
"""What surrounds the records of an event: ``{"Records":[…]}`` and the members of a window, without its state."""

AT_ONCE: Final = 0.0
"""An instant that has always passed."""


class Entry(msgspec.Struct, frozen=True, gc=False):
    """A record that passed the filters, already written as the function will see it.

    Attributes:
        encoded: the record's JSON in the event.
        before: the sequence number read just before it in the shard, empty where it was the first ever read: the
            checkpoint that still includes this record.
        pattern: the index of the filter pattern that let it through, -1 without filters.
    """

    record: StreamRecord
    encoded: bytes
    before: str
    pattern: int = -1


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Records that are invoked together until they are delivered, split or discarded.

    Attributes:
        entries: in shard order; empty only for the last invocation of a tumbling window.
        attempts: invocations of exactly these records that counted.
        refusals: how often in a row the function did not run; never counts.
        is_final: these are the last records of their tumbling window.
    """

    entries: Sequence[Entry]
    attempts: int = 0
    refusals: int = 0
    is_final: bool = False


@dataclass(frozen=True, kw_only=True)
class Supply:
    """What lies before a lane.

    Attributes:
        records: how many records wait.
        encoded_bytes: their size in the event.
        is_exhausted: nothing more can be had at once: the shard is read up to its tip, or the buffer is full.
        is_ended: the closed shard was read to its end.
    """

    records: int
    encoded_bytes: int
    is_exhausted: bool
    is_ended: bool


def ready_at(supply: Supply, *, batch_size: int, window_seconds: int, window_opened: float) -> float | None:
    """Say from which instant the waiting records may go (``AT_ONCE``: now), or ``None``: not before more come.

    *window_opened* is the epoch second at which the batching window began (``window_opened_at``).
    """
    if not supply.records:
        return None
    if supply.records >= batch_size or supply.encoded_bytes >= EVENT_BYTES_MAX or supply.is_ended:
        return AT_ONCE
    if window_seconds:
        return window_opened + window_seconds
    return AT_ONCE if supply.is_exhausted else None


def window_opened_at(
    *, previous_invocation_ended: float | None, first_record_read: float, window_seconds: int
) -> float:
    """The instant the batching window of the records now waiting began.

    "The next window starts as soon as the previous invocation has completed." A window that ran out with nothing in it is
    not followed by another until a record is there. Source: lambda-event-source-mappings §3.1; the empty window: assumption.
    """
    if previous_invocation_ended is not None and previous_invocation_ended + window_seconds > first_record_read:
        return previous_invocation_ended
    return first_record_read


def cut(pending: deque[Entry], batch_size: int, *, bytes_reserved: int = 0) -> list[Entry]:
    """Take the next batch off *pending*: at most *batch_size* records and 6 MB, at least one record.

    *bytes_reserved* is taken by what else the event holds (a window's state).
    """
    room = EVENT_BYTES_MAX - ENVELOPE_BYTES - bytes_reserved
    taken: list[Entry] = []
    while pending and len(taken) < batch_size:
        room -= len(pending[0].encoded) + 1
        if room < 0 and taken:
            break
        taken.append(pending.popleft())
    return taken
