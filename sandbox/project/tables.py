"""``AWS::DynamoDB::Table`` and ``AWS::Serverless::SimpleTable`` to CreateTable requests."""

from collections.abc import Iterator
from typing import Any, Final

from sandbox.project.project import Notice, Table
from sandbox.project.shapes import Document, Flag, ListOf, Number, Reader, Struct, Text, Unread
from sandbox.project.template import Resource

__all__ = ["read_table"]

_ATTRIBUTE_DEFINITION: Final = Struct(
    name="an attribute definition",
    members={"AttributeName": Text(), "AttributeType": Text(choices=("S", "N", "B"))},
    required=("AttributeName", "AttributeType"),
)
_KEY_SCHEMA: Final = ListOf(
    of=Struct(
        name="an entry of KeySchema",
        members={"AttributeName": Text(), "KeyType": Text(choices=("HASH", "RANGE"))},
        required=("AttributeName", "KeyType"),
    )
)
_THROUGHPUT: Final = Struct(
    name="ProvisionedThroughput",
    members={"ReadCapacityUnits": Number(), "WriteCapacityUnits": Number()},
    required=("ReadCapacityUnits", "WriteCapacityUnits"),
)
_ON_DEMAND: Final = Struct(
    name="OnDemandThroughput", members={"MaxReadRequestUnits": Number(), "MaxWriteRequestUnits": Number()}
)
_WARM: Final = Struct(name="WarmThroughput", members={"ReadUnitsPerSecond": Number(), "WriteUnitsPerSecond": Number()})
_PROJECTION: Final = Struct(
    name="Projection",
    members={"NonKeyAttributes": ListOf(of=Text()), "ProjectionType": Text(choices=("ALL", "KEYS_ONLY", "INCLUDE"))},
)
_LOCAL_INDEX: Final = Struct(
    name="a local secondary index",
    members={"IndexName": Text(), "KeySchema": _KEY_SCHEMA, "Projection": _PROJECTION},
    required=("IndexName", "KeySchema", "Projection"),
)
_GLOBAL_INDEX: Final = Struct(
    name="a global secondary index",
    members={
        **_LOCAL_INDEX.members,
        "ContributorInsightsSpecification": Unread(),
        "OnDemandThroughput": _ON_DEMAND,
        "ProvisionedThroughput": _THROUGHPUT,
        "WarmThroughput": _WARM,
    },
    required=_LOCAL_INDEX.required,
)
_VECTOR_INDEX: Final = Struct(
    name="a vector index",
    members={
        "Dimensions": Number(),
        "DistanceFunction": Text(choices=("COSINE", "DOT_PRODUCT", "EUCLIDEAN")),
        "IndexName": Text(),
        "Projection": _PROJECTION,
        "SearchSchema": ListOf(
            of=Struct(
                name="an entry of SearchSchema",
                members={
                    "AttributeName": Text(),
                    "SearchSchemaElementType": Text(choices=("HASH", "INLINE_FILTER")),
                },
                required=("AttributeName", "SearchSchemaElementType"),
            )
        ),
        "VectorAttribute": Struct(
            name="VectorAttribute", members={"AttributeName": Text()}, required=("AttributeName",)
        ),
    },
    required=("Dimensions", "DistanceFunction", "IndexName", "Projection", "VectorAttribute"),
)
"""Source: the CDK's ``CfnTable.VectorIndexProperty``."""
_ENCRYPTION: Final = Struct(
    name="SSESpecification",
    members={"KMSMasterKeyId": Text(), "SSEEnabled": Flag(), "SSEType": Text(choices=("KMS", "AES256"))},
)
_TAGS: Final = ListOf(of=Struct(name="a tag", members={"Key": Text(), "Value": Text()}, required=("Key", "Value")))
_TABLE: Final = Struct(
    name="AWS::DynamoDB::Table",
    members={
        "AttributeDefinitions": ListOf(of=_ATTRIBUTE_DEFINITION),
        "BillingMode": Text(choices=("PAY_PER_REQUEST", "PROVISIONED")),
        "ContributorInsightsSpecification": Unread(),
        "DeletionProtectionEnabled": Flag(),
        "GlobalSecondaryIndexes": ListOf(of=_GLOBAL_INDEX),
        "ImportSourceSpecification": Unread(),
        "KeySchema": _KEY_SCHEMA,
        "KinesisStreamSpecification": Unread(),
        "LocalSecondaryIndexes": ListOf(of=_LOCAL_INDEX),
        "OnDemandThroughput": _ON_DEMAND,
        "PointInTimeRecoverySpecification": Unread(),
        "ProvisionedThroughput": _THROUGHPUT,
        "ResourcePolicy": Unread(),
        "SSESpecification": _ENCRYPTION,
        "StreamSpecification": Struct(
            name="StreamSpecification",
            members={
                "ResourcePolicy": Unread(),
                "StreamViewType": Text(choices=("KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES")),
                "Tags": Unread(),
            },
            required=("StreamViewType",),
        ),
        "TableClass": Text(choices=("STANDARD", "STANDARD_INFREQUENT_ACCESS")),
        "TableName": Text(),
        "Tags": _TAGS,
        "TimeToLiveSpecification": Struct(
            name="TimeToLiveSpecification",
            members={"AttributeName": Text(), "Enabled": Flag()},
            required=("Enabled",),
        ),
        "VectorIndexes": ListOf(of=_VECTOR_INDEX),
        "WarmThroughput": _WARM,
    },
    required=("KeySchema",),
)
_SIMPLE_TABLE: Final = Struct(
    name="AWS::Serverless::SimpleTable",
    members={
        "PointInTimeRecoverySpecification": Unread(),
        "PrimaryKey": Struct(
            name="PrimaryKey",
            members={"Name": Text(), "Type": Text(choices=("String", "Number", "Binary"))},
            required=("Type",),
        ),
        "ProvisionedThroughput": Struct(name="ProvisionedThroughput", members=_THROUGHPUT.members),
        "SSESpecification": _ENCRYPTION,
        "TableName": Text(),
        "Tags": Document(),
    },
)
_GLOBAL_TABLE_INDEX: Final = Struct(
    name=_GLOBAL_INDEX.name,
    members={
        **_LOCAL_INDEX.members,
        "ReadOnDemandThroughputSettings": Unread(),
        "ReadProvisionedThroughputSettings": Unread(),
        "WarmThroughput": Unread(),
        "WriteOnDemandThroughputSettings": Unread(),
        "WriteProvisionedThroughputSettings": Unread(),
    },
    required=_LOCAL_INDEX.required,
)
_GLOBAL_TABLE: Final = Struct(
    name="AWS::DynamoDB::GlobalTable",
    members={
        **{
            name: _TABLE.members[name]
            for name in ("AttributeDefinitions", "KeySchema", "LocalSecondaryIndexes", "TableName", "VectorIndexes")
        },
        **{name: _TABLE.members[name] for name in ("StreamSpecification", "TimeToLiveSpecification")},
        "BillingMode": Unread(),
        "GlobalSecondaryIndexes": ListOf(of=_GLOBAL_TABLE_INDEX),
        "GlobalTableSourceArn": Unread(),
        "GlobalTableWitnesses": Unread(),
        "MultiRegionConsistency": Unread(),
        "ReadOnDemandThroughputSettings": Unread(),
        "ReadProvisionedThroughputSettings": Unread(),
        "Replicas": Unread(),
        "SSESpecification": Unread(),
        "WarmThroughput": Unread(),
        "WriteOnDemandThroughputSettings": Unread(),
        "WriteProvisionedThroughputSettings": Unread(),
    },
    required=("KeySchema", "Replicas"),
)
_NOT_APPLIED: Final = ("ImportSourceSpecification", "KinesisStreamSpecification", "ResourcePolicy")


def read_table(resource: Resource, name: str, reader: Reader, notices: list[Notice]) -> Table:
    """The table that *resource* declares; faults go to the reader's problems."""
    if resource.type == "AWS::Serverless::SimpleTable":
        return _simple_table(resource, name, reader)
    is_global = resource.type == "AWS::DynamoDB::GlobalTable"
    faults_before = len(reader.problems.found)
    values = reader.struct(resource.properties, _GLOBAL_TABLE if is_global else _TABLE, resource.line)
    if len(reader.problems.found) == faults_before:
        _check_keys(resource, values, reader)
    for ignored in _NOT_APPLIED:
        if ignored in resource.properties.entries:
            text = f"{ignored} of {resource.logical_id} is not applied"
            notices.append(Notice(line=resource.properties.line_of(ignored), text=text))
    if is_global:
        values["BillingMode"] = "PAY_PER_REQUEST"
        notices.append(
            Notice(line=resource.line, text=f"{resource.logical_id} is one table here, without replicas, on demand")
        )
    time_to_live = values.pop("TimeToLiveSpecification", None)
    if "StreamSpecification" in values:
        values["StreamSpecification"] = {"StreamEnabled": True, **values["StreamSpecification"]}
    # CloudFormation's default; CreateTable itself wants a billing mode or a throughput.
    if "BillingMode" not in values and "ProvisionedThroughput" in values:
        values["BillingMode"] = "PROVISIONED"
    return Table(
        logical_id=resource.logical_id,
        name=name,
        line=resource.line,
        request={**_wire_encryption(values), "TableName": name},
        time_to_live=time_to_live,
    )


def _simple_table(resource: Resource, name: str, reader: Reader) -> Table:
    """Source: AWS SAM developer guide, AWS::Serverless::SimpleTable (key ``id`` of type String, on demand by default)."""
    values = reader.struct(resource.properties, _SIMPLE_TABLE, resource.line)
    key = values.pop("PrimaryKey", {})
    key_name = key.get("Name", "id")
    throughput = values.pop("ProvisionedThroughput", None)
    tags = values.pop("Tags", None)
    request: dict[str, Any] = {
        **_wire_encryption(values),
        "TableName": name,
        "AttributeDefinitions": [{"AttributeName": key_name, "AttributeType": key.get("Type", "String")[0]}],
        "KeySchema": [{"AttributeName": key_name, "KeyType": "HASH"}],
        "BillingMode": "PAY_PER_REQUEST" if throughput is None else "PROVISIONED",
    }
    if throughput is not None:
        request["ProvisionedThroughput"] = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5, **throughput}
    if isinstance(tags, dict):
        request["Tags"] = [{"Key": tag, "Value": str(value)} for tag, value in tags.items()]
    return Table(logical_id=resource.logical_id, name=name, line=resource.line, request=request)


def _wire_encryption(values: dict[str, Any]) -> dict[str, Any]:
    """CloudFormation's ``SSEEnabled`` is ``Enabled`` on the wire."""
    encryption = values.get("SSESpecification")
    if not encryption:
        return values
    wire = {("Enabled" if member == "SSEEnabled" else member): value for member, value in encryption.items()}
    return {**values, "SSESpecification": wire}


def _check_keys(resource: Resource, values: dict[str, Any], reader: Reader) -> None:
    """The two slips people make most, told with the attribute's name; all else is CreateTable's to refuse."""
    properties = resource.properties
    defined = [definition.get("AttributeName") for definition in values.get("AttributeDefinitions", [])]
    keys = list(_key_attributes(values))
    used = keys + list(_searched_attributes(values))
    line = properties.line_of("AttributeDefinitions")
    for attribute in dict.fromkeys(used):
        if attribute not in defined:
            part = "a key" if attribute in keys else "in a SearchSchema"
            what = f"{attribute} is {part} of {resource.logical_id} but is not among its AttributeDefinitions"
            reader.problems.add(line, what, f"Add: {{AttributeName: {attribute}, AttributeType: S}}")
    for attribute in defined:
        if attribute not in used and used:
            what = f"{attribute} is defined for {resource.logical_id}, but no key or index uses it"
            reader.problems.add(line, what, "Remove it: DynamoDB takes definitions of key attributes only")


def _key_attributes(values: dict[str, Any]) -> Iterator[str]:
    indexes = [*values.get("GlobalSecondaryIndexes", []), *values.get("LocalSecondaryIndexes", [])]
    for schema in (values, *indexes):
        for entry in schema.get("KeySchema", []):
            if "AttributeName" in entry:
                yield entry["AttributeName"]


def _searched_attributes(values: dict[str, Any]) -> Iterator[str]:
    for index in values.get("VectorIndexes", []):
        for entry in index.get("SearchSchema", []):
            if "AttributeName" in entry:
                yield entry["AttributeName"]
