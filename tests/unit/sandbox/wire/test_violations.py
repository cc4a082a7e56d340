"""The one message that lists every broken constraint: sentences, paths, printed values, order, deviations."""

from typing import Annotated, Any, ClassVar

import msgspec
import pytest
from msgspec import Meta, field

from sandbox.dynamodb import parameters as p
from sandbox.wire.constraints import Stated, Upfront, length_at_most, whole
from sandbox.wire.decode import decode
from sandbox.wire.faults import ValidationException
from sandbox.wire.operation import RequestShape

NAME_PATTERN = "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+"


def refusal(request_type: type[RequestShape], members: dict[str, Any]) -> str | None:
    with pytest.raises(ValidationException) as refused:
        decode(request_type, msgspec.json.encode(members))
    return refused.value.message


class PutItem(RequestShape):
    """PutItem's members, in AWS's order."""

    reported_alone: ClassVar[tuple[str, ...]] = ("table_name",)

    return_consumed_capacity: p.ReturnConsumedCapacity | None = None
    table_name: p.TableName
    item: p.ItemMap
    conditional_operator: p.ConditionalOperator | None = None
    expected: p.ExpectedMap | None = None
    return_values: p.ReturnValues | None = None
    return_item_collection_metrics: p.ReturnItemCollectionMetrics | None = None


def test_every_bad_enum_is_listed_in_the_order_of_the_members() -> None:
    assert refusal(
        PutItem,
        {
            "TableName": "music",
            "ReturnItemCollectionMetrics": "d",
            "ReturnValues": "c",
            "ConditionalOperator": "b",
            "ReturnConsumedCapacity": "a",
        },
    ) == (
        "5 validation errors detected: "
        "Value 'a' at 'returnConsumedCapacity' failed to satisfy constraint: "
        "Member must satisfy enum value set: [INDEXES, TOTAL, NONE]; "
        "Value null at 'item' failed to satisfy constraint: Member must not be null; "
        "Value 'b' at 'conditionalOperator' failed to satisfy constraint: "
        "Member must satisfy enum value set: [OR, AND]; "
        "Value 'c' at 'returnValues' failed to satisfy constraint: "
        "Member must satisfy enum value set: [ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]; "
        "Value 'd' at 'returnItemCollectionMetrics' failed to satisfy constraint: "
        "Member must satisfy enum value set: [SIZE, NONE]"
    )


def test_a_bad_table_name_is_reported_alone_where_the_request_says_so() -> None:
    assert refusal(PutItem, {"TableName": "", "ReturnValues": "c"}) == (
        "1 validation error detected: "
        "Value '' at 'tableName' failed to satisfy constraint: Member must have length greater than or equal to 1"
    )


def test_an_absent_table_name_is_listed_with_the_others() -> None:
    message = refusal(PutItem, {"ReturnValues": "c"})
    assert message is not None
    assert message.startswith("3 validation errors detected: Value null at 'tableName' failed")


class UpdateItem(RequestShape):
    """UpdateItem stops at the first bad enum."""

    reported_alone: ClassVar[tuple[str, ...]] = ("table_name", "return_values", "return_consumed_capacity")

    return_consumed_capacity: p.ReturnConsumedCapacity | None = None
    table_name: p.TableName
    return_values: p.ReturnValues | None = None
    key: p.KeyMap


def test_update_item_stops_at_the_first_bad_enum() -> None:
    message = refusal(UpdateItem, {"TableName": "music", "ReturnValues": "c", "ReturnConsumedCapacity": "a"})
    assert message == (
        "1 validation error detected: Value 'c' at 'returnValues' failed to satisfy constraint: "
        "Member must satisfy enum value set: [ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]"
    )


TABLE_NAMES = [
    ("", "Member must have length greater than or equal to 1"),
    ("a", "Member must have length greater than or equal to 3"),
    ("ab", "Member must have length greater than or equal to 3"),
    ("a b", NAME_PATTERN),
    ("music\n", NAME_PATTERN),
    ("x" * 256, "Member must have length less than or equal to 255"),
    (
        "arn:aws:dynamodb:us-east-1:000000000000:tables/music",
        (
            "Valid ARN format is 'arn:<awsPartition>:<vendor>:<region>:<subscriber>:resourceType/resourceName', where Resource "
            "name must have length less than or equal to 255, Resource name must have length greater than or equal to 3, "
            "Resource name must satisfyregular expression pattern: [a-zA-Z0-9_.-]+"
        ),
    ),
]


@pytest.mark.parametrize(("name", "constraint"), TABLE_NAMES)
def test_table_names_of_the_data_plane(name: str, constraint: str) -> None:
    assert refusal(PutItem, {"TableName": name, "Item": {}}) == (
        f"1 validation error detected: Value '{name}' at 'tableName' failed to satisfy constraint: {constraint}"
    )


@pytest.mark.parametrize("name", ["abc", "A.b_c-9", "x" * 255, "arn:aws:dynamodb:eu-west-1:123456789012:table/music"])
def test_table_names_that_pass(name: str) -> None:
    assert decode(PutItem, msgspec.json.encode({"TableName": name, "Item": {}})).table_name == name


class DescribeTable(RequestShape):
    """A control-plane request."""

    table_name: p.ControlTableName


def test_table_names_of_the_control_plane() -> None:
    """Source: ack-api-quirks DDB-TABLE-442, 457."""
    length = "failed to satisfy constraint: Member must have length"
    assert refusal(DescribeTable, {}) == ("The parameter 'TableName' is required but was not present in the request")
    assert refusal(DescribeTable, {"TableName": "ab"}) == (
        f"1 validation error detected: Value 'ab' at 'tableName' {length} greater than or equal to 3"
    )
    assert refusal(DescribeTable, {"TableName": ""}) == (
        f"2 validation errors detected: Value '' at 'tableName' {length} greater than or equal to 3; "
        f"Value '' at 'tableName' failed to satisfy constraint: {NAME_PATTERN}"
    )
    assert refusal(DescribeTable, {"TableName": "x" * 256}) == (
        f"1 validation error detected: Value '{'x' * 256}' at 'tableName' {length} less than or equal to 255"
    )
    assert refusal(DescribeTable, {"TableName": "a;b"}) == (
        f"1 validation error detected: Value 'a;b' at 'tableName' failed to satisfy constraint: {NAME_PATTERN}"
    )
    arn = "arn:aws:dynamodb:eu-west-1:123456789012:table/music"
    assert decode(DescribeTable, msgspec.json.encode({"TableName": arn})).table_name == arn


class CreateTable(RequestShape):
    """CreateTable's members, in AWS's order."""

    attribute_definitions: p.AttributeDefinitions | None = None
    table_name: p.NewTableName
    billing_mode: p.BillingMode | None = None
    provisioned_throughput: p.ProvisionedThroughput | None = None
    key_schema: p.TableKeySchema
    local_secondary_indexes: list[p.LocalSecondaryIndex] | None = None
    global_secondary_indexes: list[p.GlobalSecondaryIndex] | None = None
    sse_specification: p.SSESpecification | None = field(default=None, name="SSESpecification")


def test_pattern_stands_before_length() -> None:
    assert refusal(CreateTable, {"TableName": "a;", "KeySchema": [{"AttributeName": "a", "KeyType": "HASH"}]}) == (
        f"2 validation errors detected: Value 'a;' at 'tableName' failed to satisfy constraint: {NAME_PATTERN}; "
        "Value 'a;' at 'tableName' failed to satisfy constraint: Member must have length greater than or equal to 3"
    )


def test_paths_go_through_lists_and_structures() -> None:
    assert refusal(
        CreateTable,
        {
            "TableName": "music",
            "ProvisionedThroughput": {"ReadCapacityUnits": 0},
            "KeySchema": [{"AttributeName": "", "KeyType": "HASH"}, {"AttributeName": "b", "KeyType": "SORT"}],
            "GlobalSecondaryIndexes": [{"IndexName": "i", "KeySchema": [], "Projection": {"ProjectionType": "SOME"}}],
            "SSESpecification": {"SSEType": "ROT13"},
        },
    ) == (
        "8 validation errors detected: "
        "Value null at 'provisionedThroughput.writeCapacityUnits' failed to satisfy constraint: "
        "Member must not be null; "
        "Value '0' at 'provisionedThroughput.readCapacityUnits' failed to satisfy constraint: "
        "Member must have value greater than or equal to 1; "
        "Value '' at 'keySchema.1.member.attributeName' failed to satisfy constraint: "
        "Member must have length greater than or equal to 1; "
        "Value 'SORT' at 'keySchema.2.member.keyType' failed to satisfy constraint: "
        "Member must satisfy enum value set: [HASH, RANGE]; "
        "Value 'i' at 'globalSecondaryIndexes.1.member.indexName' failed to satisfy constraint: "
        "Member must have length greater than or equal to 3; "
        "Value '[]' at 'globalSecondaryIndexes.1.member.keySchema' failed to satisfy constraint: "
        "Member must have length greater than or equal to 1; "
        "Value 'SOME' at 'globalSecondaryIndexes.1.member.projection.projectionType' failed to satisfy constraint: "
        "Member must satisfy enum value set: [ALL, INCLUDE, KEYS_ONLY]; "
        "Value 'ROT13' at 'sSESpecification.sSEType' failed to satisfy constraint: "
        "Member must satisfy enum value set: [AES256, KMS]"
    )


def test_structures_are_printed_as_java_does() -> None:
    elements = [
        {"AttributeName": name, "KeyType": type_} for name, type_ in (("pk", "HASH"), ("a", "RANGE"), ("b", "RANGE"))
    ]
    assert refusal(CreateTable, {"TableName": "music", "KeySchema": elements}) == (
        "1 validation error detected: Value '[KeySchemaElement(attributeName=pk, keyType=HASH), "
        "KeySchemaElement(attributeName=a, keyType=RANGE), KeySchemaElement(attributeName=b, keyType=RANGE)]' "
        "at 'keySchema' failed to satisfy constraint: Member must have length less than or equal to 2"
    )


class Query(RequestShape):
    """Members of Query and Scan with their peculiarities."""

    limit: p.QueryLimit | None = None
    segment: p.Segment | None = None
    attributes_to_get: p.AttributesToGet | None = None
    query_filter: p.ConditionMap | None = None


def test_query_names_its_limit_as_on_the_wire_and_hides_the_value() -> None:
    assert refusal(Query, {"Limit": 0}) == (
        "1 validation error detected: Value at 'Limit' failed to satisfy constraint: "
        "Member must have value greater than or equal to 1"
    )


def test_map_keys_keep_their_capitals_in_paths() -> None:
    assert refusal(Query, {"QueryFilter": {"Artist": {"ComparisonOperator": "LIKE"}}}) == (
        "1 validation error detected: Value 'LIKE' at 'queryFilter.Artist.member.comparisonOperator' "
        "failed to satisfy constraint: Member must satisfy enum value set: [IN, NULL, BETWEEN, LT, NOT_CONTAINS, EQ, "
        "GT, NOT_NULL, NE, LE, BEGINS_WITH, GE, CONTAINS]"
    )


def test_lists_of_texts_are_printed_in_brackets() -> None:
    assert refusal(Query, {"AttributesToGet": []}) == (
        "1 validation error detected: Value '[]' at 'attributesToGet' failed to satisfy constraint: "
        "Member must have length greater than or equal to 1"
    )
    names = [f"a{number}" for number in range(256)]
    assert refusal(Query, {"AttributesToGet": names}) == (
        f"1 validation error detected: Value '[{', '.join(names)}]' at 'attributesToGet' failed to satisfy constraint: "
        "Member must have length less than or equal to 255"
    )


class BatchGetItem(RequestShape):
    """BatchGetItem's request."""

    request_items: p.BatchGetMap


class BatchWriteItem(RequestShape):
    """BatchWriteItem's request."""

    request_items: p.BatchWriteMap


def test_too_many_keys_of_a_table_are_named_as_on_the_wire() -> None:
    keys = [{"pk": {"N": str(number)}} for number in range(101)]
    assert refusal(BatchGetItem, {"RequestItems": {"Music": {"Keys": keys}}}) == (
        "1 validation error detected: Value at 'RequestItems.Music.member.Keys' failed to satisfy constraint: "
        "Member must have length less than or equal to 100"
    )
    assert refusal(BatchGetItem, {"RequestItems": {"Music": {"Keys": []}}}) == (
        "1 validation error detected: Value '[]' at 'requestItems.Music.member.keys' failed to satisfy constraint: "
        "Member must have length greater than or equal to 1"
    )


def test_the_length_of_one_tables_writes_is_reported_on_the_whole_map() -> None:
    assert refusal(BatchWriteItem, {"RequestItems": {"Music": []}}) == (
        "1 validation error detected: Value '{Music=[]}' at 'requestItems' failed to satisfy constraint: "
        "Map value must satisfy constraint: [Member must have length less than or equal to 25, "
        "Member must have length greater than or equal to 1]"
    )


def test_bad_table_names_are_reported_as_keys_of_the_map() -> None:
    message = refusal(BatchGetItem, {"RequestItems": {"a b": {"Keys": [{}]}}})
    assert message is not None
    assert message.endswith(
        "at 'requestItems' failed to satisfy constraint: Map keys must satisfy constraint: "
        "[Member must have length less than or equal to 255, Member must have length greater than or equal to 3, "
        "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+]"
    )


def test_an_item_is_printed_with_the_names_of_its_members() -> None:
    message = refusal(BatchWriteItem, {"RequestItems": {"Music": [{"DeleteRequest": {"Key": {"a": {"S": "b"}}}}] * 26}})
    assert message is not None
    assert message.startswith(
        "1 validation error detected: Value '{Music=[WriteRequest(putRequest=null, "
        "deleteRequest=DeleteRequest(key={a=AttributeValue(s=b, n=null,"
    )


class Many(RequestShape):
    """More members than are ever listed."""

    keys: list[Annotated[str, Meta(max_length=1)]] | None = None


def test_never_more_than_ten_are_listed() -> None:
    message = refusal(Many, {"Keys": ["ab"] * 12})
    assert message is not None
    assert message.startswith("10 validation errors detected: Value 'ab' at 'keys.1.member' failed")
    assert message.count("; ") == 9


def test_a_list_or_map_that_is_cut_short_still_ends_as_one() -> None:
    """Programs look for the value in its brackets."""
    write = {"PutRequest": {"Item": {"a": {"S": "x" * 1_000}}}}
    message = refusal(BatchWriteItem, {"RequestItems": {"Music": [write] * 26}})
    assert message is not None
    assert "…]}' at 'requestItems' failed to satisfy constraint" in message


def test_a_hostile_value_does_not_come_back_whole() -> None:
    message = refusal(Many, {"Keys": ["x" * 1_000_000]})
    assert message is not None
    assert len(message) < 20_000


class Declared(RequestShape):
    """What a declaration can say beyond bounds."""

    code: Annotated[
        str,
        Meta(pattern=whole("[a-z]{1,3}")),
        Stated(check=lambda code: [length_at_most(3)] if len(code) > 3 else ["odd"]),
    ]
    token: Annotated[str, Upfront(check=lambda token: "no token" if token is None else None)]


def test_declarations_choose_their_words() -> None:
    assert refusal(Declared, {"Token": "t", "Code": "abcd"}) == (
        "1 validation error detected: Value 'abcd' at 'code' failed to satisfy constraint: "
        "Member must have length less than or equal to 3"
    )
    assert refusal(Declared, {"Token": "t", "Code": "A"}) == (
        "1 validation error detected: Value 'A' at 'code' failed to satisfy constraint: odd"
    )
    assert refusal(Declared, {"Code": "A"}) == "no token"


class Backup(RequestShape):
    """A request whose violations are listed as a hash table gives its members."""

    is_hash_listed = True
    table_name: str
    backup_name: p.BackupName


def test_violations_come_as_a_hash_table_gives_the_members() -> None:
    """The structures within are listed so as well: ack-api-quirks DDB-TABLE-457."""
    assert refusal(Backup, {"BackupName": "x"}) == (
        "2 validation errors detected: "
        "Value 'x' at 'backupName' failed to satisfy constraint: Member must have length greater than or equal to 3; "
        "Value null at 'tableName' failed to satisfy constraint: Member must not be null"
    )
