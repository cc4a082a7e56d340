"""Exports, imports and bulk operations as the store keeps them: what was asked for, when, and what came of it."""

from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

import apsw
import msgspec

__all__ = ["Failure", "Job", "Jobs"]

Scoped = tuple[str, str]
"""Account and region."""


class Failure(msgspec.Struct, kw_only=True, frozen=True):
    """Why a job failed: AWS's code and sentence."""

    code: str
    message: str


class Job(Protocol):
    """An export, an import or a bulk operation; ``ended`` in epoch seconds, ``None`` while it is under way."""

    @property
    def arn(self) -> str:
        """Its ARN."""

    @property
    def token(self) -> str:
        """What the client called it."""

    @property
    def ended(self) -> float | None:
        """See above."""

    @property
    def failure(self) -> Failure | None:
        """Why it failed, once it has."""


JobT = TypeVar("JobT", bound=Job)


class Jobs(Generic[JobT]):
    """All jobs of one kind, *name*, an own word; *type_* is the shape of their documents.

    Attributes:
        wake: called with each new job, before it is committed; must be cheap.
    """

    def __init__(self, connection: apsw.Connection, name: str, type_: type[JobT]) -> None:
        self._connection = connection
        self._name = name
        self._decoder = msgspec.json.Decoder(type_)
        self.wake: Callable[[], None] = lambda: None
        connection.execute(
            f"CREATE TABLE IF NOT EXISTS {name} "
            "(id INTEGER PRIMARY KEY AUTOINCREMENT, account_id TEXT, region TEXT, arn TEXT UNIQUE, document BLOB)"
        )

    def create(self, scope: Scoped, job: JobT) -> None:
        """Remember *job*, and wake whoever does it; *scope* is account and region. Inside a transaction."""
        self._connection.execute(
            f"INSERT INTO {self._name} (account_id, region, arn, document) VALUES (?, ?, ?, ?)",  # noqa: S608 - our own word
            (*scope, job.arn, msgspec.json.encode(job)),
        )
        self.wake()

    def save(self, job: JobT) -> None:
        """Remember what has become of *job*. Inside a transaction."""
        self._connection.execute(
            f"UPDATE {self._name} SET document = ? WHERE arn = ?",  # noqa: S608 - our own word
            (msgspec.json.encode(job), job.arn),
        )

    def all(self, scope: Scoped) -> list[JobT]:
        """Every job of an account and region, newest first."""
        rows = self._connection.execute(
            f"SELECT document FROM {self._name} WHERE account_id = ? AND region = ? ORDER BY id DESC",  # noqa: S608 - our own word
            scope,
        )
        return [self._decoder.decode(document) for (document,) in rows]

    def under_way(self) -> list[tuple[Scoped, JobT]]:
        """Every job that has not ended, with its account and region, oldest first."""
        rows = self._connection.execute(f"SELECT account_id, region, document FROM {self._name} ORDER BY id")  # noqa: S608 - our own word
        jobs = [((account_id, region), self._decoder.decode(document)) for account_id, region, document in rows]
        return [(scope, job) for scope, job in jobs if job.ended is None]

    def with_arn(self, scope: Scoped, arn: str) -> JobT | None:
        """The one with that ARN."""
        row = self._connection.execute(
            f"SELECT document FROM {self._name} WHERE arn = ? AND account_id = ? AND region = ?",  # noqa: S608 - our own word
            (arn, *scope),
        ).fetchone()
        return None if row is None else self._decoder.decode(row[0])

    def with_token(self, scope: Scoped, token: str | None) -> JobT | None:
        """The newest that a client called so; ``None`` for no token."""
        return None if token is None else next((job for job in self.all(scope) if job.token == token), None)
