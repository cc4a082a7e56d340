"""UpdateTable: throughput, billing, indexes, stream and the smaller settings of an existing table."""

from typing import Any

from msgspec import field
from msgspec.structs import replace

from sandbox.dynamodb.describe import describe_table
from sandbox.dynamodb.descriptions import TableDescription
from sandbox.dynamodb.faults import LimitExceededException, ValidationException
from sandbox.dynamodb.lifecycle.table_status import current_table, passing_tables, settle
from sandbox.dynamodb.limits import PASSING_TABLES_MAX
from sandbox.dynamodb.operations.tables.changes import changed_billing, changed_settings, check_stream_change
from sandbox.dynamodb.operations.tables.encryption import check_encryption
from sandbox.dynamodb.operations.tables.index_changes import changed_indexes, check_index_updates
from sandbox.dynamodb.operations.tables.schema_rules import check_definitions
from sandbox.dynamodb.operations.tables.streams import with_stream, without_stream
from sandbox.dynamodb.operations.tables.throughput_rules import check_throughput
from sandbox.dynamodb.operations.tables.wording import in_use, invalid, table_not_found
from sandbox.dynamodb.parameters import (
    AttributeDefinitions,
    BillingMode,
    ControlTableName,
    GlobalSecondaryIndexUpdate,
    OnDemandThroughput,
    ProvisionedThroughput,
    SSESpecification,
    StreamSpecification,
    TableClass,
    WarmThroughput,
)
from sandbox.dynamodb.scope import Scope
from sandbox.dynamodb.storage.table import TableDefinition
from sandbox.wire.operation import RequestShape, ResponseShape, operation

__all__ = ["update_table"]


class Request(RequestShape):
    """UpdateTable as it is sent. Order: dynamodb-exact §3.3."""

    table_name: ControlTableName
    provisioned_throughput: ProvisionedThroughput | None = None
    billing_mode: BillingMode | None = None
    global_secondary_index_updates: list[GlobalSecondaryIndexUpdate] | None = None
    attribute_definitions: AttributeDefinitions | None = None
    stream_specification: StreamSpecification | None = None
    sse_specification: SSESpecification | None = field(default=None, name="SSESpecification")
    replica_updates: list[Any] | None = None
    table_class: TableClass | None = None
    deletion_protection_enabled: bool | None = None
    on_demand_throughput: OnDemandThroughput | None = None
    warm_throughput: WarmThroughput | None = None


class Response(ResponseShape):
    """The table, UPDATING."""

    table_description: TableDescription


@operation("UpdateTable", Request)
def update_table(scope: Scope, request: Request) -> Response:
    """Change a table; what takes time shows as UPDATING, CREATING or DELETING until it has settled.

    Raises:
        ValidationException: the first broken rule of dynamodb-exact §19.3.
        ResourceNotFoundException: there is no such table, or no such index.
        ResourceInUseException: the table or index is being created, updated or deleted.
        LimitExceededException: too many decreases, switches, or indexes at one time.
    """
    check_request(request)
    table = current_table(scope, request.table_name)
    if table is None:
        raise table_not_found(request.table_name)
    if table.definition.status != "ACTIVE":
        raise in_use(table)
    if passing_tables(scope) >= PASSING_TABLES_MAX:
        raise LimitExceededException(
            f"Subscriber limit exceeded: Only {PASSING_TABLES_MAX} tables can be created, updated, or deleted simultaneously"
        )
    changed = _changed(scope, table.definition, request)
    now = scope.clock.now()
    with scope.store.database.write():
        stream = request.stream_specification
        if stream is not None:
            changed = (
                with_stream(scope, changed, stream.stream_view_type)
                if stream.stream_view_type
                else without_stream(scope, changed)
            )
        table = scope.store.save(changed)
        for update in request.global_secondary_index_updates or ():
            if update.create is not None:
                table.indexes[update.create.index_name].entries.create()
        response = Response(table_description=describe_table(scope.store, table, now))
        settle(scope.store, table, now)
    scope.wake_lifecycle()
    return response


def check_request(request: Request) -> None:
    """Check the rules that need no table."""
    if not _asks_for_something(request):
        raise ValidationException(
            "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates "
            "or SSESpecification or ReplicaUpdates is required"
        )
    if request.table_class is not None and _asks_for_something(replace(request, table_class=None)):
        # Quoted in hashicorp/terraform-provider-aws 29816.
        raise invalid("TableClass modification must be the only operation in the request")
    if request.replica_updates:
        # Not AWS's words: replicas are not written yet, and pretending would be worse than saying so.
        raise ValidationException("ReplicaUpdates are not supported by this sandbox")
    if request.billing_mode == "PROVISIONED" and request.provisioned_throughput is None:
        raise invalid("ProvisionedThroughput must be specified when BillingMode is PROVISIONED")
    if request.provisioned_throughput is not None:
        check_throughput(request.billing_mode or "PROVISIONED", request.provisioned_throughput)
    check_definitions(request.attribute_definitions or ())
    check_index_updates(request.global_secondary_index_updates or ())
    check_encryption(request.sse_specification)


def _asks_for_something(request: Request) -> bool:
    """An empty list of index updates or replicas asks for nothing; definitions alone do not either."""
    return bool(request.global_secondary_index_updates or request.replica_updates) or any(
        member is not None
        for member in (
            request.provisioned_throughput,
            request.billing_mode,
            request.stream_specification,
            request.sse_specification,
            request.table_class,
            request.deletion_protection_enabled,
            request.on_demand_throughput,
            request.warm_throughput,
        )
    )


def _changed(scope: Scope, definition: TableDefinition, request: Request) -> TableDefinition:
    """The table as it will be stored, but for its stream; nothing has happened where this refuses."""
    updates = request.global_secondary_index_updates or ()
    changed = changed_billing(scope, definition, request.billing_mode, request.provisioned_throughput, updates)
    changed = changed_indexes(scope, changed, updates, request.attribute_definitions or ())
    check_stream_change(definition, request.stream_specification)
    return changed_settings(
        scope,
        changed,
        table_class=request.table_class,
        deletion_protection=request.deletion_protection_enabled,
        encryption=request.sse_specification,
        on_demand=request.on_demand_throughput,
        warm=request.warm_throughput,
    )
