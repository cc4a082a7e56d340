"""UpdateContinuousBackups: point-in-time recovery on or off."""

from msgspec.structs import replace

from sandbox.dynamodb.faults import ContinuousBackupsUnavailableException, ValidationException
from sandbox.dynamodb.lifecycle.table_status import current_table
from sandbox.dynamodb.operations.recovery.continuous_backups import Response, describe_recovery
from sandbox.dynamodb.operations.tables.wording import source_not_found
from sandbox.dynamodb.parameters import PointInTimeRecoverySpecification, TableName
from sandbox.dynamodb.scope import Scope
from sandbox.wire.operation import RequestShape, operation

__all__ = ["update_continuous_backups"]

_PERIOD_DAYS = 35


class Request(RequestShape):
    """UpdateContinuousBackups as it is sent."""

    is_hash_listed = True
    table_name: TableName
    point_in_time_recovery_specification: PointInTimeRecoverySpecification


@operation("UpdateContinuousBackups", Request)
def update_continuous_backups(scope: Scope, request: Request) -> Response:
    """Switch recovery; enabling it again keeps the moment it goes back to, disabling it forgets the past.

    Source of the refusals: ack-api-quirks DDB-TABLE-084, 115.

    Raises:
        ValidationException: a period comes with what is switched off.
        TableNotFoundException: there is no such table.
        ContinuousBackupsUnavailableException: it is being created.
    """
    specification = request.point_in_time_recovery_specification
    if not specification.point_in_time_recovery_enabled and specification.recovery_period_in_days is not None:
        raise ValidationException(
            "Invalid Request: Cannot specify RecoveryPeriodInDays when disabling point-in-time recovery."
        )
    table = current_table(scope, request.table_name)
    if table is None:
        raise source_not_found(request.table_name)
    if table.definition.status == "CREATING":
        raise ContinuousBackupsUnavailableException(
            f"Backups are being enabled for the table: {table.name}. Please retry later"
        )
    since = table.definition.recovery_since
    definition = replace(
        table.definition,
        recovery_since=(since or scope.clock.now()) if specification.point_in_time_recovery_enabled else None,
        recovery_period_days=specification.recovery_period_in_days or _PERIOD_DAYS,
    )
    with scope.store.database.write():
        history = scope.store.history(table)
        if definition.recovery_since is None:
            history.stop()
        else:
            history.start(definition.recovery_period_days)
        scope.store.save(definition)
    return describe_recovery(scope, definition)
