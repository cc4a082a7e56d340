"""Turn conditions into functions over items.

Source: dynamodb-exact §10; of a size that cannot be taken and ``<>``, DynamoDB Local 3.3.1, asked 2026-11.
"""

from binascii import a2b_base64
from collections.abc import Callable, Mapping
from typing import TypeAlias, assert_never

from sandbox.dynamodb.expressions.paths import getter, resolve
from sandbox.dynamodb.expressions.syntax import (
    And,
    Arithmetic,
    Between,
    Call,
    Comparison,
    ConditionTree,
    In,
    Not,
    Operand,
    Or,
    Path,
    Value,
)
from sandbox.values import AttributeValue, Item, equal, is_plain, less_than, type_of

__all__ = ["Find", "Test", "Values", "compile_condition"]

Values: TypeAlias = Mapping[str, AttributeValue]
"""Slot -> normalised value, handed in with every evaluation so that a compiled condition serves many requests."""

Test: TypeAlias = Callable[[Item, Values], bool]
Find: TypeAlias = Callable[[Item, Values], AttributeValue | None]
Relation: TypeAlias = Callable[[AttributeValue, AttributeValue], bool]


def compile_condition(tree: ConditionTree, names: Mapping[str, str]) -> Test:
    """Build the function that judges an item; the tree has passed the checks.

    *names* resolves the placeholders of paths. A missing operand makes every condition false but ``<>``.
    """
    match tree:
        case And(conditions):
            return _all([compile_condition(condition, names) for condition in conditions])
        case Or(conditions):
            return _any([compile_condition(condition, names) for condition in conditions])
        case Not(condition):
            test = compile_condition(condition, names)
            return lambda item, values: not test(item, values)
        case Comparison(operator, left, right):
            return _comparison(operator, left, right, names)
        case Between(tested, low, high):
            return _between(_find(tested, names), _find(low, names), _find(high, names))
        case In(tested, candidates):
            slots = [candidate.slot for candidate in candidates if isinstance(candidate, Value)]
            if len(slots) == len(candidates):
                return _in_values(_find(tested, names), slots)
            return _in(_find(tested, names), [_find(candidate, names) for candidate in candidates])
        case Call():
            return _call(tree, names)
        case _:
            assert_never(tree)


def _all(tests: list[Test]) -> Test:
    if len(tests) == 2:
        first, second = tests
        return lambda item, values: first(item, values) and second(item, values)

    def every(item: Item, values: Values) -> bool:
        for test in tests:  # noqa: SIM110 - a generator costs more than the loop
            if not test(item, values):
                return False
        return True

    return every


def _any(tests: list[Test]) -> Test:
    def some(item: Item, values: Values) -> bool:
        for test in tests:  # noqa: SIM110 - as above
            if test(item, values):
                return True
        return False

    return some


def _find(operand: Operand, names: Mapping[str, str]) -> Find:
    match operand:
        case Path():
            path = resolve(operand, names)
            if len(path) == 1:
                name = str(path[0])
                return lambda item, _: item.get(name)
            get = getter(path)
            return lambda item, _: get(item)
        case Value(slot):
            return lambda _, values: values[slot]
        case Call("size", (measured,)):
            find = _find(measured, names)
            return lambda item, values: _size(find(item, values))
        case Call() | Arithmetic():
            raise AssertionError("the checks let only size() stand as an operand of a condition")
        case _:
            assert_never(operand)


def _comparison(operator: str, left: Operand, right: Operand, names: Mapping[str, str]) -> Test:
    find_left, find_right = _find(left, names), _find(right, names)
    if operator == "<>":

        def differ(item: Item, values: Values) -> bool:
            # What is missing differs from everything, and so does a size that cannot be taken.
            a, b = find_left(item, values), find_right(item, values)
            return a is None or b is None or not equal(a, b)

        return differ
    return _related(_RELATIONS[operator], find_left, find_right)


def _related(relation: Relation, find_left: Find, find_right: Find) -> Test:
    def test(item: Item, values: Values) -> bool:
        a = find_left(item, values)
        if a is None:
            return False
        b = find_right(item, values)
        return b is not None and relation(a, b)

    return test


def _at_most(a: AttributeValue, b: AttributeValue) -> bool:
    type_ = type_of(a)
    return type_ in {"S", "N", "B"} and type_ == type_of(b) and not less_than(b, a)


_RELATIONS: dict[str, Relation] = {
    "=": equal,
    "<": less_than,
    "<=": _at_most,
    ">": lambda a, b: less_than(b, a),
    ">=": lambda a, b: _at_most(b, a),
}


def _between(find: Find, find_low: Find, find_high: Find) -> Test:
    def within(item: Item, values: Values) -> bool:
        tested, low, high = find(item, values), find_low(item, values), find_high(item, values)
        if tested is None or low is None or high is None:
            return False
        return _at_most(low, tested) and _at_most(tested, high)

    return within


def _in(find: Find, find_candidates: list[Find]) -> Test:
    def one_of(item: Item, values: Values) -> bool:
        tested = find(item, values)
        if tested is None:
            return False
        for find_candidate in find_candidates:
            candidate = find_candidate(item, values)
            if candidate is not None and equal(tested, candidate):
                return True
        return False

    return one_of


def _in_values(find: Find, slots: list[str]) -> Test:
    """The usual IN, of values only; most of what it is asked of is settled without a look at types."""

    def one_of(item: Item, values: Values) -> bool:
        tested = find(item, values)
        if tested is None:
            return False
        candidates = [values[slot] for slot in slots]
        if tested in candidates:
            return True
        return not is_plain(tested) and any(equal(tested, candidate) for candidate in candidates)

    return one_of


def _call(call: Call, names: Mapping[str, str]) -> Test:
    finds = [_find(argument, names) for argument in call.arguments]
    find = finds[0]
    match call.function:
        case "attribute_exists":
            return lambda item, values: find(item, values) is not None
        case "attribute_not_exists":
            return lambda item, values: find(item, values) is None
        case function:
            return _related(_FUNCTIONS[function], find, finds[1])


def _is_of_type(value: AttributeValue, type_: AttributeValue) -> bool:
    return bool(type_of(value) == type_["S"])


def _begins_with(value: AttributeValue, prefix: AttributeValue) -> bool:
    if "S" in value and "S" in prefix:
        return bool(value["S"].startswith(prefix["S"]))
    if "B" in value and "B" in prefix:
        return a2b_base64(value["B"]).startswith(a2b_base64(prefix["B"]))
    return False


def _contains(value: AttributeValue, wanted: AttributeValue) -> bool:
    [(type_, content)] = value.items()
    [(wanted_type, wanted_content)] = wanted.items()
    match type_, wanted_type:
        case ("S", "S") | ("SS", "S") | ("NS", "N") | ("BS", "B"):
            return bool(wanted_content in content)
        case ("B", "B"):
            return a2b_base64(wanted_content) in a2b_base64(content)
        case ("L", _):
            return any(equal(member, wanted) for member in content)
        case _:
            return False


_FUNCTIONS: dict[str, Relation] = {
    "attribute_type": _is_of_type,
    "begins_with": _begins_with,
    "contains": _contains,
}


def _size(value: AttributeValue | None) -> AttributeValue | None:
    if value is None:
        return None
    [(type_, content)] = value.items()
    match type_:
        case "S":
            # AWS counts UTF-16 code units: a character beyond the basic plane counts twice.
            size = len(content) if content.isascii() else len(content.encode("utf-16-le")) // 2
        case "B":
            size = len(a2b_base64(content))
        case "SS" | "NS" | "BS" | "L" | "M":
            size = len(content)
        case _:  # N, BOOL, NULL
            return None
    return {"N": str(size)}
