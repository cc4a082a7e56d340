"""Insights of several tables, page by page; those of an index go with it."""

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.dynamodb.operations.insights.describe_contributor_insights import describe_contributor_insights
from sandbox.dynamodb.operations.insights.list_contributor_insights import list_contributor_insights
from sandbox.dynamodb.operations.insights.update_contributor_insights import update_contributor_insights
from sandbox.dynamodb.operations.tables.create_table import create_table
from sandbox.dynamodb.operations.tables.update_table import update_table

Call = Callable[..., Any]


@pytest.fixture(autouse=True)
def tables(call: Call) -> None:
    """``a-b`` is before ``a`` where a slash follows the name."""
    for name in ("aaa", "aaa-b"):
        call(
            create_table,
            TableName=name,
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in "ab"],
            KeySchema=[{"AttributeName": "a", "KeyType": "HASH"}],
            GlobalSecondaryIndexes=[
                {
                    "IndexName": "by_b",
                    "KeySchema": [{"AttributeName": "b", "KeyType": "HASH"}],
                    "Projection": {"ProjectionType": "ALL"},
                }
            ],
            BillingMode="PAY_PER_REQUEST",
        )
        for index in ({}, {"IndexName": "by_b"}):
            call(update_contributor_insights, TableName=name, ContributorInsightsAction="ENABLE", **index)


def test_pages(call: Call) -> None:
    seen: list[tuple[str, str | None]] = []
    token: dict[str, str] = {}
    while True:
        page = call(list_contributor_insights, MaxResults=1, **token)
        seen += [(entry["TableName"], entry.get("IndexName")) for entry in page["ContributorInsightsSummaries"]]
        if "NextToken" not in page:
            break
        token = {"NextToken": page["NextToken"]}
    assert sorted(seen, key=str) == [("aaa", "by_b"), ("aaa", None), ("aaa-b", "by_b"), ("aaa-b", None)]


def test_rules_are_named_after_what_they_count(call: Call) -> None:
    rules = call(describe_contributor_insights, TableName="aaa", IndexName="by_b")["ContributorInsightsRuleList"]
    assert rules == [
        "DynamoDBContributorInsights-PKC-aaa-by_b-1700000000250",
        "DynamoDBContributorInsights-PKT-aaa-by_b-1700000000250",
    ]
    call(
        update_contributor_insights,
        TableName="aaa",
        ContributorInsightsAction="ENABLE",
        ContributorInsightsMode="THROTTLED_KEYS",
    )
    described = call(describe_contributor_insights, TableName="aaa")
    assert described["ContributorInsightsRuleList"] == ["DynamoDBContributorInsights-PKT-aaa-1700000000250"]
    assert described["ContributorInsightsMode"] == "THROTTLED_KEYS"


def test_they_go_with_their_index(call: Call) -> None:
    call(update_table, TableName="aaa", GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "by_b"}}])
    (left,) = call(list_contributor_insights, TableName="aaa")["ContributorInsightsSummaries"]
    assert "IndexName" not in left
