"""RestoreTableToPointInTime: a new table with the items another one had at a moment."""

from sandbox.arn import parse_table_arn
from sandbox.dynamodb.faults import (
    InvalidRestoreTimeException,
    PointInTimeRecoveryUnavailableException,
    TableNotFoundException,
    ValidationException,
)
from sandbox.dynamodb.instants import instant_in_words
from sandbox.dynamodb.lifecycle.table_status import current_table
from sandbox.dynamodb.operations.backups.restore import Overrides, Response, restore, source_scope
from sandbox.dynamodb.operations.recovery.continuous_backups import earliest_instant
from sandbox.dynamodb.operations.tables.wording import invalid, source_not_found
from sandbox.dynamodb.parameters import PlainTableName, TargetTableName
from sandbox.dynamodb.scope import Scope
from sandbox.dynamodb.storage.table import RestoreSource
from sandbox.wire.operation import operation

__all__ = ["restore_table_to_point_in_time"]


class Request(Overrides):
    """RestoreTableToPointInTime as it is sent; ``restore_date_time`` in epoch seconds."""

    source_table_arn: str | None = None
    source_table_name: PlainTableName | None = None
    target_table_name: TargetTableName
    use_latest_restorable_time: bool | None = None
    restore_date_time: float | None = None


@operation("RestoreTableToPointInTime", Request)
def restore_table_to_point_in_time(scope: Scope, request: Request) -> Response:
    """Make a table of another one as it was; keys, indexes and throughput are those it has now, as AWS has it.

    The latest moment is the present. Source of the refusals: ack-api-quirks DDB-TABLE-086, 100, 272, 442, 447; how those
    of two moments and of one out of reach end, and what stands before the words about an ARN, are assumptions.

    Raises:
        TableNotFoundException: there is no such source.
        PointInTimeRecoveryUnavailableException: recovery is not enabled for it.
        TableAlreadyExistsException: there is a table of the new name.
        InvalidRestoreTimeException: the moment is to come, or lies before what is kept.
        ValidationException: not exactly one source or one moment is named, an override does not fit, or one of the
            encryption lacks for a source of another region.
    """
    names = [name for name in (request.source_table_arn, request.source_table_name) if name is not None]
    if not names:
        raise ValidationException("The parameter 'TableName' is required but was not present in the request")
    if len(names) > 1:
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
    if request.source_table_arn is not None:
        _check_arn(scope, request.source_table_arn)
    table = current_table(source_scope(scope, name, request.sse_specification_override), name)
    if table is None:
        raise source_not_found(name) if request.source_table_arn is None else TableNotFoundException("Table not found")
    definition = table.definition
    if definition.recovery_since is None:
        raise PointInTimeRecoveryUnavailableException(f"Point in time recovery is not enabled for table '{table.name}'")
    now = scope.clock.now()
    instant = (
        now if request.use_latest_restorable_time or request.restore_date_time is None else request.restore_date_time
    )
    earliest = earliest_instant(definition, definition.recovery_since, now)
    if not earliest <= instant <= now:
        raise InvalidRestoreTimeException(
            f"RestoreDateTime '{instant_in_words(instant)}' must be within EarliestRestorableDateTime '{instant_in_words(earliest)}' "
            f"and LatestRestorableDateTime '{instant_in_words(now)}'"
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


def _check_arn(scope: Scope, text: str) -> None:
    arn = parse_table_arn(text)
    if arn is None:
        raise invalid("sourceTableArn is not a valid ARN")
    if arn.account_id != scope.account_id:
        raise ValidationException(
            "This action is only supported by accounts that match the resource owner\u2019s account."
        )
