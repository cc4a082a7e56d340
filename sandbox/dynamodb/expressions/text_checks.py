"""Faults that the text of an expression alone tells: functions, reserved words, list indexes no list can have.

They are told in the order of the text, whatever they are.

Source: dynamodb-exact §9.3 for the sentences; DynamoDB Local 3.3.1, asked 2026-11, for the order, and for ``list_append``,
which is a value by itself and no operand.
"""

from collections.abc import Iterable
from typing import Literal, TypeAlias

from sandbox.dynamodb.expressions.checks import OPERAND_COUNTS, leaves, operands_of
from sandbox.dynamodb.expressions.invalid import ExpressionKind, InvalidExpression, invalid
from sandbox.dynamodb.expressions.paths import refuse_index
from sandbox.dynamodb.expressions.reserved import RESERVED_WORDS
from sandbox.dynamodb.expressions.syntax import (
    Action,
    Assign,
    Call,
    Comparison,
    ConditionTree,
    Leaf,
    Operand,
    Path,
    Value,
)

__all__ = ["refuse_action_texts", "refuse_condition_text", "refuse_path_texts"]

UPDATE_FUNCTIONS = frozenset({"if_not_exists", "list_append"})

_Place: TypeAlias = Literal["condition", "value", "operand"]
"""Where something stands: a condition by itself, the whole value of an assignment, or part of either."""


def refuse_condition_text(kind: ExpressionKind, tree: ConditionTree) -> None:
    """Refuse a condition for its text."""
    for leaf in leaves(tree):
        if isinstance(leaf, Comparison):
            if isinstance(leaf.left, Path):  # as most are, compared with a value
                _refuse_path(kind, leaf.left)
            else:
                _refuse(kind, leaf.left, "operand")
            if not isinstance(leaf.right, Value):
                _refuse(kind, leaf.right, "operand")
        else:
            _refuse(kind, leaf, "condition")


def refuse_action_texts(actions: Iterable[Action]) -> None:
    """Refuse the actions of an update for their text."""
    for action in actions:
        _refuse("UpdateExpression", action.path, "operand")
        if isinstance(action, Assign):
            _refuse("UpdateExpression", action.value, "value")


def refuse_path_texts(kind: ExpressionKind, paths: Iterable[Path]) -> None:
    """Refuse paths for their text."""
    for path in paths:
        _refuse_path(kind, path)


def _refuse(kind: ExpressionKind, node: Leaf | Operand, place: _Place) -> None:
    if isinstance(node, Value):
        return
    if isinstance(node, Path):
        _refuse_path(kind, node)
        return
    waiting: list[Leaf | Operand] = [node]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Path):
            _refuse_path(kind, node)
            continue
        if isinstance(node, Call):
            _refuse_function(kind, node.function, place)
        waiting.extend(operand for operand in reversed(operands_of(node)) if not isinstance(operand, Value))
        place = "operand"


def _refuse_path(kind: ExpressionKind, path: Path) -> None:
    for element in path.elements:
        if isinstance(element, str):
            if element.upper() in RESERVED_WORDS:
                raise invalid(kind, f"Attribute name is a reserved keyword; reserved keyword: {element}")
        elif isinstance(element, int):
            refuse_index(kind, element)


def _refuse_function(kind: ExpressionKind, function: str, place: _Place) -> None:
    if function not in OPERAND_COUNTS:
        raise invalid(kind, f"Invalid function name; function: {function}")
    if kind == "UpdateExpression":
        if function not in UPDATE_FUNCTIONS:
            raise invalid(kind, f"The function is not allowed in an update expression; function: {function}")
        if function == "list_append" and place != "value":
            raise _misused(kind, function)
        return
    if function in UPDATE_FUNCTIONS:
        raise invalid(kind, f"The function is not allowed in a condition expression; function: {function}")
    if (function == "size") is (place == "condition"):
        raise _misused(kind, function)


def _misused(kind: ExpressionKind, function: str) -> InvalidExpression:
    return invalid(kind, f"The function is not allowed to be used this way in an expression; function: {function}")
