"""What a poller needs of the world: a stream, a function, a memory, a clock. It knows nothing else.

``StreamsApi`` is four calls of the DynamoDB Streams API plus a wake-up signal, so the same poller reads our own log
(woken at commit) or any endpoint that speaks the API (polled). ``Invoker`` is one method.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from pollers.records import StreamRecord

__all__ = [
    "Chance",
    "Checkpoints",
    "Clock",
    "Destination",
    "ExpiredIterator",
    "FunctionFailed",
    "FunctionMissing",
    "FunctionThrottled",
    "FunctionUnloadable",
    "InvocationReply",
    "InvocationSucceeded",
    "Invoker",
    "Position",
    "RecordsPage",
    "Shard",
    "StreamDescription",
    "StreamGone",
    "StreamUnavailable",
    "StreamsApi",
    "TrimmedData",
    "Wakeup",
]


class StreamUnavailable(Exception):  # noqa: N818 - a state of the world, not a bug
    """The stream could not be asked; ``retryable`` says whether asking again can help."""

    def __init__(self, message: str, *, retryable: bool = True) -> None:
        super().__init__(message)
        self.retryable = retryable


class ExpiredIterator(Exception):  # noqa: N818
    """The iterator is older than 15 minutes; take a new one after the last sequence number."""


class TrimmedData(Exception):  # noqa: N818
    """The position lies before the oldest record; continue at the trim horizon."""


class StreamGone(Exception):  # noqa: N818
    """No such stream or shard (any more)."""


@dataclass(frozen=True, kw_only=True)
class Shard:
    """One shard as DescribeStream lists it; ``ending_sequence_number`` only once it is closed."""

    shard_id: str
    parent_shard_id: str | None = None
    starting_sequence_number: str = ""
    ending_sequence_number: str | None = None


@dataclass(frozen=True, kw_only=True)
class StreamDescription:
    """A stream with all its shards (pages already followed)."""

    stream_arn: str
    status: str
    view_type: str
    partition_key_name: str
    shards: Sequence[Shard]


@dataclass(frozen=True, kw_only=True)
class Position:
    """Where to start: ``kind`` is a ShardIteratorType; ``sequence_number`` only with AT_ and AFTER_SEQUENCE_NUMBER."""

    kind: str
    sequence_number: str | None = None


@dataclass(frozen=True, kw_only=True)
class RecordsPage:
    """One GetRecords answer; ``next_iterator`` is ``None`` at the end of a closed shard."""

    records: Sequence[StreamRecord]
    next_iterator: str | None


class Wakeup(Protocol):
    """Tells that a stream may hold news; waiting costs nothing while it is quiet."""

    async def wait(self) -> None:
        """Return once something was committed since the last ``wait`` returned (at once if it was).

        The closing of a shard (split, stream disabled, table deleted) counts as a commit.
        """

    def close(self) -> None:
        """Stop listening."""


class StreamsApi(Protocol):
    """A source of stream records."""

    async def list_streams(self, table_name: str | None = None) -> Sequence[str]:
        """The ARNs of all streams, or of one table's."""

    async def describe_stream(self, stream_arn: str) -> StreamDescription:
        """Raises: StreamGone, StreamUnavailable."""

    async def shard_iterator(self, stream_arn: str, shard_id: str, position: Position) -> str:
        """Raises: StreamGone, TrimmedData, StreamUnavailable."""

    async def records(self, iterator: str, limit: int) -> RecordsPage:
        """At most *limit* (1..1000) records. Raises: ExpiredIterator, TrimmedData, StreamGone, StreamUnavailable."""

    def latest(self, stream_arn: str) -> Mapping[str, str] | None:
        """The position after everything committed up to this instant, or ``None`` where only the network can tell.

        Returns, for every shard: a sequence number that no record so far lies above and every later one does,
        ``SHARD_START`` where none was given out yet, ``SHARD_END`` where it is closed. It fixes LATEST at the moment a mapping is created, so that nothing written
        after that call is missed. Raises: StreamGone.
        """

    def wakeup(self, stream_arn: str) -> Wakeup | None:
        """A signal for this stream, or ``None`` where the source must be polled (4 times a second and shard)."""


@dataclass(frozen=True, kw_only=True)
class InvocationSucceeded:
    """The function answered without an error; ``payload`` is its JSON answer (may be empty)."""

    payload: bytes
    executed_version: str = "$LATEST"
    duration_ms: float = 0.0
    request_id: str = ""
    remark: str = ""


@dataclass(frozen=True, kw_only=True)
class FunctionFailed:
    """The function ran and failed (raised, timed out, died, answered too much); uses up an attempt."""

    error_type: str
    error_message: str
    payload: bytes = b""
    executed_version: str = "$LATEST"
    duration_ms: float = 0.0
    request_id: str = ""
    remark: str = ""


@dataclass(frozen=True, kw_only=True)
class FunctionThrottled:
    """The function did not run (429 or 5xx); never uses up an attempt."""

    reason: str
    request_id: str = ""
    remark: str = ""


@dataclass(frozen=True, kw_only=True)
class FunctionMissing:
    """There is no such function; the mapping stays enabled and keeps trying."""

    function_arn: str
    request_id: str = ""
    remark: str = ""


@dataclass(frozen=True, kw_only=True)
class FunctionUnloadable:
    """The code cannot be loaded and development mode holds the batch until it changes: no attempt is used up.

    ``Invoker.code_changed`` tells when trying again makes sense.
    """

    error_type: str
    error_message: str
    location: str = ""
    request_id: str = ""
    remark: str = ""


InvocationReply = InvocationSucceeded | FunctionFailed | FunctionThrottled | FunctionMissing | FunctionUnloadable
"""``remark`` is what a trace should say of how the reply came about; empty where there is nothing to say."""


class Invoker(Protocol):
    """A function to hand batches to."""

    async def invoke(self, function_arn: str, payload: bytes) -> InvocationReply:
        """Invoke synchronously (RequestResponse); a failure is a value. *payload* is the event document."""

    async def code_changed(self, function_arn: str) -> None:
        """Return at the next change of the function's code, configuration or concurrency.

        At once only where it changed since its last failed invocation began; never merely because it once changed.
        """


class Checkpoints(Protocol):
    """A mapping's memory: per shard the last sequence number that is finished."""

    def load(self, mapping_uuid: str) -> Mapping[str, str]:
        """Shard id to the last finished sequence number, or to one of the marks of ``records``.

        ``SHARD_START``: nothing finished yet, begin at its oldest record; ``SHARD_LATEST``: begin at what comes next;
        ``SHARD_AT`` and a sequence number: begin at that record; ``SHARD_END``: the end of a closed shard was reached.
        To an implementation they are all plain text.
        """

    def store(self, mapping_uuid: str, shard_id: str, sequence_number: str) -> None:
        """Remember; called only after the result of the batch is known."""

    def forget(self, mapping_uuid: str) -> None:
        """Drop everything of a deleted mapping."""


class Destination(Protocol):
    """Where the record of a discarded batch goes (OnFailure)."""

    async def send(self, destination_arn: str, document: bytes, *, object_key: str) -> None:
        """Deliver *document*; *object_key* is used by S3 only. Raises: any exception, reported by the caller."""


class Chance(Protocol):
    """Where jitter and identifiers come from, so that a seed repeats a run."""

    def fraction(self) -> float:
        """A number in [0, 1)."""

    def uuid(self) -> str:
        """A version 4 UUID in lower case."""


class Clock(Protocol):
    """AWS-visible time, which tests may move."""

    def now(self) -> float:
        """Epoch seconds."""

    async def sleep_until(self, instant: float) -> None:
        """Return at *instant* (epoch seconds)."""
