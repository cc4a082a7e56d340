"""UpdateTable: throughput, billing, indexes, stream and the smaller settings of an existing table."""

from typing import Literal

from msgspec import field
from msgspec.structs import replace

from sandbox.dynamodb.describe import describe_table
from sandbox.dynamodb.descriptions import TableDescription
from sandbox.dynamodb.faults import InternalFailure, LimitExceededException
from sandbox.dynamodb.lifecycle.table_status import current_table, passing_tables, settle
from sandbox.dynamodb.limits import PASSING_TABLES_MAX
from sandbox.dynamodb.operations.tables.capacity_quotas import check_quotas
from sandbox.dynamodb.operations.tables.changes import (
    changed_billing,
    changed_settings,
    check_stream_change,
    check_stream_specification,
)
from sandbox.dynamodb.operations.tables.encryption import check_encryption
from sandbox.dynamodb.operations.tables.index_changes import (
    changed_indexes,
    check_index_units,
    check_index_updates,
)
from sandbox.dynamodb.operations.tables.indexes import on_demand_limits, warm_units
from sandbox.dynamodb.operations.tables.replicas import ReplicaUpdates, check_replica_updates, refuse_replicas
from sandbox.dynamodb.operations.tables.schema_rules import check_definitions
from sandbox.dynamodb.operations.tables.streams import with_stream, without_stream
from sandbox.dynamodb.operations.tables.throughput_rules import check_throughput
from sandbox.dynamodb.operations.tables.under_way import check_under_way
from sandbox.dynamodb.operations.tables.update_rules import check_combination
from sandbox.dynamodb.operations.tables.vector_changes import (
    changed_vector_indexes,
    check_stays_on_demand,
    check_vector_updates,
)
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
    VectorIndexUpdate,
    WarmThroughput,
)
from sandbox.dynamodb.scope import Scope
from sandbox.dynamodb.storage.table import TableDefinition
from sandbox.wire.operation import RequestShape, ResponseShape, operation

__all__ = ["update_table"]


class Request(RequestShape):
    """UpdateTable as it is sent.

    ``TableThroughputMode`` is as in CreateTable; ``MultiRegionConsistency`` alone changes nothing.
    """

    is_hash_listed = True
    table_name: ControlTableName
    provisioned_throughput: ProvisionedThroughput | None = None
    billing_mode: BillingMode | None = None
    table_throughput_mode: BillingMode | None = None
    global_secondary_index_updates: list[GlobalSecondaryIndexUpdate] | None = None
    vector_index_updates: list[VectorIndexUpdate] | None = None
    attribute_definitions: AttributeDefinitions | None = None
    stream_specification: StreamSpecification | None = None
    sse_specification: SSESpecification | None = field(default=None, name="SSESpecification")
    replica_updates: ReplicaUpdates | None = None
    table_class: TableClass | None = None
    deletion_protection_enabled: bool | None = None
    on_demand_throughput: OnDemandThroughput | None = None
    warm_throughput: WarmThroughput | None = None
    multi_region_consistency: Literal["EVENTUAL", "STRONG"] | None = None


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
        LimitExceededException: too many decreases, switches, or indexes at one time; more capacity than an account may ask for.
    """
    request.billing_mode = request.billing_mode or request.table_throughput_mode
    check_request(request)
    table = current_table(scope, request.table_name)
    if table is None:
        raise table_not_found(request.table_name)
    if table.definition.status not in ("ACTIVE", "UPDATING"):
        raise in_use(table)
    if _is_emptiness_alone(request):
        raise InternalFailure
    check_under_way(
        scope.store,
        table.definition,
        _asked(request),
        request.global_secondary_index_updates or (),
        request.vector_index_updates or (),
    )
    check_index_units(request.global_secondary_index_updates or ())
    _check_quotas(scope.region, request)
    if passing_tables(scope) >= PASSING_TABLES_MAX:
        raise LimitExceededException(
            f"Subscriber limit exceeded: Only {PASSING_TABLES_MAX} tables can be created, updated, or deleted simultaneously"
        )
    if request.replica_updates is not None:
        refuse_replicas(request.replica_updates, scope.region)
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
        for vector_update in request.vector_index_updates or ():
            if vector_update.create is not None:
                table.vector_indexes[vector_update.create.index_name].entries.create()
        response = Response(table_description=describe_table(scope.store, table, now))
        settle(scope.store, table, now)
    scope.wake_lifecycle()
    return response


def _check_quotas(region: str, request: Request) -> None:
    check_quotas(region, request)
    for update in request.global_secondary_index_updates or ():
        action = update.update or update.create
        if action is not None:
            check_quotas(region, action, action.index_name)


def check_request(request: Request) -> None:
    """Check the rules that need no table.

    Source of the order, units of the table before its indexes: dynalite 4.0.0, asked 2026-11.
    """
    updates = request.global_secondary_index_updates
    check_definitions(request.attribute_definitions or ())
    _check_units(request.billing_mode, request.provisioned_throughput)
    check_index_updates(updates or (), request.attribute_definitions)
    check_vector_updates(request.vector_index_updates, request.attribute_definitions)
    asked = _asked(request)
    if _is_emptiness_alone(request):
        return
    check_combination(
        asked,
        request.billing_mode,
        creates_index=any(update.create is not None for update in updates or ()),
        drops_index=any(update.delete is not None for update in updates or ()) or bool(request.vector_index_updates),
        names_consistency=request.multi_region_consistency is not None,
    )
    if updates is not None and not updates:
        raise invalid("List of GlobalSecondaryIndexUpdates is empty")
    if request.replica_updates is not None:
        check_replica_updates(request.replica_updates)
    if request.provisioned_throughput is not None and request.billing_mode == "PAY_PER_REQUEST":
        # Another sentence than that of CreateTable: ack-api-quirks DDB-TABLE-056.
        raise invalid("ProvisionedThroughput cannot be specified when BillingMode is PAY_PER_REQUEST")
    check_stream_specification(request.stream_specification)
    check_encryption(request.sse_specification)


def _check_units(billing_mode: str | None, throughput: ProvisionedThroughput | None) -> None:
    if throughput is not None:
        check_throughput("PROVISIONED", throughput)
    elif billing_mode == "PROVISIONED":
        raise invalid("ProvisionedThroughput must be specified when BillingMode is PROVISIONED")


def _asked(request: Request) -> frozenset[str]:
    """The wire names of what is asked for; definitions of attributes ask for nothing, nor does what is empty."""
    members = {
        "ProvisionedThroughput": request.provisioned_throughput,
        "BillingMode": request.billing_mode,
        "GlobalSecondaryIndexUpdates": request.global_secondary_index_updates or None,
        "VectorIndexUpdates": request.vector_index_updates,
        "StreamSpecification": request.stream_specification,
        "SSESpecification": request.sse_specification,
        "ReplicaUpdates": request.replica_updates,
        "TableClass": request.table_class,
        "DeletionProtectionEnabled": request.deletion_protection_enabled,
        "OnDemandThroughput": on_demand_limits(request.on_demand_throughput),
        "WarmThroughput": warm_units(request.warm_throughput),
    }
    return frozenset(name for name, member in members.items() if member is not None)


def _is_emptiness_alone(request: Request) -> bool:
    """Whether an empty structure stands alone: a fault of AWS's server once it has found the table.

    It is ignored beside anything else. Source: ack-api-quirks DDB-TABLE-446, 456.
    """
    has_structure = request.on_demand_throughput is not None or request.warm_throughput is not None
    return has_structure and not _asked(request)


def _changed(scope: Scope, definition: TableDefinition, request: Request) -> TableDefinition:
    """The table as it will be stored, but for its stream; nothing has happened where this refuses.

    Only what takes AWS a while makes the table UPDATING. Source: ack-api-quirks DDB-TABLE-410.
    """
    updates = request.global_secondary_index_updates or ()
    asked = _asked(request)
    takes_a_while = (
        {"BillingMode", "ProvisionedThroughput", "StreamSpecification", "TableClass"} & asked
        or any(update.update is None for update in updates)
        or request.vector_index_updates is not None
        or definition.status == "UPDATING"
    )
    changed = replace(
        definition,
        status="UPDATING" if takes_a_while else "ACTIVE",
        settles_at=max(definition.settles_at or 0.0, scope.clock.now() + scope.delays.update_seconds)
        if asked != {"DeletionProtectionEnabled"}
        else definition.settles_at,
    )
    check_stays_on_demand(definition, request.billing_mode, request.vector_index_updates)
    changed = changed_billing(scope, changed, request.billing_mode, request.provisioned_throughput, updates)
    changed = changed_indexes(scope, changed, updates, request.attribute_definitions or ())
    changed = changed_vector_indexes(
        scope, changed, request.vector_index_updates or (), request.attribute_definitions or ()
    )
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
