"""RestoreTableToPointInTime: a new table with the items another one had at a moment."""

from sandbox.dynamodb.faults import (
    InvalidRestoreTimeException,
    PointInTimeRecoveryUnavailableException,
    ValidationException,
)
from sandbox.dynamodb.lifecycle.table_status import current_table
from sandbox.dynamodb.operations.backups.restore import Overrides, Response, restore, source_scope
from sandbox.dynamodb.operations.recovery.continuous_backups import earliest_instant
from sandbox.dynamodb.operations.tables.wording import source_not_found
from sandbox.dynamodb.parameters import PlainTableName, TableName, TargetTableName
from sandbox.dynamodb.scope import Scope
from sandbox.dynamodb.storage.table import RestoreSource
from sandbox.wire.operation import operation

__all__ = ["restore_table_to_point_in_time"]


class Request(Overrides):
    """RestoreTableToPointInTime as it is sent; ``restore_date_time`` in epoch seconds."""

    source_table_arn: TableName | None = None
    source_table_name: PlainTableName | None = None
    target_table_name: TargetTableName
    use_latest_restorable_time: bool | None = None
    restore_date_time: float | None = None


@operation("RestoreTableToPointInTime", Request)
def restore_table_to_point_in_time(scope: Scope, request: Request) -> Response:
    """Make a table of another one as it was; keys, indexes and throughput are those it has now, as AWS has it.

    The latest moment is the present. Source of the first refusals: ack-api-quirks DDB-TABLE-442; how the one of two
    moments ends, and the words about recovery that is off and moments out of reach, are assumptions.

    Raises:
        TableNotFoundException: there is no such source.
        PointInTimeRecoveryUnavailableException: recovery is not enabled for it.
        TableAlreadyExistsException: there is a table of the new name.
        InvalidRestoreTimeException: the moment is to come, or lies before what is kept.
        ValidationException: not exactly one source or one moment is named, an override does not fit, or one of the
            encryption lacks for a source of another region.
    """
    names = [name for name in (request.source_table_arn, request.source_table_name) if name is not None]
    if len(names) != 1:
        raise ValidationException("Must provide exactly one of: sourceTableArn, sourceTableName")
    name = names[0]
    if not request.use_latest_restorable_time and request.restore_date_time is None:
        raise ValidationException(
            "Invalid Request: Either one of RestoreDateTime or UseLatestRestorableTime must be specified, but not both"
        )
    if request.use_latest_restorable_time and request.restore_date_time is not None:
        raise ValidationException(
            "Invalid Request: Both RestoreDateTime and UseLatestRestorableTime cannot be set for point-in-time restore "
            "request. Please specify either RestoreDateTime time or UseLatestRestorableTime"
        )
    table = current_table(source_scope(scope, name, request.sse_specification_override), name)
    if table is None:
        raise source_not_found(name)
    definition = table.definition
    if definition.recovery_since is None:
        raise PointInTimeRecoveryUnavailableException(f"Point in time recovery is not enabled for table '{table.name}'")
    now = scope.clock.now()
    instant = (
        now if request.use_latest_restorable_time or request.restore_date_time is None else request.restore_date_time
    )
    if not earliest_instant(definition, definition.recovery_since, now) <= instant <= now:
        raise InvalidRestoreTimeException(
            "RestoreDateTime must be between EarliestRestorableDateTime and LatestRestorableDateTime"
        )
    history = scope.store.history(table)
    origin = RestoreSource(table_arn=definition.arn, instant=instant)
    return restore(
        scope,
        request.target_table_name,
        definition,
        origin,
        request,
        lambda made: history.copy_at(instant, made.items),
    )
