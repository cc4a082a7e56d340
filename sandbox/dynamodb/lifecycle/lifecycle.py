"""The one task that moves tables and indexes on when their time has come, and fills what is too large for a request."""

import logging
from typing import TypeVar

from msgspec.structs import replace

from sandbox.clock import Clock
from sandbox.dynamodb.lifecycle.alarm import Alarm
from sandbox.dynamodb.lifecycle.backfill import FILL_STEP_ITEMS, fill_expiry, fill_index
from sandbox.dynamodb.lifecycle.table_status import next_settling, settle
from sandbox.dynamodb.storage.database import StoreFailed
from sandbox.dynamodb.storage.store import Store
from sandbox.dynamodb.storage.table import AnyIndexDefinition, Table

__all__ = ["Lifecycle"]

_log = logging.getLogger(__name__)

IndexT = TypeVar("IndexT", bound=AnyIndexDefinition)


def _filled(index: IndexT, name: str) -> IndexT:
    """The index, ACTIVE if it is the one of that *name*."""
    return replace(index, status="ACTIVE", backfilling=False) if index.name == name else index


class Lifecycle:
    """Statuses by the clock, for all accounts and regions; one per sandbox."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._alarm = Alarm(clock)
        self._positions: dict[tuple[int, int], bytes] = {}

    def wake(self) -> None:
        """Look again: a table has entered a passing status. This is ``Scope.wake_lifecycle``."""
        self._alarm.ring()

    async def run(self) -> None:
        """Settle and fill for ever; ends by being cancelled."""
        try:
            while True:
                try:
                    self.settle_due()
                    is_busy = self.fill_step()
                    await self._store.database.committed()
                except StoreFailed:
                    _log.exception("Tables could not be moved on; trying again in a second")
                    await self._clock.sleep(1)
                else:
                    if not is_busy:
                        await self._alarm.wait(next_settling(self._store))
        finally:
            self._alarm.close()

    def settle_due(self) -> None:
        """End every status that is over."""
        now = self._clock.now()
        for table in self._store.all_tables():
            settle(self._store, table, now)

    def fill_step(self) -> bool:
        """Fill one step of one unfinished index or TTL; ``False`` when there is none."""
        for table in self._store.all_tables():
            for index in table.definition.all_indexes():
                # What has not settled yet is filled, as far as it fits, when it does.
                if index.backfilling and index.settles_at is None and index.status == "CREATING":
                    self._fill_index(table, index)
                    return True
            if table.definition.expiry_filling:
                self._fill_expiry(table)
                return True
        self._positions.clear()
        return False

    def _fill_index(self, table: Table, index: AnyIndexDefinition) -> None:
        definition = table.definition
        place = (definition.id, index.number)
        with self._store.database.write():
            last = fill_index(table, index, behind=self._positions.get(place, b""), items_max=FILL_STEP_ITEMS)
            if last is None:
                self._store.save(
                    replace(
                        definition,
                        indexes=[_filled(other, index.name) for other in definition.indexes],
                        vector_indexes=[_filled(other, index.name) for other in definition.vector_indexes],
                    )
                )
        self._remember(place, last)

    def _fill_expiry(self, table: Table) -> None:
        place = (table.definition.id, 0)  # indexes are numbered from one
        with self._store.database.write():
            last = fill_expiry(table, behind=self._positions.get(place, b""), items_max=FILL_STEP_ITEMS)
            if last is None:
                self._store.save(replace(table.definition, expiry_filling=False))
        self._remember(place, last)

    def _remember(self, place: tuple[int, int], last: bytes | None) -> None:
        if last is None:
            self._positions.pop(place, None)
        else:
            self._positions[place] = last
