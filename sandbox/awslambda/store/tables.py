"""Functions, mappings and tags as rows of the sandbox's database. All SQL of the Lambda API is here."""

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from typing import Any, Protocol

import apsw
import msgspec

from sandbox.awslambda.names import LATEST
from sandbox.awslambda.store.attachments import ATTACHMENT_SCHEMA, AttachmentRows
from sandbox.awslambda.store.layers import LAYER_SCHEMA, LayerRows
from sandbox.awslambda.store.ports import CodeReference, StoredFunction, StoredMapping

__all__ = ["LambdaTables", "WritableDatabase"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS lambda_functions (
    account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, version TEXT NOT NULL,
    configuration TEXT NOT NULL, code TEXT NOT NULL, reserved_concurrency INTEGER,
    PRIMARY KEY (account, region, name, version)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS lambda_mappings (
    position INTEGER PRIMARY KEY, uuid TEXT NOT NULL UNIQUE, account TEXT NOT NULL, region TEXT NOT NULL,
    configuration TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS lambda_tags (
    arn TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (arn, key)
) WITHOUT ROWID;
"""

_FUNCTION_COLUMNS = "account, region, name, version, configuration, code, reserved_concurrency"
_MAPPING_COLUMNS = "uuid, account, region, configuration"


class WritableDatabase(Protocol):
    """What is needed of ``sandbox.dynamodb.storage.database.Database``."""

    connection: apsw.Connection

    def write(self) -> AbstractContextManager[None]:
        """Open a block of changes."""


class LambdaTables:
    """The Lambda API's part of the database; a ``LambdaStore``."""

    def __init__(self, database: WritableDatabase) -> None:
        """Create the tables where they are missing."""
        self._database = database
        with database.write():
            for statement in filter(str.strip, (_SCHEMA + ATTACHMENT_SCHEMA + LAYER_SCHEMA).split(";")):
                database.connection.execute(statement)
        self.functions = FunctionRows(database.connection)
        self.mappings = MappingRows(database.connection)
        self.tags = TagRows(database.connection)
        self.attachments = AttachmentRows(database.connection)
        self.layers = LayerRows(database.connection)

    def change(self) -> AbstractContextManager[None]:
        """Open a block of changes: all of it happens, or, when the block raises, none."""
        return self._database.write()


class FunctionRows:
    """A ``FunctionStore``."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection

    def get(self, account_id: str, region: str, name: str, version: str) -> StoredFunction | None:
        """One version, or ``None``."""
        found = self._select(
            "WHERE account = ? AND region = ? AND name = ? AND version = ?", (account_id, region, name, version)
        )
        return found[0] if found else None

    def put(self, function: StoredFunction) -> None:
        """Add or replace one version."""
        self._connection.execute(
            f"INSERT OR REPLACE INTO lambda_functions ({_FUNCTION_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 - our own column names
            (
                function.account_id,
                function.region,
                function.name,
                function.version,
                _text(function.configuration),
                _text(function.code),
                function.reserved_concurrency,
            ),
        )

    def delete(self, account_id: str, region: str, name: str, version: str | None) -> None:
        """Remove one version, or with ``None`` all of them."""
        self._connection.execute(
            "DELETE FROM lambda_functions WHERE account = ? AND region = ? AND name = ? AND version = ifnull(?, version)",
            (account_id, region, name, version),
        )

    def versions(self, account_id: str, region: str, name: str) -> list[StoredFunction]:
        """``$LATEST``, then the published versions in order."""
        return self._select(
            "WHERE account = ? AND region = ? AND name = ? ORDER BY version <> '$LATEST', CAST(version AS INTEGER)",
            (account_id, region, name),
        )

    def of_account(self, account_id: str, region: str) -> list[StoredFunction]:
        """Every ``$LATEST``, by name."""
        return self._select(
            "WHERE account = ? AND region = ? AND version = ? ORDER BY name", (account_id, region, LATEST)
        )

    def everything(self) -> list[StoredFunction]:
        """All versions of all accounts and regions."""
        return self._select("ORDER BY account, region, name, version")

    def _select(self, clauses: str, bindings: tuple[str, ...] = ()) -> list[StoredFunction]:
        rows = self._connection.execute(f"SELECT {_FUNCTION_COLUMNS} FROM lambda_functions {clauses}", bindings)  # noqa: S608 - clauses are literals of this module
        return [
            StoredFunction(
                account_id=account,
                region=region,
                name=name,
                version=version,
                configuration=msgspec.json.decode(configuration),
                code=msgspec.json.decode(code, type=CodeReference),
                reserved_concurrency=reserved,
            )
            for account, region, name, version, configuration, code, reserved in rows
        ]


class MappingRows:
    """A ``MappingStore``."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection

    def get(self, account_id: str, region: str, uuid: str) -> StoredMapping | None:
        """One mapping, or ``None``."""
        found = self._select("WHERE uuid = ? AND account = ? AND region = ?", (uuid, account_id, region))
        return found[0] if found else None

    def put(self, mapping: StoredMapping) -> None:
        """Add or replace; a replaced mapping keeps its place in the order."""
        self._connection.execute(
            f"INSERT INTO lambda_mappings ({_MAPPING_COLUMNS}) VALUES (?, ?, ?, ?) "  # noqa: S608 - our own column names
            "ON CONFLICT (uuid) DO UPDATE SET configuration = excluded.configuration",
            (mapping.uuid, mapping.account_id, mapping.region, _text(mapping.configuration)),
        )

    def delete(self, uuid: str) -> None:
        """Remove."""
        self._connection.execute("DELETE FROM lambda_mappings WHERE uuid = ?", (uuid,))

    def of_account(self, account_id: str, region: str) -> list[StoredMapping]:
        """All of one account and region, oldest first."""
        return self._select("WHERE account = ? AND region = ? ORDER BY position", (account_id, region))

    def everything(self) -> list[StoredMapping]:
        """All of them, oldest first."""
        return self._select("ORDER BY position")

    def _select(self, clauses: str, bindings: tuple[str, ...] = ()) -> list[StoredMapping]:
        rows = self._connection.execute(f"SELECT {_MAPPING_COLUMNS} FROM lambda_mappings {clauses}", bindings)  # noqa: S608 - clauses are literals of this module
        return [
            StoredMapping(
                uuid=uuid,
                account_id=account,
                region=region,
                configuration=msgspec.json.decode(configuration),
            )
            for uuid, account, region, configuration in rows
        ]


class TagRows:
    """A ``TagStore``."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection

    def get(self, arn: str) -> dict[str, str]:
        """The tags by key; empty where there are none."""
        rows = self._connection.execute("SELECT key, value FROM lambda_tags WHERE arn = ? ORDER BY key", (arn,))
        return {str(key): str(value) for key, value in rows}

    def set(self, arn: str, tags: Mapping[str, str]) -> None:
        """Add or replace these keys."""
        rows = [(arn, key, value) for key, value in tags.items()]
        self._connection.executemany("INSERT OR REPLACE INTO lambda_tags VALUES (?, ?, ?)", rows)

    def remove(self, arn: str, keys: Iterable[str] | None) -> None:
        """Remove these keys, with ``None`` all; a key that is not there is no error."""
        if keys is None:
            self._connection.execute("DELETE FROM lambda_tags WHERE arn = ?", (arn,))
        else:
            self._connection.executemany(
                "DELETE FROM lambda_tags WHERE arn = ? AND key = ?", [(arn, key) for key in keys]
            )


def _text(value: Any) -> str:
    return msgspec.json.encode(value).decode()
