"""The table a tag operation names, and the refusals when it names none.

Source: dynamodb-exact §20, §25 row 8.
"""

from sandbox.arn import parse_table_arn
from sandbox.dynamodb.faults import AccessDeniedException, ResourceNotFoundException, ValidationException
from sandbox.dynamodb.lifecycle.table_status import current_table
from sandbox.dynamodb.scope import Scope
from sandbox.dynamodb.storage.table import Table

__all__ = ["check_table_arn", "tagged_table"]


def tagged_table(scope: Scope, arn: str, operation_name: str) -> Table:
    """Find the table with that ARN.

    Raises:
        AccessDeniedException: *arn* has not even the shape ``a:b:c:d:e:f/g``, or names another account.
        ValidationException: it is not the ARN of a table, or names another region.
        ResourceNotFoundException: it names no table of ours.
    """
    check_table_arn(scope, arn, operation_name)
    table = current_table(scope, arn)
    if table is None or table.definition.status == "DELETING":
        raise ResourceNotFoundException(f"Requested resource not found: ResourcArn: {arn} not found")
    return table


def check_table_arn(scope: Scope, arn: str, operation_name: str) -> None:
    """Check that *arn* is a table's, of the caller's own account.

    That no policy lets a caller into another account is AWS's usual sentence, an assumption here.

    Raises:
        AccessDeniedException, ValidationException: as ``tagged_table``.
    """
    parts = arn.split(":", 5)
    denied = (
        f"User: arn:aws:iam::{scope.account_id}:root is not authorized to perform: dynamodb:{operation_name} "
        f"on resource: {arn}"
    )
    if len(parts) < 6 or "/" not in parts[5]:
        raise AccessDeniedException(denied)
    named = parse_table_arn(arn)
    if named is None:
        raise ValidationException(f"Invalid TableArn: Invalid ResourceArn provided as input {arn}")
    if named.account_id != scope.account_id:
        raise AccessDeniedException(
            f"{denied} because no resource-based policy allows the dynamodb:{operation_name} action"
        )
    if named.region != scope.region:
        raise ValidationException(f"1 validation error detected: Invalid AWS region in '{arn}'")
