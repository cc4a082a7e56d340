"""The batches of one lane, with or without tumbling windows: what goes next, and what an invocation leaves behind."""

from pollers.decide.batching import Batch, Supply, cut, ready_at, window_opened_at
from pollers.decide.lanes import Lane
from pollers.decide.tumbling import OpenWindow, after_invocation, cut_window, window_of, window_ready_at
from pollers.mapping import EventSourceMapping

__all__ = ["Batches"]


class Batches:
    """Takes batches off a lane's pending records, one at a time.

    Attributes:
        window: the open tumbling window, or ``None``.
        previous_invocation_ended: epoch seconds, or ``None`` before the first.
    """

    def __init__(self, mapping: EventSourceMapping, lane: Lane) -> None:
        self._mapping = mapping
        self._lane = lane
        self.window: OpenWindow | None = None
        self._windows_finished_until = 0
        self.previous_invocation_ended: float | None = None

    def due_at(self, supply: Supply) -> float | None:
        """From which instant ``take`` may give a batch; ``None``: not before more records come."""
        mapping, lane = self._mapping, self._lane
        opened = window_opened_at(
            previous_invocation_ended=self.previous_invocation_ended,
            first_record_read=lane.first_read_at,
            window_seconds=mapping.batching_window_seconds,
        )
        self._open_window()
        if self.window is not None:
            return window_ready_at(
                self.window,
                lane.pending,
                supply,
                batch_size=mapping.batch_size,
                batching_seconds=mapping.batching_window_seconds,
                opened=opened,
            )
        return ready_at(
            supply,
            batch_size=mapping.batch_size,
            window_seconds=mapping.batching_window_seconds,
            window_opened=opened,
        )

    def take(self, supply: Supply, now: float) -> Batch | None:
        """The next batch, off the pending records; ``None`` where an open window has nothing to send yet."""
        lane = self._lane
        if self.window is not None:
            batch = cut_window(self.window, lane.pending, supply, batch_size=self._mapping.batch_size, now=now)
        else:
            batch = Batch(entries=cut(lane.pending, self._mapping.batch_size))
        if batch is not None:
            lane.pending_bytes -= sum(len(entry.encoded) for entry in batch.entries)
            lane.first_read_at = now
        return batch

    def delivered(self, batch: Batch, count: int, state: bytes | None) -> None:
        """Remember that the first *count* records of *batch* were processed and *state* came of it."""
        if self.window is None:
            return
        is_whole = count == len(batch.entries)
        if self._lane.window_first is None and count:
            self._lane.window_first = batch.entries[0]
        window = after_invocation(self.window, batch, state, is_whole=is_whole)
        if window is None:
            self._close_window()
        self.window = window

    def given_up(self, batch: Batch) -> None:
        """Remember that *batch* was discarded; the last one of a window takes the window's state with it."""
        if self.window is not None and batch.is_final:
            self._close_window()
            self.window = None

    def _open_window(self) -> None:
        seconds = self._mapping.tumbling_window_seconds
        if seconds and self.window is None and self._lane.pending:
            created = self._lane.pending[0].record.created_seconds
            self.window = window_of(created, seconds, not_before=self._windows_finished_until)

    def _close_window(self) -> None:
        self._lane.window_first = None
        if self.window is not None and not self.window.is_terminated_early:
            self._windows_finished_until = self.window.end_seconds
