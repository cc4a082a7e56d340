"""A thousand seeds of bad weather; ``SANDBOX_SEEDS`` asks for more, a failing one says how to see it again."""

import os
from collections.abc import Callable, Iterable, Sequence

import pytest

import pollers.drive.shard
from pollers.decide.lanes import Lane
from pollers.ports import Position
from pollers.records import StreamRecord
from tests.simulation.world import Broken, simulate

SEEDS = int(os.environ.get("SANDBOX_SEEDS", "1000"))
SEEDS_PER_TEST = 25
"""Few enough for every worker of the suite to have its share."""


@pytest.mark.parametrize("first", range(0, SEEDS, SEEDS_PER_TEST))
def test_every_promise_is_kept(first: int) -> None:
    _live_through(range(first, min(first + SEEDS_PER_TEST, SEEDS)))


def test_a_seed_is_the_same_story_each_time() -> None:
    """Else a failure could not be looked at twice."""
    for seed in (1, 7, 42):
        assert simulate(seed) == simulate(seed)


def _any_lane(record: StreamRecord, _key_name: str, factor: int) -> int:
    return record.position % factor


def _as_if_all_were_finished(_lanes: Sequence[Lane], last_read: str) -> str:
    return last_read


def _always_from_the_start(_stored: str | None) -> Position:
    return Position(kind="TRIM_HORIZON")


@pytest.mark.parametrize(
    ("name", "wrong", "words"),
    [
        ("lane_of", _any_lane, "came after"),
        ("checkpoint", _as_if_all_were_finished, "passed the unfinished"),
        ("start_position", _always_from_the_start, "after it was finished"),
    ],
)
def test_a_wrong_poller_is_found_out(
    monkeypatch: pytest.MonkeyPatch, name: str, wrong: Callable[..., object], words: str
) -> None:
    """The promises are not kept by their being too weak."""
    monkeypatch.setattr(pollers.drive.shard, name, wrong)
    with pytest.raises(Broken, match=words):
        _live_through(range(25))


def _live_through(seeds: Iterable[int]) -> None:
    for seed in seeds:
        simulate(seed)
