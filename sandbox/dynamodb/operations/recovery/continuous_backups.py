"""Continuous backups as they are described. Source: dynamodb-exact §20."""

import math

from sandbox.dynamodb.scope import Scope
from sandbox.dynamodb.storage.table import TableDefinition
from sandbox.wire.operation import ResponseShape

__all__ = ["ContinuousBackupsDescription", "Response", "describe_recovery", "earliest_instant"]

_DAY_SECONDS = 86_400


class PointInTimeRecoveryDescription(ResponseShape):
    """Whether the table can be restored to a moment, and to which ones; times only while it can."""

    point_in_time_recovery_status: str
    recovery_period_in_days: int | None = None
    earliest_restorable_date_time: float | None = None
    latest_restorable_date_time: float | None = None


class ContinuousBackupsDescription(ResponseShape):
    """Continuous backups are always enabled; recovery is what is switched."""

    continuous_backups_status: str
    point_in_time_recovery_description: PointInTimeRecoveryDescription


class Response(ResponseShape):
    """What DescribeContinuousBackups and UpdateContinuousBackups answer."""

    continuous_backups_description: ContinuousBackupsDescription


def earliest_instant(definition: TableDefinition, since: float, now: float) -> float:
    """The first moment that can be restored, in whole seconds; *since* is when recovery was enabled."""
    # Rounded down there is nothing before; rounded up nothing that is forgotten already.
    return float(max(math.floor(since), math.ceil(now - definition.recovery_period_days * _DAY_SECONDS)))


def describe_recovery(scope: Scope, definition: TableDefinition) -> Response:
    """Describe a table's continuous backups in whole seconds; the latest moment is the present.

    None are made while the table is being created. Source: ack-api-quirks DDB-TABLE-111.
    """
    since = definition.recovery_since
    if since is None:
        recovery = PointInTimeRecoveryDescription(point_in_time_recovery_status="DISABLED")
    else:
        now = scope.clock.now()
        recovery = PointInTimeRecoveryDescription(
            point_in_time_recovery_status="ENABLED",
            recovery_period_in_days=definition.recovery_period_days,
            earliest_restorable_date_time=earliest_instant(definition, since, now),
            latest_restorable_date_time=float(int(now)),
        )
    return Response(
        continuous_backups_description=ContinuousBackupsDescription(
            continuous_backups_status="DISABLED" if definition.status == "CREATING" else "ENABLED",
            point_in_time_recovery_description=recovery,
        )
    )
