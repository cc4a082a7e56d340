from collections import deque
from dataclasses import replace

import pytest

from pollers.decide.batching import AT_ONCE, Batch, Entry, Supply
from pollers.decide.tumbling import (
    STATE_BYTES_MAX,
    OpenWindow,
    after_invocation,
    cut_window,
    window_of,
    window_ready_at,
)
from tests.fakes.batches import entries
from tests.fakes.stream import FakeStream

WINDOW = OpenWindow(start_seconds=1000, end_seconds=1010)


def pending(*created: float) -> deque[Entry]:
    stream = FakeStream()
    return deque(entry for one in created for entry in entries(1, created=one, stream=stream))


def supply(waiting: deque[Entry], *, exhausted: bool = True, ended: bool = False) -> Supply:
    return Supply(records=len(waiting), encoded_bytes=0, is_exhausted=exhausted, is_ended=ended)


def cut(
    waiting: deque[Entry],
    now: float,
    *,
    window: OpenWindow = WINDOW,
    size: int = 10,
    exhausted: bool = True,
    ended: bool = False,
) -> Batch | None:
    return cut_window(window, waiting, supply(waiting, exhausted=exhausted, ended=ended), batch_size=size, now=now)


def ready(waiting: deque[Entry], *, window: OpenWindow = WINDOW, ended: bool = False, batching: int = 0) -> float:
    return window_ready_at(
        window, waiting, supply(waiting, ended=ended), batch_size=10, batching_seconds=batching, opened=1002.0
    )


def test_windows_are_aligned_and_do_not_overlap() -> None:
    assert window_of(1009.0, 10) == WINDOW
    assert window_of(1010.0, 10) == OpenWindow(start_seconds=1010, end_seconds=1020)
    assert window_of(1000.0, 10) == WINDOW


@pytest.mark.rule("3.10 late record")
def test_a_late_record_does_not_open_a_window_that_is_gone() -> None:
    assert window_of(1003.0, 10, not_before=1020).start_seconds == 1020


def test_within_the_window_batches_go_as_ever() -> None:
    waiting = pending(1001, 1002)
    assert ready(waiting) == AT_ONCE
    batch = cut(waiting, 1003.0)
    assert batch is not None
    assert (len(batch.entries), batch.is_final) == (2, False)


def test_nothing_to_do_until_the_end_of_the_window() -> None:
    assert ready(pending()) == 1010.0
    assert cut(pending(), 1009.9) is None


def test_a_batching_window_never_outlasts_the_tumbling_window() -> None:
    assert ready(pending(1001), batching=5) == 1007.0
    assert ready(pending(1001), batching=300) == 1010.0


def test_the_clock_ends_a_window_with_an_empty_invocation() -> None:
    batch = cut(pending(), 1010.0)
    assert batch == Batch(entries=[], is_final=True)


def test_the_clock_does_not_end_it_while_more_can_be_read() -> None:
    assert cut(pending(), 1011.0, exhausted=False) is None


def test_a_later_record_ends_the_window_and_stays() -> None:
    waiting = pending(1001, 1012)
    assert ready(waiting) == AT_ONCE
    batch = cut(waiting, 1003.0)
    assert batch is not None
    assert (len(batch.entries), batch.is_final, len(waiting)) == (1, True, 1)


def test_only_the_last_of_several_batches_is_final() -> None:
    waiting = pending(1001, 1002, 1003, 1012)
    sizes = []
    for _ in range(2):
        batch = cut(waiting, 1003.0, size=2)
        assert batch is not None
        sizes.append((len(batch.entries), batch.is_final))
    assert sizes == [(2, False), (1, True)]


def test_the_end_of_a_shard_ends_its_window() -> None:
    assert ready(pending(), ended=True) == AT_ONCE
    assert cut(pending(), 1003.0, ended=True) == Batch(entries=[], is_final=True)


@pytest.mark.rule("3.10 late record")
def test_a_late_record_is_processed_in_the_current_window() -> None:
    batch = cut(pending(990, 1001), 1003.0)
    assert batch is not None
    assert len(batch.entries) == 2


def test_state_is_carried_and_dropped_at_the_end() -> None:
    ordinary, final = Batch(entries=entries(1)), Batch(entries=(), is_final=True)
    carried = after_invocation(WINDOW, ordinary, b'{"n":1}', is_whole=True)
    assert carried == replace(WINDOW, state=b'{"n":1}')
    assert after_invocation(WINDOW, final, b'{"n":1}', is_whole=True) is None
    assert after_invocation(WINDOW, final, b'{"n":1}', is_whole=False) is not None


def test_a_state_that_outgrows_its_limit_ends_the_window_early() -> None:
    large = b'{"n":"' + b"x" * STATE_BYTES_MAX + b'"}'
    window = after_invocation(WINDOW, Batch(entries=entries(1)), large, is_whole=True)
    assert window is not None
    assert window.is_terminated_early
    waiting = pending(1004)
    assert ready(waiting, window=window) == AT_ONCE
    assert cut(waiting, 1003.0, window=window) == Batch(entries=(), is_final=True)
    assert len(waiting) == 1
