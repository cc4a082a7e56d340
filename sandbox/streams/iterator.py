"""Where a reader stands in a shard: how a starting position becomes a sequence number, and the text that carries it.

The text is ``<stream arn>|1|<opaque>``, as AWS's is; the opaque part holds shard, position and the time of issue.
Clients must not look inside, so it is neither signed nor hidden. Source: lambda-event-source-mappings §4.3.
"""

import binascii
from base64 import b64decode, urlsafe_b64encode
from typing import NamedTuple

from sandbox.streams.log import StreamLog
from sandbox.streams.shard import Shard, Stream

__all__ = ["ShardIterator", "behind"]

_LIFE_SECONDS = 15 * 60


def behind(
    log: StreamLog,
    stream: Stream,
    shard: Shard,
    kind: str,
    *,
    sequence: int = 0,
    instant: float = 0.0,
) -> int | None:
    """The sequence number behind which reading starts; ``None`` where records that should come have been trimmed.

    *kind* is a ShardIteratorType; *sequence* is looked at with AT_ and AFTER_SEQUENCE_NUMBER, *instant* (epoch seconds)
    with AT_TIMESTAMP: the first record not created before it, however long ago that is.

    Source: lambda-event-source-mappings §4.1, §4.2.
    """
    match kind:
        case "TRIM_HORIZON":
            return max(shard.trimmed, shard.first_sequence - 1)
        case "AT_TIMESTAMP":
            first = log.first_since(stream, shard, instant)
            return log.sequence if first is None else first - 1
        case "AT_SEQUENCE_NUMBER":
            return _unless_trimmed(shard, sequence - 1)
        case "AFTER_SEQUENCE_NUMBER":
            return _unless_trimmed(shard, sequence)
        case _:
            return log.sequence


def _unless_trimmed(shard: Shard, position: int) -> int | None:
    return None if position < max(shard.trimmed, shard.first_sequence - 1) else position


class ShardIterator(NamedTuple):
    """An iterator as a client holds it.

    Attributes:
        behind: records with a greater sequence number come next.
        issued: epoch seconds; it is good for 15 minutes.
    """

    stream_arn: str
    shard_id: str
    behind: int
    issued: float

    def text(self) -> str:
        """What the client gets."""
        opaque = urlsafe_b64encode(f"{self.shard_id}/{self.behind}/{self.issued!r}".encode()).decode()
        return f"{self.stream_arn}|1|{opaque}"

    @classmethod
    def parse(cls, text: str) -> "ShardIterator | None":
        """The iterator in *text*; ``None`` where we never gave out such a text."""
        arn, _, rest = text.partition("|")
        version, _, opaque = rest.partition("|")
        if version != "1":
            return None
        try:
            shard_id, position, issued = b64decode(opaque, "-_", validate=True).decode().split("/")
            return cls(arn, shard_id, int(position), float(issued))
        except (ValueError, binascii.Error):
            return None

    def is_expired(self, now: float) -> bool:
        """Whether its 15 minutes are over."""
        return now - self.issued > _LIFE_SECONDS
