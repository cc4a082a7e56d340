"""DeleteTable: the table goes, its stream stays readable for 24 hours."""

from msgspec.structs import replace

from sandbox.dynamodb.describe import describe_deleted_table
from sandbox.dynamodb.descriptions import TableDescription
from sandbox.dynamodb.faults import ValidationException
from sandbox.dynamodb.lifecycle.table_status import current_table, settle
from sandbox.dynamodb.operations.backups.copying import back_up_deleted
from sandbox.dynamodb.operations.tables.streams import without_stream
from sandbox.dynamodb.operations.tables.under_way import check_deletable
from sandbox.dynamodb.operations.tables.wording import in_use, table_not_found
from sandbox.dynamodb.parameters import ControlTableName
from sandbox.dynamodb.scope import Scope
from sandbox.wire.operation import RequestShape, ResponseShape, operation

__all__ = ["delete_table"]


class Request(RequestShape):
    """DeleteTable as it is sent."""

    table_name: ControlTableName


class Response(ResponseShape):
    """The table, DELETING, without keys and definitions."""

    table_description: TableDescription


@operation("DeleteTable", Request)
def delete_table(scope: Scope, request: Request) -> Response:
    """Delete a table with its items and indexes.

    Raises:
        ResourceNotFoundException: there is no such table.
        ResourceInUseException: it, or one of its indexes, is being created, updated or deleted. AWS's documentation has
            it that one that is being deleted is no error; AWS was seen to refuse.
        ValidationException: it is protected against deletion.

    Source: dynamodb-exact §19.2; ack-api-quirks DDB-TABLE-008, 063, 150.
    """
    table = current_table(scope, request.table_name)
    if table is None:
        raise table_not_found(request.table_name)
    definition = table.definition
    now = scope.clock.now()
    if definition.status not in ("ACTIVE", "UPDATING"):
        raise in_use(table)
    check_deletable(definition)
    if definition.deletion_protection:
        raise ValidationException(
            "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first."
        )
    with scope.store.database.write():
        back_up_deleted(scope, table)
        definition = replace(
            without_stream(scope, definition), status="DELETING", settles_at=now + scope.delays.delete_seconds
        )
        table = scope.store.save(definition)
        response = Response(table_description=describe_deleted_table(table, now))
        settle(scope.store, table, now)
    scope.wake_lifecycle()
    return response
