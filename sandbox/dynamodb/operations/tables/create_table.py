"""CreateTable: check the definition, store the table, answer CREATING."""

from msgspec import field

from sandbox.arn import parse_table_arn, table_arn
from sandbox.dynamodb.describe import describe_table
from sandbox.dynamodb.descriptions import TableDescription
from sandbox.dynamodb.faults import LimitExceededException, ResourceInUseException
from sandbox.dynamodb.lifecycle.table_status import current_table, passing_tables, settle
from sandbox.dynamodb.limits import PASSING_TABLES_MAX
from sandbox.dynamodb.operations.policies.documents import check_policy, new_policy
from sandbox.dynamodb.operations.tables.capacity_quotas import check_quotas
from sandbox.dynamodb.operations.tables.encryption import asks_for_encryption, check_encryption, encryption_of
from sandbox.dynamodb.operations.tables.indexes import (
    new_global_index,
    new_local_index,
    on_demand_limits,
    stored_throughput,
    warm_units,
)
from sandbox.dynamodb.operations.tables.schema_rules import check_table_schema
from sandbox.dynamodb.operations.tables.streams import with_stream
from sandbox.dynamodb.operations.tables.throughput_rules import (
    check_on_demand,
    check_throughput,
    check_warm,
)
from sandbox.dynamodb.operations.tables.vector_rules import new_vector_index
from sandbox.dynamodb.operations.tables.wording import in_use, invalid, still_in_use
from sandbox.dynamodb.operations.tags.rules import check_tags, merged_tags
from sandbox.dynamodb.parameters import (
    AttributeDefinitions,
    BillingMode,
    GlobalSecondaryIndex,
    LocalSecondaryIndex,
    NewTableName,
    OnDemandThroughput,
    ProvisionedThroughput,
    SSESpecification,
    StreamSpecification,
    TableClass,
    TableKeySchema,
    TagList,
    VectorIndex,
    WarmThroughput,
)
from sandbox.dynamodb.scope import Scope
from sandbox.dynamodb.storage.table import Policy, TableDefinition
from sandbox.wire.operation import RequestShape, ResponseShape, operation

__all__ = ["check_request", "create_table", "new_definition"]


class Request(RequestShape):
    """CreateTable as it is sent.

    No model has ``TableThroughputMode``. AWS reads it where there is no ``BillingMode``, and speaks of that in refusals.
    Source: ExtendDB/extenddb pull request 320 (AWS's answers of 2026-08-21).
    """

    is_hash_listed = True
    attribute_definitions: AttributeDefinitions
    table_name: NewTableName
    billing_mode: BillingMode | None = None
    table_throughput_mode: BillingMode | None = None
    provisioned_throughput: ProvisionedThroughput | None = None
    key_schema: TableKeySchema
    local_secondary_indexes: list[LocalSecondaryIndex] | None = None
    global_secondary_indexes: list[GlobalSecondaryIndex] | None = None
    vector_indexes: list[VectorIndex] | None = None
    stream_specification: StreamSpecification | None = None
    sse_specification: SSESpecification | None = field(default=None, name="SSESpecification")
    tags: TagList | None = None
    table_class: TableClass | None = None
    deletion_protection_enabled: bool | None = None
    warm_throughput: WarmThroughput | None = None
    resource_policy: str | None = None
    on_demand_throughput: OnDemandThroughput | None = None


class Response(ResponseShape):
    """The table, CREATING."""

    table_description: TableDescription


@operation("CreateTable", Request)
def create_table(scope: Scope, request: Request) -> Response:
    """Create a table with its indexes and, where asked for, its stream.

    Raises:
        ValidationException: the first broken rule of dynamodb-exact §19.1.
        AccessDeniedException: it is named by an ARN of another account.
        ResourceInUseException: there is a table of that name, whatever its status.
        LimitExceededException: more capacity than an account may ask for; 500 tables are being created, updated or deleted.
    """
    request.billing_mode = request.billing_mode or request.table_throughput_mode
    check_request(request)
    name = _name(scope, request.table_name)
    present = current_table(scope, name)
    if present is not None:
        if present.definition.status == "CREATING":
            if present.definition.restored is not None:
                raise still_in_use(f"Table is being used: {name}")  # ack-api-quirks DDB-TABLE-219
            raise in_use(present)
        raise ResourceInUseException(f"Table already exists: {name}")
    _check_quotas(scope.region, request)
    if passing_tables(scope) >= PASSING_TABLES_MAX:
        raise LimitExceededException(
            f"Subscriber limit exceeded: Only {PASSING_TABLES_MAX} tables can be created, updated, or deleted simultaneously"
        )
    definition = new_definition(scope, request, name)
    with scope.store.database.write():
        if request.stream_specification is not None and request.stream_specification.stream_view_type is not None:
            definition = with_stream(scope, definition, request.stream_specification.stream_view_type)
        table = scope.store.create_table(definition)
        response = Response(table_description=describe_table(scope.store, table, scope.clock.now()))
        settle(scope.store, table, scope.clock.now())
    scope.wake_lifecycle()
    return response


def _check_quotas(region: str, request: Request) -> None:
    check_quotas(region, request)
    for index in request.global_secondary_indexes or ():
        check_quotas(region, index, index.index_name)


def check_request(request: Request) -> None:
    """Check the rules that need no table. Source: dynamodb-exact §19.1 rows 2-20."""
    billing_mode = request.billing_mode or "PROVISIONED"
    check_throughput(billing_mode, request.provisioned_throughput)
    check_table_schema(
        request.attribute_definitions,
        request.key_schema,
        request.local_secondary_indexes,
        request.global_secondary_indexes,
        request.vector_indexes,
        billing_mode,
    )
    _check_stream(request.stream_specification)
    check_on_demand(billing_mode, request.on_demand_throughput)
    check_warm(billing_mode, request.warm_throughput, request.provisioned_throughput)
    for index in request.global_secondary_indexes or ():
        check_on_demand(billing_mode, index.on_demand_throughput, index.index_name)
        check_warm(billing_mode, index.warm_throughput, index.provisioned_throughput, index.index_name)
    check_encryption(request.sse_specification)
    check_tags(request.tags or ())
    if request.resource_policy is not None:
        check_policy(request.resource_policy)


def _check_stream(specification: StreamSpecification | None) -> None:
    """Source: dynamodb-exact §19.1 row 18; ack-api-quirks DDB-TABLE-442."""
    if specification is None:
        return
    if not specification.stream_enabled and specification.stream_view_type is not None:
        raise invalid("Table is being created with a stream disabled, UpdateViewType should not be specified")
    if specification.stream_enabled and specification.stream_view_type is None:
        raise invalid("Table is being created with a stream enabled, UpdateViewType is required")


def _policies(scope: Scope, text: str | None, name: str) -> dict[str, Policy]:
    if text is None:
        return {}
    return {table_arn(scope.region, scope.account_id, name): new_policy(text, scope.clock.now(), None)}


def _name(scope: Scope, name: str) -> str:
    """The name itself, or that in an ARN of the caller's own account and region."""
    arn = parse_table_arn(name)
    if arn is None:
        return name
    scope.check_own(arn, name)
    return arn.table_name


def new_definition(scope: Scope, request: Request, name: str) -> TableDefinition:
    """The table that *request* asks for, CREATING; the store numbers it."""
    now = scope.clock.now()
    settles_at = now + scope.delays.create_seconds
    is_on_demand = request.billing_mode == "PAY_PER_REQUEST"
    indexes = [new_local_index(index) for index in request.local_secondary_indexes or ()]
    indexes += [new_global_index(index, settles_at) for index in request.global_secondary_indexes or ()]
    for number, index in enumerate(indexes, start=1):
        index.number = number
    vector_indexes = [
        new_vector_index(vector_index, settles_at, number=number)
        for number, vector_index in enumerate(request.vector_indexes or (), start=len(indexes) + 1)
    ]
    encryption = request.sse_specification
    return TableDefinition(
        id=0,
        account_id=scope.account_id,
        region=scope.region,
        name=name,
        table_id=scope.ids.uuid(),
        created=now,
        attribute_types={item.attribute_name: item.attribute_type for item in request.attribute_definitions},
        key_schema=[(element.attribute_name, element.key_type) for element in request.key_schema],
        indexes=indexes,
        vector_indexes=vector_indexes,
        next_index_number=len(indexes) + len(vector_indexes) + 1,
        status="CREATING",
        settles_at=settles_at,
        billing_mode=request.billing_mode or "PROVISIONED",
        on_demand_since=now if is_on_demand else None,
        throughput=stored_throughput(request.provisioned_throughput),
        on_demand_throughput=on_demand_limits(request.on_demand_throughput),
        warm_throughput=warm_units(request.warm_throughput),
        deletion_protection=bool(request.deletion_protection_enabled),
        table_class=request.table_class,
        sse=encryption_of(scope, encryption) if asks_for_encryption(encryption) else None,
        tags=merged_tags({}, request.tags or ()),
        policies=_policies(scope, request.resource_policy, name),
    )
