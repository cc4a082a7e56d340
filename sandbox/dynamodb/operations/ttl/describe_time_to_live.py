"""DescribeTimeToLive: whether items expire, and by which attribute."""

from sandbox.dynamodb.faults import ValidationException
from sandbox.dynamodb.lifecycle.table_status import current_table
from sandbox.dynamodb.operations.tables.wording import table_not_found
from sandbox.dynamodb.operations.ttl.status import status_of
from sandbox.dynamodb.parameters import ControlTableName
from sandbox.dynamodb.scope import Scope
from sandbox.wire.operation import RequestShape, ResponseShape, operation

__all__ = ["describe_time_to_live"]


class Request(RequestShape):
    """DescribeTimeToLive as it is sent."""

    table_name: ControlTableName


class TimeToLiveDescription(ResponseShape):
    """The status, and the attribute while there is one."""

    time_to_live_status: str
    attribute_name: str | None = None


class Response(ResponseShape):
    """The description."""

    time_to_live_description: TimeToLiveDescription


@operation("DescribeTimeToLive", Request)
def describe_time_to_live(scope: Scope, request: Request) -> Response:
    """Describe a table's TTL.

    Source: dynamodb-exact §20; ack-api-quirks DDB-TABLE-115, 118.

    Raises:
        ResourceNotFoundException: there is no such table.
        ValidationException: it is being created or deleted.
    """
    table = current_table(scope, request.table_name)
    if table is None:
        raise table_not_found(request.table_name)
    definition = table.definition
    if definition.status in ("CREATING", "DELETING"):
        raise ValidationException(
            f"Cannot describe time to live while table is in {definition.status} state: "
            f"Current table state is {definition.status}"
        )
    return Response(
        time_to_live_description=TimeToLiveDescription(
            time_to_live_status=status_of(scope, definition), attribute_name=definition.expiry_attribute
        )
    )
