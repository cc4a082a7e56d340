"""What the rows of a table were before they changed: what point-in-time recovery restores from.

Triggers keep it, so that a table without recovery pays nothing. They ask ``recovery_now()``, which the store provides,
for the instant of the change. Each entry is a row as it was until then; one without an item says that there was none.
"""

import apsw

from sandbox.dynamodb.storage.rows import Rows

__all__ = ["NOW_FUNCTION", "History"]

NOW_FUNCTION = "recovery_now"
_DAY_SECONDS = 86_400
_BEFORE = "OLD.key, OLD.size, OLD.item"
_NOTHING_BEFORE = "NEW.key, NULL, NULL"


class History:
    """The past of one table, for as long as its recovery period goes back."""

    def __init__(self, connection: apsw.Connection, table_id: int) -> None:
        self._connection = connection
        self._items = f"items_{table_id}"
        self._name = f"history_{table_id}"

    def start(self, period_days: int) -> None:
        """Keep what changes from now on, and what was kept so far; inside a transaction."""
        self._drop_triggers()
        run = self._connection.execute
        run(
            f"CREATE TABLE IF NOT EXISTS {self._name} "
            "(id INTEGER PRIMARY KEY, instant REAL, key BLOB, size INTEGER, item BLOB)"
        )
        run(f"CREATE INDEX IF NOT EXISTS {self._name}_instant ON {self._name} (instant)")
        forget = f"DELETE FROM {self._name} WHERE instant < {NOW_FUNCTION}() - {period_days * _DAY_SECONDS}"  # noqa: S608 - names and numbers of ours
        for event, row in (("INSERT", _NOTHING_BEFORE), ("UPDATE", _BEFORE), ("DELETE", _BEFORE)):
            keep = f"INSERT INTO {self._name} (instant, key, size, item) VALUES ({NOW_FUNCTION}(), {row})"  # noqa: S608 - names of ours
            run(f"CREATE TRIGGER {self._name}_{event} AFTER {event} ON {self._items} BEGIN {keep}; {forget}; END")

    def stop(self) -> None:
        """Forget the past and keep no more of it; inside a transaction."""
        self._drop_triggers()
        self._connection.execute(f"DROP TABLE IF EXISTS {self._name}")

    def _drop_triggers(self) -> None:
        for event in ("INSERT", "UPDATE", "DELETE"):
            self._connection.execute(f"DROP TRIGGER IF EXISTS {self._name}_{event}")

    def copy_at(self, instant: float, target: Rows) -> None:
        """Copy the rows as they were at *instant* (epoch seconds), its own changes included; inside a transaction."""
        run = self._connection.execute
        run(
            f"INSERT INTO {target.name} SELECT key, size, item FROM {self._items} "  # noqa: S608 - names of ours
            f"WHERE key NOT IN (SELECT key FROM {self._name} WHERE instant > ?)",
            (instant,),
        )
        # Beside an aggregate min(), SQLite gives the other columns of the very row that has the minimum.
        run(
            f"INSERT INTO {target.name} SELECT key, size, item FROM "  # noqa: S608 - names of ours
            f"(SELECT key, size, item, min(id) FROM {self._name} WHERE instant > ? GROUP BY key) WHERE item IS NOT NULL",
            (instant,),
        )
