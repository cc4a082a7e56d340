"""What a restored table has and has not, and how its indexes fill."""

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.dynamodb.faults import (
    BackupInUseException,
    BackupNotFoundException,
    ContinuousBackupsUnavailableException,
    InvalidRestoreTimeException,
    ResourceInUseException,
    TableAlreadyExistsException,
    TableInUseException,
    ValidationException,
)
from sandbox.dynamodb.lifecycle.lifecycle import Lifecycle
from sandbox.dynamodb.operations.backups.create_backup import create_backup
from sandbox.dynamodb.operations.backups.delete_backup import delete_backup
from sandbox.dynamodb.operations.backups.describe_backup import describe_backup
from sandbox.dynamodb.operations.backups.list_backups import list_backups
from sandbox.dynamodb.operations.backups.restore_table_from_backup import restore_table_from_backup
from sandbox.dynamodb.operations.recovery.describe_continuous_backups import describe_continuous_backups
from sandbox.dynamodb.operations.recovery.restore_table_to_point_in_time import restore_table_to_point_in_time
from sandbox.dynamodb.operations.recovery.update_continuous_backups import update_continuous_backups
from sandbox.dynamodb.operations.tables.create_table import create_table
from sandbox.dynamodb.operations.tables.delete_table import delete_table
from sandbox.dynamodb.operations.tables.describe_table import describe_table
from sandbox.dynamodb.operations.tables.update_table import update_table
from sandbox.dynamodb.operations.ttl.update_time_to_live import update_time_to_live
from sandbox.dynamodb.scope import Delays, Scope

Call = Callable[..., Any]
P = "One or more parameter values were invalid: "
UNITS = {"ReadCapacityUnits": 1, "WriteCapacityUnits": 2}


def key(*elements: tuple[str, str]) -> list[dict[str, str]]:
    return [{"AttributeName": name, "KeyType": kind} for name, kind in elements]


@pytest.fixture(autouse=True)
def orders(call: Call, put: Callable[..., None]) -> None:
    """More items than are entered into a new index at once."""
    call(
        create_table,
        TableName="orders",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in "abc"],
        KeySchema=key(("a", "HASH"), ("b", "RANGE")),
        GlobalSecondaryIndexes=[
            {
                "IndexName": "global",
                "KeySchema": key(("c", "HASH")),
                "Projection": {"ProjectionType": "ALL"},
                "ProvisionedThroughput": UNITS,
            }
        ],
        LocalSecondaryIndexes=[
            {
                "IndexName": "local",
                "KeySchema": key(("a", "HASH"), ("c", "RANGE")),
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
        ProvisionedThroughput=UNITS,
        DeletionProtectionEnabled=True,
    )
    for number in range(1_100):
        put("orders", a={"S": "same"}, b={"S": f"{number}"}, c={"S": "x"})


@pytest.fixture
def arn(call: Call) -> str:
    made: str = call(create_backup, TableName="orders", BackupName="nightly")["BackupDetails"]["BackupArn"]
    return made


def described(call: Call, name: str = "copy") -> dict[str, Any]:
    table: dict[str, Any] = call(describe_table, TableName=name)["Table"]
    return table


def test_indexes_fill_after_the_answer(call: Call, scope: Scope, arn: str) -> None:
    """A global one of a large table step by step, with a status to wait for; a local one with its table."""
    call(restore_table_from_backup, TargetTableName="copy", BackupArn=arn)
    before = described(call)
    assert before["TableStatus"] == "ACTIVE"
    assert before["LocalSecondaryIndexes"][0]["ItemCount"] == 1_100
    assert before["GlobalSecondaryIndexes"][0]["IndexStatus"] == "CREATING"
    lifecycle = Lifecycle(scope.store, scope.clock)
    while lifecycle.fill_step():
        pass
    after = described(call)["GlobalSecondaryIndexes"][0]
    assert (after["IndexStatus"], after["ItemCount"]) == ("ACTIVE", 1_100)


def test_what_comes_along(call: Call, arn: str) -> None:
    call(restore_table_from_backup, TargetTableName="copy", BackupArn=arn)
    copy, source = described(call), described(call, "orders")
    assert copy["TableId"] != source["TableId"]
    for same in ("KeySchema", "AttributeDefinitions", "ProvisionedThroughput", "ItemCount", "TableSizeBytes"):
        assert copy[same] == source[same]
    assert copy["DeletionProtectionEnabled"] is False
    assert copy["GlobalSecondaryIndexes"][0]["ProvisionedThroughput"]["WriteCapacityUnits"] == 2


def test_a_restore_under_way_keeps_its_name_and_its_backup(call: Call, scope: Scope, arn: str) -> None:
    """Source: ack-api-quirks DDB-BACKUP-010, DDB-TABLE-219."""
    scope.delays = Delays(create_seconds=5)
    call(restore_table_from_backup, TargetTableName="copy", BackupArn=arn)
    table = {"TableName": "copy", "AttributeDefinitions": [{"AttributeName": "a", "AttributeType": "S"}]}
    for operation, members, fault, message in (
        (
            restore_table_from_backup,
            {"TargetTableName": "copy", "BackupArn": arn},
            TableInUseException,
            f"Table: copy is already being restored from backup: {arn}",
        ),
        (
            restore_table_from_backup,
            {"TargetTableName": "other", "BackupArn": arn},
            BackupInUseException,
            f"Backup is being used to restore another table: {arn}",
        ),
        (
            delete_backup,
            {"BackupArn": arn},
            BackupInUseException,
            f"Backup is being used to restore table: {arn}",
        ),
        (
            create_table,
            {**table, "KeySchema": key(("a", "HASH")), "BillingMode": "PAY_PER_REQUEST"},
            ResourceInUseException,
            "Attempt to change a resource which is still in use: Table is being used: copy",
        ),
    ):
        with pytest.raises(fault) as refused:
            call(operation, **members)
        assert refused.value.message == message
    scope.clock.advance(5)
    with pytest.raises(TableAlreadyExistsException, match="Table already exists: copy"):
        call(restore_table_from_backup, TargetTableName="copy", BackupArn=arn)
    call(delete_backup, BackupArn=arn)


def test_it_takes_as_long_as_a_creation(call: Call, scope: Scope, arn: str) -> None:
    scope.delays = Delays(create_seconds=5)
    call(restore_table_from_backup, TargetTableName="copy", BackupArn=arn)
    assert described(call)["RestoreSummary"] == {
        "SourceBackupArn": arn,
        "SourceTableArn": "arn:aws:dynamodb:us-east-1:000000000000:table/orders",
        "RestoreDateTime": 1_700_000_000.25,
        "RestoreInProgress": True,
    }
    with pytest.raises(ContinuousBackupsUnavailableException):
        call(create_backup, TableName="copy", BackupName="early")
    scope.clock.advance(5)
    assert "RestoreSummary" not in described(call)


def test_to_on_demand(call: Call, arn: str) -> None:
    call(restore_table_from_backup, TargetTableName="copy", BackupArn=arn, BillingModeOverride="PAY_PER_REQUEST")
    copy = described(call)
    assert copy["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert copy["ProvisionedThroughput"]["ReadCapacityUnits"] == 0
    assert copy["GlobalSecondaryIndexes"][0]["ProvisionedThroughput"]["ReadCapacityUnits"] == 0


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        (
            {"BillingModeOverride": "PAY_PER_REQUEST", "ProvisionedThroughputOverride": UNITS},
            "Invalid Request: Cannot override ProvisionedThroughput if BillingMode is overridden to PAY_PER_REQUEST",
        ),
        (
            {
                "LocalSecondaryIndexOverride": [
                    {
                        "IndexName": "other",
                        "KeySchema": key(("a", "HASH"), ("c", "RANGE")),
                        "Projection": {"ProjectionType": "ALL"},
                    }
                ]
            },
            (
                "Invalid Request: Index other does not match a secondary index that existed in the source table and cannot be "
                "created during the restore operation"
            ),
        ),
        (
            {"OnDemandThroughputOverride": {"MaxReadRequestUnits": 5}},
            (
                "Invalid Request: Cannot override MaxReadRequestUnits for OnDemandThroughput unless BillingModeOverride is "
                "PAY_PER_REQUEST"
            ),
        ),
        (
            {"BillingModeOverride": "PAY_PER_REQUEST", "OnDemandThroughputOverride": {"MaxReadRequestUnits": 0}},
            "Invalid Request: Requested MaxReadRequestUnits for OnDemandThroughput is outside of valid range",
        ),
    ],
)
def test_overrides_that_do_not_fit(call: Call, scope: Scope, arn: str, overrides: Any, message: str) -> None:
    """Source: ack-api-quirks DDB-TABLE-280, 442."""
    with pytest.raises(ValidationException) as refused:
        call(restore_table_from_backup, TargetTableName="copy", BackupArn=arn, **overrides)
    assert refused.value.message == message
    assert scope.find("copy") is None


def test_no_two_indexes_get_one_name(call: Call, scope: Scope, arn: str) -> None:
    """They could not be told from one another any more: one would be ACTIVE once the other was filled."""
    override = {
        "IndexName": "local",
        "KeySchema": key(("c", "HASH")),
        "Projection": {"ProjectionType": "ALL"},
        "ProvisionedThroughput": UNITS,
    }
    with pytest.raises(ValidationException) as refused:
        call(restore_table_from_backup, TargetTableName="copy", BackupArn=arn, GlobalSecondaryIndexOverride=[override])
    assert refused.value.message == f"{P}Duplicate index name: local"
    assert scope.find("copy") is None


def test_a_backup_tells_of_time_to_live(call: Call) -> None:
    call(update_time_to_live, TableName="orders", TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires"})
    made = call(create_backup, TableName="orders", BackupName="nightly")["BackupDetails"]["BackupArn"]
    features = call(describe_backup, BackupArn=made)["BackupDescription"]["SourceTableFeatureDetails"]
    assert features["TimeToLiveDescription"] == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires"}


def test_a_table_that_is_being_deleted(call: Call, scope: Scope) -> None:
    """It can still be backed up. Source: ack-api-quirks DDB-BACKUP-001."""
    scope.delays = Delays(delete_seconds=5)
    definition = scope.table("orders").definition
    definition.deletion_protection = False
    call(delete_table, TableName="orders")
    made = call(create_backup, TableName="orders", BackupName="late")["BackupDetails"]
    assert made["BackupStatus"] == "CREATING"


def test_recovery_goes_back_no_further_than_its_period(call: Call, scope: Scope) -> None:
    specification = {"PointInTimeRecoveryEnabled": True, "RecoveryPeriodInDays": 2}
    call(update_continuous_backups, TableName="orders", PointInTimeRecoverySpecification=specification)
    scope.clock.advance(86_400)
    call(update_continuous_backups, TableName="orders", PointInTimeRecoverySpecification=specification)
    recovery = call(describe_continuous_backups, TableName="orders")["ContinuousBackupsDescription"]
    assert recovery["PointInTimeRecoveryDescription"]["EarliestRestorableDateTime"] == 1_700_000_000.0
    scope.clock.advance(2 * 86_400)
    recovery = call(describe_continuous_backups, TableName="orders")["ContinuousBackupsDescription"]
    assert recovery["PointInTimeRecoveryDescription"]["EarliestRestorableDateTime"] == 1_700_086_401.0
    assert recovery["PointInTimeRecoveryDescription"]["LatestRestorableDateTime"] == 1_700_259_200.0


@pytest.mark.parametrize("members", [{}, {"UseLatestRestorableTime": True}, {"SourceTableName": "orders"}])
def test_a_restore_needs_a_source_and_a_moment(call: Call, members: dict[str, Any]) -> None:
    with pytest.raises(ValidationException):
        call(restore_table_to_point_in_time, TargetTableName="copy", **members)


@pytest.mark.parametrize("instant", [1_699_999_999, 1_700_000_101])
def test_moments_that_cannot_be_restored(call: Call, scope: Scope, instant: int) -> None:
    """Before recovery was enabled, and to come."""
    call(
        update_continuous_backups,
        TableName="orders",
        PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
    )
    scope.clock.advance(100)
    with pytest.raises(InvalidRestoreTimeException):
        call(restore_table_to_point_in_time, SourceTableName="orders", TargetTableName="copy", RestoreDateTime=instant)


def test_a_deleted_table_with_recovery_is_kept_for_35_days(call: Call, scope: Scope) -> None:
    """AWS makes this backup by itself. Lists show it on demand only."""
    call(
        update_continuous_backups,
        TableName="orders",
        PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
    )
    call(update_table, TableName="orders", DeletionProtectionEnabled=False)
    call(delete_table, TableName="orders")
    assert call(list_backups)["BackupSummaries"] == []
    (kept,) = call(list_backups, BackupType="ALL")["BackupSummaries"]
    assert (kept["BackupName"], kept["BackupType"]) == ("orders$DeletedTableBackup", "SYSTEM")
    assert kept["BackupArn"].endswith("-00000000")
    assert kept["BackupExpiryDateTime"] == 1_700_000_000.25 + 35 * 86_400
    call(restore_table_from_backup, TargetTableName="orders", BackupArn=kept["BackupArn"])
    assert described(call, "orders")["ItemCount"] == 1_100
    scope.clock.advance(35 * 86_400)
    assert call(list_backups, BackupType="ALL")["BackupSummaries"] == []
    with pytest.raises(BackupNotFoundException):
        call(describe_backup, BackupArn=kept["BackupArn"])
    call(create_backup, TableName="orders", BackupName="nightly")
    (left,) = scope.store.database.connection.execute("SELECT count(*) FROM backups").fetchall()
    assert left == (1,)
