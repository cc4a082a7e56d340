"""Faults of an expression that take the placeholders' names and values to be seen, and no item.

A condition, and each action of an update, is looked at from the inside out: what an operand is wrong in comes before what
it is wrong for.

Source: dynamodb-exact §9.3 for the sentences; DynamoDB Local 3.3.1, asked 2026-11, for the order.
"""

from binascii import a2b_base64
from collections.abc import Iterator, Mapping
from typing import Final

from msgspec import Struct

from sandbox.dynamodb.expressions.invalid import ExpressionKind, InvalidExpression, invalid
from sandbox.dynamodb.expressions.paths import PathTree, ResolvedPath, printed, refuse_levels, resolve
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
    "OPERAND_COUNTS",
    "Scope",
    "leaves",
    "operands_of",
    "paths_in",
    "refuse_call",
    "refuse_condition",
    "refuse_leaf",
    "refuse_many_operators",
    "refuse_node",
    "refuse_types",
    "resolve_apart",
]

OPERATORS_MAX = 300
IN_OPERANDS_MAX = 100

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
# Both orders are AWS's own.
_ANY_TYPE = "{NS,SS,L,BS,N,M,B,BOOL,NULL,S}"
_TYPE_NAMES = "{B,NULL,SS,BOOL,L,BS,N,NS,S,M}"
_TYPES = frozenset(_TYPE_NAMES.strip("{}").split(","))
_ORDERED = frozenset({"S", "N", "B"})
_WANTS_ORDER = frozenset({"<", "<=", ">", ">="})

_JOINED: Final = (And, Or)
_OF_TWO: Final = (Comparison, Arithmetic)
_PLAIN: Final = (Path, Value)
"""Tuples, which take half the time of unions to look through; long texts have thousands of operands."""


class Scope(Struct, frozen=True):
    """What the placeholders of an expression stand for."""

    kind: ExpressionKind
    names: Mapping[str, str]
    values: Mapping[str, AttributeValue]


def leaves(tree: ConditionTree) -> Iterator[Leaf]:
    """Yield the conditions without conditions inside, in the order of the text."""
    waiting: list[ConditionTree] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, _JOINED):
            waiting.extend(reversed(node.conditions))
        elif isinstance(node, Not):
            waiting.append(node.condition)
        else:
            yield node


def operands_of(node: Leaf | Operand) -> tuple[Operand, ...]:
    """List what a condition or an operand is made of, in the order of the text."""
    if isinstance(node, _PLAIN):
        return ()
    if isinstance(node, _OF_TWO):
        return (node.left, node.right)
    match node:
        case Call(_, arguments):
            return arguments
        case Between(tested, low, high):
            return (tested, low, high)
        case In(tested, candidates):
            return (tested, *candidates)


def refuse_condition(tree: ConditionTree, scope: Scope, *, operators: int) -> None:
    """Refuse a condition for what its placeholders stand for, from left to right, then for its number of *operators*."""
    for leaf in leaves(tree):
        refuse_leaf(leaf, scope)
        if isinstance(leaf, In) and len(leaf.candidates) > IN_OPERANDS_MAX:
            raise invalid(
                scope.kind,
                f"The IN operator is provided with too many operands; number of operands: {len(leaf.candidates)}",
            )
    refuse_many_operators(scope.kind, operators)


def refuse_many_operators(kind: ExpressionKind, operators: int) -> None:
    """Refuse more than 300; AWS stops counting there, and names 301 whatever the text holds."""
    if operators > OPERATORS_MAX:
        raise invalid(kind, f"The expression contains too many operators; operator count: {OPERATORS_MAX + 1}")


def resolve_apart(paths: list[Path], scope: Scope) -> list[ResolvedPath]:
    """Resolve paths of which none may lead through another; the last is looked at first."""
    tree = PathTree(scope.kind)
    resolved = []
    for path in reversed(paths):
        _refuse_path(path, scope)
        resolved.append(resolve(path, scope.names))
        tree.add(resolved[-1])
    resolved.reverse()
    return resolved


def refuse_leaf(leaf: Leaf, scope: Scope) -> None:
    """Refuse one condition, or what it is made of."""
    if isinstance(leaf, Comparison):
        _refuse_comparison(leaf, scope)
        return
    operands = operands_of(leaf)
    for operand in operands:
        refuse_node(operand, scope)
    if isinstance(leaf, Call):
        _refuse_whole_call(leaf, scope)
        return
    if isinstance(leaf, Between):
        _refuse_orderless("BETWEEN", operands, scope)
        _refuse_same("BETWEEN", operands, scope)
        _refuse_bounds(leaf, scope)
    else:
        _refuse_same("IN", operands, scope)


def _refuse_comparison(leaf: Comparison, scope: Scope) -> None:
    left, right = leaf.left, leaf.right
    if isinstance(left, Path):  # as most are, and most values are there
        _refuse_path(left, scope)
    else:
        refuse_node(left, scope)
    if not isinstance(right, Value) or right.slot not in scope.values:
        refuse_node(right, scope)
    if leaf.operator in _WANTS_ORDER:
        _refuse_orderless(leaf.operator, (left, right), scope)
    if isinstance(left, Path) and isinstance(right, Path):
        _refuse_same(leaf.operator, (left, right), scope)


def refuse_node(operand: Operand, scope: Scope) -> None:
    """Refuse an operand, or what it is made of: undefined placeholders, then operands that do not suit their function."""
    if isinstance(operand, _PLAIN):
        _refuse_undefined(operand, scope)
        return
    waiting: list[tuple[Operand, bool]] = [(operand, False)]
    while waiting:
        operand, is_looked_into = waiting.pop()
        if not is_looked_into and not isinstance(operand, _PLAIN):
            waiting.append((operand, True))
            waiting.extend((inner, False) for inner in reversed(operands_of(operand)))
            continue
        match operand:
            case Call():
                _refuse_whole_call(operand, scope)
            case Arithmetic(operator, left, right):
                refuse_types(operator, (left, right), scope, allowed={"N"})
            case _:
                _refuse_undefined(operand, scope)


def _refuse_whole_call(call: Call, scope: Scope) -> None:
    _refuse_count(call, scope)
    if call.function != "list_append":
        _refuse_same(call.function, call.arguments, scope)
    refuse_call(call, scope)


def paths_in(node: Leaf | Operand) -> Iterator[Path]:
    """Yield the paths in a condition or operand, in the order of the text."""
    waiting: list[Leaf | Operand] = [node]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Path):
            yield node
        waiting.extend(reversed(operands_of(node)))


def _refuse_undefined(operand: Path | Value, scope: Scope) -> None:
    if isinstance(operand, Path):
        _refuse_path(operand, scope)
    elif operand.slot not in scope.values:
        raise invalid(
            scope.kind,
            f"An expression attribute value used in expression is not defined; attribute value: {operand.slot}",
        )


def _refuse_path(path: Path, scope: Scope) -> None:
    """Refuse a path that is too deep, or has a placeholder that stands for nothing."""
    if len(path.elements) > 1:
        refuse_levels(scope.kind, path)
    for element in path.elements:
        if isinstance(element, Alias) and element.placeholder not in scope.names:
            raise invalid(
                scope.kind,
                "An expression attribute name used in the document path is not defined; "
                f"attribute name: {element.placeholder}",
            )


def _refuse_count(call: Call, scope: Scope) -> None:
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
    other_paths = [other for other in others if isinstance(other, Path)]
    if not other_paths:
        return
    path = resolve(first, scope.names)
    if any(resolve(other, scope.names) == path for other in other_paths):
        raise invalid(
            scope.kind,
            "The first operand must be distinct from the remaining operands for this operator or function; "
            f"operator: {operator}, first operand: {printed(path)}",
        )


def _static_type(operand: Operand, scope: Scope) -> str | None:
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
        type_ = _static_type(operand, scope)
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
    type_ = _static_type(operand, scope)
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
    """Print a bound; of binary values AWS prints what holds them.

    Source: dynamodb-exact §9.3; DynamoDB Local 3.3.1, asked 2026-11 (binary values).
    """
    [(type_, content)] = value.items()
    if type_ == "B":
        size = len(a2b_base64(content))
        content = f"java.nio.HeapByteBuffer[pos=0 lim={size} cap={size}]"
    return f"{{{type_}:{content}}}"
