"""Where in each shard a mapping goes on when it is told to begin elsewhere, as checkpoints."""

from datetime import UTC, datetime

from pollers.records import SHARD_END, SHARD_START
from sandbox.streams.log import StreamLog, sequence_from_wire, sequence_to_wire
from sandbox.streams.shard import Shard, Stream

__all__ = ["positions_of"]

_SEQUENCE_DIGITS_MIN = 21


def positions_of(log: StreamLog, stream: Stream, to: str) -> dict[str, str]:
    """Shard id to checkpoint, for every shard of *stream*.

    *to* is ``oldest``, ``latest``, a sequence number (that record, or the first after it, comes next), or a time, ISO
    8601 or epoch seconds (the first record not older comes next). A time without a zone is UTC.

    Raises:
        ValueError: *to* is none of these; the text says so.
    """
    if to == "oldest":
        return {shard.shard_id: SHARD_START for shard in stream.shards}
    if to == "latest":
        return {shard.shard_id: _before(shard, log.committed_sequence + 1) for shard in stream.shards}
    if to.isdigit() and len(to) >= _SEQUENCE_DIGITS_MIN:
        return {shard.shard_id: _before(shard, sequence_from_wire(to)) for shard in stream.shards}
    instant = _instant(to)
    positions = {}
    for shard in stream.shards:
        first = log.first_since(stream, shard, instant)
        positions[shard.shard_id] = _before(shard, log.committed_sequence + 1 if first is None else first)
    return positions


def _before(shard: Shard, sequence: int) -> str:
    """The checkpoint with which the record *sequence*, or what follows it, comes next."""
    if shard.last_sequence is not None and shard.last_sequence < sequence:
        return SHARD_END
    if sequence <= max(shard.trimmed + 1, shard.first_sequence):
        return SHARD_START
    return sequence_to_wire(sequence - 1)


def _instant(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        pass
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(
            f"{text!r} is neither oldest, latest, a sequence number (21 digits or more), nor a time such as "
            "2024-05-01T12:00:00Z."
        ) from None
    return (moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)).timestamp()
