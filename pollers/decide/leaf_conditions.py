"""The conditions a filter pattern may put on one leaf: exact values and the operators.

Each condition compiles to a test of one scalar. A list in the record (a set, a list attribute) matches when one of its
elements does. An object is no leaf: for ``exists`` it is absent, for all else it never matches.
Source: lambda-event-source-mappings §3.7; ``numeric`` as EventBridge defines it.
"""

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

__all__ = ["ABSENT", "InvalidPattern", "LeafTest", "leaf_test"]


class InvalidPattern(ValueError):  # noqa: N818 - the name of AWS's own finding
    """The filter pattern is not one AWS accepts."""


class _Absent:
    """The value of a path that leads nowhere."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = _Absent()

LeafTest = Callable[[Any], bool]


def leaf_test(name: str, conditions: Sequence[Any]) -> LeafTest:
    """Compile the array of conditions that stands under key *name*; one of them must hold.

    Raises:
        InvalidPattern: an empty array, an unknown operator, or an operator with a value it cannot take.
    """
    if not conditions:
        raise InvalidPattern(f"{name!r}: an empty array matches nothing")
    literals = [one for one in conditions if not isinstance(one, dict)]
    if any(isinstance(one, list) for one in literals):
        raise InvalidPattern(f"{name!r}: an array within an array")
    tests = [_operator(name, one) for one in conditions if isinstance(one, dict)]
    if literals:
        tests.insert(0, _scalars(_one_of(literals)))
    if len(tests) == 1:
        return tests[0]
    return lambda value: any(test(value) for test in tests)


def _one_of(literals: Sequence[Any]) -> LeafTest:
    # The type belongs to the value: true is not 1, but 5 is 5.0.
    wanted = frozenset(_typed(one) for one in literals)
    if all(isinstance(one, str) for one in literals):
        words = frozenset(literals)
        return lambda value: type(value) is str and value in words
    return lambda value: _typed(value) in wanted


def _typed(value: Any) -> tuple[str, Any]:
    if isinstance(value, bool):
        return ("boolean", value)
    if isinstance(value, int | float):
        return ("number", value)
    return ("other", value)


def _scalars(test: LeafTest) -> LeafTest:
    """Lift a test of a scalar to what may stand in a record."""

    def apply(value: Any) -> bool:
        kind = type(value)
        if kind is str:
            return test(value)
        if kind is list:
            return any(apply(element) for element in value)
        if kind is dict or value is ABSENT:
            return False
        return test(value)

    return apply


def _operator(name: str, condition: Mapping[str, Any]) -> LeafTest:
    if len(condition) != 1:
        raise InvalidPattern(f"{name!r}: a condition has exactly one operator, not {sorted(condition)}")
    ((word, operand),) = condition.items()
    compile_operator = _OPERATORS.get(word)
    if compile_operator is None:
        raise InvalidPattern(f"{name!r}: unknown operator {word!r}")
    return compile_operator(operand)


def _exists(operand: Any) -> LeafTest:
    if not isinstance(operand, bool):
        raise InvalidPattern("exists takes true or false")
    return lambda value: _is_leaf(value) is operand


def _is_leaf(value: Any) -> bool:
    if type(value) is list:
        return any(_is_leaf(element) for element in value)
    return value is not ABSENT and type(value) is not dict


def _prefix(operand: Any) -> LeafTest:
    text = _text("prefix", operand)
    return _scalars(lambda value: type(value) is str and value.startswith(text))


def _suffix(operand: Any) -> LeafTest:
    text = _text("suffix", operand)
    return _scalars(lambda value: type(value) is str and value.endswith(text))


def _equals_ignore_case(operand: Any) -> LeafTest:
    text = _text("equals-ignore-case", operand).casefold()
    return _scalars(lambda value: type(value) is str and value.casefold() == text)


def _anything_but(operand: Any) -> LeafTest:
    values = operand if isinstance(operand, list) else [operand]
    if not values or not all(isinstance(one, str | int | float) and not isinstance(one, bool) for one in values):
        raise InvalidPattern("anything-but takes a string, a number, or an array of them")
    refused = frozenset(_typed(one) for one in values)
    return _scalars(lambda value: _typed(value) not in refused)


_COMPARISONS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _numeric(operand: Any) -> LeafTest:
    """``["=", 5]``, ``[">", 0]`` or a range, ``[">=", 0, "<", 5]``, lower bound first."""
    if not isinstance(operand, list) or len(operand) not in {2, 4}:
        raise InvalidPattern("numeric takes one comparison or a range")
    words, limits = operand[0::2], operand[1::2]
    if not all(isinstance(word, str) and word in _COMPARISONS for word in words):
        raise InvalidPattern(f"numeric knows {sorted(_COMPARISONS)}")
    if not all(isinstance(limit, int | float) and not isinstance(limit, bool) for limit in limits):
        raise InvalidPattern("numeric compares with numbers")
    if len(words) == 2 and (words[0][0] != ">" or words[1][0] != "<" or limits[0] >= limits[1]):
        raise InvalidPattern("a numeric range has its lower bound first and holds at least one number")
    comparisons = [(_COMPARISONS[word], limit) for word, limit in zip(words, limits, strict=True)]

    def test(value: Any) -> bool:
        # Strings never match, not even "101": DynamoDB's numbers travel as strings. Source: aws-recorded-answers §5.
        return type(value) in {int, float} and all(compare(value, limit) for compare, limit in comparisons)

    return _scalars(test)


def _text(word: str, operand: Any) -> str:
    if not isinstance(operand, str):
        raise InvalidPattern(f"{word} takes a string")
    return operand


_OPERATORS: Final[Mapping[str, Callable[[Any], LeafTest]]] = {
    "exists": _exists,
    "prefix": _prefix,
    "suffix": _suffix,
    "equals-ignore-case": _equals_ignore_case,
    "anything-but": _anything_but,
    "numeric": _numeric,
}
"""``wildcard``, ``cidr`` and a nested ``anything-but`` belong to event buses and are refused here."""
