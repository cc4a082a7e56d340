"""DescribeBulkOperation: how far a bulk operation is."""

from typing import Annotated

from msgspec import Meta

from sandbox.dynamodb.operations.bulk.descriptions import Response, describe
from sandbox.dynamodb.operations.bulk.find import bulk_operation
from sandbox.dynamodb.scope import Scope
from sandbox.wire.operation import RequestShape, operation

__all__ = ["describe_bulk_operation"]


class Request(RequestShape):
    """DescribeBulkOperation as it is sent."""

    bulk_operation_arn: Annotated[str, Meta(min_length=37, max_length=1024)]


@operation("DescribeBulkOperation", Request)
def describe_bulk_operation(scope: Scope, request: Request) -> Response:
    """Describe a bulk operation, also one whose table has gone. That 90 days end nothing here is an assumption.

    Raises:
        ValidationException: it is no ARN of a bulk operation.
        AccessDeniedException: it is one of another account.
        ResourceNotFoundException: there is no such operation.
    """
    return Response(bulk_operation_description=describe(bulk_operation(scope, request.bulk_operation_arn)))
