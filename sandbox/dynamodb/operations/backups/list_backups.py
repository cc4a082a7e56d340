"""ListBackups: the backups of an account and region, or of one table, page by page."""

from sandbox.dynamodb.faults import ValidationException
from sandbox.dynamodb.operations.backups.descriptions import details_of
from sandbox.dynamodb.operations.tables.wording import invalid
from sandbox.dynamodb.parameters import BackupArn, BackupTypeFilter, TableListLimit, TableName
from sandbox.dynamodb.scope import Scope
from sandbox.dynamodb.storage.backups import Backup
from sandbox.wire.operation import RequestShape, ResponseShape, operation

__all__ = ["list_backups"]

_PAGE_BACKUPS = 100


class Request(RequestShape):
    """ListBackups as it is sent; times in epoch seconds."""

    is_hash_listed = True
    table_name: TableName | None = None
    limit: TableListLimit | None = None
    time_range_lower_bound: float | None = None
    time_range_upper_bound: float | None = None
    exclusive_start_backup_arn: BackupArn | None = None
    backup_type: BackupTypeFilter | None = None


class BackupSummary(ResponseShape):
    """A backup in the list."""

    table_name: str
    table_id: str
    table_arn: str
    backup_arn: str
    backup_name: str
    backup_creation_date_time: float
    backup_status: str
    backup_type: str
    backup_size_bytes: int
    backup_expiry_date_time: float | None = None


class Response(ResponseShape):
    """A page of backups; the last one's ARN is repeated when more remain."""

    backup_summaries: list[BackupSummary]
    last_evaluated_backup_arn: str | None = None


@operation("ListBackups", Request)
def list_backups(scope: Scope, request: Request) -> Response:
    """List backups, oldest first, those of tables that have gone included.

    Where no type is named, those that were asked for. The lower bound belongs to the range, the upper does not. A start
    that is no backup, or none any more, is as good: the list goes on behind its place. Source: ack-api-quirks
    DDB-BACKUP-011, 014.

    Raises:
        ValidationException: the bounds are the wrong way round, or the start is one of another region. Source:
            ack-api-quirks DDB-TABLE-442.
    """
    lower, upper = request.time_range_lower_bound, request.time_range_upper_bound
    if lower is not None and upper is not None and lower > upper:
        raise invalid("Time range lower bound must be less than or equal to upper bound")
    start = request.exclusive_start_backup_arn
    if start is not None and start.startswith("arn:") and f":dynamodb:{scope.region}:" not in start:
        raise ValidationException("Invalid Request: The supplied ExclusiveStartBackupArn does not match the region")
    wanted = [
        backup
        for backup in scope.store.backups.all((scope.account_id, scope.region), now=scope.clock.now())
        if _is_wanted(request, backup)
    ]
    rest = _behind(wanted, start)
    limit = request.limit or _PAGE_BACKUPS
    page = rest[:limit]
    return Response(
        backup_summaries=[_summary(backup) for backup in page],
        last_evaluated_backup_arn=page[-1].arn if len(rest) > limit else None,
    )


def _behind(backups: list[Backup], start: str | None) -> list[Backup]:
    if start is None:
        return backups
    arns = [backup.arn for backup in backups]
    if start in arns:
        return backups[arns.index(start) + 1 :]
    return [backup for backup in backups if _number(backup.arn) > _number(start)]


def _number(arn: str) -> str:
    """The last part of an ARN, which begins with the moment."""
    return arn.rpartition("/")[2]


def _is_wanted(request: Request, backup: Backup) -> bool:
    lower, upper = request.time_range_lower_bound, request.time_range_upper_bound
    return (
        (request.backup_type or "USER") in ("ALL", backup.kind)
        and (request.table_name is None or request.table_name in (backup.table.name, backup.table.arn))
        and (lower is None or backup.created >= lower)
        and (upper is None or backup.created < upper)
    )


def _summary(backup: Backup) -> BackupSummary:
    details = details_of(backup, "AVAILABLE")
    return BackupSummary(
        table_name=backup.table.name,
        table_id=backup.table.table_id,
        table_arn=backup.table.arn,
        backup_arn=details.backup_arn,
        backup_name=details.backup_name,
        backup_creation_date_time=details.backup_creation_date_time,
        backup_status=details.backup_status,
        backup_type=details.backup_type,
        backup_size_bytes=details.backup_size_bytes,
        backup_expiry_date_time=details.backup_expiry_date_time,
    )
