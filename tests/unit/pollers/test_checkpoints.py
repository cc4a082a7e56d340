from pollers.checkpoints import MemoryCheckpoints


def test_positions_are_kept_per_mapping_and_shard() -> None:
    checkpoints = MemoryCheckpoints()
    checkpoints.store("m", "s1", "1")
    checkpoints.store("m", "s1", "2")
    checkpoints.store("m", "s2", "3")
    checkpoints.store("other", "s1", "4")
    assert checkpoints.load("m") == {"s1": "2", "s2": "3"}
    checkpoints.forget("m")
    assert checkpoints.load("m") == {}
    assert checkpoints.load("other") == {"s1": "4"}


def test_forgetting_the_unknown_is_no_fault() -> None:
    MemoryCheckpoints().forget("m")
