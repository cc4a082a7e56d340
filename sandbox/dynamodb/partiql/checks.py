"""What is wrong with a statement once its values are known, before any table is looked up.

The rules and sentences are those of expressions without the words that name an expression, as the one that is captured
shows: ``Incorrect operand type for operator or function; operator or function: <, operand type: BOOL``.

Source: dynamodb-exact §17, §9.3.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final, assert_never

from sandbox.dynamodb.expressions import InvalidExpression
from sandbox.dynamodb.expressions.checks import Scope, leaves, refuse_call, refuse_leaf, refuse_types
from sandbox.dynamodb.expressions.paths import printed, resolve
from sandbox.dynamodb.expressions.syntax import (
    Action,
    Arithmetic,
    Assign,
    Between,
    Call,
    Comparison,
    In,
    Leaf,
    Operand,
    Path,
)
from sandbox.dynamodb.faults import ValidationException
from sandbox.dynamodb.partiql.literals import Literals
from sandbox.dynamodb.partiql.syntax import Delete, Exists, Insert, Select, Statement, Update
from sandbox.values.attribute import AttributeValue

__all__ = ["bare", "depends_on_contents", "refuse_actions", "refuse_condition", "refuse_statement"]

Values = Mapping[str, AttributeValue]

_ORDERED: Final = frozenset({"S", "N", "B"})
_TYPES: Final = "{B,NULL,SS,BOOL,L,BS,N,NS,S,M}"
_TYPES_HERE: Final = "{N,BS,L,B,NULL,M,S,SS,NS,BOOL}"
"""PartiQL prints the types in an order of its own. Source: moriyoshi/winterbaume, its notes on what AWS answers."""
_PREFIXES = ("Invalid ConditionExpression: ", "Invalid UpdateExpression: ", "Invalid ProjectionExpression: ")


@contextmanager
def bare() -> Iterator[None]:
    """Let what is refused inside be answered without the words that name an expression.

    Raises:
        ValidationException: for any InvalidExpression.
    """
    try:
        yield
    except InvalidExpression as error:
        message = error.message
        for prefix in _PREFIXES:
            message = message.removeprefix(prefix)
        if message.endswith(_TYPES):
            message = message.removesuffix(_TYPES) + _TYPES_HERE
        raise ValidationException(message) from error


def refuse_statement(statement: Statement, literals: Literals, values: Values) -> None:
    """Refuse a statement whose operands can never suit its operators and functions.

    Raises:
        ValidationException: in the order of the text, WHERE before SET (DynamoDB Local 3.3.1, asked 2026-11).
    """
    refuse_condition(_leaves(statement), values)
    literals.refuse_others_than_sets(values)
    if isinstance(statement, Update):
        refuse_actions(statement.actions, values)


def refuse_condition(found: Iterable[Leaf], values: Values) -> None:
    """Refuse the parts of a condition that could be true of no item, or that nothing can tell of; see ``refuse_statement``."""
    with bare():
        scope = Scope("ConditionExpression", {}, values)
        for leaf in found:
            if isinstance(leaf, Comparison):
                refuse_leaf(leaf, scope)  # calls within come before the comparison
                _refuse_order(leaf, scope)
            else:
                _refuse_order(leaf, scope)
                refuse_leaf(leaf, scope)


def refuse_actions(actions: Sequence[Action], values: Values) -> None:
    """Refuse assignments of what can be worked out for no item; see ``refuse_statement``."""
    with bare():
        _refuse_actions(actions, Scope("UpdateExpression", {}, values))


def depends_on_contents(statement: Statement) -> bool:
    """Whether ``refuse_statement`` looks at what values hold, and not just at their types."""
    return any(
        isinstance(leaf, Between) or (isinstance(leaf, Call) and leaf.function == "attribute_type")
        for leaf in _leaves(statement)
    )


def _leaves(statement: Statement) -> Iterator[Leaf]:
    match statement:
        case Select(where=where) | Update(where=where) | Delete(where=where) | Exists(select=Select(where=where)):
            return leaves(where.tree) if where is not None else iter(())
        case Insert():
            return iter(())
        case _:
            assert_never(statement)


def _refuse_order(leaf: Leaf, scope: Scope) -> None:
    match leaf:
        case Comparison(operator, left, right):
            if operator not in {"=", "<>"}:
                refuse_types(operator, (left, right), scope, allowed=_ORDERED)
        case Between(tested, low, high):
            refuse_types("BETWEEN", (tested, low, high), scope, allowed=_ORDERED)
        case In() | Call():
            return
        case _:
            assert_never(leaf)


def _refuse_actions(actions: Sequence[Action], scope: Scope) -> None:
    for action in actions:
        match action:
            case Assign(_, value):
                for node in _inside_out(value):
                    if isinstance(node, Call):
                        _refuse_count(node)
                        _refuse_same(node)
                        refuse_call(node, scope)
                    else:
                        refuse_types(node.operator, (node.left, node.right), scope, allowed={"N"})
            case _:
                continue


def _refuse_count(call: Call) -> None:
    if len(call.arguments) != 2:
        raise ValidationException(
            "Incorrect number of operands for operator or function; "
            f"operator or function: {call.function}, number of operands: {len(call.arguments)}"
        )


def _refuse_same(call: Call) -> None:
    first, *others = call.arguments
    if call.function == "if_not_exists" and isinstance(first, Path) and first in others:
        raise ValidationException(
            "The first operand must be distinct from the remaining operands for this operator or function; "
            f"operator: {call.function}, first operand: {printed(resolve(first, {}))}"
        )


def _inside_out(operand: Operand) -> list[Call | Arithmetic]:
    """Calls and sums, each behind those within it, the left before the right. Source: DynamoDB Local 3.3.1, asked 2026-11."""
    found: list[Call | Arithmetic] = []
    waiting = [operand]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Arithmetic):
            found.append(node)
            waiting += [node.left, node.right]
        elif isinstance(node, Call):
            found.append(node)
            waiting.extend(node.arguments)
    return found[::-1]
