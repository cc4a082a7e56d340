"""Dice that repeat: the same seed on the same occasions chooses the same, whatever else changed."""

import pytest

from sandbox.chaos import Chances, Chaos, ChaosKind, Dice, Target

ORDERS = Target(kind="table", key="orders", label="orders")


def throws(dice: Dice, kind: ChaosKind) -> list[bool]:
    return [dice.strikes(kind) for _ in range(100)]


def test_a_kind_chooses_as_before_when_another_is_added() -> None:
    alone = Dice(Chances(probabilities={"fail": 0.5}), seed=1, label="a")
    among = Dice(Chances(probabilities={"twice": 0.5, "fail": 0.5}), seed=1, label="a")
    twice = throws(among, "twice")
    assert throws(alone, "fail") == throws(among, "fail") != twice


def test_targets_and_seeds_choose_differently() -> None:
    chances = Chances(probabilities={"fail": 0.5})
    chosen = [throws(Dice(chances, seed=seed, label=label), "fail") for seed, label in [(1, "a"), (1, "b"), (2, "a")]]
    assert len({tuple(one) for one in chosen}) == 3


@pytest.mark.parametrize(("probability", "expected"), [(0.0, 0), (1.0, 100)])
def test_never_is_never_and_always_always(probability: float, expected: int) -> None:
    dice = Dice(Chances(probabilities={"trim": probability}), seed=1, label="a")
    assert sum(throws(dice, "trim")) == expected == dice.struck["trim"]


def test_a_greater_chance_strikes_wherever_a_smaller_one_did() -> None:
    """So that a run can be made worse step by step."""
    rare, often = (Dice(Chances(probabilities={"fail": share}), seed=1, label="a") for share in (0.2, 0.6))
    pairs = zip(throws(rare, "fail"), throws(often, "fail"), strict=True)
    assert all(more or not less for less, more in pairs)


def test_setting_and_clearing_are_told() -> None:
    told: list[bool] = []
    chaos = Chaos(lambda: told.append(chaos.has_tables))
    chaos.set(ORDERS, Chances(probabilities={"trim": 1.0}), seed=1)
    assert chaos.of_table("orders") is not None
    assert [chaos.clear(ORDERS), chaos.clear(ORDERS)] == [True, False]
    assert told == [False, True, False, False]


def test_what_a_target_does_not_know_is_refused() -> None:
    with pytest.raises(ValueError, match="A table knows throttle, delay, trim, expire, not twice"):
        Chaos().set(ORDERS, Chances(probabilities={"twice": 1.0}), seed=1)
