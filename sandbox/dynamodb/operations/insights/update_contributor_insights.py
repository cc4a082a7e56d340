"""UpdateContributorInsights: on or off, for a table or one of its global indexes."""

from msgspec.structs import replace

from sandbox.dynamodb.faults import ValidationException
from sandbox.dynamodb.operations.insights.find import table_with_insights
from sandbox.dynamodb.parameters import ContributorInsightsAction, ContributorInsightsMode, InsightsIndexName, TableName
from sandbox.dynamodb.scope import Scope
from sandbox.dynamodb.storage.table import Insights, Table
from sandbox.wire.operation import RequestShape, ResponseShape, operation

__all__ = ["update_contributor_insights"]


class Request(RequestShape):
    """UpdateContributorInsights as it is sent."""

    is_hash_listed = True
    table_name: TableName
    index_name: InsightsIndexName | None = None
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
    """Switch insights; what is so already stays so, and its settled status is told. A mode does not matter to DISABLE.

    Source: ack-api-quirks DDB-TABLE-090, 092, 115, 339; that DISABLE tells no mode of what was never enabled is assumed.

    Raises:
        ResourceNotFoundException: there is no such table or index.
        ValidationException: it is being created, or deleted and to be switched on.
    """
    table = table_with_insights(scope, request.table_name, request.index_name)
    place = request.index_name or ""
    for what, status in (
        ("Table", table.definition.status),
        ("Index", table.indexes[place].definition.status if place else "ACTIVE"),
    ):
        # What is being deleted can be switched off: ack-api-quirks DDB-TABLE-342.
        if status == "CREATING" or (status == "DELETING" and request.contributor_insights_action == "ENABLE"):
            raise ValidationException(
                "Table or Index is not in a valid state to update Key Access Insights: "
                f"{what}Status must be ACTIVE to enable ContributorInsights."
            )
    present = table.definition.insights.get(place)
    was_enabled = present is not None and present.is_enabled
    mode = present.mode if present is not None else None
    if request.contributor_insights_action == "DISABLE":
        status = "DISABLING" if was_enabled else "DISABLED"
        if present is not None and was_enabled:
            _save(scope, table, place, present.mode, is_enabled=False)
    else:
        wanted = request.contributor_insights_mode or "ACCESSED_AND_THROTTLED_KEYS"
        status = "ENABLED" if was_enabled and mode == wanted else "ENABLING"
        mode = wanted
        if status == "ENABLING":
            _save(scope, table, place, wanted, is_enabled=True)
    return Response(
        table_name=table.name,
        index_name=request.index_name,
        contributor_insights_status=status,
        contributor_insights_mode=mode,
    )


def _save(scope: Scope, table: Table, place: str, mode: str, *, is_enabled: bool) -> None:
    changed = Insights(since=scope.clock.now(), mode=mode, is_enabled=is_enabled)
    with scope.store.database.write():
        scope.store.save(replace(table.definition, insights={**table.definition.insights, place: changed}))
