"""DescribeImport: how far an import is."""

import re

from sandbox.arn import parse_table_arn
from sandbox.dynamodb.faults import AccessDeniedException, ImportNotFoundException, ValidationException
from sandbox.dynamodb.operations.imports.descriptions import Response, describe, status_of
from sandbox.dynamodb.scope import Scope
from sandbox.wire.operation import RequestShape, operation

__all__ = ["describe_import"]

_IMPORT_ID = re.compile(r"[0-9]{14}-[0-9a-f]{8}")


class Request(RequestShape):
    """DescribeImport as it is sent. AWS refuses what is too short as no ARN, and lists no violation."""

    import_arn: str


@operation("DescribeImport", Request)
def describe_import(scope: Scope, request: Request) -> Response:
    """Describe an import.

    Source: ack-api-quirks DDB-IMPORT-010; the words about one that is not there follow those for exports, an assumption.

    Raises:
        ValidationException: it is no ARN of an import.
        AccessDeniedException: it is one of another account.
        ImportNotFoundException: there is no such import.
    """
    arn = request.import_arn
    own, _, identity = arn.partition("/import/")
    named = parse_table_arn(own)
    if named is None or not _IMPORT_ID.fullmatch(identity):
        raise ValidationException("Invalid Import ARN")
    if named.account_id != scope.account_id:
        raise AccessDeniedException("Access is denied")
    for made in scope.store.imports.all((scope.account_id, scope.region)):
        if made.arn == arn:
            return Response(import_table_description=describe(made, status_of(made, scope.clock.now())))
    raise ImportNotFoundException(f"Import not found: {arn}")
