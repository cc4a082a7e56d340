"""The table a tag operation names, and the refusals when it names none.

Source: dynamodb-exact §20, §25 row 8.
"""

from sandbox.arn import parse_table_arn
from sandbox.dynamodb.faults import AccessDeniedException, ResourceNotFoundException, ValidationException
from sandbox.dynamodb.lifecycle.table_status import current_table
from sandbox.dynamodb.scope import Scope
from sandbox.dynamodb.storage.table import Table

__all__ = ["tagged_table"]


def tagged_table(scope: Scope, arn: str, operation_name: str) -> Table:
    """Find the table with that ARN.

    Raises:
        AccessDeniedException: *arn* has not even the shape ``a:b:c:d:e:f/g``.
        ValidationException: it is not the ARN of a table.
        ResourceNotFoundException: it names no table of ours.
    """
    parts = arn.split(":", 5)
    if len(parts) < 6 or "/" not in parts[5]:
        user = f"arn:aws:iam::{scope.account_id}:root"
        raise AccessDeniedException(
            f"User: {user} is not authorized to perform: dynamodb:{operation_name} on resource: {arn}"
        )
    if parse_table_arn(arn) is None:
        raise ValidationException(f"Invalid TableArn: Invalid ResourceArn provided as input {arn}")
    table = current_table(scope, arn)
    if table is None or table.definition.status == "DELETING":
        raise ResourceNotFoundException(f"Requested resource not found: ResourcArn: {arn} not found")
    return table
