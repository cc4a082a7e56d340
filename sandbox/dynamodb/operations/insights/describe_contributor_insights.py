"""DescribeContributorInsights: whether they are enabled, and their rules."""

from sandbox.dynamodb.operations.insights.find import table_with_insights
from sandbox.dynamodb.parameters import InsightsIndexName, TableName
from sandbox.dynamodb.scope import Scope
from sandbox.dynamodb.storage.table import Insights, Table
from sandbox.wire.operation import RequestShape, ResponseShape, operation

__all__ = ["describe_contributor_insights"]


class Request(RequestShape):
    """DescribeContributorInsights as it is sent."""

    table_name: TableName
    index_name: InsightsIndexName | None = None


class Response(ResponseShape):
    """The status; mode and time once they were enabled, rules only while they are."""

    table_name: str
    contributor_insights_status: str
    index_name: str | None = None
    contributor_insights_rule_list: list[str] | None = None
    last_update_date_time: float | None = None
    contributor_insights_mode: str | None = None


@operation("DescribeContributorInsights", Request)
def describe_contributor_insights(scope: Scope, request: Request) -> Response:
    """Describe the insights of a table or of one of its global indexes.

    Source: dynamodb-exact §20; ack-api-quirks DDB-TABLE-089; the names of rules from an example of the AWS CLI's reference.

    Raises:
        ResourceNotFoundException: there is no such table or index.
    """
    table = table_with_insights(scope, request.table_name, request.index_name)
    insights = table.definition.insights.get(request.index_name or "")
    if insights is None:
        return Response(table_name=table.name, index_name=request.index_name, contributor_insights_status="DISABLED")
    return Response(
        table_name=table.name,
        index_name=request.index_name,
        contributor_insights_status="ENABLED" if insights.is_enabled else "DISABLED",
        contributor_insights_rule_list=_rules(table, request.index_name, insights) if insights.is_enabled else None,
        last_update_date_time=round(insights.since, 3),
        contributor_insights_mode=insights.mode,
    )


def _rules(table: Table, index_name: str | None, insights: Insights) -> list[str]:
    """C counts what is accessed, T what is throttled, each by partition key and by the whole key where there is one."""
    schema = table.indexes[index_name].definition.key_schema if index_name else table.definition.key_schema
    keys = ("PK", "SK") if any(kind == "RANGE" for _, kind in schema) else ("PK",)
    kinds = "CT" if insights.mode == "ACCESSED_AND_THROTTLED_KEYS" else "T"
    resource = f"{table.name}-{index_name}" if index_name else table.name
    return [
        f"DynamoDBContributorInsights-{key}{kind}-{resource}-{int(insights.since * 1000)}"
        for kind in kinds
        for key in keys
    ]
