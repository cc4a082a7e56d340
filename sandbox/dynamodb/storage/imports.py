"""Imports: what was asked for, and when; they are remembered whatever became of their table."""

from typing import Any

import apsw
import msgspec

__all__ = ["Import", "Imports"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS imports (
    id INTEGER PRIMARY KEY AUTOINCREMENT, account_id TEXT, region TEXT, arn TEXT UNIQUE, document BLOB);
"""


class Import(msgspec.Struct, kw_only=True, frozen=True):
    """An import.

    Attributes:
        table_id: that the table would have had.
        started: epoch seconds.
        ends: when its end is known, in epoch seconds.
        asked: the members of the request by their wire names, but for the token.
    """

    arn: str
    table_arn: str
    table_id: str
    token: str
    started: float
    ends: float
    asked: dict[str, Any]


class Imports:
    """All imports of the store."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        connection.execute(_SCHEMA)

    def create(self, scope: tuple[str, str], made: Import) -> None:
        """Remember an import; *scope* is account and region. Inside a transaction."""
        self._connection.execute(
            "INSERT INTO imports (account_id, region, arn, document) VALUES (?, ?, ?, ?)",
            (*scope, made.arn, msgspec.json.encode(made)),
        )

    def all(self, scope: tuple[str, str]) -> list[Import]:
        """Every import of an account and region, newest first."""
        rows = self._connection.execute(
            "SELECT document FROM imports WHERE account_id = ? AND region = ? ORDER BY id DESC", scope
        )
        return [msgspec.json.decode(document, type=Import) for (document,) in rows]
