"""Turn the right-hand sides of assignments into functions over items.

Source: dynamodb-exact §10.
"""

from collections.abc import Callable, Mapping
from typing import assert_never

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
            return _arithmetic(calculate, compile_operand(left, names), compile_operand(right, names))
        case Call("if_not_exists", (Path() as path, fallback)):
            return _if_not_exists(getter(resolve(path, names)), compile_operand(fallback, names))
        case Call("list_append", (left, right)):
            return _list_append(compile_operand(left, names), compile_operand(right, names))
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
        value = find(item)
        return fallback(item, values) if value is None else value

    return read


def _arithmetic(calculate: Callable[[str, str], str], left: Evaluate, right: Evaluate) -> Evaluate:
    def work_out(item: Item, values: Values) -> AttributeValue:
        a, b = left(item, values).get("N"), right(item, values).get("N")
        if a is None or b is None:
            raise InvalidUpdate(WRONG_TYPE)
        try:
            return {"N": calculate(a, b)}
        except InvalidValue as fault:
            raise InvalidUpdate(fault.message) from None

    return work_out


def _list_append(left: Evaluate, right: Evaluate) -> Evaluate:
    def append(item: Item, values: Values) -> AttributeValue:
        a, b = left(item, values).get("L"), right(item, values).get("L")
        if a is None or b is None:
            raise InvalidUpdate(WRONG_TYPE)
        return {"L": [*a, *b]}

    return append
