"""What the legs walk on: the ports of one poller together, and how to wait for the first of several things."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from pollers.discarded import DiscardedBatch
from pollers.ports import Chance, Checkpoints, Clock, Destination, Invoker, StreamsApi

__all__ = ["Waiting", "World", "first_of"]


@dataclass(frozen=True, kw_only=True)
class World:
    """The ports; *destination* is ``None`` where failure records cannot be delivered.

    *discarded* hears of every batch given up, with or without a destination; it must neither block nor raise.
    """

    streams: StreamsApi
    invoker: Invoker
    checkpoints: Checkpoints
    clock: Clock
    chance: Chance
    destination: Destination | None = None
    discarded: Callable[[DiscardedBatch], None] = lambda _batch: None


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """Why something stands still.

    Attributes:
        reason: in words.
        until: epoch seconds at which it goes on by itself; ``None`` when it waits for an event.
        needs_change: only the user can help: by saving code, creating the function, resuming the mapping.
    """

    reason: str
    until: float | None = None
    needs_change: bool = False


async def first_of(*coroutines: Coroutine[Any, Any, Any]) -> None:
    """Return when the first of these is done; the others are cancelled. What the first raises is raised."""
    tasks = [asyncio.ensure_future(one) for one in coroutines]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()
