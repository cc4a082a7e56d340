"""GlobalSecondaryIndexUpdates: creating, changing and deleting indexes of an existing table.

Source: dynamodb-exact §19.3.
"""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from msgspec.structs import replace

from sandbox.dynamodb.describe import warm_units_of
from sandbox.dynamodb.faults import InternalFailure, LimitExceededException, ValidationException
from sandbox.dynamodb.limits import CAPACITY_UNITS_MAX, GLOBAL_INDEXES_MAX
from sandbox.dynamodb.operations.tables.changes import check_warm_increase
from sandbox.dynamodb.operations.tables.indexes import new_global_index, on_demand_limits, warm_units
from sandbox.dynamodb.operations.tables.projection_rules import (
    check_projected_total,
    check_projection,
    projected_counts,
)
from sandbox.dynamodb.operations.tables.schema_rules import check_global_schema
from sandbox.dynamodb.operations.tables.throughput_changes import changed_index_throughput, check_changes
from sandbox.dynamodb.operations.tables.throughput_rules import (
    check_on_demand,
    check_on_demand_range,
    check_warm,
    first_on_demand_member,
)
from sandbox.dynamodb.operations.tables.wording import (
    ALREADY_EXISTS,
    ONE_AT_A_TIME,
    index_in_use,
    invalid,
    key_schema,
    no_such_index,
    redefined,
    vector_schema,
)
from sandbox.dynamodb.parameters import (
    AttributeDefinition,
    CreateGlobalSecondaryIndexAction,
    GlobalSecondaryIndexUpdate,
    ProvisionedThroughput,
    UpdateGlobalSecondaryIndexAction,
)
from sandbox.dynamodb.scope import Scope
from sandbox.dynamodb.storage.table import IndexDefinition, TableDefinition
from sandbox.dynamodb.storage.vector_index import VectorIndexDefinition

__all__ = ["changed_indexes", "check_index_units", "check_index_updates", "check_none_is_built", "going"]

IndexT = TypeVar("IndexT", IndexDefinition, VectorIndexDefinition)


def check_index_updates(
    updates: Sequence[GlobalSecondaryIndexUpdate], definitions: Sequence[AttributeDefinition] | None
) -> None:
    """Check the updates in themselves and among each other, before the table is looked at.

    Source: dynamodb-exact §19.3; ack-api-quirks DDB-TABLE-160, 162, 456.

    Raises:
        ValidationException: one has no action or several, an index comes twice, or a new index is not defined well.
    """
    names: set[str] = set()
    for update in updates:
        actions = [action for action in (update.update, update.create, update.delete) if action is not None]
        if not actions:
            raise invalid(
                "One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, "
                "GlobalSecondaryIndexUpdate.Delete must not be null"
            )
        if len(actions) > 1:
            raise invalid("Only one global secondary index action is allowed per GlobalSecondaryIndexUpdate object")
        name = actions[0].index_name
        if name in names:
            raise invalid(f"Only one global secondary index update per index is allowed simultaneously. Index: {name}")
        names.add(name)
        if update.create is not None:
            _check_new(update.create, definitions)
        _check_warmth(update.update or update.create)


def _check_new(action: CreateGlobalSecondaryIndexAction, definitions: Sequence[AttributeDefinition] | None) -> None:
    if definitions is None:
        raise invalid(f"AttributeDefinitions is not specified for index: {action.index_name}")
    check_global_schema(action.key_schema, {item.attribute_name: item.attribute_type for item in definitions})
    check_projection(action.projection)


def _check_warmth(action: UpdateGlobalSecondaryIndexAction | CreateGlobalSecondaryIndexAction | None) -> None:
    if action is not None and action.warm_throughput is not None and warm_units(action.warm_throughput) is None:
        raise invalid(
            "WarmThroughput must have at least one of ReadUnitsPerSecond or WriteUnitsPerSecond specified "
            f"for index: {action.index_name}"
        )


def check_index_units(updates: Sequence[GlobalSecondaryIndexUpdate]) -> None:
    """Check the units of indexes, once the table is found and before its indexes are looked at.

    Source of the place: dynalite 4.0.0, asked 2026-11.

    Raises:
        ValidationException: some are out of bounds.
    """
    for update in updates:
        action = update.update or update.create
        units = action.provisioned_throughput if action is not None else None
        if units is not None and max(units.read_capacity_units, units.write_capacity_units) > CAPACITY_UNITS_MAX:
            raise ValidationException(
                "This operation cannot be performed with given input values. "
                "Please contact DynamoDB service team for more info: Action Blocked: IndexUpdate"
            )


def changed_indexes(
    scope: Scope,
    definition: TableDefinition,
    updates: Sequence[GlobalSecondaryIndexUpdate],
    definitions: Sequence[AttributeDefinition],
) -> TableDefinition:
    """The table with its indexes CREATING, UPDATING or DELETING; its billing mode is the one that results.

    Raises:
        ValidationException, ResourceNotFoundException, ResourceInUseException, LimitExceededException: see §19.3.
    """
    if sum(update.update is None for update in updates) > 1:
        raise LimitExceededException(ONE_AT_A_TIME)
    for update in updates:
        if update.create is not None:
            definition = _with_new(scope, definition, update.create, definitions)
        elif update.delete is not None:
            definition = _with_deleted(scope, definition, update.delete.index_name)
        elif update.update is not None:
            definition = _with_changed(scope, definition, update.update)
    return definition


# -- create ----------------------------------------------------------------------------------------------------------


def _with_new(
    scope: Scope,
    definition: TableDefinition,
    action: CreateGlobalSecondaryIndexAction,
    definitions: Sequence[AttributeDefinition],
) -> TableDefinition:
    given: Mapping[str, str] = {item.attribute_name: item.attribute_type for item in definitions}
    for index in definition.all_indexes():
        if index.name == action.index_name:
            # Source: ack-api-quirks DDB-TABLE-163.
            is_going = index.status == "DELETING"
            raise index_in_use(definition, index) if is_going else ValidationException(ALREADY_EXISTS)
    _refuse_redefinition(definition, action, given)
    if sum(index.is_global for index in definition.indexes) >= GLOBAL_INDEXES_MAX:
        # Refused as a limit here and as a rule by CreateTable: ack-api-quirks DDB-TABLE-169.
        raise LimitExceededException(
            f"Subscriber limit exceeded: Number of global secondary indexes exceeds per-table limit of {GLOBAL_INDEXES_MAX}"
        )
    check_projected_total([*projected_counts(definition), len(action.projection.non_key_attributes or ())])
    _check_new_throughput(definition.billing_mode, action)
    check_none_is_built(definition)
    index = new_global_index(
        action,
        scope.clock.now() + scope.delays.index_seconds,
        number=definition.next_index_number,
        backfilling=True,
    )
    # Definitions that no key of the index uses change nothing, another type among them: dynamodb-exact §19.3.
    new_types = {name: given[name] for name, _ in index.key_schema}
    return replace(
        definition,
        indexes=[*definition.indexes, index],
        next_index_number=definition.next_index_number + 1,
        attribute_types=new_types | definition.attribute_types,
    )


def _refuse_redefinition(
    definition: TableDefinition, action: CreateGlobalSecondaryIndexAction, given: Mapping[str, str]
) -> None:
    """Refuse a key that holds vectors, or is a key of another type already.

    Source: nubo-db/dynoxide (``update_table``), as measured on AWS 2026-08-12, for vectors, and for the sentence; that a
    key of another type is refused scylladb/scylladb pull request 14556 and DynamoDB Local 3.3.1, asked 2026-11.
    """
    for element in action.key_schema:
        name = element.attribute_name
        present = definition.attribute_types.get(name)
        if present is not None and present != given[name]:
            new = key_schema(name, given[name], element.key_type)
            raise redefined(key_schema(name, present, _part_in_a_key(definition, name)), new)
        for index in definition.vector_indexes:
            if index.attribute == name:
                raise redefined(vector_schema(name, index.dimensions), key_schema(name, given[name], element.key_type))


def _part_in_a_key(definition: TableDefinition, name: str) -> str:
    """What a defined attribute is: in the key of the table, else in the first schema of an index that has it."""
    schemas = [definition.key_schema, *(index.key_schema for index in definition.indexes)]
    schemas += [index.search_schema for index in definition.vector_indexes]
    return next(kind for schema in schemas for key, kind in schema if key == name)


def _check_new_throughput(billing_mode: str, action: CreateGlobalSecondaryIndexAction) -> None:
    throughput: ProvisionedThroughput | None = action.provisioned_throughput
    if billing_mode == "PAY_PER_REQUEST" and throughput is not None:
        raise invalid(
            "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified "
            f"for index: {action.index_name} when BillingMode is PAY_PER_REQUEST"
        )
    if billing_mode != "PAY_PER_REQUEST" and throughput is None:
        # Quoted in a public issue: aws-amplify/amplify-cli 1714.
        raise invalid(f"Both ReadCapacityUnits and WriteCapacityUnits must be specified for index: {action.index_name}")
    check_on_demand(billing_mode, action.on_demand_throughput, action.index_name)
    check_warm(billing_mode, action.warm_throughput, throughput, action.index_name)


def check_none_is_built(definition: TableDefinition, *, but: str | None = None) -> None:
    """Check that no index of any kind is being built or deleted, *but* that of one name.

    Raises:
        LimitExceededException: one is.
    """
    if any(index.status in ("CREATING", "DELETING") for index in definition.all_indexes() if index.name != but):
        raise LimitExceededException(ONE_AT_A_TIME)


# -- change and delete -----------------------------------------------------------------------------------------------


def _with_deleted(scope: Scope, definition: TableDefinition, name: str) -> TableDefinition:
    return _with(definition, going(scope, definition, _index(definition, name, "delete")))


def going(scope: Scope, definition: TableDefinition, index: IndexT) -> IndexT:
    """An index of any kind, DELETING.

    Raises:
        ResourceInUseException: it is so already.
        LimitExceededException: another is being built or deleted; one whose own filling lasts may be given up.
    """
    if index.status == "DELETING":
        raise index_in_use(definition, index)
    check_none_is_built(definition, but=index.name)
    settles_at = scope.clock.now() + scope.delays.index_seconds
    return replace(index, status="DELETING", settles_at=settles_at, backfilling=False)


def _with_changed(
    scope: Scope, definition: TableDefinition, action: UpdateGlobalSecondaryIndexAction
) -> TableDefinition:
    if warm_units(action.warm_throughput) and all(action.index_name != index.name for index in definition.indexes):
        # A fault of AWS's server: ack-api-quirks DDB-TABLE-161, 448, 456, 457.
        raise InternalFailure
    index = _index(definition, action.index_name, "update")
    if index.status != "ACTIVE":
        raise index_in_use(definition, index)
    now = scope.clock.now()
    _check_changes_something(definition.billing_mode, action)
    changed = replace(index, settles_at=now + scope.delays.index_seconds)
    wanted = action.provisioned_throughput
    if wanted is not None:
        check_changes(index.throughput, wanted, f"index {index.name}")
        changed = replace(changed_index_throughput(changed, wanted, now), status="UPDATING")
    limits = on_demand_limits(action.on_demand_throughput)
    if limits is not None:
        changed = replace(changed, on_demand_throughput=(index.on_demand_throughput or {}) | limits, status="UPDATING")
    warm = warm_units(action.warm_throughput)
    if warm is not None:
        read, write = warm_units_of(definition.billing_mode, index.throughput, index.warm_throughput)
        check_warm_increase(warm, read, write, f"index {index.name}")
        changed = replace(changed, pending_warm_throughput=warm)
    return _with(definition, changed)


def _check_changes_something(billing_mode: str, action: UpdateGlobalSecondaryIndexAction) -> None:
    """Source: ack-api-quirks DDB-TABLE-152, 456; that a provisioned index wants units so, and the last, is assumed."""
    limits, warm = on_demand_limits(action.on_demand_throughput), warm_units(action.warm_throughput)
    if billing_mode == "PAY_PER_REQUEST":
        if action.provisioned_throughput is not None or (limits is None and warm is None):
            raise invalid(
                f"The only Updates for index: {action.index_name} when TableThroughputMode is PAY_PER_REQUEST "
                "can be to OnDemandThroughput, WarmThroughput"
            )
    elif limits is not None and action.on_demand_throughput is not None:
        raise invalid(
            f"{first_on_demand_member(action.on_demand_throughput)} for OnDemandThroughput for index : {action.index_name} "
            "cannot be specified when the table BillingMode is PROVISIONED"
        )
    elif action.provisioned_throughput is None and warm is None:
        raise invalid(f"Both ReadCapacityUnits and WriteCapacityUnits must be specified for index: {action.index_name}")
    if action.on_demand_throughput is not None:
        check_on_demand_range(action.on_demand_throughput, removal=True, index_name=action.index_name)


def _index(definition: TableDefinition, name: str, doing: str) -> IndexDefinition:
    """Source: ack-api-quirks DDB-TABLE-161, 442, 446."""
    for index in definition.indexes:
        if index.name == name:
            if not index.is_global:
                raise ValidationException(f"Cannot {doing} an index that is not a GlobalSecondaryIndex: {name}")
            return index
    raise no_such_index(definition, name)


def _with(definition: TableDefinition, index: IndexDefinition) -> TableDefinition:
    return replace(definition, indexes=[index if other.name == index.name else other for other in definition.indexes])
