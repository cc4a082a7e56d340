"""The life of one mapping across settings: one supervisor after the other, never two at once."""

import asyncio
import logging

from pollers.account import Account
from pollers.drive.supervisor import MappingPulse, Supervisor
from pollers.ports import Clock

__all__ = ["Tenure"]

_log = logging.getLogger(__name__)


class Tenure:
    """Keeps at most one supervisor of a mapping running and hands over from one to the next.

    The next begins when the one before has nothing in flight any more, so an update delivers no record twice; but what several
    lanes, or an open window, finished beyond the oldest unfinished record lies behind the checkpoint and comes again.
    """

    def __init__(self, account: Account, clock: Clock) -> None:
        self.account = account
        self._clock = clock
        self._current: Supervisor | None = None
        self._next: Supervisor | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def is_running(self) -> bool:
        """Whether a supervisor runs or is about to."""
        return self._current is not None or self._next is not None

    def switch(self, supervisor: Supervisor | None) -> None:
        """Stop what runs and run *supervisor* after it; ``None``: nothing after it."""
        self._next = supervisor
        if self._current is not None:
            self._current.stop()
        if supervisor is not None and (self._task is None or self._task.done()):
            self._task = asyncio.get_running_loop().create_task(self._run(), name="event source mapping")
        self.account.changed()

    async def stopped(self) -> None:
        """Return when nothing runs and nothing is in flight."""
        if self._task is not None:
            await asyncio.wait([self._task])

    def abandon(self) -> None:
        """Give up what is in flight; it is delivered again from the checkpoint."""
        self._next = None
        if self._task is not None:
            self._task.cancel()

    def pulse(self) -> MappingPulse:
        """How the mapping is doing; one without a supervisor is idle."""
        if self._current is None:
            return MappingPulse(is_idle=self._next is None, pending_count=0, waiting=())
        pulse = self._current.pulse()
        if self._next is not None and pulse.is_idle:
            return MappingPulse(is_idle=False, pending_count=pulse.pending_count, waiting=())
        return pulse

    async def has_news(self) -> bool:
        """Whether the stream holds more than was read."""
        return self._current is not None and await self._current.has_news()

    async def _run(self) -> None:
        while self._next is not None:
            supervisor, self._next = self._next, None
            self._current = supervisor
            try:
                await supervisor.run()
            except Exception:  # noqa: BLE001 - a bug of ours must not stop a mapping for good
                _log.exception("the supervisor of mapping %s broke; it begins again", supervisor.mapping.uuid)
                await self._clock.sleep_until(self._clock.now() + 1)
                self._next = self._next or supervisor.again()
            finally:
                self._current = None
                self.account.changed()
