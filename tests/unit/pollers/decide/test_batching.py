from pollers.decide.batching import AT_ONCE, EVENT_BYTES_MAX, Supply, cut, ready_at, window_opened_at
from pollers.event import event_document
from tests.fakes.batches import queue


def ready(
    records: int, *, window: int = 0, exhausted: bool = False, ended: bool = False, encoded_bytes: int = 0
) -> float | None:
    supply = Supply(records=records, encoded_bytes=encoded_bytes, is_exhausted=exhausted, is_ended=ended)
    return ready_at(supply, batch_size=10, window_seconds=window, window_opened=1000.0)


def test_nothing_is_never_a_batch() -> None:
    assert ready(0, exhausted=True, ended=True, window=5) is None


def test_without_a_window_a_batch_goes_when_nothing_more_can_be_read() -> None:
    """A backlog leaves in full batches, a single write leaves alone."""
    assert ready(1, exhausted=True) == AT_ONCE
    assert ready(9) is None
    assert ready(10) == AT_ONCE


def test_with_a_window_it_waits_unless_full() -> None:
    assert ready(1, window=5, exhausted=True) == 1005.0
    assert ready(10, window=5) == AT_ONCE
    assert ready(2, window=5, encoded_bytes=EVENT_BYTES_MAX) == AT_ONCE


def test_the_end_of_a_shard_ends_the_window() -> None:
    assert ready(1, window=300, ended=True) == AT_ONCE


def test_the_next_window_starts_when_the_previous_invocation_completed() -> None:
    assert window_opened_at(previous_invocation_ended=100.0, first_record_read=103.0, window_seconds=5) == 100.0


def test_a_window_that_ran_out_empty_is_followed_by_one_from_the_next_record() -> None:
    assert window_opened_at(previous_invocation_ended=100.0, first_record_read=105.0, window_seconds=5) == 105.0
    assert window_opened_at(previous_invocation_ended=None, first_record_read=7.0, window_seconds=5) == 7.0


def test_a_batch_is_cut_by_count() -> None:
    pending = queue(25)
    assert [len(cut(pending, 10)) for _ in range(3)] == [10, 10, 5]
    assert cut(pending, 10) == []


def test_an_event_never_exceeds_six_megabytes() -> None:
    """C14: records of 500 KB, BatchSize 100."""
    pending = queue(30, encoded_bytes=500 * 1024)
    sizes = []
    while pending:
        taken = cut(pending, 100)
        sizes.append(len(taken))
        assert len(event_document(taken)) <= EVENT_BYTES_MAX
    assert sizes == [12, 12, 6]


def test_a_single_record_goes_however_large() -> None:
    """Holding it back would block the shard until it expires."""
    assert len(cut(queue(2, encoded_bytes=EVENT_BYTES_MAX), 100)) == 1


def test_what_else_the_event_holds_leaves_less_room() -> None:
    assert len(cut(queue(30, encoded_bytes=500 * 1024), 100, bytes_reserved=1024 * 1024)) == 10
