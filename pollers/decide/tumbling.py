"""Tumbling windows: fixed, non-overlapping spans of time per shard, with a state handed from invocation to invocation.

A record belongs to the window its creation time falls in. A window is over when a record of a later one is there, when the
shard has ended, when the clock has passed its end and nothing more can be read, or when its state outgrew 1 MB. Its last
invocation is flagged final and may be empty; then the state is dropped. A record that comes late for a window that is gone
is processed in the current one.

Source: lambda-event-source-mappings §2.2, §3.10; the late record: assumption.
"""

from collections import deque
from dataclasses import dataclass, replace
from typing import Final

from pollers.decide.batching import AT_ONCE, EVENT_BYTES_MAX, Batch, Entry, Supply, cut, ready_at

__all__ = ["STATE_BYTES_MAX", "OpenWindow", "after_invocation", "cut_window", "window_of", "window_ready_at"]

STATE_BYTES_MAX: Final = 1024 * 1024
"""Source: lambda-event-source-mappings §2.2."""


@dataclass(frozen=True, kw_only=True)
class OpenWindow:
    """A window that has begun.

    Attributes:
        start_seconds: epoch seconds, included.
        end_seconds: epoch seconds, not included.
        state: the JSON object the function returned last; ``{}`` before the first invocation.
        is_terminated_early: the state outgrew its limit; only the final invocation is left.
    """

    start_seconds: int
    end_seconds: int
    state: bytes = b"{}"
    is_terminated_early: bool = False


def window_of(created_seconds: float, window_seconds: int, *, not_before: int = 0) -> OpenWindow:
    """The window a record opens; *not_before* is where the last finished one ended, for records that come late."""
    start = int(max(created_seconds, not_before) // window_seconds) * window_seconds
    return OpenWindow(start_seconds=start, end_seconds=start + window_seconds)


def after_invocation(window: OpenWindow, batch: Batch, state: bytes | None, *, is_whole: bool) -> OpenWindow | None:
    """The window after *batch* was delivered in it; ``None`` when that was its last invocation.

    *is_whole* tells that nothing of the batch is left to retry; *state* is what the function answered.
    """
    if batch.is_final and is_whole:
        return None
    kept = window.state if state is None else state
    return replace(window, state=kept, is_terminated_early=len(kept) > STATE_BYTES_MAX)


def window_ready_at(
    window: OpenWindow, pending: deque[Entry], supply: Supply, *, batch_size: int, batching_seconds: int, opened: float
) -> float:
    """From which instant ``cut_window`` may be asked; at the latest the end of the window.

    *supply* counts all that is pending; *opened* is when the batching window began.
    """
    if window.is_terminated_early or supply.is_ended or (pending and _belongs_later(pending[-1], window)):
        return AT_ONCE
    ready = ready_at(supply, batch_size=batch_size, window_seconds=batching_seconds, window_opened=opened)
    return float(window.end_seconds) if ready is None else min(ready, float(window.end_seconds))


def cut_window(
    window: OpenWindow, pending: deque[Entry], supply: Supply, *, batch_size: int, now: float
) -> Batch | None:
    """Take the next batch of *window* off *pending*; ``None`` when the window goes on and there is nothing for it yet."""
    if window.is_terminated_early:
        return Batch(entries=(), is_final=True)
    mine: deque[Entry] = deque()
    while pending and not _belongs_later(pending[0], window):
        mine.append(pending.popleft())
    is_over = bool(pending) or supply.is_ended or (now >= window.end_seconds and supply.is_exhausted)
    taken = cut(mine, batch_size, bytes_reserved=min(len(window.state), EVENT_BYTES_MAX // 2))
    pending.extendleft(reversed(mine))
    if not taken and not is_over:
        return None
    return Batch(entries=taken, is_final=is_over and not mine)


def _belongs_later(entry: Entry, window: OpenWindow) -> bool:
    return entry.record.created_seconds >= window.end_seconds
