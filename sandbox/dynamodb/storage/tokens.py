"""Idempotency tokens of transactions, kept with the data: a token is stored in the transaction it stands for."""

from typing import NamedTuple

import apsw

__all__ = ["KeptToken", "Tokens"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS tokens (
    account_id TEXT, region TEXT, operation TEXT, token TEXT, fingerprint BLOB, completed REAL, images BLOB,
    PRIMARY KEY (account_id, region, operation, token)) WITHOUT ROWID;
"""


class KeptToken(NamedTuple):
    """What is remembered of a transaction that went through.

    Attributes:
        fingerprint: a digest of what it did.
        images: the JSON of ``[[table name, bytes charged], …]``, for the bill of a replay.
    """

    fingerprint: bytes
    images: bytes


class Tokens:
    """All tokens of the store; each counts for ten minutes."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        connection.execute(_SCHEMA)

    def find(self, scope: tuple[str, str], operation: str, token: str, *, since: float) -> KeptToken | None:
        """The token, if it was completed at or after *since*; *scope* is account and region."""
        row = self._connection.execute(
            "SELECT fingerprint, images FROM tokens WHERE account_id = ? AND region = ? AND operation = ? AND token = ? AND completed >= ?",
            (*scope, operation, token, since),
        ).fetchone()
        return None if row is None else KeptToken(*row)

    def keep(
        self, scope: tuple[str, str], operation: str, token: str, kept: KeptToken, *, now: float, since: float
    ) -> None:
        """Remember a token and forget those completed before *since*. Inside a transaction."""
        self._connection.execute("DELETE FROM tokens WHERE completed < ?", (since,))
        self._connection.execute(
            "INSERT OR REPLACE INTO tokens VALUES (?, ?, ?, ?, ?, ?, ?)",
            (*scope, operation, token, kept.fingerprint, now, kept.images),
        )
