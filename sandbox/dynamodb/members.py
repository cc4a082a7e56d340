"""The scalar members of DynamoDB requests, with their bounds and with AWS's words where those differ from the bounds.

In which order AWS lists the values of an enum is known to ``sandbox.wire.hash_order``.

Source: dynamodb-exact §3.4 (enums), §3.6 (deviations), §23 (bounds).
"""

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

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
    "DefinedIndexName",
    "ExpressionText",
    "IndexName",
    "InsightsIndexName",
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
    "SearchIndexName",
    "SearchSchemaElementType",
    "SearchTopK",
    "Segment",
    "Select",
    "ShardId",
    "ShardIteratorType",
    "StreamArn",
    "StreamViewType",
    "TableClass",
    "TableListLimit",
    "TableName",
    "TargetTableName",
    "TimeToLiveAttributeName",
    "TotalSegments",
    "VectorAttributeName",
    "VectorDistanceFunction",
    "keyed_by_table",
]

NAME: Final = "[a-zA-Z0-9_.-]+"
TABLE_ARN: Final = r"arn:[a-z-]+:dynamodb:[a-z0-9-]*:[0-9]*:table/[a-zA-Z0-9_.-]{3,255}"
_NAME = re.compile(whole(NAME))
_ARN = re.compile(whole(TABLE_ARN))


_ARN_FORMAT = (
    "Valid ARN format is 'arn:<awsPartition>:<vendor>:<region>:<subscriber>:resourceType/resourceName', where Resource name "
    "must have length less than or equal to 255, Resource name must have length greater than or equal to 3, Resource name "
    f"must satisfyregular expression pattern: {NAME}"
)
"""That AWS says so of what begins like an ARN is in ack-api-quirks DDB-TABLE-442; how the sentence goes on, and lacks a blank,
was asked of DynamoDB Local 3.3.1 in 2026-11."""


def _table_name(name: str) -> Iterator[str]:
    """A name in a data-plane call, where an ARN is as good; of an empty name AWS says one character is the least.

    Source: §3.6. That one or two characters are refused too, as shorter than three, is another implementation's report,
    and what AWS says of every other operation's name.
    """
    if not name:
        yield length_at_least(1)
    elif _ARN.match(name):
        if len(name) > 1024:
            yield length_at_most(1024)
    elif name.startswith("arn:"):
        yield _ARN_FORMAT
    else:
        if not _NAME.match(name):
            yield matches(NAME)
        yield from _length_in_bounds(name)


def _new_table_name(name: str) -> Iterator[str]:
    """A name in CreateTable: pattern and length, both in the list. Source: §3.6."""
    if name.startswith("arn:"):
        yield from _arn(name)
        return
    if not _NAME.match(name):
        yield matches(NAME)
    yield from _length_in_bounds(name)


def _control_table_name(name: str) -> Iterator[str]:
    """A name in the other table operations: the same bounds, the length first. Source: ack-api-quirks DDB-TABLE-457."""
    if name.startswith("arn:"):
        yield from _arn(name)
        return
    yield from _length_in_bounds(name)
    if not _NAME.match(name):
        yield matches(NAME)


def _arn(text: str) -> Iterator[str]:
    if not _ARN.match(text):
        yield _ARN_FORMAT


def _length_in_bounds(name: str) -> Iterator[str]:
    if len(name) < 3:
        yield length_at_least(3)
    if len(name) > 255:
        yield length_at_most(255)


def _missing_table_name(name: str | None) -> str | None:
    return "The parameter 'TableName' is required but was not present in the request" if name is None else None


def _length_in_a_sentence(member: str) -> Upfront:
    def sentence(name: str | None) -> str | None:
        if name is not None and not 3 <= len(name) <= 255:
            return f"{member} must be at least 3 characters long and at most 255 characters long"
        return None

    return Upfront(check=sentence)


TableName = Annotated[
    str, Meta(pattern=whole(rf"[a-zA-Z0-9_.-]{{3,255}}|{TABLE_ARN}"), max_length=1024), Stated(check=_table_name)
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
    Stated(check=_control_table_name),
    Upfront(check=_missing_table_name),
]
"""The table of UpdateTable, DeleteTable, DescribeTable and the operations of TTL."""

IndexName = Annotated[str, Meta(min_length=3, max_length=255, pattern=whole(NAME))]


def _index_to_define(name: str) -> Iterator[str]:
    if len(name) < 3:
        yield length_at_least(3)
    if len(name) > 255:
        yield length_at_most(255)
    if not _NAME.match(name):
        yield matches(NAME)


DefinedIndexName = Annotated[
    str, Meta(min_length=3, max_length=255, pattern=whole(NAME)), Stated(check=_index_to_define)
]
"""The name in the definition of an index, whose length AWS looks at first. Source: ack-api-quirks DDB-TABLE-457."""
InsightsIndexName = Annotated[
    str, Meta(min_length=3, max_length=255, pattern=whole(NAME)), _length_in_a_sentence("IndexName")
]
"""The index of the operations about contributor insights. Source: ack-api-quirks DDB-TABLE-457."""
SearchIndexName = Annotated[
    str,
    Meta(min_length=3, max_length=255, pattern=whole(NAME)),
    Stated(check=_index_to_define, named_as_on_wire=True, value_shown=False),
]
"""The index of SearchVectors. AWS names it so, as dynoxide measured in 2026-08 for one that is too short."""
BackupName = Annotated[str, Meta(min_length=3, max_length=255, pattern=whole(NAME))]
BackupArn = Annotated[str, Meta(min_length=37, max_length=1024)]
PlainTableName = Annotated[str, Meta(min_length=3, max_length=255, pattern=whole(NAME))]
"""A table named where AWS takes no ARN: ``ExclusiveStartTableName``, restore targets, ListStreams."""
TargetTableName = Annotated[
    str, Meta(min_length=3, max_length=255, pattern=whole(NAME)), _length_in_a_sentence("TableName")
]
"""The table that a restore makes, and the name of a global table of 2017. Source: ack-api-quirks DDB-TABLE-457."""
KeyAttributeName = Annotated[str, Meta(min_length=1, max_length=255)]
VectorAttributeName = Annotated[str, Meta(min_length=1, max_length=255)]
TimeToLiveAttributeName = Annotated[str, Meta(min_length=1, max_length=255)]
PolicyRevisionId = Annotated[str, Meta(min_length=1, max_length=255)]
ResourceArn = Annotated[str, Meta(min_length=1, max_length=1283)]
StreamArn = Annotated[str, Meta(min_length=37, max_length=1024)]
ShardId = Annotated[str, Meta(min_length=28, max_length=65)]
ClientRequestToken = Annotated[str, Meta(min_length=1, max_length=36)]
PartiQLStatement = Annotated[str, Meta(min_length=1, max_length=8192)]
PartiQLNextToken = Annotated[str, Meta(min_length=1, max_length=32768)]
ExpressionText = str
"""An expression; its limits are rules of the operation, not constraints."""
if TYPE_CHECKING:
    NamesMap = dict[str, str]
else:
    NamesMap = dict[str, str | None]
"""ExpressionAttributeNames; a JSON ``null`` stays, to be refused with the other names."""

PageLimit = Annotated[int, Meta(ge=1)]
"""``Limit`` of Scan, ExecuteStatement and the streams."""
QueryLimit = Annotated[int, Meta(ge=1), Stated(check=bounds(Meta(ge=1)), named_as_on_wire=True, value_shown=False)]
"""``Limit`` of Query, which AWS reports as ``Value at 'Limit'``. Source: dynamodb-exact §3.6."""
SearchTopK = Annotated[int, Meta(ge=1), Stated(check=bounds(Meta(ge=1)), named_as_on_wire=True, value_shown=False)]
"""``TopK`` of SearchVectors. Source: floci-io/floci (``handleSearchVectors``), as measured on AWS 2026-09-23."""
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
AttributeAction = Literal["ADD", "DELETE", "PUT"]
KeyType = Literal["HASH", "RANGE"]
ScalarAttributeType = Literal["B", "N", "S"]
ProjectionType = Literal["ALL", "INCLUDE", "KEYS_ONLY"]
BillingMode = Literal["PROVISIONED", "PAY_PER_REQUEST"]
TableClass = Annotated[
    Literal["STANDARD", "STANDARD_INFREQUENT_ACCESS"],
    Upfront(
        check=lambda name: (
            None
            if name in (None, "STANDARD", "STANDARD_INFREQUENT_ACCESS")
            else "Invalid table-class parameter provided. Please try again with a valid table-class value: "
            "[STANDARD, STANDARD_INFREQUENT_ACCESS]."
        )
    ),
]
"""Refused in a sentence of its own, bare. Source: ack-api-quirks DDB-TABLE-442."""
VectorDistanceFunction = Literal["DOT_PRODUCT", "COSINE", "EUCLIDEAN"]
"""Listed in this order: ExtendDB/extenddb, as measured in 2026-08."""
CreationDateTimePrecision = Literal["MILLISECOND", "MICROSECOND"]
StreamViewType = Literal["OLD_IMAGE", "KEYS_ONLY", "NEW_AND_OLD_IMAGES", "NEW_IMAGE"]
"""Listed in this order: ack-api-quirks DDB-TABLE-457, and so the two about insights."""
ContributorInsightsAction = Literal["ENABLE", "DISABLE"]
ContributorInsightsMode = Literal["THROTTLED_KEYS", "ACCESSED_AND_THROTTLED_KEYS"]
BackupTypeFilter = Literal["ALL", "AWS_BACKUP", "USER", "SYSTEM"]
SSEType = Literal["AES256", "KMS"]
SearchSchemaElementType = Literal["HASH", "INLINE_FILTER"]
ShardIteratorType = Literal["AFTER_SEQUENCE_NUMBER", "LATEST", "AT_TIMESTAMP", "AT_SEQUENCE_NUMBER", "TRIM_HORIZON"]


def keyed_by_table(requests: Mapping[str, Any]) -> Iterator[str]:
    """Say what is wrong with the table names that are the keys of ``RequestItems``, each time.

    Source: dynamodb-exact §3.2; that two make two dynalite 4.0.0, asked 2026-11.
    """
    for name in requests:
        if not _ARN.match(name) and not (3 <= len(name) <= 255 and _NAME.match(name)):
            inner = ", ".join((length_at_most(255), length_at_least(3), matches(NAME)))
            yield f"Map keys must satisfy constraint: [{inner}]"
