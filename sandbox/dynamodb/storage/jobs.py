"""Exports and imports as the store keeps them: what was asked for, and when; remembered whatever became of their table."""

from typing import Generic, Protocol, TypeVar

import apsw
import msgspec

__all__ = ["Job", "Jobs"]


class Job(Protocol):
    """An export or an import; ``ends`` is when its end is known, in epoch seconds."""

    @property
    def arn(self) -> str:
        """Its ARN."""

    @property
    def token(self) -> str:
        """What the client called it."""

    @property
    def ends(self) -> float:
        """See above."""


JobT = TypeVar("JobT", bound=Job)


class Jobs(Generic[JobT]):
    """All jobs of one kind, *name*, an own word; *type_* is the shape of their documents."""

    def __init__(self, connection: apsw.Connection, name: str, type_: type[JobT]) -> None:
        self._connection = connection
        self._name = name
        self._decoder = msgspec.json.Decoder(type_)
        connection.execute(
            f"CREATE TABLE IF NOT EXISTS {name} "
            "(id INTEGER PRIMARY KEY AUTOINCREMENT, account_id TEXT, region TEXT, arn TEXT UNIQUE, document BLOB)"
        )

    def create(self, scope: tuple[str, str], job: JobT) -> None:
        """Remember *job*; *scope* is account and region. Inside a transaction."""
        self._connection.execute(
            f"INSERT INTO {self._name} (account_id, region, arn, document) VALUES (?, ?, ?, ?)",  # noqa: S608 - our own word
            (*scope, job.arn, msgspec.json.encode(job)),
        )

    def all(self, scope: tuple[str, str]) -> list[JobT]:
        """Every job of an account and region, newest first."""
        rows = self._connection.execute(
            f"SELECT document FROM {self._name} WHERE account_id = ? AND region = ? ORDER BY id DESC",  # noqa: S608 - our own word
            scope,
        )
        return [self._decoder.decode(document) for (document,) in rows]

    def with_arn(self, scope: tuple[str, str], arn: str) -> JobT | None:
        """The one with that ARN."""
        return next((job for job in self.all(scope) if job.arn == arn), None)

    def with_token(self, scope: tuple[str, str], token: str | None) -> JobT | None:
        """The newest that a client called so; ``None`` for no token."""
        return None if token is None else next((job for job in self.all(scope) if job.token == token), None)
