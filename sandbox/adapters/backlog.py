"""Work that the store keeps until it is done."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable

from sandbox.dynamodb.storage.database import Database, StoreFailed

__all__ = ["Backlog"]

_log = logging.getLogger(__name__)


class Backlog:
    """Has work done whenever there is some, beginning with what an earlier sandbox left; lives on one event loop.

    Args:
        do: does all that is there. Raises: StoreFailed: it tries again when it is woken.
        is_empty: whether nothing is left to do.
        trouble: what the log says of work that could not be done, as one sentence.
    """

    def __init__(
        self, database: Database, do: Callable[[], Awaitable[None]], is_empty: Callable[[], bool], *, trouble: str
    ) -> None:
        self._database = database
        self._do = do
        self._is_empty = is_empty
        self._trouble = trouble
        self._woken = asyncio.Event()
        self._rests = asyncio.Event()

    def wake(self) -> None:
        """There is more to do once the transaction under way is committed."""
        self._woken.set()

    async def run(self) -> None:
        """Work for ever; ends by being cancelled."""
        self._woken.set()
        while True:
            await self._woken.wait()
            self._woken.clear()
            try:
                await self._database.committed()
                await self._do()
            except StoreFailed:
                _log.exception("%s", self._trouble)
            self._rests.set()

    async def settled(self, timeout_seconds: float) -> None:
        """Return when everything so far has been done, or after *timeout_seconds*."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_seconds):
                while not self._is_empty():
                    self._rests.clear()
                    await self._rests.wait()
