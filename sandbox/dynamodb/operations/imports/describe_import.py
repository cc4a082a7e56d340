"""DescribeImport: how far an import is."""

from sandbox.dynamodb.faults import ImportNotFoundException
from sandbox.dynamodb.lifecycle.jobs import own_table_arn
from sandbox.dynamodb.operations.imports.descriptions import Response, describe
from sandbox.dynamodb.scope import Scope
from sandbox.wire.operation import RequestShape, operation

__all__ = ["describe_import"]


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
    own_table_arn(scope, arn, "import")
    made = scope.store.imports.with_arn((scope.account_id, scope.region), arn)
    if made is None:
        raise ImportNotFoundException(f"Import not found: {arn}")
    return Response(import_table_description=describe(made))
