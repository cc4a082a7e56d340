"""UpdateContributorInsights: on or off, for a table or one of its global indexes."""

from msgspec.structs import replace

from sandbox.dynamodb.operations.insights.find import table_with_insights
from sandbox.dynamodb.parameters import ContributorInsightsAction, ContributorInsightsMode, IndexName, TableName
from sandbox.dynamodb.scope import Scope
from sandbox.dynamodb.storage.table import Insights
from sandbox.wire.operation import RequestShape, ResponseShape, operation

__all__ = ["update_contributor_insights"]


class Request(RequestShape):
    """UpdateContributorInsights as it is sent."""

    table_name: TableName
    index_name: IndexName | None = None
    contributor_insights_action: ContributorInsightsAction
    contributor_insights_mode: ContributorInsightsMode | None = None


class Response(ResponseShape):
    """ENABLING or DISABLING; it is done when the answer leaves."""

    table_name: str
    contributor_insights_status: str
    index_name: str | None = None
    contributor_insights_mode: str | None = None


@operation("UpdateContributorInsights", Request)
def update_contributor_insights(scope: Scope, request: Request) -> Response:
    """Switch insights; that what is so already is no error is an assumption.

    Raises:
        ResourceNotFoundException: there is no such table or index.
    """
    table = table_with_insights(scope, request.table_name, request.index_name)
    place = request.index_name or ""
    kept = {name: insights for name, insights in table.definition.insights.items() if name != place}
    mode: str | None = None
    if request.contributor_insights_action == "ENABLE":
        mode = request.contributor_insights_mode or "ACCESSED_AND_THROTTLED_KEYS"
        kept[place] = Insights(since=scope.clock.now(), mode=mode)
    with scope.store.database.write():
        scope.store.save(replace(table.definition, insights=kept))
    return Response(
        table_name=table.name,
        index_name=request.index_name,
        contributor_insights_status="DISABLING" if mode is None else "ENABLING",
        contributor_insights_mode=mode,
    )
