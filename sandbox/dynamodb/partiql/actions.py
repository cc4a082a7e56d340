"""Read the SET and REMOVE clauses of an UPDATE.

Source: dynamodb-exact §17; the developer guide's page on the statement.
"""

from sandbox.dynamodb.expressions.syntax import Action, AddTo, Assign, Call, DeleteFrom, Operand, Path, Remove, Value
from sandbox.dynamodb.faults import ValidationException
from sandbox.dynamodb.partiql.conditions import ExpressionReader
from sandbox.dynamodb.partiql.tokens import expect

__all__ = ["read_actions"]

_SET_ACTIONS: dict[str, type[AddTo | DeleteFrom]] = {"set_add": AddTo, "set_delete": DeleteFrom}


def read_actions(expressions: ExpressionReader) -> tuple[Action, ...]:
    """Read as many clauses as follow.

    Raises:
        ValidationException: one is not well formed, or changes a set wrongly.
    """
    actions: list[Action] = []
    while (token := expressions.tokens[expressions.at]).is_("SET", "REMOVE"):
        expressions.at += 1
        if token.is_("REMOVE"):
            actions.append(Remove(expressions.path(simple=True)))
            continue
        actions.append(_assignment(expressions))
        while expressions.tokens[expressions.at].is_(","):
            expressions.at += 1
            actions.append(_assignment(expressions))
    return tuple(actions)


def _assignment(expressions: ExpressionReader) -> Action:
    path = expressions.path(simple=True)
    expressions.at = first = expect(expressions.tokens, expressions.at, "=")
    while expressions.tokens[first].is_("("):
        first += 1
    operand = expressions.operand()
    if isinstance(operand, Call) and operand.function in _SET_ACTIONS:
        return _changed_set(expressions, path, operand, first)
    return _assigned(path, operand)


def _changed_set(expressions: ExpressionReader, path: Path, call: Call, at: int) -> Action:
    """``SET p = set_add(p, v)`` is ADD, ``set_delete`` is DELETE. Source: floci pull request 3798, checked there on AWS."""
    tokens = expressions.tokens
    function = call.function.upper()
    if len(call.arguments) != 2:
        raise ValidationException(f"{function} must have exactly two arguments at {tokens.place(at)}")
    found, value = call.arguments
    if found != path:
        raise ValidationException(
            f"The first argument to {function} must equal the assignment value at {tokens.place(at)}"
        )
    words = f"The second argument to {function} must be a value with type SET"
    if len(path.elements) == 1:
        words += f" at {tokens.place(at + 2)}"  # the first argument; a path has no place
    if not isinstance(value, Value) or not expressions.literals.takes_set(value, words):
        raise ValidationException(words)
    return _SET_ACTIONS[call.function](path, value)


def _assigned(path: Path, operand: Operand) -> Action:
    """The action for one assignment that is not a change of a set."""
    waiting: list[Operand] = [operand]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Call):
            if node.function in _SET_ACTIONS:
                raise ValidationException(f"Unrecognized function: {node.function}")
            waiting.extend(node.arguments)
        elif not isinstance(node, Path | Value):
            waiting += [node.left, node.right]
    return Assign(path, operand)
