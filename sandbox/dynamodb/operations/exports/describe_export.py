"""DescribeExport: how far an export is."""

from sandbox.dynamodb.faults import ExportNotFoundException
from sandbox.dynamodb.lifecycle.jobs import own_table_arn
from sandbox.dynamodb.operations.exports.descriptions import Response, describe
from sandbox.dynamodb.scope import Scope
from sandbox.wire.operation import RequestShape, operation

__all__ = ["describe_export"]


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
    if own_table_arn(scope, arn, "export").region != scope.region:
        raise ExportNotFoundException("Export not found: Invalid export arn")
    export = scope.store.exports.with_arn((scope.account_id, scope.region), arn)
    if export is None:
        raise ExportNotFoundException(f"Export not found: Export not found: {arn}")
    return Response(export_description=describe(export))
