"""The sweeper: deletes items when their time has come, in the name of the service.

It sleeps until the next item expires, or until an earlier expiry is written, so that items leave within moments of
being due, whether time passes or is advanced. Source: dynamodb-exact §20, row expiry.
"""

import logging

from sandbox.clock import Clock
from sandbox.dynamodb.lifecycle.alarm import Alarm
from sandbox.dynamodb.limits import EXPIRY_AGE_SECONDS_MAX
from sandbox.dynamodb.storage.commit import Change, expiry_of
from sandbox.dynamodb.storage.database import StoreFailed
from sandbox.dynamodb.storage.store import Store
from sandbox.dynamodb.storage.table import Table

__all__ = ["Sweeper"]

_log = logging.getLogger(__name__)

_STEP_ITEMS = 100
"""Deleted in one transaction: a few milliseconds, between which other requests run."""


class Sweeper:
    """Expiry for all tables of the store; one per sandbox, none where items are to stay."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._alarm = Alarm(clock)

    async def run(self) -> None:
        """Sweep for ever; ends by being cancelled."""
        self._store.next_expiry.wake = self._alarm.ring
        try:
            while True:
                try:
                    is_busy = self.sweep_step() > 0
                    await self._store.database.committed()
                except StoreFailed:
                    _log.exception("Expired items could not be deleted; trying again in a second")
                    await self._clock.sleep(1)
                else:
                    if not is_busy:
                        await self._sleep()
        finally:
            self._store.next_expiry.wake = lambda: None
            self._alarm.close()

    async def _sleep(self) -> None:
        next_second = self.next_second()
        self._store.next_expiry.sleep_until(next_second)
        await self._alarm.wait(next_second)

    async def sweep_due(self) -> int:
        """Delete what is due, in steps, without waiting for the moment in which ``run`` wakes. Gives how many were due.

        Raises:
            StoreFailed: something could not be deleted; ``run`` tries again.
        """
        swept = 0
        while step := self.sweep_step():
            swept += step
            await self._store.database.committed()
        return swept

    def next_second(self) -> int | None:
        """When (epoch second) the next item expires, perhaps in the past; ``None`` while none will."""
        # What lies further back than five years never expires.
        earliest = int(self._clock.now()) - EXPIRY_AGE_SECONDS_MAX
        seconds = [table.expiry.next_second(earliest - 1) for table in self._sweepable()]
        return min((second for second in seconds if second is not None), default=None)

    def sweep_step(self) -> int:
        """Delete a bounded number of due items of each table; 0 when nothing is due."""
        return sum(self._sweep_table(table) for table in self._sweepable())

    def _sweepable(self) -> list[Table]:
        return [
            table
            for table in self._store.all_tables()
            if table.expiry_attribute is not None and table.definition.status in ("ACTIVE", "UPDATING")
        ]

    def _sweep_table(self, table: Table) -> int:
        now = self._clock.now()
        due = table.expiry.due(earliest=int(now) - EXPIRY_AGE_SECONDS_MAX, latest=int(now), limit=_STEP_ITEMS)
        if not due:
            return 0
        changes: list[Change] = []
        with self._store.database.write():
            for second, key in due:
                change = Change(table, key, table.items.get(key), None)
                if expiry_of(table, change.before_item) == second:
                    changes.append(change)
                else:
                    table.expiry.delete(second, key)  # the item has gone or lives longer
            self._store.commit(changes, now=now, by_service=True)
        return len(due)
