"""Which shards may be read now, and from where: a parent to its end before its children.

Source: lambda-event-source-mappings §3.1, §3.9, §4.5.
"""

from collections.abc import Collection, Mapping, Sequence

from pollers.ports import Position, Shard
from pollers.records import SHARD_AT, SHARD_END, SHARD_LATEST

__all__ = ["latest_checkpoints", "shards_to_start", "start_position"]


def shards_to_start(shards: Sequence[Shard], checkpoints: Mapping[str, str], running: Collection[str]) -> list[Shard]:
    """The shards that are neither running nor finished and whose parent is finished or no longer listed.

    ``ParentShardId`` may name a shard that has left the stream: such a parent is finished.
    """
    listed = {shard.shard_id for shard in shards}
    return [
        shard
        for shard in shards
        if shard.shard_id not in running
        and checkpoints.get(shard.shard_id) != SHARD_END
        and (
            shard.parent_shard_id is None
            or shard.parent_shard_id not in listed
            or checkpoints.get(shard.parent_shard_id) == SHARD_END
        )
    ]


def start_position(checkpoint: str | None) -> Position:
    """Where to read a shard with this checkpoint on; a shard without one is read from its oldest record.

    That holds under LATEST too: the shards that existed when the mapping was created have their checkpoints from
    ``latest_checkpoints`` or from the source, and a child that appears later must be read from its beginning lest records are lost.
    """
    match checkpoint:
        case None | "" | "TRIM_HORIZON":
            return Position(kind="TRIM_HORIZON")
        case "LATEST":
            return Position(kind="LATEST")
        case str() if checkpoint.startswith(SHARD_AT):
            return Position(kind="AT_SEQUENCE_NUMBER", sequence_number=checkpoint.removeprefix(SHARD_AT))
        case sequence_number:
            return Position(kind="AFTER_SEQUENCE_NUMBER", sequence_number=sequence_number)


def latest_checkpoints(shards: Sequence[Shard]) -> dict[str, str]:
    """What a new LATEST mapping starts with where the source cannot name its last sequence numbers."""
    return {shard.shard_id: SHARD_END if shard.ending_sequence_number else SHARD_LATEST for shard in shards}
