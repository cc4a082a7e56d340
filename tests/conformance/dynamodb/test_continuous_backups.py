"""DescribeContinuousBackups and UpdateContinuousBackups. Source: dynamodb-exact §20."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.conformance.expect import refused

ON = {"PointInTimeRecoveryEnabled": True}
OFF = {"PointInTimeRecoveryEnabled": False}
DISABLED = {
    "ContinuousBackupsStatus": "ENABLED",
    "PointInTimeRecoveryDescription": {"PointInTimeRecoveryStatus": "DISABLED"},
}


def _described(dynamodb: Any, table: str) -> Any:
    return dynamodb.describe_continuous_backups(TableName=table)["ContinuousBackupsDescription"]


def test_recovery_is_switched_on_and_off(dynamodb: Any, make_table: Callable[..., str]) -> None:
    table = make_table()
    assert _described(dynamodb, table) == DISABLED
    answer = dynamodb.update_continuous_backups(TableName=table, PointInTimeRecoverySpecification=ON)
    recovery = answer["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    assert recovery["PointInTimeRecoveryStatus"] == "ENABLED"
    assert recovery["RecoveryPeriodInDays"] == 35
    age = recovery["LatestRestorableDateTime"] - recovery["EarliestRestorableDateTime"]
    assert timedelta(0) <= age < timedelta(hours=1)
    dynamodb.update_continuous_backups(
        TableName=table, PointInTimeRecoverySpecification={**ON, "RecoveryPeriodInDays": 7}
    )
    assert _described(dynamodb, table)["PointInTimeRecoveryDescription"]["RecoveryPeriodInDays"] == 7
    dynamodb.update_continuous_backups(TableName=table, PointInTimeRecoverySpecification=OFF)
    assert _described(dynamodb, table) == DISABLED


@pytest.mark.parametrize("operation", ["describe_continuous_backups", "update_continuous_backups"])
def test_a_missing_table(dynamodb: Any, unique: Callable[[], str], operation: str) -> None:
    name = f"missing-{unique()}"
    members = {} if operation.startswith("describe") else {"PointInTimeRecoverySpecification": ON}
    with refused("TableNotFoundException", f"Table not found: {name}"):
        getattr(dynamodb, operation)(TableName=name, **members)


def test_a_period_out_of_bounds(dynamodb: Any, table: str) -> None:
    with refused(
        "ValidationException",
        "1 validation error detected: Value '36' at 'pointInTimeRecoverySpecification.recoveryPeriodInDays' "
        "failed to satisfy constraint: Member must have value less than or equal to 35",
    ):
        dynamodb.update_continuous_backups(
            TableName=table, PointInTimeRecoverySpecification={**ON, "RecoveryPeriodInDays": 36}
        )


def test_a_period_does_not_go_with_switching_off(dynamodb: Any, table: str) -> None:
    """Source: ack-api-quirks DDB-TABLE-084."""
    with refused(
        "ValidationException",
        "Invalid Request: Cannot specify RecoveryPeriodInDays when disabling point-in-time recovery.",
    ):
        dynamodb.update_continuous_backups(
            TableName=table,
            PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": False, "RecoveryPeriodInDays": 7},
        )
