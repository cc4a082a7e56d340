"""Vector indexes as parts of a table: how they are defined, changed, described, kept and restored.

Source, unless a test names another: the documentation of CreateTable and UpdateTable; nubo-db/dynoxide and
ExtendDB/extenddb, whose sources tell what they measured on AWS in August 2026.
"""

import gzip
import json
from collections.abc import Callable, Iterator
from email.utils import parsedate_to_datetime
from typing import Any

import pytest

from tests.conformance.expect import refused

Unique = Callable[[], str]
P = "One or more parameter values were invalid: "


def vector(*numbers: float) -> list[dict[str, str]]:
    return [{"N": str(number)} for number in numbers]


def index(name: str = "near", **members: Any) -> dict[str, Any]:
    return {
        "IndexName": name,
        "VectorAttribute": {"AttributeName": "v"},
        "Dimensions": 2,
        "DistanceFunction": "COSINE",
        "Projection": {"ProjectionType": "ALL"},
        **members,
    }


def element(name: str, kind: str) -> dict[str, str]:
    return {"AttributeName": name, "SearchSchemaElementType": kind}


def define(*names: str) -> list[dict[str, str]]:
    return [{"AttributeName": name, "AttributeType": "S"} for name in names]


def described(dynamodb: Any, table: str) -> list[dict[str, Any]]:
    """The vector indexes of a table."""
    found: list[dict[str, Any]] = dynamodb.describe_table(TableName=table)["Table"].get("VectorIndexes", [])
    return found


def settled(dynamodb: Any, table: str) -> list[dict[str, Any]]:
    """The vector indexes of a table once all of them are ACTIVE."""
    for _ in range(600):
        dynamodb.get_waiter("table_exists").wait(TableName=table, WaiterConfig={"Delay": 1})
        found = described(dynamodb, table)
        if all(one["IndexStatus"] == "ACTIVE" for one in found):
            return found
    raise AssertionError(f"{table} did not settle")


def found(dynamodb: Any, table: str, *numbers: float, name: str = "near", **members: Any) -> list[str]:
    asked = {"SearchVector": vector(*(numbers or (1, 0))), "TopK": 10, **members}
    results = dynamodb.search_vectors(TableName=table, IndexName=name, **asked)["SearchResults"]
    return [result["Item"]["pk"]["S"] for result in results]


def put(dynamodb: Any, table: str, key: str, *numbers: float, **attributes: Any) -> None:
    dynamodb.put_item(TableName=table, Item={"pk": {"S": key}, "v": {"L": vector(*numbers)}, **attributes})


# -- CreateTable -----------------------------------------------------------------------------------------------------


def test_an_index_is_described_as_it_was_defined(dynamodb: Any, make_table: Callable[..., str]) -> None:
    searched = [element("b", "INLINE_FILTER"), element("a", "HASH")]
    projection = {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["title"]}
    table = make_table(definitions=["a:S", "b:S"], VectorIndexes=[index(SearchSchema=searched, Projection=projection)])
    assert described(dynamodb, table) == [
        index(
            SearchSchema=searched,
            Projection=projection,
            IndexStatus="ACTIVE",
            IndexSizeBytes=0,
            ItemCount=0,
            IndexArn=f"{dynamodb.describe_table(TableName=table)['Table']['TableArn']}/index/near",
        )
    ]
    put(dynamodb, table, "k", 1, 2, a={"S": "x"})
    [one] = described(dynamodb, table)
    # Two floats, and names and values: v, pk k, a x.
    assert (one["ItemCount"], one["IndexSizeBytes"]) == (1, 14)


def test_a_new_table_has_its_index_creating(dynamodb: Any, unique: Unique) -> None:
    name = f"table-{unique()}"
    answer = dynamodb.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=define("pk"),
        BillingMode="PAY_PER_REQUEST",
        VectorIndexes=[index()],
    )["TableDescription"]
    [one] = answer["VectorIndexes"]
    assert one["IndexStatus"] == "CREATING"
    assert "Backfilling" not in one
    assert "SearchSchema" not in one
    settled(dynamodb, name)
    dynamodb.delete_table(TableName=name)


CREATED = "1 validation error detected: Value"
BAD_INDEXES = [
    pytest.param([], define("pk"), f"{P}List of VectorIndexes is empty", id="none"),
    pytest.param([index(Dimensions=4097)], define("pk"), f"{P}Number of dimensions must be between 1 and 4096 inclusive.", id="dimensions"),
    pytest.param([index(Projection={})], define("pk"), f"{P}Unknown ProjectionType: null", id="projection"),
    pytest.param([index(Projection={"ProjectionType": "INCLUDE"})], define("pk"), f"{P}ProjectionType is INCLUDE, but NonKeyAttributes is not specified", id="include"),
    pytest.param([index(SearchSchema=[element("a", "HASH")])], define("pk"), f"{P}One element in SearchSchema is not defined in attribute definitions", id="not defined"),
    pytest.param([index(SearchSchema=[element("a", "HASH"), element("b", "HASH")])], define("pk", "a", "b"), f"{P}Value '2' at 'SearchSchema' failed to satisfy constraint: Member must have HASH count less than or equal to 1", id="two partitions"),
    pytest.param([index(SearchSchema=[element("a", "HASH"), element("a", "INLINE_FILTER")])], define("pk", "a"), f"{P}SearchSchema contains a duplicate AttributeName", id="twice"),
    pytest.param([index(), index()], define("pk"), f"{P}Duplicate index name: near", id="name"),
    pytest.param([index(f"near{number}") for number in range(6)], define("pk"), f"{P}VectorIndex count exceeds the per-table limit of 5", id="count"),
    pytest.param([index(), index("far", Dimensions=3)], define("pk"), f"{P}Conflicting attribute definition for 'v'. All VectorIndexes on the same vector attribute must use the same dimensions.", id="two lengths"),
    pytest.param([index()], define("pk", "v"), f"{P}Conflicting attribute definition for 'v'. An attribute cannot be defined in AttributeDefinitions when used as a VectorAttribute.", id="defined"),
    pytest.param([index(VectorAttribute={"AttributeName": "pk"})], define("pk"), f"{P}Conflicting attribute definition for 'pk'. An attribute cannot be defined in AttributeDefinitions when used as a VectorAttribute.", id="key"),
    pytest.param([index()], define("pk", "a"), f"{P}Some AttributeDefinitions are not used. AttributeDefinitions: [a, pk], keys used: [pk]", id="unused"),
    pytest.param([index(Dimensions=0)], define("pk"), f"{CREATED} '0' at 'vectorIndexes.1.member.dimensions' failed to satisfy constraint: Member must have value greater than or equal to 1", id="no dimension"),
    pytest.param([index(DistanceFunction="NEAR")], define("pk"), f"{CREATED} 'NEAR' at 'vectorIndexes.1.member.distanceFunction' failed to satisfy constraint: Member must satisfy enum value set: [DOT_PRODUCT, COSINE, EUCLIDEAN]", id="function"),
]  # fmt: skip


@pytest.mark.parametrize(("indexes", "definitions", "message"), BAD_INDEXES)
def test_an_index_that_cannot_be_is_refused(
    dynamodb: Any, unique: Unique, indexes: list[dict[str, Any]], definitions: list[dict[str, str]], message: str
) -> None:
    with refused("ValidationException", message):
        dynamodb.create_table(
            TableName=unique(),
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=definitions,
            BillingMode="PAY_PER_REQUEST",
            VectorIndexes=indexes,
        )


def test_all_indexes_of_a_table_share_their_names(dynamodb: Any, unique: Unique) -> None:
    key = {"KeySchema": [{"AttributeName": "a", "KeyType": "HASH"}], "Projection": {"ProjectionType": "ALL"}}
    with refused("ValidationException", f"{P}Duplicate index name: near"):
        dynamodb.create_table(
            TableName=unique(),
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=define("pk", "a"),
            BillingMode="PAY_PER_REQUEST",
            GlobalSecondaryIndexes=[{"IndexName": "near", **key}],
            VectorIndexes=[index()],
        )


def test_a_provisioned_table_has_none(dynamodb: Any, unique: Unique, make_table: Callable[..., str]) -> None:
    units = {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}
    with refused("ValidationException", f"{P}Vector indexes are only supported for PAY_PER_REQUEST tables"):
        dynamodb.create_table(
            TableName=unique(),
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=define("pk"),
            ProvisionedThroughput=units,
            VectorIndexes=[index()],
        )
    provisioned = make_table(ProvisionedThroughput=units)
    with refused("ValidationException", f"{P}Vector indexes are only supported for PAY_PER_REQUEST tables"):
        dynamodb.update_table(TableName=provisioned, VectorIndexUpdates=[{"Create": index()}])
    table = make_table(VectorIndexes=[index()])
    with refused("ValidationException", f"{P}Vector indexes are only supported for PAY_PER_REQUEST tables"):
        dynamodb.update_table(TableName=table, BillingMode="PROVISIONED", ProvisionedThroughput=units)
    with refused("ValidationException"):
        dynamodb.update_table(
            TableName=table,
            BillingMode="PROVISIONED",
            ProvisionedThroughput=units,
            VectorIndexUpdates=[{"Delete": {"IndexName": "near"}}],
        )


# -- UpdateTable -----------------------------------------------------------------------------------------------------


def test_an_index_is_added_with_the_items_that_are_there(dynamodb: Any, make_table: Callable[..., str]) -> None:
    """What could not be written with the index is left out of it."""
    name = make_table()
    put(dynamodb, name, "good", 1, 2, a={"S": "x"})
    put(dynamodb, name, "too long", 1, 2, 3, a={"S": "x"})
    put(dynamodb, name, "no partition", 1, 2)
    put(dynamodb, name, "wrong partition", 1, 2, a={"N": "1"})
    put(dynamodb, name, "wrong filter", 1, 2, a={"S": "x"}, b={"N": "1"})
    dynamodb.put_item(TableName=name, Item={"pk": {"S": "no list"}, "v": {"S": "x"}})
    searched = [element("a", "HASH"), element("b", "INLINE_FILTER")]
    answer = dynamodb.update_table(
        TableName=name,
        AttributeDefinitions=define("a", "b"),
        VectorIndexUpdates=[{"Create": index(SearchSchema=searched)}],
    )["TableDescription"]
    assert answer["TableStatus"] == "UPDATING"
    [one] = answer["VectorIndexes"]
    assert (one["IndexStatus"], one["Backfilling"]) == ("CREATING", False)
    [one] = settled(dynamodb, name)
    assert "Backfilling" not in one
    description = dynamodb.describe_table(TableName=name)["Table"]
    assert [entry["AttributeName"] for entry in description["AttributeDefinitions"]] == ["a", "b", "pk"]
    condition: dict[str, Any] = {"SearchConditionExpression": "a = :a", "ExpressionAttributeValues": {":a": {"S": "x"}}}
    assert found(dynamodb, name, **condition) == ["good"]
    # An update may leave alone what does not fit.
    dynamodb.update_item(
        TableName=name,
        Key={"pk": {"S": "too long"}},
        UpdateExpression="SET n = :n",
        ExpressionAttributeValues={":n": {"N": "1"}},
    )


def test_an_index_is_deleted(dynamodb: Any, make_table: Callable[..., str]) -> None:
    name = make_table(
        definitions=["a:S"], VectorIndexes=[index(SearchSchema=[element("a", "INLINE_FILTER")]), index("far")]
    )
    put(dynamodb, name, "k", 1, 2)
    answer = dynamodb.update_table(TableName=name, VectorIndexUpdates=[{"Delete": {"IndexName": "near"}}])
    [near] = [one for one in answer["TableDescription"]["VectorIndexes"] if one["IndexName"] == "near"]
    assert near["IndexStatus"] == "DELETING"
    for _ in range(600):
        if [one["IndexName"] for one in described(dynamodb, name)] == ["far"]:
            break
    dynamodb.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1})
    assert [one["IndexName"] for one in described(dynamodb, name)] == ["far"]
    definitions = dynamodb.describe_table(TableName=name)["Table"]["AttributeDefinitions"]
    assert definitions == define("pk")
    with refused("ValidationException", "The table does not have the specified index: near"):
        found(dynamodb, name)
    assert found(dynamodb, name, name="far") == ["k"]


BY_V = {
    "IndexName": "by_v",
    "KeySchema": [{"AttributeName": "v", "KeyType": "HASH"}],
    "Projection": {"ProjectionType": "ALL"},
}


@pytest.mark.parametrize(
    ("code", "members", "message"),
    [
        ("ValidationException", {"VectorIndexUpdates": []}, f"{P}List of VectorIndexUpdates is empty"),
        ("ValidationException", {"VectorIndexUpdates": [{}]}, None),
        ("ValidationException", {"VectorIndexUpdates": [{"Create": index("far"), "Delete": {"IndexName": "near"}}]}, None),
        ("ValidationException", {"VectorIndexUpdates": [{"Create": index()}]}, "Attempting to create an index which already exists"),
        ("LimitExceededException", {"VectorIndexUpdates": [{"Create": index("a_1")}, {"Create": index("a_2")}]}, "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table"),
        ("ValidationException", {"VectorIndexUpdates": [{"Create": index("far", Dimensions=3)}]}, f"{P}Attributes cannot be redefined. Please check that your attribute has the same type as previously defined. Existing schema: VectorIndexSchema:[VectorAttribute: key{{v:L:2}}] New schema: VectorIndexSchema:[VectorAttribute: key{{v:L:3}}]"),
        ("ValidationException", {"VectorIndexUpdates": [{"Create": index("far", VectorAttribute={"AttributeName": "pk"})}]}, f"{P}Attributes cannot be redefined. Please check that your attribute has the same type as previously defined. Existing schema: Schema:[SchemaElement: key{{pk:S:HASH}}] New schema: VectorIndexSchema:[VectorAttribute: key{{pk:L:2}}]"),
        ("ValidationException", {"VectorIndexUpdates": [{"Create": index("far", SearchSchema=[element("a", "HASH")])}]}, f"{P}One element in SearchSchema is not defined in attribute definitions"),
        ("ResourceNotFoundException", {"VectorIndexUpdates": [{"Delete": {"IndexName": "none"}}]}, None),
        ("ValidationException", {"AttributeDefinitions": define("v"), "GlobalSecondaryIndexUpdates": [{"Create": BY_V}]}, f"{P}Attributes cannot be redefined. Please check that your attribute has the same type as previously defined. Existing schema: VectorIndexSchema:[VectorAttribute: key{{v:L:2}}] New schema: Schema:[SchemaElement: key{{v:S:HASH}}]"),
        ("ValidationException", {"AttributeDefinitions": define("a"), "GlobalSecondaryIndexUpdates": [{"Create": {**BY_V, "IndexName": "near", "KeySchema": [{"AttributeName": "a", "KeyType": "HASH"}]}}]}, "Attempting to create an index which already exists"),
    ],
)  # fmt: skip
def test_a_change_that_cannot_be_is_refused(
    dynamodb: Any, make_table: Callable[..., str], code: str, members: dict[str, Any], message: str | None
) -> None:
    table = make_table(VectorIndexes=[index()])
    with refused(code, message):
        dynamodb.update_table(TableName=table, **members)
    assert [one["IndexName"] for one in described(dynamodb, table)] == ["near"]


def test_no_sixth_index_is_added(dynamodb: Any, make_table: Callable[..., str]) -> None:
    table = make_table(VectorIndexes=[index(f"near{number}") for number in range(5)])
    sentence = "Subscriber limit exceeded: Number of vector secondary indexes exceeds per-table limit of 5"
    with refused("LimitExceededException", sentence):
        dynamodb.update_table(TableName=table, VectorIndexUpdates=[{"Create": index("far")}])


# -- backups, imports, expiry ----------------------------------------------------------------------------------------


@pytest.fixture
def target(dynamodb: Any, unique: Unique) -> Iterator[str]:
    """The name of a table to restore to; gone at the end."""
    name = f"restored-{unique()}"
    yield name
    dynamodb.delete_table(TableName=name)


def test_a_backup_has_the_indexes_and_a_restore_fills_them(
    dynamodb: Any, make_table: Callable[..., str], target: str
) -> None:
    near = index(SearchSchema=[element("a", "INLINE_FILTER")])
    table = make_table(definitions=["a:S"], VectorIndexes=[near, index("far")])
    put(dynamodb, table, "k", 1, 0)
    arn = dynamodb.create_backup(TableName=table, BackupName="nightly")["BackupDetails"]["BackupArn"]
    features = dynamodb.describe_backup(BackupArn=arn)["BackupDescription"]["SourceTableFeatureDetails"]
    assert features["VectorIndexes"] == [near, index("far")]
    dynamodb.restore_table_from_backup(BackupArn=arn, TargetTableName=target)
    assert [one["IndexName"] for one in settled(dynamodb, target)] == ["near", "far"]
    assert found(dynamodb, target) == found(dynamodb, target, name="far") == ["k"]


@pytest.mark.parametrize("kept", [["far"], []])
def test_a_restore_has_the_indexes_that_are_asked_for(
    dynamodb: Any, make_table: Callable[..., str], target: str, kept: list[str]
) -> None:
    table = make_table(VectorIndexes=[index(), index("far", DistanceFunction="EUCLIDEAN")])
    put(dynamodb, table, "k", 1, 0)
    recovery = {"PointInTimeRecoveryEnabled": True}
    dynamodb.update_continuous_backups(TableName=table, PointInTimeRecoverySpecification=recovery)
    dynamodb.restore_table_to_point_in_time(
        SourceTableName=table,
        TargetTableName=target,
        UseLatestRestorableTime=True,
        VectorIndexOverride=[index(name, DistanceFunction="EUCLIDEAN") for name in kept],
    )
    assert [one["IndexName"] for one in settled(dynamodb, target)] == kept
    for name in kept:
        assert found(dynamodb, target, name=name) == ["k"]


def test_a_restore_makes_no_index_that_was_not_there(
    dynamodb: Any, make_table: Callable[..., str], unique: Unique
) -> None:
    table = make_table(VectorIndexes=[index()])
    arn = dynamodb.create_backup(TableName=table, BackupName="nightly")["BackupDetails"]["BackupArn"]
    sentence = (
        "Invalid Request: Index near does not match a secondary index that existed in the source table "
        "and cannot be created during the restore operation"
    )
    with refused("ValidationException", sentence):
        dynamodb.restore_table_from_backup(
            BackupArn=arn, TargetTableName=unique(), VectorIndexOverride=[index(Dimensions=3)]
        )


def test_an_import_fills_the_index(dynamodb: Any, client_of: Callable[..., Any], unique: Unique, target: str) -> None:
    """A line whose vector does not fit is an error of that line."""
    s3, bucket = client_of("s3"), f"bucket-{unique()}"
    s3.create_bucket(Bucket=bucket)
    items = [{"pk": {"S": f"k{length}"}, "v": {"L": vector(*range(length))}} for length in (1, 2)]
    lines = "".join(json.dumps({"Item": item}) + "\n" for item in items)
    s3.put_object(Bucket=bucket, Key="items.json.gz", Body=gzip.compress(lines.encode()))
    asked = dynamodb.import_table(
        S3BucketSource={"S3Bucket": bucket},
        InputFormat="DYNAMODB_JSON",
        InputCompressionType="GZIP",
        TableCreationParameters={
            "TableName": target,
            "AttributeDefinitions": define("pk"),
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
            "BillingMode": "PAY_PER_REQUEST",
            "VectorIndexes": [index(DistanceFunction="EUCLIDEAN")],
        },
    )["ImportTableDescription"]
    done = asked
    for _ in range(6000):
        if done["ImportStatus"] != "IN_PROGRESS":
            break
        done = dynamodb.describe_import(ImportArn=asked["ImportArn"])["ImportTableDescription"]
    assert (done["ImportedItemCount"], done["ErrorCount"]) == (1, 1)
    assert found(dynamodb, target) == ["k2"]


def test_what_expires_leaves_the_index(
    dynamodb: Any, make_table: Callable[..., str], pass_time: Callable[[float], None]
) -> None:
    table = make_table(VectorIndexes=[index()])
    expiry = {"AttributeName": "until", "Enabled": True}
    dynamodb.update_time_to_live(TableName=table, TimeToLiveSpecification=expiry)
    put(dynamodb, table, "stays", 1, 0)
    put(dynamodb, table, "goes", 1, 0, until={"N": "1700000000"})
    put(dynamodb, table, "goes", 1, 0, until={"N": str(_now(dynamodb) + 60)})
    pass_time(3600)
    for _ in range(600):
        if found(dynamodb, table) == ["stays"]:
            break
    assert found(dynamodb, table) == ["stays"]


def _now(dynamodb: Any) -> int:
    """The endpoint's own time, in epoch seconds."""
    answer = dynamodb.list_tables(Limit=1)
    return int(parsedate_to_datetime(answer["ResponseMetadata"]["HTTPHeaders"]["date"]).timestamp())
