"""The table of an import: made CREATING once its objects are found, ACTIVE when they have been read."""

import msgspec
from msgspec.structs import replace

from sandbox.dynamodb.lifecycle.jobs import JobFailed
from sandbox.dynamodb.lifecycle.table_status import current_table, settle
from sandbox.dynamodb.operations.tables.create_table import Request, new_definition
from sandbox.dynamodb.scope import Scope
from sandbox.dynamodb.storage.imports import Import
from sandbox.dynamodb.storage.table import Table, TableDefinition

__all__ = ["finish_table", "imported_table", "make_table"]


def make_table(scope: Scope, made: Import) -> None:
    """Make the table of an import, CREATING until it is finished; one that an earlier sandbox made goes on.

    Source: ack-api-quirks DDB-IMPORT-001, 018; the failure's sentence is an assumption.

    Raises:
        JobFailed: there is another table of that name by now.
    """
    request = msgspec.convert(made.asked["TableCreationParameters"], Request)
    name = request.table_name
    present = current_table(scope, name)
    if present is not None:
        if present.definition.table_id != made.table_id:
            raise JobFailed("TableAlreadyExists", f"Table already exists: {name}")
        return
    definition = new_definition(scope, request, name)
    with scope.store.database.write():
        scope.store.create_table(replace(_settling(definition, None), table_id=made.table_id))


def imported_table(scope: Scope, made: Import) -> Table | None:
    """The table of an import as it is now; ``None`` before it is made, and where it has gone."""
    table = scope.store.table(scope.account_id, scope.region, made.asked["TableCreationParameters"]["TableName"])
    return table if table is not None and table.definition.table_id == made.table_id else None


def finish_table(scope: Scope, made: Import) -> None:
    """Let the table of an import be used, whatever came of the import (DDB-IMPORT-013); inside a transaction."""
    table = imported_table(scope, made)
    if table is None or table.definition.status != "CREATING":
        return
    now = scope.clock.now()
    settle(scope.store, scope.store.save(_settling(table.definition, now)), now)


def _settling(definition: TableDefinition, settles_at: float | None) -> TableDefinition:
    """The table, and all its indexes with it, in a status that ends then; ``None`` is nobody knows when."""
    return replace(
        definition,
        settles_at=settles_at,
        indexes=[replace(index, settles_at=settles_at) for index in definition.indexes],
        vector_indexes=[replace(index, settles_at=settles_at) for index in definition.vector_indexes],
    )
