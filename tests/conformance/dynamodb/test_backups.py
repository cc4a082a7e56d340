"""CreateBackup, DescribeBackup, ListBackups, DeleteBackup, RestoreTableFromBackup, RestoreTableToPointInTime.

Source: the service model, the developer guide's pages on backups; wordings as the operations say.
"""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests.conformance.expect import refused

TABLE_ARN = "arn:aws:dynamodb:us-east-1:000000000000:table/"
MISSING_ARN = f"{TABLE_ARN}none/backup/01576616366715-b4e58d3a"
MOMENT = r"[0-9]{4}(-[0-9]{2}){2}T[0-9]{2}(:[0-9]{2}){2}Z"
INDEX = {
    "IndexName": "by_a",
    "KeySchema": [{"AttributeName": "a", "KeyType": "HASH"}],
    "Projection": {"ProjectionType": "ALL"},
}
LOCAL = {
    "IndexName": "by_l",
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "l", "KeyType": "RANGE"}],
    "Projection": {"ProjectionType": "KEYS_ONLY"},
}


@pytest.fixture
def orders(dynamodb: Any, make_table: Callable[..., str]) -> str:
    """A table with both kinds of indexes, a stream, tags, and one item in all of them."""
    table = make_table(
        "pk:S",
        "sk:S",
        definitions=["a:S", "l:S"],
        GlobalSecondaryIndexes=[INDEX],
        LocalSecondaryIndexes=[LOCAL],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"},
        Tags=[{"Key": "team", "Value": "blue"}],
    )
    dynamodb.put_item(TableName=table, Item=_item("1"))
    return table


@pytest.fixture
def target(dynamodb: Any, unique: Callable[[], str]) -> Iterator[str]:
    """The name of a table to restore to; gone at the end."""
    name = f"restored-{unique()}"
    yield name
    try:
        dynamodb.delete_table(TableName=name)
    except dynamodb.exceptions.ResourceNotFoundException:
        return


def _item(key: str) -> dict[str, Any]:
    return {"pk": {"S": key}, "sk": {"S": "s"}, "a": {"S": "x"}, "l": {"S": "y"}, "n": {"N": "1.5"}}


def _backup(dynamodb: Any, table: str, name: str = "nightly") -> dict[str, Any]:
    made: dict[str, Any] = dynamodb.create_backup(TableName=table, BackupName=name)["BackupDetails"]
    return made


def _items(dynamodb: Any, table: str, index: str) -> Any:
    key = {"by_a": "a = :v", "by_l": "pk = :v"}[index]
    value = {"by_a": "x", "by_l": "1"}[index]
    return dynamodb.query(
        TableName=table,
        IndexName=index,
        KeyConditionExpression=key,
        ExpressionAttributeValues={":v": {"S": value}},
    )["Items"]


def test_a_backup_is_described(dynamodb: Any, orders: str) -> None:
    made = _backup(dynamodb, orders)
    source = dynamodb.describe_table(TableName=orders)["Table"]
    assert set(made) == {
        "BackupArn",
        "BackupName",
        "BackupSizeBytes",
        "BackupStatus",
        "BackupType",
        "BackupCreationDateTime",
    }
    assert (made["BackupName"], made["BackupStatus"], made["BackupType"]) == ("nightly", "CREATING", "USER")
    assert re.fullmatch(re.escape(source["TableArn"]) + r"/backup/0\d{13}-[0-9a-f]{8}", made["BackupArn"])
    described = dynamodb.describe_backup(BackupArn=made["BackupArn"])["BackupDescription"]
    assert described["BackupDetails"] == {**made, "BackupStatus": "AVAILABLE"}
    assert described["SourceTableDetails"] == {
        "TableName": orders,
        "TableId": source["TableId"],
        "TableArn": source["TableArn"],
        "TableSizeBytes": source["TableSizeBytes"],
        "KeySchema": source["KeySchema"],
        "TableCreationDateTime": source["CreationDateTime"],
        "ProvisionedThroughput": {"ReadCapacityUnits": 0, "WriteCapacityUnits": 0},
        "ItemCount": 1,
        "BillingMode": "PAY_PER_REQUEST",
    }
    features = described["SourceTableFeatureDetails"]
    assert features["LocalSecondaryIndexes"] == [LOCAL]
    assert [index["IndexName"] for index in features["GlobalSecondaryIndexes"]] == ["by_a"]
    assert features["StreamDescription"] == {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}


def test_a_table_is_restored_as_it_was(dynamodb: Any, orders: str, target: str) -> None:
    """Later changes, streams and tags do not come along; indexes do."""
    arn = _backup(dynamodb, orders)["BackupArn"]
    dynamodb.put_item(TableName=orders, Item=_item("2"))
    answer = dynamodb.restore_table_from_backup(TargetTableName=target, BackupArn=arn)["TableDescription"]
    assert answer["TableStatus"] == "CREATING"
    assert answer["ItemCount"] == 0
    assert answer["RestoreSummary"]["RestoreInProgress"] is True
    assert answer["RestoreSummary"]["SourceBackupArn"] == arn
    dynamodb.get_waiter("table_exists").wait(TableName=target, WaiterConfig={"Delay": 1})
    restored = dynamodb.describe_table(TableName=target)["Table"]
    assert restored["ItemCount"] == 1
    assert "RestoreSummary" not in restored  # ack-api-quirks DDB-TABLE-216
    assert "StreamSpecification" not in restored
    assert dynamodb.list_tags_of_resource(ResourceArn=restored["TableArn"])["Tags"] == []
    assert dynamodb.scan(TableName=target)["Items"] == [_item("1")]
    assert _items(dynamodb, target, "by_a") == [_item("1")]
    assert len(_items(dynamodb, target, "by_l")) == 1


def test_a_backup_outlives_its_table(dynamodb: Any, make_table: Callable[..., str], target: str) -> None:
    table = make_table()
    dynamodb.put_item(TableName=table, Item={"pk": {"S": "a"}})
    arn = _backup(dynamodb, table)["BackupArn"]
    dynamodb.delete_table(TableName=table)
    dynamodb.get_waiter("table_not_exists").wait(TableName=table, WaiterConfig={"Delay": 1})
    dynamodb.restore_table_from_backup(TargetTableName=target, BackupArn=arn)
    dynamodb.get_waiter("table_exists").wait(TableName=target, WaiterConfig={"Delay": 1})
    assert dynamodb.scan(TableName=target)["Items"] == [{"pk": {"S": "a"}}]


def test_a_table_is_restored_otherwise(dynamodb: Any, orders: str, target: str) -> None:
    arn = _backup(dynamodb, orders)["BackupArn"]
    units = {"ReadCapacityUnits": 3, "WriteCapacityUnits": 4}
    dynamodb.restore_table_from_backup(
        TargetTableName=target,
        BackupArn=arn,
        BillingModeOverride="PROVISIONED",
        ProvisionedThroughputOverride=units,
        GlobalSecondaryIndexOverride=[],
    )
    restored = dynamodb.describe_table(TableName=target)["Table"]
    assert restored["ProvisionedThroughput"] == {"NumberOfDecreasesToday": 0, **units}
    assert "BillingModeSummary" not in restored
    assert "GlobalSecondaryIndexes" not in restored
    assert [index["IndexName"] for index in restored["LocalSecondaryIndexes"]] == ["by_l"]
    assert {item["AttributeName"] for item in restored["AttributeDefinitions"]} == {"pk", "sk", "l"}


def test_the_target_exists(dynamodb: Any, table: str) -> None:
    arn = _backup(dynamodb, table)["BackupArn"]
    with refused("TableAlreadyExistsException", f"Table already exists: {table}"):
        dynamodb.restore_table_from_backup(TargetTableName=table, BackupArn=arn)


def test_backups_are_listed_page_by_page(dynamodb: Any, make_table: Callable[..., str]) -> None:
    table = make_table()
    made = [_backup(dynamodb, table, name) for name in ("one", "two", "two")]
    listed = dynamodb.list_backups(TableName=table)["BackupSummaries"]
    assert [summary["BackupArn"] for summary in listed] == [backup["BackupArn"] for backup in made]
    assert {summary["BackupStatus"] for summary in listed} == {"AVAILABLE"}
    assert {summary["TableName"] for summary in listed} == {table}
    first = dynamodb.list_backups(TableName=table, Limit=2)
    assert first["LastEvaluatedBackupArn"] == made[1]["BackupArn"]
    rest = dynamodb.list_backups(TableName=table, ExclusiveStartBackupArn=first["LastEvaluatedBackupArn"])
    assert [summary["BackupArn"] for summary in rest["BackupSummaries"]] == [made[2]["BackupArn"]]
    assert "LastEvaluatedBackupArn" not in rest
    assert dynamodb.list_backups(TableName=table, BackupType="SYSTEM")["BackupSummaries"] == []
    moment = made[0]["BackupCreationDateTime"] - timedelta(seconds=2)
    assert dynamodb.list_backups(TableName=table, TimeRangeUpperBound=moment)["BackupSummaries"] == []
    assert len(dynamodb.list_backups(TableName=table, TimeRangeLowerBound=moment)["BackupSummaries"]) == 3


def test_a_list_goes_on_behind_a_backup_that_is_gone(dynamodb: Any, make_table: Callable[..., str]) -> None:
    """Source: ack-api-quirks DDB-BACKUP-014."""
    table = make_table()
    gone, *left = [_backup(dynamodb, table)["BackupArn"] for _ in range(3)]
    dynamodb.delete_backup(BackupArn=gone)
    rest = dynamodb.list_backups(TableName=table, ExclusiveStartBackupArn=gone)["BackupSummaries"]
    assert [summary["BackupArn"] for summary in rest] == left
    dynamodb.delete_backup(BackupArn=left[1])
    assert dynamodb.list_backups(TableName=table, ExclusiveStartBackupArn=left[1])["BackupSummaries"] == []


def test_a_deleted_backup_is_gone(dynamodb: Any, make_table: Callable[..., str], target: str) -> None:
    table = make_table()
    arn = _backup(dynamodb, table)["BackupArn"]
    deleted = dynamodb.delete_backup(BackupArn=arn)["BackupDescription"]["BackupDetails"]
    assert (deleted["BackupArn"], deleted["BackupStatus"]) == (arn, "DELETED")
    assert dynamodb.list_backups(TableName=table)["BackupSummaries"] == []
    for operation, members in (
        ("describe_backup", {}),
        ("delete_backup", {}),
        ("restore_table_from_backup", {"TargetTableName": target}),
    ):
        with refused("BackupNotFoundException", f"Backup not found: {arn}"):
            getattr(dynamodb, operation)(BackupArn=arn, **members)


def test_a_missing_table(dynamodb: Any, unique: Callable[[], str]) -> None:
    name = f"missing-{unique()}"
    with refused("TableNotFoundException", f"Table not found: {name}"):
        dynamodb.create_backup(TableName=name, BackupName="nightly")
    with refused("TableNotFoundException", f"Table not found: {name}"):
        dynamodb.restore_table_to_point_in_time(
            SourceTableName=name, TargetTableName=f"{name}-2", UseLatestRestorableTime=True
        )


def test_constraints(dynamodb: Any) -> None:
    """Source: ack-api-quirks DDB-BACKUP-012, DDB-TABLE-457; of the order of two ``sandbox.wire.hash_order``."""
    with refused(
        "ValidationException",
        "2 validation errors detected: "
        "Value 'x' at 'backupName' failed to satisfy constraint: Member must have length greater than or equal to 3; "
        "Value null at 'tableName' failed to satisfy constraint: Member must not be null",
    ):
        dynamodb.create_backup(BackupName="x")
    for arn in ("", "short", MISSING_ARN.partition("/backup/")[0]):
        with refused("ValidationException", "Invalid Backup ARN"):
            dynamodb.describe_backup(BackupArn=arn)
    with refused("AccessDeniedException", "Access is denied"):
        dynamodb.describe_backup(BackupArn=MISSING_ARN.replace("000000000000", "111122223333"))
    with refused("BackupNotFoundException", f"Backup not found: {MISSING_ARN}"):
        dynamodb.describe_backup(BackupArn=MISSING_ARN)


def test_a_range_of_time_the_wrong_way_round(dynamodb: Any) -> None:
    """Source: ack-api-quirks DDB-TABLE-442."""
    with refused(
        "ValidationException",
        "One or more parameter values were invalid: Time range lower bound must be less than or equal to upper bound",
    ):
        dynamodb.list_backups(TimeRangeLowerBound=2_000_000_000, TimeRangeUpperBound=1_000_000_000)


def test_the_moment_of_a_backup_as_a_bound(dynamodb: Any, make_table: Callable[..., str]) -> None:
    """It belongs to what begins there, and its ARN begins with it. Source: ack-api-quirks DDB-BACKUP-006, 014."""
    table = make_table()
    backup = _backup(dynamodb, table)
    moment = backup["BackupCreationDateTime"]
    assert backup["BackupArn"].rpartition("/")[2].startswith(f"{round(moment.timestamp() * 1000):014}-")
    for members, count in (
        ({"TimeRangeLowerBound": moment}, 1),
        ({"TimeRangeUpperBound": moment}, 0),
        ({"TimeRangeLowerBound": moment + timedelta(milliseconds=1)}, 0),
        ({"TimeRangeUpperBound": moment + timedelta(milliseconds=1)}, 1),
    ):
        assert len(dynamodb.list_backups(TableName=table, **members)["BackupSummaries"]) == count


def test_backups_named_by_arns_of_elsewhere(dynamodb: Any) -> None:
    """Source: ack-api-quirks DDB-BACKUP-012."""
    for arn in (MISSING_ARN.replace("arn:aws:", "arn:aws-cn:"), MISSING_ARN.replace(":dynamodb:", ":s3:")):
        with refused("ValidationException", "Invalid Request: BackupArn is not valid"):
            dynamodb.describe_backup(BackupArn=arn)
    with refused(
        "ValidationException", "Invalid Request: The supplied ExclusiveStartBackupArn does not match the region"
    ):
        dynamodb.list_backups(ExclusiveStartBackupArn=MISSING_ARN.replace("us-east-1", "eu-west-1"))


@pytest.mark.parametrize(
    ("members", "message"),
    [
        (
            {"UseLatestRestorableTime": True},
            "The parameter 'TableName' is required but was not present in the request",
        ),
        (
            {"SourceTableName": "orders", "SourceTableArn": f"{TABLE_ARN}orders", "UseLatestRestorableTime": True},
            "Must provide exactly one of: sourceTableArn, sourceTableName",
        ),
        (
            {"SourceTableArn": "orders", "UseLatestRestorableTime": True},
            "One or more parameter values were invalid: sourceTableArn is not a valid ARN",
        ),
        (
            {
                "SourceTableArn": f"{TABLE_ARN}orders".replace("000000000000", "111122223333"),
                "UseLatestRestorableTime": True,
            },
            "This action is only supported by accounts that match the resource owner\u2019s account.",
        ),
        (
            {"SourceTableName": "orders"},
            "Invalid Request: Either one of RestoreDateTime or UseLatestRestorableTime must be specified, but not both",
        ),
        (
            {"SourceTableName": "orders", "UseLatestRestorableTime": True, "TargetTableName": "ab"},
            "TableName must be at least 3 characters long and at most 255 characters long",
        ),
    ],
)
def test_a_moment_of_a_table_is_not_named_well(dynamodb: Any, members: dict[str, Any], message: str) -> None:
    """Source: ack-api-quirks DDB-TABLE-272, 442, 457."""
    with refused("ValidationException", message):
        dynamodb.restore_table_to_point_in_time(**{"TargetTableName": "target", **members})


def test_a_source_that_is_missing(dynamodb: Any) -> None:
    """Source: ack-api-quirks DDB-TABLE-100, 447."""
    request = {"TargetTableName": "target", "UseLatestRestorableTime": True}
    with refused("TableNotFoundException", "Table not found: missing"):
        dynamodb.restore_table_to_point_in_time(SourceTableName="missing", **request)
    with refused("TableNotFoundException", "Table not found"):
        dynamodb.restore_table_to_point_in_time(SourceTableArn=f"{TABLE_ARN}missing", **request)


def test_a_table_is_restored_to_the_latest_moment(dynamodb: Any, orders: str, target: str) -> None:
    request = {"SourceTableName": orders, "TargetTableName": target, "UseLatestRestorableTime": True}
    with refused("PointInTimeRecoveryUnavailableException"):
        dynamodb.restore_table_to_point_in_time(**request)
    dynamodb.update_continuous_backups(
        TableName=orders, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    with refused(
        "InvalidRestoreTimeException",
        re.compile(
            f"RestoreDateTime '2023-11-14T22:13:20Z' must be within EarliestRestorableDateTime '{MOMENT}' "
            f"and LatestRestorableDateTime '{MOMENT}'"
        ),
    ):
        dynamodb.restore_table_to_point_in_time(
            SourceTableName=orders, TargetTableName=target, RestoreDateTime=1_700_000_000
        )
    answer = dynamodb.restore_table_to_point_in_time(**request)["TableDescription"]
    assert answer["RestoreSummary"]["SourceTableArn"].endswith(f":table/{orders}")
    assert "SourceBackupArn" not in answer["RestoreSummary"]
    dynamodb.get_waiter("table_exists").wait(TableName=target, WaiterConfig={"Delay": 1})
    assert dynamodb.scan(TableName=target)["Items"] == [_item("1")]
    assert _items(dynamodb, target, "by_a") == [_item("1")]


def test_a_table_is_restored_in_another_region(
    dynamodb: Any, client_of: Callable[..., Any], orders: str, unique: Callable[[], str]
) -> None:
    """From a backup and from a moment, if the encryption there is named. Source: ack-api-quirks DDB-TABLE-274."""
    elsewhere = client_of("dynamodb", region="eu-west-1")
    dynamodb.update_continuous_backups(
        TableName=orders, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    source = dynamodb.describe_table(TableName=orders)["Table"]["TableArn"]
    encryption = {"SSESpecificationOverride": {"Enabled": True, "SSEType": "KMS"}}
    for restore, members in (
        (elsewhere.restore_table_from_backup, {"BackupArn": _backup(dynamodb, orders)["BackupArn"]}),
        (elsewhere.restore_table_to_point_in_time, {"SourceTableArn": source, "UseLatestRestorableTime": True}),
    ):
        name = f"restored-{unique()}"
        with refused(
            "ValidationException",
            "Invalid Request: sseSpecificationOverride must be provided for cross-region restores",
        ):
            restore(TargetTableName=name, **members)
        answer = restore(TargetTableName=name, **members, **encryption)["TableDescription"]
        assert answer["TableArn"].split(":")[3] == "eu-west-1"
        assert answer["RestoreSummary"]["SourceTableArn"] == source
        elsewhere.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1})
        assert elsewhere.scan(TableName=name)["Items"] == [_item("1")]
        assert _items(elsewhere, name, "by_a") == [_item("1")]
        elsewhere.delete_table(TableName=name)
    with refused("TableNotFoundException", f"Table not found: {orders}"):
        elsewhere.restore_table_to_point_in_time(
            SourceTableName=orders, TargetTableName="anything", UseLatestRestorableTime=True, **encryption
        )
