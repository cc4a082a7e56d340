"""The parameters of before expressions: Expected, filters, KeyConditions, AttributeUpdates, AttributesToGet.

Each becomes the same tree as an expression, or the sentence with which AWS refuses it. Values are brought into normal
form in place. ``ConditionalOperator`` joins conditions by AND unless it says OR.

Source: dynamodb-exact §12.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias, TypedDict

from sandbox.dynamodb.expressions.condition import Condition, build_condition
from sandbox.dynamodb.expressions.invalid import InvalidExpression
from sandbox.dynamodb.expressions.key_condition import KeyCondition, KeyOperator, KeyTest
from sandbox.dynamodb.expressions.projection import Projection
from sandbox.dynamodb.expressions.syntax import (
    Action,
    AddTo,
    And,
    Assign,
    Between,
    Call,
    Comparator,
    Comparison,
    ConditionTree,
    DeleteFrom,
    In,
    Not,
    Or,
    Path,
    Remove,
    Value,
)
from sandbox.dynamodb.expressions.update import Update, build_update
from sandbox.values import AttributeValue, WireValue, less_than, normalise_value, type_of
from sandbox.values.attribute import NAME_BYTES_MAX, null_value, refuse_long_name

__all__ = [
    "COMPARISON_OPERATORS",
    "WireAttributeUpdate",
    "WireCondition",
    "WireExpected",
    "attribute_updates",
    "attributes_to_get",
    "expected_condition",
    "filter_condition",
    "key_conditions",
]


class WireExpected(TypedDict, total=False):
    """One entry of ``Expected`` in a request shape."""

    Value: WireValue | None
    Exists: bool | None
    ComparisonOperator: str | None
    AttributeValueList: list[WireValue] | None


class WireCondition(TypedDict, total=False):
    """One entry of ``QueryFilter``, ``ScanFilter`` or ``KeyConditions`` in a request shape."""

    ComparisonOperator: str | None
    AttributeValueList: list[WireValue] | None


class WireAttributeUpdate(TypedDict, total=False):
    """One entry of ``AttributeUpdates`` in a request shape."""

    Value: WireValue | None
    Action: str | None


Entries: TypeAlias = Mapping[str, Mapping[str, Any] | None]

_INVALID = "One or more parameter values were invalid: "
_SCALARS = frozenset({"S", "N", "B"})
_COMPARATORS: dict[str, Comparator] = {"EQ": "=", "NE": "<>", "LT": "<", "LE": "<=", "GT": ">", "GE": ">="}
_KEY_OPERATORS: dict[str, KeyOperator] = {
    "EQ": "=",
    "LT": "<",
    "LE": "<=",
    "GT": ">",
    "GE": ">=",
    "BETWEEN": "BETWEEN",
    "BEGINS_WITH": "begins_with",
}
_TYPES_TAKEN = {
    **dict.fromkeys(("LE", "LT", "GE", "GT", "BETWEEN", "IN"), _SCALARS),
    **dict.fromkeys(("CONTAINS", "NOT_CONTAINS"), _SCALARS | {"BOOL", "NULL"}),
    "BEGINS_WITH": frozenset({"S", "B"}),
}
"""Those without an entry take any type. Source: dynamodb-exact §12; CONTAINS: DynamoDB Local 3.3.1, asked 2026-11."""

COMPARISON_OPERATORS = frozenset({*_COMPARATORS, *_TYPES_TAKEN, "NULL", "NOT_NULL"})
"""Any other is a violation of the model's constraints, which callers check before they come here."""


def _refused(sentence: str) -> InvalidExpression:
    """Build a refusal in AWS's words; PutItem and UpdateItem wrap it.

    Source: floci-io/floci issue 2126 and pull request 2125 (AWS's answers of 2026-08-04).
    """
    return InvalidExpression(_INVALID + sentence, enveloped=True)


def expected_condition(expected: Entries | None, conditional_operator: str | None) -> Condition | None:
    """Make a condition of ``Expected``; ``None`` when it is absent.

    Raises:
        InvalidExpression: the first fault, attribute by attribute.
        InvalidValue: a bad value, without a wrapper.
    """
    builder = _Builder()
    for name, entry in (expected or {}).items():
        operator, operands = _expectation(name, entry)
        builder.add(name, operator, operands)
    _refuse_conditional_operator(expected, conditional_operator)
    return None if expected is None else builder.build(conditional_operator)


def _expectation(name: str, entry: Mapping[str, Any] | None) -> tuple[str, Sequence[AttributeValue]]:
    """Settle what one entry of ``Expected`` asks for: a comparison operator and its operands.

    Source of the order: DynamoDB Local 3.3.1, asked 2026-11.
    """
    if entry is None:
        raise _refused(f"ExpectedAttributeValue must not be null for Attribute: {name}")
    value, exists = entry.get("Value"), entry.get("Exists")
    operator, operands = entry.get("ComparisonOperator"), entry.get("AttributeValueList")
    if exists is not None and operator is not None:
        raise _refused(f"Exists and ComparisonOperator cannot be used together for Attribute: {name}")
    if value is not None and operands is not None:
        raise _refused(f"Value and AttributeValueList cannot be used together for Attribute: {name}")
    if operator is not None:
        if operands is None and value is None and operator not in {"NULL", "NOT_NULL"}:
            raise _refused(
                f"Value or AttributeValueList must be used with ComparisonOperator: {operator} for Attribute: {name}"
            )
        given = operands if operands is not None else [] if value is None else [value]
        _check_operands(operator, given)
        return operator, given
    if operands is not None:
        raise _refused(f"AttributeValueList can only be used with a ComparisonOperator for Attribute: {name}")
    if exists is False:
        if value is not None:
            raise _refused(f"Value cannot be used when Exists is false for Attribute: {name}")
        return "NULL", ()
    if value is None:
        printed = "null" if exists is None else "true"
        raise _refused(f"Value must be provided when Exists is {printed} for Attribute: {name}")
    normalise_value(value)
    return "EQ", [value]


def filter_condition(filters: Entries | None, conditional_operator: str | None) -> Condition | None:
    """Make a condition of ``QueryFilter`` or ``ScanFilter``; ``None`` when it is absent.

    Raises:
        InvalidExpression: the first fault, attribute by attribute.
        InvalidValue: a bad value, without a wrapper.
    """
    builder = _Builder()
    for name, entry in (filters or {}).items():
        operator, operands = _condition(name, entry)
        builder.add(name, operator, operands)
    _refuse_conditional_operator(filters, conditional_operator)
    return None if filters is None else builder.build(conditional_operator)


def key_conditions(conditions: Entries) -> KeyCondition:
    """Make a key condition of ``KeyConditions``.

    Raises:
        InvalidExpression: the first fault, attribute by attribute; there is no condition.
        InvalidValue: a bad value, without a wrapper.
    """
    if not conditions:
        # Source: DynamoDB Local 3.3.1, asked 2026-11. Before keys of several attributes AWS said what it says of three.
        raise InvalidExpression("Conditions must be at least length 1")
    tests: dict[str, KeyTest] = {}
    for name, entry in conditions.items():
        operator, operands = _condition(name, entry)
        _refuse_name(name)
        tests[name] = KeyTest(_KEY_OPERATORS.get(operator, "not indexable"), tuple(operands))
    return KeyCondition(tests)


def _condition(name: str, entry: Mapping[str, Any] | None) -> tuple[str, Sequence[AttributeValue]]:
    if entry is None:
        # Source: DynamoDB Local 3.3.1, asked 2026-11; of Expected too.
        raise InvalidExpression(f"The filter condition for an attribute cannot be null: {name}")
    operator, operands = entry["ComparisonOperator"], entry.get("AttributeValueList") or []
    _check_operands(operator, operands)
    return operator, operands


def _refuse_name(name: str) -> None:
    """Refuse an empty name, or one that is too long, as among an item's attributes.

    Source: scylladb/scylladb issue 9169 (the limit is one of these parameters too); DynamoDB Local 3.3.1, asked 2026-11,
    which fails over a long name here as it does over an item's.
    """
    _refuse_empty_name(name)
    if len(name) > NAME_BYTES_MAX // 4:
        refuse_long_name(name)


def _refuse_empty_name(name: str) -> None:
    if not name:
        # As an item's. Source: DynamoDB Local 3.3.1, asked 2026-11.
        raise InvalidExpression("Empty attribute name", enveloped=True)


def _refuse_conditional_operator(entries: Entries | None, conditional_operator: str | None) -> None:
    """Refuse an operator that has not two conditions to join; they have been judged one by one.

    Source: ExtendDB/extenddb pull request 213 (AWS's answers); the order: DynamoDB Local 3.3.1, asked 2026-11.
    """
    if conditional_operator is None:
        return
    if not entries:
        raise InvalidExpression("ConditionalOperator cannot be used without Filter or Expected", enveloped=True)
    if len(entries) == 1:
        raise InvalidExpression(
            "ConditionalOperator can only be used when Filter or Expected has two or more elements", enveloped=True
        )


def _check_operands(operator: str, operands: Sequence[AttributeValue]) -> None:
    """Bring operands into normal form; refuse a wrong count, types the operator does not take, and mixed types.

    Source of the order of the last two, operand by operand: DynamoDB Local 3.3.1, asked 2026-11.
    """
    for operand in operands:
        if operand is None:
            raise null_value()
        normalise_value(operand)
    wanted = {"NULL": 0, "NOT_NULL": 0, "BETWEEN": 2, "IN": max(1, len(operands))}.get(operator, 1)
    if len(operands) != wanted:
        raise _refused(f"Invalid number of argument(s) for the {operator} ComparisonOperator")
    taken = _TYPES_TAKEN.get(operator)
    for operand in operands:
        type_ = type_of(operand)
        if taken is not None and type_ not in taken:
            raise _refused(f"ComparisonOperator {operator} is not valid for {type_} AttributeValue type")
        if type_ not in operands[0]:
            raise _refused("AttributeValues inside AttributeValueList must be of same type")
    if operator == "BETWEEN" and less_than(operands[1], operands[0]):
        raise InvalidExpression(
            "The BETWEEN condition was provided a range where the lower bound is greater than the upper bound",
            enveloped=True,
        )


class _Builder:
    """Conditions on attributes, becoming one tree with numbered slots for the values."""

    def __init__(self) -> None:
        self._conditions: list[ConditionTree] = []
        self._names: list[str] = []
        self._values: dict[str, AttributeValue] = {}

    def add(self, name: str, operator: str, operands: Sequence[AttributeValue]) -> None:
        _refuse_name(name)
        slots: list[Value] = []
        for operand in operands:
            slot = str(len(self._values))
            self._values[slot] = operand
            slots.append(Value(slot))
        self._names.append(name)
        self._conditions.append(_tree(Path((name,)), operator, slots))

    def build(self, conditional_operator: str | None) -> Condition:
        join = Or if conditional_operator == "OR" else And
        return build_condition(join(tuple(self._conditions)), [(name,) for name in self._names], self._values)


def _tree(path: Path, operator: str, slots: list[Value]) -> ConditionTree:
    match operator:
        case "NULL":
            return Call("attribute_not_exists", (path,))
        case "NOT_NULL":
            return Call("attribute_exists", (path,))
        case "BETWEEN":
            return Between(path, *slots)
        case "IN":
            return In(path, tuple(slots))
        case "BEGINS_WITH":
            return Call("begins_with", (path, *slots))
        case "CONTAINS":
            return Call("contains", (path, *slots))
        case "NOT_CONTAINS":
            # Unlike NE, this does not hold for an item without the attribute. Source: DynamoDB Local 3.3.1, asked 2026-11.
            return And((Call("attribute_exists", (path,)), Not(Call("contains", (path, *slots)))))
        case _:
            return Comparison(_COMPARATORS[operator], path, slots[0])


def attribute_updates(updates: Mapping[str, Mapping[str, Any]]) -> Update:
    """Make an update of ``AttributeUpdates``; the default action is PUT.

    Raises:
        InvalidExpression: an action without the value it needs, or with one it does not take.
        InvalidValue: a bad value, without a wrapper.
    """
    actions: list[Action] = []
    values: dict[str, AttributeValue] = {}
    for name, entry in updates.items():
        _refuse_name(name)
        value, action = entry.get("Value"), entry.get("Action") or "PUT"
        path = Path((name,))
        if value is None:
            if action != "DELETE":
                raise _refused("Only DELETE action is allowed when no attribute value is specified")
            actions.append(Remove(path))
            continue
        normalise_value(value)
        slot = str(len(values))
        values[slot] = value
        actions.append(_action(action, path, Value(slot), type_of(value)))
    return build_update(actions, values, wrong_type="Type mismatch for attribute to update")


def _action(action: str, path: Path, value: Value, type_: str) -> Action:
    match action:
        case "DELETE":
            if type_ not in {"SS", "NS", "BS"}:
                raise _refused(f"DELETE action with value is not supported for the type {type_}")
            return DeleteFrom(path, value)
        case "ADD":
            if type_ not in {"N", "SS", "NS", "BS", "L"}:
                raise _refused(f"ADD action is not supported for the type {type_}")
            return AddTo(path, value)
        case _:
            return Assign(path, value)


def attributes_to_get(names: Sequence[str]) -> Projection:
    """Make a projection of ``AttributesToGet``: whole attributes, whatever characters their names hold, and how many.

    Raises:
        InvalidExpression: a name given twice, or an empty one.
    """
    seen: set[str] = set()
    for name in names:
        _refuse_empty_name(name)
        if name in seen:
            raise _refused(f"Duplicate value in attribute name: {name}")
        seen.add(name)
    return Projection(tuple((name,) for name in names))
