"""INSERT, UPDATE and DELETE as plans: changes of one item, named by its whole key.

Source: dynamodb-exact §17 (what fails when), §7.2 (sizes), §8 (keys).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import msgspec

from sandbox.dynamodb.engine import write
from sandbox.dynamodb.engine.key_rules import (
    check_index_keys,
    check_item_keys,
    check_key_argument,
    refuse_paths_into_keys,
)
from sandbox.dynamodb.engine.write import Test
from sandbox.dynamodb.expressions import (
    Condition,
    InvalidExpression,
    InvalidUpdate,
    build_condition,
    build_update,
)
from sandbox.dynamodb.expressions import Update as BoundUpdate
from sandbox.dynamodb.expressions.apply import TOO_DEEP
from sandbox.dynamodb.expressions.syntax import Call, Path
from sandbox.dynamodb.faults import DuplicateItemException, ValidationException
from sandbox.dynamodb.limits import ITEM_BYTES_MAX
from sandbox.dynamodb.partiql.keys import KeySlots, conjuncts, find_key, joined
from sandbox.dynamodb.partiql.shape import KeyTests, refuse_key_types, unlike_schema
from sandbox.dynamodb.partiql.syntax import Delete, Insert, Parsed, Returning, Update
from sandbox.dynamodb.refusals import fault_of
from sandbox.dynamodb.scope import Scope
from sandbox.dynamodb.storage.commit import Change, encode_item
from sandbox.dynamodb.storage.table import Table
from sandbox.faults import ApiFault
from sandbox.values.attribute import AttributeValue, Item, normalise_item, refuse_depth
from sandbox.values.invalid import InvalidValue

__all__ = ["Writing", "is_no_key", "plan_write"]

_NO_WHOLE_KEY = "Where clause does not contain a mandatory equality on all key attributes"
_TWO_VALUES = "Multiple conditions on same key"

Values = Mapping[str, AttributeValue]


@dataclass(frozen=True, kw_only=True)
class Writing:
    """A write that is ready to happen.

    Attributes:
        key: the attributes that name the item; for an INSERT the whole item.
        size: bytes of the item or key that the statement carries.
        key_fault: what is wrong with the key; a transaction reports it among its reasons.
        planning_fault: what AWS finds wrong before it looks at that, unless it is a transaction: the key's types, and then
            what is to be returned.
        run: works the change out, without committing it; raises ConditionalCheckFailedException,
            DuplicateItemException or ValidationException.
        returned: what RETURNING asks for of the change that was made, ``None`` for nothing.
        has_returning: the statement has that clause.
    """

    table: Table
    key: Item
    size: int
    key_fault: ValidationException | None
    planning_fault: ValidationException | None
    run: Callable[[], Change]
    returned: Callable[[Change], msgspec.Raw | None] = lambda _: None
    has_returning: bool = False

    @property
    def fault(self) -> ValidationException | None:
        """What refuses the statement before it runs, ``None`` for nothing."""
        return self.planning_fault or self.key_fault


def plan_write(
    scope: Scope, parsed: Parsed, statement: Insert | Update | Delete, values: Values, *, returns_item: bool
) -> Writing:
    """Plan a write; *returns_item* puts the item into the refusal of a condition that is false.

    Raises:
        ValidationException: WHERE does not name the whole key, or names two; the item is over 400 KB.
        ResourceNotFoundException: no such table, or it is not ACTIVE.
        InvalidExpression: a key attribute is written, or a path leads into one.
        InvalidValue: a value of the item is refused.
    """
    if isinstance(statement, Insert):
        return _insert(scope, statement, values)
    if statement.where is None:
        raise ValidationException(_NO_WHOLE_KEY)  # the table is not looked up
    table = scope.table(statement.target.table_name)
    plan = parsed.memory.plan(_WritePlan, table)
    if plan is None:
        plan = _plan(table, statement, values)
        parsed.memory.keep(table, plan)
    else:
        _refuse_misnamed(plan.key_slots, values)
    key = plan.key_slots.key(values)
    condition = plan.condition.bound_to(values) if plan.condition is not None else None
    update = plan.update.bound_to(values) if plan.update is not None else None
    if update is None:
        test = _IfThere(condition) if condition is not None else None
        run = partial(write.delete, table, key, condition=test, returns_item=returns_item)
    else:
        run = partial(_update, table, key, update, condition, values, returns_item=returns_item)
    return Writing(
        table=table,
        key=key,
        size=normalise_item(key),
        key_fault=_fault(partial(check_key_argument, table, key)),
        planning_fault=_fault(partial(_refuse_plan, statement, plan.key_tests, values)),
        run=run,
        returned=partial(_returned, statement.returning, update),
        has_returning=statement.returning is not None,
    )


def is_no_key(fault: ApiFault) -> bool:
    """Whether *fault* is that of a WHERE which does not name one item; a transaction tells it in other words."""
    return fault.message is not None and fault.message.startswith((_NO_WHOLE_KEY, _TWO_VALUES))


def _insert(scope: Scope, statement: Insert, values: Values) -> Writing:
    item: Item = values[statement.slot]["M"]
    try:
        size = normalise_item(item)
    except InvalidValue as error:
        if error.family != "nesting":
            raise
        size = 0
    if size > ITEM_BYTES_MAX:
        raise ValidationException(write.ITEM_TOO_LARGE)
    table = scope.table(statement.target.table_name)

    def check_plan() -> None:
        _refuse_item_keys(table, item)
        if statement.has_returning:
            raise ValidationException("RETURNING is not supported in INSERT")

    def check() -> None:
        _refuse_depth(item)
        check_item_keys(table, item)
        check_index_keys(table, item)

    def run() -> Change:
        change = write.put(table, table.keys.of(item), item, size, condition=None)
        if change.before is not None:
            raise DuplicateItemException("Duplicate primary key exists in table")
        return change

    return Writing(
        table=table, key=item, size=size, key_fault=_fault(check), planning_fault=_fault(check_plan), run=run
    )


def _refuse_item_keys(table: Table, item: Item) -> None:
    """Source: DynamoDB Local 3.3.1, asked 2026-11."""
    for part in (*table.keys.hash_parts, *table.keys.range_parts):
        value = item.get(part.name)
        if value is None:
            raise ValidationException(f"Key attribute should be present in the item: Key {part.name}")
        if part.type not in value:
            raise unlike_schema(part)


@dataclass(frozen=True, kw_only=True)
class _WritePlan:
    """What of an UPDATE or DELETE depends on its text and its table only; the rest is bound to the values of the first time."""

    key_slots: KeySlots
    key_tests: KeyTests
    condition: Condition | None
    update: BoundUpdate | None


def _plan(table: Table, statement: Update | Delete, values: Values) -> _WritePlan:
    where = statement.where
    parts = (*table.keys.hash_parts, *table.keys.range_parts)
    key_slots = find_key(parts, conjuncts(where.tree if where is not None else None))
    _refuse_misnamed(key_slots, values)
    if not key_slots.is_whole:
        # Source: floci pull request 3798.
        raise ValidationException(_NO_WHOLE_KEY)
    conditions = key_slots.rest
    update: BoundUpdate | None = None
    if isinstance(statement, Update):
        update = build_update(statement.actions, values, read=statement.read_paths)
        update.refuse_keys(table.key_names)
        # Not an upsert: the item must be there.
        conditions = [Call("attribute_exists", (Path((table.keys.hash_name,)),)), *conditions]
    tree = joined(conditions)
    paths = where.paths if where is not None else ()
    condition = build_condition(tree, paths, values) if tree is not None else None
    refuse_paths_into_keys(table, update, condition)
    by_name = {part.name: part for part in parts}
    key_tests = [(by_name[name], slot) for name, slot in key_slots.slots.items()]
    return _WritePlan(key_slots=key_slots, key_tests=key_tests, condition=condition, update=update)


def _refuse_misnamed(key_slots: KeySlots, values: Values) -> None:
    """Source: floci pull request 3798; DynamoDB Local 3.3.1, asked 2026-11 (the order, and what leads into a key)."""
    misnamed = key_slots.misnamed(values)
    if misnamed is None:
        return
    name, is_twice = misnamed
    if is_twice:
        raise ValidationException(f"{_TWO_VALUES} {name}. Only single item Update/Insert/Delete are supported")
    raise InvalidExpression(
        f"Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: Key {name}"
    )


def _refuse_plan(statement: Update | Delete, key_tests: KeyTests, values: Values) -> None:
    """What AWS finds wrong once it knows the table. Source: DynamoDB Local 3.3.1, asked 2026-11."""
    refuse_key_types(key_tests, values)
    returning = statement.returning
    if returning is None:
        return
    if returning.columns != "*":
        raise ValidationException(
            "Invalid syntax with multiple returning elements in RETURNING clause"
            if returning.columns == "several"
            else "Expected '*' after ( MODIFIED | ALL ) ( NEW | OLD ) in RETURNING clause"
        )
    if isinstance(statement, Delete) and not (returning.is_whole and returning.is_old):
        raise ValidationException(
            f"Invalid returning clause: RETURNING {returning} *. "
            "Only RETURNING ALL OLD * is allowed in DELETE statements."
        )


def _refuse_depth(values: Values) -> None:
    for value in values.values():
        if "M" in value or "L" in value:
            try:
                refuse_depth(value, 1)
            except InvalidValue:
                raise ValidationException(TOO_DEEP) from None


def _update(
    table: Table,
    key: Item,
    update: BoundUpdate,
    condition: Condition | None,
    values: Values,
    *,
    returns_item: bool,
) -> Change:
    _refuse_depth(values)
    try:
        return write.update(table, key, update, condition=condition, returns_item=returns_item, counts_actions=False)
    except (InvalidExpression, InvalidUpdate) as error:
        raise fault_of(error) from error


class _IfThere:
    """A condition on an item that may be missing: deleting nothing is no failure."""

    def __init__(self, condition: Test) -> None:
        self._condition = condition

    def matches(self, item: Item) -> bool:
        """An item that is there has its key, so the empty one is not."""
        return not item or self._condition.matches(item)


def _fault(check: Callable[[], None]) -> ValidationException | None:
    try:
        check()
    except ValidationException as fault:
        return fault
    return None


def _returned(returning: Returning | None, update: BoundUpdate | None, change: Change) -> msgspec.Raw | None:
    """What a RETURNING clause shows. Source: dynamodb-exact §17 (RETURNING rows)."""
    if returning is None:
        return None
    stored, item = (change.before, change.before_item) if returning.is_old else (change.after, change.after_item)
    if stored is None or item is None:
        return None
    if returning.is_whole or update is None:
        return msgspec.Raw(stored.json)
    selected = update.select(item)
    return msgspec.Raw(encode_item(selected)) if selected else None
