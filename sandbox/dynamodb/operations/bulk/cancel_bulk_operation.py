"""CancelBulkOperation: end a bulk operation early; what it has put stays."""

from typing import Annotated

from msgspec import Meta
from msgspec.structs import replace

from sandbox.dynamodb.faults import ValidationException
from sandbox.dynamodb.operations.bulk.descriptions import status_of
from sandbox.dynamodb.operations.bulk.find import bulk_operation
from sandbox.dynamodb.scope import Scope
from sandbox.wire.operation import RequestShape, ResponseShape, operation

__all__ = ["cancel_bulk_operation"]


class Request(RequestShape):
    """CancelBulkOperation as it is sent."""

    bulk_operation_arn: Annotated[str, Meta(min_length=37, max_length=1024)]


class Response(ResponseShape):
    """The operation, CANCELLING."""

    bulk_operation_arn: str
    bulk_operation_status: str


@operation("CancelBulkOperation", Request)
def cancel_bulk_operation(scope: Scope, request: Request) -> Response:
    """Ask a bulk operation to end; it does so within a few dozen items. Asking again answers the same, an assumption.

    Raises:
        ValidationException: it is no ARN of a bulk operation, or the operation has ended, an assumption.
        AccessDeniedException: it is one of another account.
        ResourceNotFoundException: there is no such operation.
    """
    found = bulk_operation(scope, request.bulk_operation_arn)
    if found.ended is not None:
        raise ValidationException(f"Invalid Request: Bulk operation is not in progress: {found.arn}")
    cancelled = replace(found, is_cancelled=True)
    with scope.store.database.write():
        scope.store.bulk_operations.save(cancelled)
    return Response(bulk_operation_arn=cancelled.arn, bulk_operation_status=status_of(cancelled))
