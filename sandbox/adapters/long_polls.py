"""Answers that wait for news, and are let go when the sandbox closes."""

import asyncio

__all__ = ["LongPolls"]


class LongPolls:
    """The waits of all who follow something; on the event loop's thread."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Event] = set()
        self._is_closed = False

    async def wait(self, came: asyncio.Event, seconds: float) -> None:
        """Return once *came* is set, after *seconds* of real time, or when the sandbox closes."""
        if self._is_closed:
            return
        self._waiting.add(came)
        try:
            async with asyncio.timeout(seconds):
                await came.wait()
        except TimeoutError:
            pass
        finally:
            self._waiting.discard(came)

    def close(self) -> None:
        """Let everybody go: a sandbox that is asked to stop waits for no follower."""
        self._is_closed = True
        for came in self._waiting:
            came.set()
