"""Faults of an expression that show before any item is read.

Two groups, in the order in which AWS reports them: what the text alone tells (``refuse_text``), and what takes the
placeholders' names and values (``refuse_leaf`` and the operand rules of updates).

Source: dynamodb-exact §9.3.
"""

from collections.abc import Iterator, Mapping

from msgspec import Struct

from sandbox.dynamodb.expressions.grammar import Reader, redundant_parentheses
from sandbox.dynamodb.expressions.invalid import ExpressionKind, InvalidExpression, invalid
from sandbox.dynamodb.expressions.paths import printed, refuse_bad_paths, resolve
from sandbox.dynamodb.expressions.reserved import RESERVED_WORDS
from sandbox.dynamodb.expressions.syntax import (
    Alias,
    And,
    Arithmetic,
    Between,
    Call,
    Comparison,
    ConditionTree,
    In,
    Leaf,
    Not,
    Operand,
    Or,
    Path,
    Value,
)
from sandbox.values import AttributeValue, less_than, type_of

__all__ = [
    "Scope",
    "calls_in",
    "leaves",
    "paths_in",
    "refuse_call",
    "refuse_leaf",
    "refuse_misuse",
    "refuse_text",
    "static_type",
]

OPERAND_COUNTS = {
    "attribute_exists": 1,
    "attribute_not_exists": 1,
    "attribute_type": 2,
    "begins_with": 2,
    "contains": 2,
    "size": 1,
    "if_not_exists": 2,
    "list_append": 2,
}
UPDATE_FUNCTIONS = frozenset({"if_not_exists", "list_append"})

# Both orders are AWS's own.
_ANY_TYPE = "{NS,SS,L,BS,N,M,B,BOOL,NULL,S}"
_TYPE_NAMES = "{B,NULL,SS,BOOL,L,BS,N,NS,S,M}"
_TYPES = frozenset(_TYPE_NAMES.strip("{}").split(","))
_ORDERED = frozenset({"S", "N", "B"})


class Scope(Struct, frozen=True):
    """What the placeholders of an expression stand for."""

    kind: ExpressionKind
    names: Mapping[str, str]
    values: Mapping[str, AttributeValue]


def refuse_text(reader: Reader, tree: ConditionTree | None = None) -> None:
    """Refuse what the text alone tells: doubled parentheses, functions, reserved words, impossible paths.

    *tree* is the whole condition, ``None`` for updates and projections, where no function is out of place.
    """
    kind = reader.kind
    if reader.redundant_parentheses:
        raise redundant_parentheses(kind)
    reserved = next((word for word in reader.words if word.upper() in RESERVED_WORDS), None)
    if tree is None and reserved is not None:
        raise _reserved(kind, reserved)  # in updates a reserved word comes before an unknown function
    for function in reader.functions:
        _refuse_function(kind, function)
    if tree is not None:
        refuse_misuse(kind, tree)
    if reserved is not None:
        raise _reserved(kind, reserved)
    refuse_bad_paths(kind, reader.paths)


def _reserved(kind: ExpressionKind, word: str) -> InvalidExpression:
    return invalid(kind, f"Attribute name is a reserved keyword; reserved keyword: {word}")


def _refuse_function(kind: ExpressionKind, function: str) -> None:
    if function not in OPERAND_COUNTS:
        raise invalid(kind, f"Invalid function name; function: {function}")
    for_updates = function in UPDATE_FUNCTIONS
    if for_updates and kind != "UpdateExpression":
        raise invalid(kind, f"The function is not allowed in a condition expression; function: {function}")
    if not for_updates and kind == "UpdateExpression":
        raise invalid(kind, f"The function is not allowed in an update expression; function: {function}")


def leaves(tree: ConditionTree) -> Iterator[Leaf]:
    """Yield the conditions without conditions inside, in the order of the text."""
    waiting: list[ConditionTree] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, And | Or):
            waiting.extend(reversed(node.conditions))
        elif isinstance(node, Not):
            waiting.append(node.condition)
        else:
            yield node


def _operands(node: Leaf | Operand) -> tuple[Operand, ...]:
    match node:
        case Call(_, arguments):
            return arguments
        case Comparison(_, left, right) | Arithmetic(_, left, right):
            return (left, right)
        case Between(tested, low, high):
            return (tested, low, high)
        case In(tested, candidates):
            return (tested, *candidates)
        case _:
            return ()


def refuse_misuse(kind: ExpressionKind, tree: ConditionTree) -> None:
    """Refuse ``size`` as a whole condition, and the other functions as operands."""
    for leaf in leaves(tree):
        if isinstance(leaf, Call) and leaf.function == "size":
            raise _misused(kind, "size")
        waiting = list(reversed(_operands(leaf)))
        while waiting:
            operand = waiting.pop()
            if isinstance(operand, Call) and operand.function != "size":
                raise _misused(kind, operand.function)
            waiting.extend(reversed(_operands(operand)))


def _misused(kind: ExpressionKind, function: str) -> InvalidExpression:
    return invalid(kind, f"The function is not allowed to be used this way in an expression; function: {function}")


def refuse_leaf(leaf: Leaf, scope: Scope) -> None:
    """Refuse one condition: undefined placeholders, operand counts, equal operands, then the operands' types."""
    refuse_undefined(leaf, scope)
    calls = calls_in(leaf)
    for call in calls:
        refuse_count(call, scope)
    for call in calls:
        _refuse_same(call.function, call.arguments, scope)
    if not isinstance(leaf, Call):
        _refuse_same(_operator_of(leaf), _operands(leaf), scope)
    for call in calls:
        refuse_call(call, scope)
    match leaf:
        case Comparison("<" | "<=" | ">" | ">=" as operator):
            _refuse_orderless(operator, _operands(leaf), scope)
        case Between():
            _refuse_orderless("BETWEEN", _operands(leaf), scope)
            _refuse_bounds(leaf, scope)


def _operator_of(leaf: Comparison | Between | In) -> str:
    match leaf:
        case Comparison(operator):
            return operator
        case Between():
            return "BETWEEN"
        case In():
            return "IN"


def calls_in(node: Leaf | Operand) -> list[Call]:
    """List the calls in a condition or operand, arguments before the call that takes them."""
    found: list[Call] = []
    waiting: list[Leaf | Operand] = [node]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Call):
            found.append(node)
        waiting.extend(_operands(node))
    found.reverse()
    return found


def paths_in(node: Leaf | Operand) -> Iterator[Path]:
    """Yield the paths in a condition or operand, in the order of the text."""
    waiting: list[Leaf | Operand] = [node]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Path):
            yield node
        waiting.extend(reversed(_operands(node)))


def refuse_undefined(node: Leaf | Operand, scope: Scope) -> None:
    """Refuse placeholders that the request does not define, in the order of the text."""
    waiting: list[Leaf | Operand] = [node]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Path):
            refuse_undefined_names(node, scope)
        elif isinstance(node, Value):
            refuse_undefined_value(node, scope)
        else:
            waiting.extend(reversed(_operands(node)))


def refuse_undefined_names(path: Path, scope: Scope) -> None:
    """Refuse a path with a placeholder that stands for nothing."""
    for element in path.elements:
        if isinstance(element, Alias) and element.placeholder not in scope.names:
            raise invalid(
                scope.kind,
                "An expression attribute name used in the document path is not defined; "
                f"attribute name: {element.placeholder}",
            )


def refuse_undefined_value(value: Value, scope: Scope) -> None:
    """Refuse a placeholder for a value that stands for nothing."""
    if value.slot not in scope.values:
        raise invalid(
            scope.kind,
            f"An expression attribute value used in expression is not defined; attribute value: {value.slot}",
        )


def refuse_count(call: Call, scope: Scope) -> None:
    """Refuse a call with too few or too many arguments."""
    if len(call.arguments) != OPERAND_COUNTS[call.function]:
        raise invalid(
            scope.kind,
            "Incorrect number of operands for operator or function; "
            f"operator or function: {call.function}, number of operands: {len(call.arguments)}",
        )


def _refuse_same(operator: str, operands: tuple[Operand, ...], scope: Scope) -> None:
    first, *others = operands
    if not isinstance(first, Path):
        return
    path = resolve(first, scope.names)
    if any(isinstance(other, Path) and resolve(other, scope.names) == path for other in others):
        raise invalid(
            scope.kind,
            "The first operand must be distinct from the remaining operands for this operator or function; "
            f"operator: {operator}, first operand: {printed(path)}",
        )


def static_type(operand: Operand, scope: Scope) -> str | None:
    """Tell the type an operand has whatever the item, or ``None`` where the item decides."""
    match operand:
        case Path():
            return None
        case Value(slot):
            return type_of(scope.values[slot])
        case Arithmetic():
            return "N"
        case Call("size"):
            return "N"
        case Call("list_append"):
            return "L"
        case Call("if_not_exists", (_, fallback)):
            return static_type(fallback, scope)
        case _:
            return None


def refuse_call(call: Call, scope: Scope) -> None:
    """Refuse a call whose arguments can never suit it."""
    match call.function:
        case "attribute_exists" | "attribute_not_exists" | "if_not_exists":
            if not isinstance(call.arguments[0], Path):
                raise invalid(
                    scope.kind,
                    f"Operator or function requires a document path; operator or function: {call.function}",
                )
        case "begins_with":
            refuse_types("begins_with", call.arguments, scope, allowed={"S", "B"})
        case "size":
            refuse_types("size", call.arguments, scope, allowed=_TYPES - {"N", "BOOL", "NULL"})
        case "list_append":
            refuse_types("list_append", call.arguments, scope, allowed={"L"})
        case "attribute_type":
            _refuse_type_name(call.arguments[1], scope)
        case _:
            return


def refuse_types(
    operator: str, operands: tuple[Operand, ...], scope: Scope, *, allowed: set[str] | frozenset[str]
) -> None:
    """Refuse an operand known to be of another type; the types of paths are known only at run time."""
    for operand in operands:
        type_ = static_type(operand, scope)
        if type_ is not None and type_ not in allowed:
            raise _operand_type(scope.kind, operator, type_)


def _refuse_orderless(operator: str, operands: tuple[Operand, ...], scope: Scope) -> None:
    """Refuse a value that has no order; what a path leads to is judged at run time, and then merely false.

    Source: ExtendDB/extenddb pull request 216 (compared with AWS).
    """
    refuse_types(operator, operands, scope, allowed=_ORDERED)


def _operand_type(kind: ExpressionKind, operator: str, type_: str) -> InvalidExpression:
    return invalid(
        kind,
        f"Incorrect operand type for operator or function; operator or function: {operator}, operand type: {type_}",
    )


def _refuse_type_name(operand: Operand, scope: Scope) -> None:
    type_ = static_type(operand, scope)
    if type_ != "S" or not isinstance(operand, Value):
        raise _operand_type(scope.kind, "attribute_type", type_ or _ANY_TYPE)
    name = scope.values[operand.slot]["S"]
    if name not in _TYPES:
        raise invalid(scope.kind, f"Invalid attribute type name found; type: {name}, valid types: {_TYPE_NAMES}")


def _refuse_bounds(between: Between, scope: Scope) -> None:
    if not isinstance(between.low, Value) or not isinstance(between.high, Value):
        return
    low, high = scope.values[between.low.slot], scope.values[between.high.slot]
    if type_of(low) != type_of(high):
        rule = "same data type for lower and upper bounds"
    elif less_than(high, low):
        rule = "upper bound to be greater than or equal to lower bound"
    else:
        return
    raise invalid(
        scope.kind,
        f"The BETWEEN operator requires {rule}; lower bound operand: AttributeValue: {_printed_value(low)}, "
        f"upper bound operand: AttributeValue: {_printed_value(high)}",
    )


def _printed_value(value: AttributeValue) -> str:
    [(type_, content)] = value.items()
    return f"{{{type_}:{content}}}"
