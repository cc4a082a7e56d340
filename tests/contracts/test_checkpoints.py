"""Every memory of positions behaves alike, whether it lasts or not."""

from collections.abc import Callable

import pytest

from pollers.checkpoints import MemoryCheckpoints
from pollers.ports import Checkpoints
from pollers.records import SHARD_AT, SHARD_END, SHARD_LATEST, SHARD_START
from sandbox.dynamodb.storage.checkpoints import StoredCheckpoints
from sandbox.dynamodb.storage.database import Database


@pytest.fixture(params=[MemoryCheckpoints, lambda: StoredCheckpoints(Database(None))], ids=["memory", "stored"])
def checkpoints(request: pytest.FixtureRequest) -> Checkpoints:
    make: Callable[[], Checkpoints] = request.param
    return make()


def test_a_mapping_never_heard_of_has_none(checkpoints: Checkpoints) -> None:
    assert dict(checkpoints.load("m")) == {}
    checkpoints.forget("m")


def test_the_last_position_of_each_shard_is_kept(checkpoints: Checkpoints) -> None:
    checkpoints.store("m", "s1", "100")
    checkpoints.store("m", "s1", "200")
    checkpoints.store("m", "s2", "300")
    checkpoints.store("other", "s1", "400")
    assert dict(checkpoints.load("m")) == {"s1": "200", "s2": "300"}
    assert dict(checkpoints.load("other")) == {"s1": "400"}


@pytest.mark.parametrize("mark", [SHARD_START, SHARD_LATEST, SHARD_END, f"{SHARD_AT}100"])
def test_marks_are_plain_text(checkpoints: Checkpoints, mark: str) -> None:
    checkpoints.store("m", "s1", mark)
    assert dict(checkpoints.load("m")) == {"s1": mark}


def test_forgetting_leaves_the_others(checkpoints: Checkpoints) -> None:
    checkpoints.store("m", "s1", "100")
    checkpoints.store("other", "s1", "100")
    checkpoints.forget("m")
    assert dict(checkpoints.load("m")) == {}
    assert dict(checkpoints.load("other")) == {"s1": "100"}
