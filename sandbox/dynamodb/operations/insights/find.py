"""The table or index whose contributor insights an operation is about."""

from sandbox.dynamodb.faults import ResourceNotFoundException
from sandbox.dynamodb.lifecycle.table_status import current_table
from sandbox.dynamodb.operations.tables.wording import table_not_found
from sandbox.dynamodb.scope import Scope
from sandbox.dynamodb.storage.table import Table

__all__ = ["table_with_insights"]


def table_with_insights(scope: Scope, name: str, index_name: str | None) -> Table:
    """Find a table, and make sure it has the global index that is named. Source: ack-api-quirks DDB-TABLE-446.

    Raises:
        ResourceNotFoundException: there is no such table, or no such index.
    """
    table = current_table(scope, name)
    if table is None:
        raise table_not_found(name)
    if index_name is not None and not (index_name in table.indexes and table.indexes[index_name].is_global):
        raise ResourceNotFoundException(
            f"Requested resource not found: Index: {index_name} not found for table: {table.name}"
        )
    return table
