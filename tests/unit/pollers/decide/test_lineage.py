from pollers.decide.lineage import latest_checkpoints, shards_to_start, start_position
from pollers.ports import Position, Shard
from pollers.records import SHARD_END, SHARD_LATEST, SHARD_START

PARENT = Shard(shard_id="parent", ending_sequence_number="9")
LEFT = Shard(shard_id="left", parent_shard_id="parent")
RIGHT = Shard(shard_id="right", parent_shard_id="parent")


def started(checkpoints: dict[str, str], running: set[str], *shards: Shard) -> list[str]:
    return [shard.shard_id for shard in shards_to_start(shards or (PARENT, LEFT, RIGHT), checkpoints, running)]


def test_children_wait_for_their_parent() -> None:
    assert started({}, set()) == ["parent"]
    assert started({}, {"parent"}) == []
    assert started({"parent": "5"}, set()) == ["parent"]
    assert started({"parent": SHARD_END}, set()) == ["left", "right"]
    assert started({"parent": SHARD_END}, {"left"}) == ["right"]


def test_a_parent_that_left_the_stream_is_finished() -> None:
    """Closed shards go with their last record; their children keep naming them (spec §4.5)."""
    assert started({}, set(), LEFT, RIGHT) == ["left", "right"]


def test_a_finished_shard_is_not_read_again() -> None:
    assert started({"parent": SHARD_END, "left": SHARD_END, "right": SHARD_END}, set()) == []


def test_where_reading_begins() -> None:
    assert start_position(None) == Position(kind="TRIM_HORIZON")
    assert start_position(SHARD_START) == Position(kind="TRIM_HORIZON")
    assert start_position(SHARD_LATEST) == Position(kind="LATEST")
    assert start_position("77") == Position(kind="AFTER_SEQUENCE_NUMBER", sequence_number="77")
    assert start_position("AT:77") == Position(kind="AT_SEQUENCE_NUMBER", sequence_number="77")


def test_latest_skips_closed_shards() -> None:
    assert latest_checkpoints([PARENT, LEFT]) == {"parent": SHARD_END, "left": SHARD_LATEST}
