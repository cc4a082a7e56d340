"""VectorIndexUpdates: creating and deleting vector indexes of an existing table.

Source: ExtendDB/extenddb (``types/table``) and nubo-db/dynoxide (``update_table``), as measured on AWS in August 2026.
The refusals of an update with no action or with two, the order of the rules, and the words about an index that is not
there, which are those of other indexes, are assumptions.
"""

from collections.abc import Sequence

from msgspec.structs import replace

from sandbox.dynamodb.faults import LimitExceededException, ValidationException
from sandbox.dynamodb.limits import VECTOR_INDEXES_MAX
from sandbox.dynamodb.operations.tables.index_changes import check_none_is_built, going
from sandbox.dynamodb.operations.tables.projection_rules import check_projected_total, projected_counts
from sandbox.dynamodb.operations.tables.vector_rules import (
    check_vector_billing,
    check_vector_schema,
    new_vector_index,
    projected_count,
    refuse_defined,
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
from sandbox.dynamodb.parameters import AttributeDefinition, CreateVectorIndexAction, VectorIndexUpdate
from sandbox.dynamodb.scope import Scope
from sandbox.dynamodb.storage.table import TableDefinition

__all__ = ["changed_vector_indexes", "check_stays_on_demand", "check_vector_updates"]


def check_vector_updates(
    updates: Sequence[VectorIndexUpdate] | None, definitions: Sequence[AttributeDefinition] | None
) -> None:
    """Check the updates in themselves, before the table is looked at.

    Raises:
        ValidationException: there is none, one has no action or two, or a new index is not defined well.
    """
    if updates is None:
        return
    if not updates:
        raise invalid("List of VectorIndexUpdates is empty")
    types = {item.attribute_name: item.attribute_type for item in definitions or ()}
    for update in updates:
        if update.create is None and update.delete is None:
            raise invalid("One of VectorIndexUpdate.Create, VectorIndexUpdate.Delete must not be null")
        if update.create is not None and update.delete is not None:
            raise invalid("Only one vector index action is allowed per VectorIndexUpdate object")
        if update.create is not None:
            check_vector_schema(update.create, types)
            refuse_defined(update.create, types)


def check_stays_on_demand(
    definition: TableDefinition, billing_mode: str | None, updates: Sequence[VectorIndexUpdate] | None
) -> None:
    """Check that a table that has vector indexes is not provisioned, even where the last of them is deleted with it.

    Raises:
        ValidationException: it is.
    """
    if billing_mode == "PROVISIONED" and definition.vector_indexes:
        if updates:
            raise invalid("Tables with vector indexes must be in PAY_PER_REQUEST mode")
        check_vector_billing(billing_mode)


def changed_vector_indexes(
    scope: Scope,
    definition: TableDefinition,
    updates: Sequence[VectorIndexUpdate],
    definitions: Sequence[AttributeDefinition],
) -> TableDefinition:
    """The table with a vector index CREATING or DELETING; its billing mode is the one that results.

    Raises:
        ValidationException, ResourceNotFoundException, ResourceInUseException, LimitExceededException: it cannot be.
    """
    if len(updates) > 1:
        raise LimitExceededException(ONE_AT_A_TIME)
    for update in updates:
        if update.create is not None:
            definition = _with_new(scope, definition, update.create, definitions)
        elif update.delete is not None:
            definition = _with_deleted(scope, definition, update.delete.index_name)
    return definition


def _with_new(
    scope: Scope,
    definition: TableDefinition,
    action: CreateVectorIndexAction,
    definitions: Sequence[AttributeDefinition],
) -> TableDefinition:
    check_vector_billing(definition.billing_mode)
    for present in definition.all_indexes():
        if present.name == action.index_name:
            raise (
                index_in_use(definition, present)
                if present.status == "CREATING"
                else ValidationException(ALREADY_EXISTS)
            )
    if len(definition.vector_indexes) >= VECTOR_INDEXES_MAX:
        raise LimitExceededException(
            f"Subscriber limit exceeded: Number of vector secondary indexes exceeds per-table limit of {VECTOR_INDEXES_MAX}"
        )
    _refuse_redefinition(definition, action)
    check_projected_total([*projected_counts(definition), projected_count(action)])
    check_none_is_built(definition)
    index = new_vector_index(
        action,
        scope.clock.now() + scope.delays.index_seconds,
        number=definition.next_index_number,
        backfilling=True,
    )
    types = {item.attribute_name: item.attribute_type for item in definitions}
    # A type that the table has already wins.
    new_types = {name: types[name] for name, _ in index.search_schema}
    return replace(
        definition,
        vector_indexes=[*definition.vector_indexes, index],
        next_index_number=definition.next_index_number + 1,
        attribute_types=new_types | definition.attribute_types,
    )


def _refuse_redefinition(definition: TableDefinition, action: CreateVectorIndexAction) -> None:
    name = action.vector_attribute.attribute_name
    new = vector_schema(name, action.dimensions)
    for schema in (definition.key_schema, *(index.key_schema for index in definition.indexes)):
        for key, kind in schema:
            if key == name:
                raise redefined(key_schema(name, definition.attribute_types[name], kind), new)
    # That an attribute which is searched for is refused as CreateTable refuses it is an assumption.
    refuse_defined(action, definition.attribute_types)
    for index in definition.vector_indexes:
        if index.attribute == name and index.dimensions != action.dimensions:
            raise redefined(vector_schema(name, index.dimensions), new)


def _with_deleted(scope: Scope, definition: TableDefinition, name: str) -> TableDefinition:
    index = next((index for index in definition.vector_indexes if index.name == name), None)
    if index is None:
        raise no_such_index(definition, name)
    gone = going(scope, definition, index)
    return replace(
        definition, vector_indexes=[gone if other is index else other for other in definition.vector_indexes]
    )
