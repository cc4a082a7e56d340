"""ParallelizationFactor: which lane a record takes, and how far a shard is finished while lanes run apart.

Records of one partition key always take the same lane, and a lane works strictly in order, so order per item holds while
order across keys does not. The checkpoint can only stand just before the oldest record that is unfinished in any lane.
Source: lambda-event-source-mappings §3.2. AWS does not publish its hash; CRC-32 of the key is stable and even.
"""

from collections import deque
from collections.abc import Sequence
from zlib import crc32

from pollers.decide.batching import Batch, Entry
from pollers.records import StreamRecord

__all__ = ["Lane", "checkpoint", "lane_of"]


class Lane:
    """One row of records of a shard, worked off in order.

    Attributes:
        number: 0 to factor - 1.
        work: batches cut already; the first is the one being invoked or waiting for its retry, its rest follows.
        pending: records read ahead of it.
        pending_bytes: their size in events.
        first_read_at: epoch seconds at which the oldest pending record was read.
        window_first: the oldest record whose effect lives only in an open tumbling window's state.
    """

    __slots__ = ("first_read_at", "number", "pending", "pending_bytes", "window_first", "work")

    def __init__(self, number: int) -> None:
        self.number = number
        self.work: deque[Batch] = deque()
        self.pending: deque[Entry] = deque()
        self.pending_bytes = 0
        self.first_read_at = 0.0
        self.window_first: Entry | None = None

    def oldest_unfinished(self) -> Entry | None:
        """The first record of this lane that is neither delivered nor discarded."""
        if self.window_first is not None:
            return self.window_first
        for batch in self.work:
            if batch.entries:
                return batch.entries[0]
        return self.pending[0] if self.pending else None

    def unfinished_count(self) -> int:
        """How many records were read and are neither delivered nor discarded."""
        return len(self.pending) + sum(len(batch.entries) for batch in self.work)


def lane_of(record: StreamRecord, partition_key_name: str, factor: int) -> int:
    """The lane of a record: equal partition keys, equal lanes."""
    return crc32(record.key_json(partition_key_name)) % factor


def checkpoint(lanes: Sequence[Lane], last_read: str) -> str:
    """The greatest sequence number up to which the shard is finished; empty when nothing is.

    *last_read* is the last sequence number handed to the lanes or filtered out.
    """
    oldest: Entry | None = None
    for lane in lanes:
        head = lane.oldest_unfinished()
        if head is not None and (oldest is None or head.record.position < oldest.record.position):
            oldest = head
    return last_read if oldest is None else oldest.before
