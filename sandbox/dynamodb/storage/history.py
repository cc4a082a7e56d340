"""What the rows of a table were before they changed: what point-in-time recovery and exports read.

Triggers keep it, so that a table without recovery pays nothing. They ask ``recovery_now()``, which the store provides,
for the instant of the change. Each entry is a row as it was until then; one without an item says that there was none.
"""

from typing import NamedTuple, cast

import apsw

from sandbox.dynamodb.storage.rows import Row, Rows, StoredItem

__all__ = ["NOW_FUNCTION", "ChangedRow", "History"]

NOW_FUNCTION = "recovery_now"
_DAY_SECONDS = 86_400
_BEFORE = "OLD.key, OLD.size, OLD.item"
_NOTHING_BEFORE = "NEW.key, NULL, NULL"
_BEHIND_ALL_KEYS = b"\xff" * 8


class ChangedRow(NamedTuple):
    """A row that changed within a period.

    Attributes:
        before: as it was when the period began, ``None`` where there was none.
        after: as it was when the period ended, likewise.
        instant: of the last change, in epoch seconds.
    """

    before: StoredItem | None
    after: StoredItem | None
    instant: float


class History:
    """The past of one table, for as long as its recovery period goes back."""

    def __init__(self, connection: apsw.Connection, table_id: int) -> None:
        self._connection = connection
        self._rows = Rows(connection, f"items_{table_id}")
        self._items = self._rows.name
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
        run(f"CREATE INDEX IF NOT EXISTS {self._name}_key ON {self._name} (key, instant)")
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

    def rows_at(
        self, instant: float, *, behind: bytes, rows_max: int, bytes_max: int
    ) -> tuple[list[Row], bytes | None]:
        """Some of the rows as they were at *instant* (epoch seconds), its own changes included.

        They are those whose keys follow *behind*, about *rows_max* of them or *bytes_max*; and the key up to which they
        go, ``None`` where they are the last. What changes between two calls changes nothing here: all calls together
        give every row of that moment once.
        """
        reached = min(
            (
                key
                for key in (
                    self._reach(self._items, behind, rows_max, bytes_max),
                    self._reach(self._name, behind, rows_max, bytes_max),
                )
                if key is not None
            ),
            default=None,
        )
        found = self._connection.execute(
            f"SELECT key, size, item FROM {self._items} AS present WHERE key > ?1 AND key <= ?2 AND NOT EXISTS "  # noqa: S608 - names of ours
            f"(SELECT 1 FROM {self._name} AS past WHERE past.key = present.key AND past.instant > ?3) "
            "UNION ALL SELECT key, size, item FROM (SELECT key, size, item, min(id) "
            f"FROM {self._name} WHERE key > ?1 AND key <= ?2 AND instant > ?3 GROUP BY key) WHERE item IS NOT NULL",
            (behind, reached or _BEHIND_ALL_KEYS, instant),
        )
        return [Row._make(row) for row in found], reached

    def changes_between(
        self, begin: float, end: float, *, behind: bytes, rows_max: int, bytes_max: int
    ) -> tuple[list[ChangedRow], bytes | None]:
        """Some of the rows that changed at *begin* (epoch seconds) or later but before *end*; in parts as ``rows_at``.

        A row that was not there before nor after is none of them.
        """
        reached = self._reach(self._name, behind, rows_max, bytes_max)
        place = (behind, reached or _BEHIND_ALL_KEYS)
        changed = self._first_since(place, begin, end)
        instants = self._last_instants(place, begin, end)
        later = self._first_since(place, end, None)
        present = self._rows.get_many([key for key in changed if key not in later])
        rows = []
        for key, before in changed.items():
            if key in later:
                after = later[key]
            else:
                row = present.get(key)
                after = None if row is None else StoredItem(row[1], row[2])
            if before is not None or after is not None:
                rows.append(ChangedRow(before, after, instants[key]))
        return rows, reached

    def _reach(self, name: str, behind: bytes, rows_max: int, bytes_max: int) -> bytes | None:
        """The last key of a part that begins behind *behind*; ``None`` where nothing would follow it."""
        rows = self._connection.execute(
            f"SELECT key, coalesce(size, 0) FROM {name} WHERE key > ? ORDER BY key LIMIT ?",  # noqa: S608 - a name of ours
            (behind, rows_max + 1),
        )
        bytes_seen, last = 0, behind
        for number, (key, size) in enumerate(cast("list[tuple[bytes, int]]", rows.fetchall())):  # unknown to the driver
            if number == rows_max or bytes_seen > bytes_max:
                return last
            bytes_seen += size
            last = key
        return None

    def _first_since(
        self, place: tuple[bytes, bytes], begin: float, end: float | None
    ) -> dict[bytes, StoredItem | None]:
        """What rows were before their first change at *begin* or later, and before *end* where that is given."""
        found = self._connection.execute(
            f"SELECT key, size, item, min(id) FROM {self._name} WHERE key > ? AND key <= ? AND instant >= ? AND instant < ? "  # noqa: S608 - a name of ours
            "GROUP BY key",
            (*place, begin, float("inf") if end is None else end),
        ).fetchall()
        rows = cast("list[tuple[bytes, int, bytes | None, int]]", found)  # unknown to the driver
        return {key: None if item is None else StoredItem(size, item) for key, size, item, _ in rows}

    def _last_instants(self, place: tuple[bytes, bytes], begin: float, end: float) -> dict[bytes, float]:
        found = self._connection.execute(
            f"SELECT key, max(instant) FROM {self._name} WHERE key > ? AND key <= ? AND instant >= ? AND instant < ? "  # noqa: S608 - a name of ours
            "GROUP BY key",
            (*place, begin, end),
        ).fetchall()
        return dict(cast("list[tuple[bytes, float]]", found))  # unknown to the driver
