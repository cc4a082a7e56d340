"""ListContributorInsights: the tables and indexes whose insights are enabled."""

from typing import Annotated

from msgspec import Meta

from sandbox.dynamodb.operations.insights.find import table_with_insights
from sandbox.dynamodb.parameters import TableName
from sandbox.dynamodb.scope import Scope
from sandbox.dynamodb.storage.table import Table
from sandbox.wire.operation import RequestShape, ResponseShape, operation

__all__ = ["list_contributor_insights"]

_PAGE_SUMMARIES = 100


class Request(RequestShape):
    """ListContributorInsights as it is sent."""

    table_name: TableName | None = None
    next_token: str | None = None
    max_results: Annotated[int, Meta(le=100)] | None = None


class ContributorInsightsSummary(ResponseShape):
    """One table or index."""

    table_name: str
    contributor_insights_status: str
    index_name: str | None = None
    contributor_insights_mode: str | None = None


class Response(ResponseShape):
    """A page of summaries."""

    contributor_insights_summaries: list[ContributorInsightsSummary]
    next_token: str | None = None


@operation("ListContributorInsights", Request)
def list_contributor_insights(scope: Scope, request: Request) -> Response:
    """List what is enabled, by table and index. That the token is the last entry's name is an assumption.

    Source: ack-api-quirks DDB-TABLE-095.

    Raises:
        ResourceNotFoundException: there is no such table.
    """
    if request.table_name is not None:
        tables = [table_with_insights(scope, request.table_name, None)]
    else:
        names = scope.store.table_names(scope.account_id, scope.region)
        tables = [table for name in names if (table := scope.store.table(scope.account_id, scope.region, name))]
    entries = {
        f"{table.name}/{place}": _summary(table, place)
        for table in tables
        for place, insights in sorted(table.definition.insights.items())
        if insights.is_enabled
    }
    behind = [name for name in sorted(entries) if request.next_token is None or name > request.next_token]
    limit = max(1, request.max_results or _PAGE_SUMMARIES)
    page = behind[:limit]
    return Response(
        contributor_insights_summaries=[entries[name] for name in page],
        next_token=page[-1] if len(behind) > limit else None,
    )


def _summary(table: Table, place: str) -> ContributorInsightsSummary:
    return ContributorInsightsSummary(
        table_name=table.name,
        index_name=place or None,
        contributor_insights_status="ENABLED",
        contributor_insights_mode=table.definition.insights[place].mode,
    )
