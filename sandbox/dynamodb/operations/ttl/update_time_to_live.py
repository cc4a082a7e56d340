"""UpdateTimeToLive: let items expire by an attribute, or no longer."""

from msgspec.structs import replace

from sandbox.dynamodb.faults import ValidationException
from sandbox.dynamodb.lifecycle.backfill import FILL_AT_ONCE_ITEMS, fill_expiry
from sandbox.dynamodb.lifecycle.table_status import current_table
from sandbox.dynamodb.operations.tables.wording import in_use, still_in_use, table_not_found
from sandbox.dynamodb.operations.ttl.status import is_changing
from sandbox.dynamodb.parameters import ControlTableName, TimeToLiveSpecification
from sandbox.dynamodb.scope import Scope
from sandbox.dynamodb.storage.table import TableDefinition
from sandbox.wire.operation import RequestShape, ResponseShape, operation

__all__ = ["update_time_to_live"]


class Request(RequestShape):
    """UpdateTimeToLive as it is sent."""

    is_hash_listed = True
    table_name: ControlTableName
    time_to_live_specification: TimeToLiveSpecification


class Response(ResponseShape):
    """The specification as it was asked for."""

    time_to_live_specification: TimeToLiveSpecification


@operation("UpdateTimeToLive", Request)
def update_time_to_live(scope: Scope, request: Request) -> Response:
    """Switch TTL on or off.

    Items that are there already expire too; where there are many, they are noted step by step after the answer.

    Raises:
        ResourceNotFoundException: there is no such table.
        ResourceInUseException: it is being created or deleted.
        ValidationException: it already is so, TTL uses another attribute, or the last change is still under way.
    """
    table = current_table(scope, request.table_name)
    if table is None:
        raise table_not_found(request.table_name)
    if table.definition.status == "CREATING":
        # Other words than those of UpdateTable: ack-api-quirks DDB-TABLE-115.
        raise still_in_use(f"Table {table.name} is being created")
    if table.definition.status == "DELETING":
        raise in_use(table)
    specification = request.time_to_live_specification
    _check(scope, table.definition, specification)
    definition = replace(
        table.definition,
        expiry_attribute=specification.attribute_name if specification.enabled else None,
        expiry_changed=scope.clock.now(),
        expiry_filling=False,
    )
    with scope.store.database.write():
        table.expiry.drop()
        table = scope.store.save(definition)
        if specification.enabled:
            table.expiry.create()
            if fill_expiry(table, behind=b"", items_max=FILL_AT_ONCE_ITEMS) is not None:
                scope.store.save(replace(definition, expiry_filling=True))
    scope.wake_lifecycle()
    return Response(time_to_live_specification=specification)


def _check(scope: Scope, definition: TableDefinition, specification: TimeToLiveSpecification) -> None:
    """Refuse what changes nothing first. Source: dynamodb-exact §20."""
    present = definition.expiry_attribute
    if present is not None and present != specification.attribute_name:
        raise ValidationException(
            f"TimeToLive is active on a different AttributeName: current AttributeName is {present}"
        )
    if specification.enabled and present is not None:
        raise ValidationException("TimeToLive is already enabled")
    if not specification.enabled and present is None:
        raise ValidationException("TimeToLive is already disabled")
    if is_changing(scope, definition):
        raise ValidationException("Time to live has been modified multiple times within a fixed interval")
