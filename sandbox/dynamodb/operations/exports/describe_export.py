"""DescribeExport: how far an export is."""

import re

from sandbox.arn import parse_table_arn
from sandbox.dynamodb.faults import AccessDeniedException, ExportNotFoundException, ValidationException
from sandbox.dynamodb.operations.exports.descriptions import Response, describe, status_of
from sandbox.dynamodb.scope import Scope
from sandbox.wire.operation import RequestShape, operation

__all__ = ["describe_export"]

_EXPORT_ID = re.compile(r"[0-9]{14}-[0-9a-f]{8}")


class Request(RequestShape):
    """DescribeExport as it is sent. AWS refuses what is too short as no ARN, and lists no violation."""

    export_arn: str


@operation("DescribeExport", Request)
def describe_export(scope: Scope, request: Request) -> Response:
    """Describe an export, also of a table that has gone. Source: ack-api-quirks DDB-EXPORT-006, 020.

    Raises:
        ValidationException: it is no ARN of an export.
        AccessDeniedException: it is one of another account.
        ExportNotFoundException: there is no such export.
    """
    arn = request.export_arn
    own, _, identity = arn.partition("/export/")
    named = parse_table_arn(own)
    if named is None or not _EXPORT_ID.fullmatch(identity):
        raise ValidationException("Invalid Export ARN")
    if named.account_id != scope.account_id:
        raise AccessDeniedException("Access is denied")
    if named.region != scope.region:
        raise ExportNotFoundException("Export not found: Invalid export arn")
    for export in scope.store.exports.all((scope.account_id, scope.region)):
        if export.arn == arn:
            return Response(export_description=describe(export, status_of(export, scope.clock.now())))
    raise ExportNotFoundException(f"Export not found: Export not found: {arn}")
