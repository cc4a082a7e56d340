"""The table or stream a tag operation names with its tags, and the refusals when it names none.

Source: ack-api-quirks DDB-TABLE-070, 071, 101, 104, 442; DDB-BACKUP-013. Of other services: ExtendDB/extenddb pull
request 227 (AWS's answers of 2026-07). That streams have tags of their own: AWS's documentation of attribute-based access
control with DynamoDB Streams; go-to-k/cdkd issue 3458 (measured in September 2026).
"""

from msgspec.structs import replace

from sandbox.arn import TableArn, parse_table_arn
from sandbox.dynamodb.faults import AccessDeniedException, ResourceNotFoundException, ValidationException
from sandbox.dynamodb.lifecycle.table_status import current_table
from sandbox.dynamodb.operations.tables.wording import invalid
from sandbox.dynamodb.scope import Scope
from sandbox.dynamodb.storage.table import Table, TableDefinition

__all__ = ["check_table_arn", "named_table", "retagged", "tagged_table", "tags_of"]


def tagged_table(scope: Scope, arn: str) -> Table:
    """Find the table with that ARN, or the table whose stream has it.

    Raises:
        ValidationException: it is not the ARN of a table or stream, or names another region.
        AccessDeniedException: it names another account or service.
        ResourceNotFoundException: it names no table of ours, or one that is being created or deleted, or no stream of it.
    """
    check_table_arn(scope, arn)
    own, stream, _ = arn.partition("/stream/")
    table = current_table(scope, own)
    is_there = table is not None and table.definition.status not in ("CREATING", "DELETING")
    if table is None or not is_there or (stream and scope.store.log.by_arn(arn) is None):
        raise ResourceNotFoundException(f"Requested resource not found: ResourceArn: {arn} not found")
    return table


def tags_of(definition: TableDefinition, arn: str) -> dict[str, str]:
    """The tags of the table, or of the stream of it, that has that ARN; a stream inherits none."""
    return definition.stream_tags.get(arn, {}) if "/stream/" in arn else definition.tags


def retagged(definition: TableDefinition, arn: str, tags: dict[str, str]) -> TableDefinition:
    """The table where what has that ARN has these tags."""
    if "/stream/" in arn:
        return replace(definition, stream_tags=definition.stream_tags | {arn: tags})
    return replace(definition, tags=tags)


def check_table_arn(scope: Scope, arn: str) -> None:
    """Check that *arn* is a table's or stream's, of the caller's own account and region.

    An ARN of another service is refused in the words for another account.

    Raises:
        ValidationException, AccessDeniedException: as ``tagged_table``.
    """
    parts = arn.split(":", 5)
    if parts[0] == "arn" and len(parts) == 6 and parts[2] != "dynamodb":
        raise AccessDeniedException("Access is denied")
    named = named_table(arn)
    if named.account_id != scope.account_id:
        raise AccessDeniedException("Access is denied")
    if named.region != scope.region:
        raise ValidationException(f"Invalid TableArn: Invalid ResourceArn provided as input {arn}")


def named_table(arn: str) -> TableArn:
    """The table in the ARN of a table or of a stream.

    Raises:
        ValidationException: it is the ARN of something else, or none.
    """
    if not arn.startswith("arn:"):
        raise invalid(f"ARNs must start with 'arn:': {arn}")
    own, index, _ = arn.partition("/index/")
    named = parse_table_arn(own.partition("/stream/")[0])
    if named is None:
        raise invalid(f"Provided Arn is not a DynamoDB resource arn: {arn}")
    if index:
        raise invalid(f"Invalid resource arn provided, only table or stream is accepted. Provided resource arn: {arn}")
    return named
