from dataclasses import replace

from pollers.decide.ageing import RETENTION_SECONDS, HeldSpan, age_seconds, part_aged, with_span
from pollers.decide.batching import Batch
from tests.fakes.batches import batch, entries
from tests.fakes.stream import FakeStream


def test_young_records_are_left_alone() -> None:
    assert part_aged(batch(3, created=1000.0), age_seconds_max=60, now=1060.0) is None


def test_mixed_ages_are_parted() -> None:
    """C8: the old ones go to the destination, the rest is delivered, with the attempts it had."""
    stream = FakeStream()
    mixed = Batch(
        entries=[*entries(2, created=1000.0, stream=stream), *entries(3, created=1050.0, stream=stream)], attempts=4
    )
    aged = part_aged(mixed, age_seconds_max=60, now=1061.0)
    assert aged is not None
    assert list(aged.too_old) == list(mixed.entries[:2])
    assert aged.rest == replace(mixed, entries=list(mixed.entries[2:]))
    assert not aged.gone


def test_nothing_is_left_when_all_are_too_old() -> None:
    aged = part_aged(batch(2, created=1000.0), age_seconds_max=60, now=1100.0)
    assert aged is not None
    assert aged.rest is None


def test_without_a_limit_a_record_leaves_with_the_stream() -> None:
    old = batch(1, created=1000.0)
    assert part_aged(old, age_seconds_max=None, now=1000.0 + RETENTION_SECONDS) is None
    aged = part_aged(old, age_seconds_max=None, now=1001.0 + RETENTION_SECONDS)
    assert aged is not None
    assert len(aged.gone) == 1
    assert not aged.too_old


def test_a_limit_beyond_the_retention_is_cut_to_it() -> None:
    aged = part_aged(batch(1, created=1000.0), age_seconds_max=604_800, now=1001.0 + RETENTION_SECONDS)
    assert aged is not None
    assert len(aged.too_old) == 1


def test_time_on_hold_does_not_count() -> None:
    held = [HeldSpan(began=1010.0, ended=1110.0)]
    assert age_seconds(1000.0, 1120.0, held) == 20.0
    assert age_seconds(1100.0, 1120.0, held) == 10.0
    assert age_seconds(1115.0, 1120.0, held) == 5.0
    assert part_aged(batch(1, created=1000.0), age_seconds_max=60, now=1120.0, held=held) is None


def test_lanes_held_together_count_once() -> None:
    spans = with_span(with_span((), HeldSpan(began=10.0, ended=20.0)), HeldSpan(began=12.0, ended=21.0))
    assert spans == (HeldSpan(began=10.0, ended=21.0),)
    assert len(with_span(spans, HeldSpan(began=30.0, ended=31.0))) == 2
