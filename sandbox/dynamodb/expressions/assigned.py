"""Turn the right-hand sides of assignments into functions over items.

Source: dynamodb-exact §10; in which order operands are worked out, and that the second operand of ``if_not_exists`` must be
there in any case, DynamoDB Local 3.3.1, asked 2026-11.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias, assert_never

from sandbox.dynamodb.expressions.apply import WRONG_TYPE, Evaluate
from sandbox.dynamodb.expressions.evaluate import Values
from sandbox.dynamodb.expressions.invalid import InvalidUpdate
from sandbox.dynamodb.expressions.paths import Getter, getter, resolve
from sandbox.dynamodb.expressions.syntax import Arithmetic, Call, Operand, Path, Value
from sandbox.values import AttributeValue, InvalidValue, Item, add, subtract

__all__ = ["compile_operand"]


def compile_operand(operand: Operand, names: Mapping[str, str]) -> Evaluate:
    """Build the function that works out the value of an operand, which has passed the checks.

    The function raises ``InvalidUpdate`` when a path is missing or an operand has the wrong type.
    """
    match operand:
        case Value(slot):
            return lambda _, values: values[slot]
        case Path():
            return _required(getter(resolve(operand, names)))
        case Arithmetic(operator, left, right):
            calculate = add if operator == "+" else subtract
            return _arithmetic(calculate, _contents(left, right, "N", names))
        case Call("if_not_exists", (Path() as path, fallback)):
            return _if_not_exists(getter(resolve(path, names)), compile_operand(fallback, names))
        case Call("list_append", (left, right)):
            return _list_append(_contents(left, right, "L", names))
        case Call():
            raise AssertionError("the checks let no other function into an update")
        case _:
            assert_never(operand)


def _required(find: Getter) -> Evaluate:
    def read(item: Item, _: Values) -> AttributeValue:
        value = find(item)
        if value is None:
            raise InvalidUpdate("The provided expression refers to an attribute that does not exist in the item")
        return value

    return read


def _if_not_exists(find: Getter, fallback: Evaluate) -> Evaluate:
    def read(item: Item, values: Values) -> AttributeValue:
        value, other = find(item), fallback(item, values)
        return other if value is None else value

    return read


_Contents: TypeAlias = Callable[[Item, Values], tuple[Any, Any]]


def _arithmetic(calculate: Callable[[str, str], str], find: _Contents) -> Evaluate:
    def work_out(item: Item, values: Values) -> AttributeValue:
        a, b = find(item, values)
        try:
            return {"N": calculate(a, b)}
        except InvalidValue as fault:
            raise InvalidUpdate(fault.message) from None

    return work_out


def _list_append(find: _Contents) -> Evaluate:
    def append(item: Item, values: Values) -> AttributeValue:
        a, b = find(item, values)
        return {"L": [*a, *b]}

    return append


def _contents(left: Operand, right: Operand, type_: str, names: Mapping[str, str]) -> _Contents:
    """Build the function that gives what two operands of a type hold.

    Functions are worked out first; then each operand is found and must be of the type, the left one before the right one is
    found.
    """
    find_left, find_right = compile_operand(left, names), compile_operand(right, names)
    is_call = isinstance(right, Call)

    def contents(item: Item, values: Values) -> tuple[Any, Any]:
        worked_out = find_right(item, values) if is_call else None
        a = find_left(item, values).get(type_)
        if a is None:
            raise InvalidUpdate(WRONG_TYPE)
        b = (find_right(item, values) if worked_out is None else worked_out).get(type_)
        if b is None:
            raise InvalidUpdate(WRONG_TYPE)
        return a, b

    return contents
