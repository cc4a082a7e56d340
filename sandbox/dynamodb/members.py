"""The scalar members of DynamoDB requests, with their bounds and with AWS's words where those differ from the bounds.

Enums stand in the order in which AWS prints them, which is not the service model's.

Source: dynamodb-exact §3.4 (enums), §3.6 (deviations), §23 (bounds).
"""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, Literal

from msgspec import Meta

from sandbox.wire.constraints import (
    Java,
    Stated,
    Upfront,
    bounds,
    length_at_least,
    length_at_most,
    matches,
    whole,
)

__all__ = [
    "TABLE_ARN",
    "AttributeAction",
    "BackupArn",
    "BackupName",
    "BackupTypeFilter",
    "BillingMode",
    "ClientRequestToken",
    "ComparisonOperator",
    "ConditionalOperator",
    "ContributorInsightsAction",
    "ContributorInsightsMode",
    "ControlTableName",
    "CreationDateTimePrecision",
    "ExpressionText",
    "IndexName",
    "KeyAttributeName",
    "KeyType",
    "Long",
    "NamesMap",
    "NewTableName",
    "PageLimit",
    "PartiQLNextToken",
    "PartiQLStatement",
    "PlainTableName",
    "PolicyRevisionId",
    "PositiveLong",
    "ProjectionType",
    "QueryLimit",
    "ResourceArn",
    "ReturnConsumedCapacity",
    "ReturnItemCollectionMetrics",
    "ReturnValues",
    "ReturnValuesOnConditionCheckFailure",
    "SSEType",
    "ScalarAttributeType",
    "Segment",
    "Select",
    "ShardId",
    "ShardIteratorType",
    "StreamArn",
    "StreamViewType",
    "TableClass",
    "TableListLimit",
    "TableName",
    "TagKey",
    "TagValue",
    "TimeToLiveAttributeName",
    "TotalSegments",
    "keyed_by_table",
]

NAME: Final = "[a-zA-Z0-9_.-]+"
TABLE_ARN: Final = rf"arn:[a-z-]+:dynamodb:[a-z0-9-]*:[0-9]*:table/{NAME}"
_NAME = re.compile(whole(NAME))
_ARN = re.compile(whole(TABLE_ARN))


def _table_name(name: str) -> Iterator[str]:
    """A name in a data-plane call: one character is enough for the constraint, an ARN is as good. Source: §3.6."""
    if not name:
        yield length_at_least(1)
    elif _ARN.match(name):
        if len(name) > 1024:
            yield length_at_most(1024)
    else:
        if not _NAME.match(name):
            yield matches(NAME)
        if len(name) > 255:
            yield length_at_most(255)


def _new_table_name(name: str) -> Iterator[str]:
    """A name in CreateTable: pattern and length, both in the list. Source: §3.6."""
    if _ARN.match(name):
        return
    if not _NAME.match(name):
        yield matches(NAME)
    if len(name) < 3:
        yield length_at_least(3)
    if len(name) > 255:
        yield length_at_most(255)


def _pattern_only(name: str) -> Iterator[str]:
    if not _ARN.match(name) and not _NAME.match(name):
        yield matches(NAME)


def _missing_table_name(name: str | None) -> str | None:
    return "The parameter 'TableName' is required but was not present in the request" if name is None else None


def _table_name_length(name: str | None) -> str | None:
    if name is not None and not _ARN.match(name) and not 3 <= len(name) <= 255:
        return "TableName must be at least 3 characters long and at most 255 characters long"
    return _missing_table_name(name)


TableName = Annotated[
    str, Meta(pattern=whole(rf"[a-zA-Z0-9_.-]{{1,255}}|{TABLE_ARN}"), max_length=1024), Stated(check=_table_name)
]
"""The table of a data-plane call, by name or ARN."""
NewTableName = Annotated[
    str,
    Meta(pattern=whole(rf"[a-zA-Z0-9_.-]{{3,255}}|{TABLE_ARN}")),
    Stated(check=_new_table_name),
    Upfront(check=_missing_table_name),
]
"""The table to create."""
ControlTableName = Annotated[
    str,
    Meta(pattern=whole(rf"[a-zA-Z0-9_.-]{{3,255}}|{TABLE_ARN}")),
    Stated(check=_pattern_only),
    Upfront(check=_table_name_length),
]
"""The table of UpdateTable, DeleteTable, DescribeTable and DescribeTimeToLive: two bare sentences before the list."""

IndexName = Annotated[str, Meta(min_length=3, max_length=255, pattern=whole(NAME))]
BackupName = Annotated[str, Meta(min_length=3, max_length=255, pattern=whole(NAME))]
BackupArn = Annotated[str, Meta(min_length=37, max_length=1024)]
PlainTableName = Annotated[str, Meta(min_length=3, max_length=255, pattern=whole(NAME))]
"""A table named where AWS takes no ARN: ``ExclusiveStartTableName``, restore targets, ListStreams."""
KeyAttributeName = Annotated[str, Meta(min_length=1, max_length=255)]
TimeToLiveAttributeName = Annotated[str, Meta(min_length=1, max_length=255)]
PolicyRevisionId = Annotated[str, Meta(min_length=1, max_length=255)]
ResourceArn = Annotated[str, Meta(min_length=1, max_length=1283)]
StreamArn = Annotated[str, Meta(min_length=37, max_length=1024)]
ShardId = Annotated[str, Meta(min_length=28, max_length=65)]
ClientRequestToken = Annotated[str, Meta(min_length=1, max_length=36)]
PartiQLStatement = Annotated[str, Meta(min_length=1, max_length=8192)]
PartiQLNextToken = Annotated[str, Meta(min_length=1, max_length=32768)]
TagKey = Annotated[str, Meta(min_length=1, max_length=128)]
TagValue = Annotated[str, Meta(max_length=256)]
ExpressionText = str
"""An expression; its limits are rules of the operation, not constraints."""
NamesMap = dict[str, str]
"""ExpressionAttributeNames."""

PageLimit = Annotated[int, Meta(ge=1)]
"""``Limit`` of Scan, ExecuteStatement and the streams."""
QueryLimit = Annotated[int, Meta(ge=1), Stated(check=bounds(Meta(ge=1)), named_as_on_wire=True, value_shown=False)]
"""``Limit`` of Query, which AWS reports as ``Value at 'Limit'``. Source: dynamodb-exact §3.6."""
TableListLimit = Annotated[int, Meta(ge=1, le=100)]
Segment = Annotated[int, Meta(ge=0, le=999999)]
TotalSegments = Annotated[int, Meta(ge=1, le=1000000)]
Long = Annotated[int, Java(name="Long")]
PositiveLong = Annotated[int, Meta(ge=1), Java(name="Long")]

ReturnConsumedCapacity = Literal["INDEXES", "TOTAL", "NONE"]
ReturnItemCollectionMetrics = Literal["SIZE", "NONE"]
ReturnValues = Literal["ALL_NEW", "UPDATED_OLD", "ALL_OLD", "NONE", "UPDATED_NEW"]
ReturnValuesOnConditionCheckFailure = Literal["ALL_OLD", "NONE"]
Select = Literal["SPECIFIC_ATTRIBUTES", "COUNT", "ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES"]
ComparisonOperator = Literal[
    "IN", "NULL", "BETWEEN", "LT", "NOT_CONTAINS", "EQ", "GT", "NOT_NULL", "NE", "LE", "BEGINS_WITH", "GE", "CONTAINS"
]
ConditionalOperator = Literal["OR", "AND"]
AttributeAction = Literal["ADD", "PUT", "DELETE"]
KeyType = Literal["HASH", "RANGE"]
ScalarAttributeType = Literal["B", "N", "S"]
ProjectionType = Literal["ALL", "INCLUDE", "KEYS_ONLY"]
BillingMode = Literal["PROVISIONED", "PAY_PER_REQUEST"]
TableClass = Literal["STANDARD", "STANDARD_INFREQUENT_ACCESS"]
CreationDateTimePrecision = Literal["MILLISECOND", "MICROSECOND"]
# The printed order of all that follow is not known: the service model's.
BackupTypeFilter = Literal["USER", "SYSTEM", "AWS_BACKUP", "ALL"]
ContributorInsightsAction = Literal["ENABLE", "DISABLE"]
ContributorInsightsMode = Literal["ACCESSED_AND_THROTTLED_KEYS", "THROTTLED_KEYS"]
SSEType = Literal["AES256", "KMS"]
StreamViewType = Literal["NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES", "KEYS_ONLY"]
ShardIteratorType = Literal["TRIM_HORIZON", "LATEST", "AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER", "AT_TIMESTAMP"]


def keyed_by_table(requests: Mapping[str, Any]) -> Iterator[str]:
    """Say what is wrong with the table names that are the keys of ``RequestItems``. Source: dynamodb-exact §3.2."""
    if any(not _ARN.match(name) and not (3 <= len(name) <= 255 and _NAME.match(name)) for name in requests):
        inner = ", ".join((length_at_most(255), length_at_least(3), matches(NAME)))
        yield f"Map keys must satisfy constraint: [{inner}]"
