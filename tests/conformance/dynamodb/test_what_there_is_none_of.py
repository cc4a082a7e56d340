"""Lists that tools ask for and that are empty: global tables of 2017, exports, imports."""

from typing import Any

from tests.conformance.expect import refused


def test_lists_are_empty(dynamodb: Any) -> None:
    assert dynamodb.list_global_tables()["GlobalTables"] == []
    assert dynamodb.list_exports()["ExportSummaries"] == []
    assert dynamodb.list_imports()["ImportSummaryList"] == []


def test_there_is_no_global_table(dynamodb: Any, table: str) -> None:
    with refused("GlobalTableNotFoundException"):
        dynamodb.describe_global_table(GlobalTableName=table)
