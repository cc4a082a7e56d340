"""DescribeContributorInsights, UpdateContributorInsights, ListContributorInsights. Source: dynamodb-exact §20."""

from collections.abc import Callable
from typing import Any

from tests.conformance.expect import refused


def test_insights_of_a_table(dynamodb: Any, make_table: Callable[..., str]) -> None:
    table = make_table("pk:S", "sk:S")
    described = dynamodb.describe_contributor_insights(TableName=table)
    assert (described["TableName"], described["ContributorInsightsStatus"]) == (table, "DISABLED")
    assert "ContributorInsightsRuleList" not in described
    answer = dynamodb.update_contributor_insights(TableName=table, ContributorInsightsAction="ENABLE")
    assert (answer["TableName"], answer["ContributorInsightsStatus"]) == (table, "ENABLING")
    described = dynamodb.describe_contributor_insights(TableName=table)
    assert described["ContributorInsightsStatus"] in ("ENABLING", "ENABLED")
    kinds = [rule.split("-")[1] for rule in described["ContributorInsightsRuleList"]]
    assert sorted(kinds) == ["PKC", "PKT", "SKC", "SKT"]
    answer = dynamodb.update_contributor_insights(TableName=table, ContributorInsightsAction="DISABLE")
    assert answer["ContributorInsightsStatus"] == "DISABLING"


def test_insights_of_an_index(dynamodb: Any, make_table: Callable[..., str]) -> None:
    index = {
        "IndexName": "by_a",
        "KeySchema": [{"AttributeName": "a", "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "ALL"},
    }
    table = make_table(definitions=["a:S"], GlobalSecondaryIndexes=[index])
    dynamodb.update_contributor_insights(TableName=table, IndexName="by_a", ContributorInsightsAction="ENABLE")
    assert dynamodb.describe_contributor_insights(TableName=table)["ContributorInsightsStatus"] == "DISABLED"
    listed = dynamodb.list_contributor_insights(TableName=table)["ContributorInsightsSummaries"]
    assert [(entry["TableName"], entry.get("IndexName")) for entry in listed] == [(table, "by_a")]


def test_what_is_missing(dynamodb: Any, table: str, unique: Callable[[], str]) -> None:
    name = f"missing-{unique()}"
    with refused("ResourceNotFoundException", f"Requested resource not found: Table: {name} not found"):
        dynamodb.describe_contributor_insights(TableName=name)
    with refused("ResourceNotFoundException"):
        dynamodb.describe_contributor_insights(TableName=table, IndexName="missing")


def test_what_is_so_already(dynamodb: Any, make_table: Callable[..., str]) -> None:
    """No error, and the settled status. Source: ack-api-quirks, page on sub-resources, of DDB-TABLE-090."""
    table = make_table()
    off = {"TableName": table, "ContributorInsightsAction": "DISABLE"}
    on = {"TableName": table, "ContributorInsightsAction": "ENABLE"}
    assert dynamodb.update_contributor_insights(**off)["ContributorInsightsStatus"] == "DISABLED"
    assert dynamodb.update_contributor_insights(**on)["ContributorInsightsStatus"] == "ENABLING"
    assert dynamodb.update_contributor_insights(**on)["ContributorInsightsStatus"] == "ENABLED"


def test_what_was_enabled_once(dynamodb: Any, make_table: Callable[..., str]) -> None:
    """Its mode and date remain, and it is listed no longer. Source: ack-api-quirks DDB-TABLE-089, 095, 339."""
    table = make_table()
    mode = "THROTTLED_KEYS"
    dynamodb.update_contributor_insights(
        TableName=table, ContributorInsightsAction="ENABLE", ContributorInsightsMode=mode
    )
    for _ in range(60):
        if dynamodb.describe_contributor_insights(TableName=table)["ContributorInsightsStatus"] == "ENABLED":
            break
    answer = dynamodb.update_contributor_insights(TableName=table, ContributorInsightsAction="DISABLE")
    assert (answer["ContributorInsightsStatus"], answer["ContributorInsightsMode"]) == ("DISABLING", mode)
    described = dynamodb.describe_contributor_insights(TableName=table)
    assert (described["ContributorInsightsMode"], "LastUpdateDateTime" in described) == (mode, True)
    listed = dynamodb.list_contributor_insights(TableName=table)["ContributorInsightsSummaries"]
    assert described["ContributorInsightsStatus"] == "DISABLING" or listed == []


def test_an_index_that_is_none(dynamodb: Any, table: str) -> None:
    """Source: ack-api-quirks DDB-TABLE-446, 457."""
    with refused(
        "ResourceNotFoundException", f"Requested resource not found: Index: ghost not found for table: {table}"
    ):
        dynamodb.describe_contributor_insights(TableName=table, IndexName="ghost")
    for operation, more in (
        (dynamodb.describe_contributor_insights, {}),
        (dynamodb.update_contributor_insights, {"ContributorInsightsAction": "ENABLE"}),
    ):
        with refused(
            "ValidationException", "IndexName must be at least 3 characters long and at most 255 characters long"
        ):
            operation(TableName=table, IndexName="", **more)
