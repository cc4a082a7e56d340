"""What there is none of, here or anywhere: global tables of 2017, replicas, exports and imports nobody began."""

from typing import Any

import pytest

from tests.conformance.expect import refused


def test_the_list_is_empty(dynamodb: Any) -> None:
    assert dynamodb.list_global_tables()["GlobalTables"] == []


OUT_OF_USE = (
    "One or more parameter values were invalid: DynamoDB global tables version 2017.11.29 is not supported. We recommend "
    "using DynamoDB global tables version 2019.11.21, instead of version 2017.11.29 (Legacy)."
)


def test_there_is_no_global_table(dynamodb: Any, table: str) -> None:
    """Of 2017, and AWS makes no more of them. Source: ack-api-quirks DDB-GLOBALTABLE-004, DDB-TABLE-442."""
    none = f"Global table with name: '{table}' does not exist."
    with refused("GlobalTableNotFoundException", f"Global table not found: {none}"):
        dynamodb.describe_global_table(GlobalTableName=table)
    with refused("GlobalTableNotFoundException", none):
        dynamodb.describe_global_table_settings(GlobalTableName=table)
    with refused("GlobalTableNotFoundException", none):
        dynamodb.update_global_table_settings(GlobalTableName=table, GlobalTableBillingMode="PAY_PER_REQUEST")
    with refused("ValidationException", OUT_OF_USE):
        dynamodb.create_global_table(GlobalTableName=table, ReplicationGroup=[{"RegionName": "us-east-1"}])
    with refused("ValidationException", OUT_OF_USE):
        dynamodb.update_global_table(GlobalTableName=table, ReplicaUpdates=[{"Create": {"RegionName": "eu-west-1"}}])
    with refused("GlobalTableNotFoundException"):
        dynamodb.update_global_table(GlobalTableName=table, ReplicaUpdates=[{"Delete": {"RegionName": "eu-west-1"}}])
    nothing: list[list[dict[str, Any]]] = [[], [{}]]
    for updates in nothing:
        with refused("ValidationException", "One or more parameter values were invalid"):
            dynamodb.update_global_table(GlobalTableName=table, ReplicaUpdates=updates)


@pytest.mark.parametrize("name", ["", "ab"])
def test_a_global_table_of_a_short_name(dynamodb: Any, name: str) -> None:
    """Source: ack-api-quirks DDB-TABLE-457."""
    for operation in (dynamodb.describe_global_table, dynamodb.describe_global_table_settings):
        with refused(
            "ValidationException", "TableName must be at least 3 characters long and at most 255 characters long"
        ):
            operation(GlobalTableName=name)


def test_no_replicas_scale(dynamodb: Any, table: str) -> None:
    """Of a table without replicas, as of none. Source: ack-api-quirks DDB-TABLE-187."""
    for name in (table, "missing"):
        none = f"Global table with name: '{name}' does not exist."
        with refused("ResourceNotFoundException", none):
            dynamodb.describe_table_replica_auto_scaling(TableName=name)
        with refused("ResourceNotFoundException", none):
            dynamodb.update_table_replica_auto_scaling(
                TableName=name, ProvisionedWriteCapacityAutoScalingUpdate={"MinimumUnits": 1, "MaximumUnits": 10}
            )


def test_no_export_and_no_import(dynamodb: Any) -> None:
    """Source: ack-api-quirks DDB-EXPORT-006, DDB-IMPORT-010."""
    table_arn = "arn:aws:dynamodb:us-east-1:000000000000:table/orders"
    export_arn, import_arn = (f"{table_arn}/{kind}/01700000000000-a1b2c3d4" for kind in ("export", "import"))
    for arn in (export_arn, f"{table_arn}/export/0"):
        with refused("ExportNotFoundException", f"Export not found: Export not found: {arn}"):
            dynamodb.describe_export(ExportArn=arn)
    with refused("ImportNotFoundException"):
        dynamodb.describe_import(ImportArn=import_arn)
    for arn in (table_arn, import_arn, "x" * 40):
        with refused("ValidationException", "Invalid Export ARN"):
            dynamodb.describe_export(ExportArn=arn)
    for arn in (table_arn, export_arn):
        with refused("ValidationException", "Invalid Import ARN"):
            dynamodb.describe_import(ImportArn=arn)
    with refused("AccessDeniedException", "Access is denied"):
        dynamodb.describe_export(ExportArn=export_arn.replace("000000000000", "111122223333"))
