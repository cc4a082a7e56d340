"""The bulk operation that a request names."""

from sandbox.dynamodb.faults import ResourceNotFoundException
from sandbox.dynamodb.lifecycle.jobs import own_table_arn
from sandbox.dynamodb.scope import Scope
from sandbox.dynamodb.storage.bulk_operations import BulkOperation

__all__ = ["bulk_operation"]


def bulk_operation(scope: Scope, arn: str) -> BulkOperation:
    """The bulk operation with that ARN.

    Raises:
        ValidationException: it is no ARN of a bulk operation.
        AccessDeniedException: it is one of another account.
        ResourceNotFoundException: there is no such operation in this region.
    """
    own_table_arn(scope, arn, "bulk-operation")
    found = scope.store.bulk_operations.with_arn((scope.account_id, scope.region), arn)
    if found is None:
        raise ResourceNotFoundException(f"Requested resource not found: Bulk operation: {arn} not found")
    return found
