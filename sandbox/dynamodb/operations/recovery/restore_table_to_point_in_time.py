"""RestoreTableToPointInTime: a new table with the items another one has now."""

from sandbox.dynamodb.faults import PointInTimeRecoveryUnavailableException, ValidationException
from sandbox.dynamodb.lifecycle.table_status import current_table
from sandbox.dynamodb.operations.backups.restore import Overrides, Response, restore
from sandbox.dynamodb.operations.tables.wording import source_not_found
from sandbox.dynamodb.parameters import PlainTableName, TableName
from sandbox.dynamodb.scope import Scope
from sandbox.dynamodb.storage.table import RestoreSource
from sandbox.wire.operation import operation

__all__ = ["restore_table_to_point_in_time"]


class Request(Overrides):
    """RestoreTableToPointInTime as it is sent; ``restore_date_time`` in epoch seconds."""

    source_table_arn: TableName | None = None
    source_table_name: PlainTableName | None = None
    target_table_name: PlainTableName
    use_latest_restorable_time: bool | None = None
    restore_date_time: float | None = None


@operation("RestoreTableToPointInTime", Request)
def restore_table_to_point_in_time(scope: Scope, request: Request) -> Response:
    """Make a table of another one as it is now: the latest moment, and the only one there is.

    All wordings but that of a missing table are assumptions.

    Raises:
        TableNotFoundException: there is no such source.
        PointInTimeRecoveryUnavailableException: recovery is not enabled for it.
        TableAlreadyExistsException: there is a table of the new name.
        ValidationException: no source, or a moment that has passed; or an override does not fit.
    """
    name = request.source_table_arn or request.source_table_name
    if name is None:
        raise ValidationException("Either SourceTableArn or SourceTableName must be specified")
    if not request.use_latest_restorable_time and request.restore_date_time is None:
        raise ValidationException("Either UseLatestRestorableTime or RestoreDateTime must be specified")
    table = current_table(scope, name)
    if table is None:
        raise source_not_found(name)
    definition = table.definition
    if definition.recovery_since is None:
        raise PointInTimeRecoveryUnavailableException(f"Point in time recovery is not enabled for table '{table.name}'")
    if not request.use_latest_restorable_time:
        raise ValidationException(
            "This sandbox restores tables as they are now; set UseLatestRestorableTime instead of RestoreDateTime"
        )
    origin = RestoreSource(table_arn=definition.arn, instant=scope.clock.now())
    return restore(
        scope,
        request.target_table_name,
        definition,
        origin,
        request,
        lambda made: scope.store.backups.copy(table.items, made.items),
    )
