"""Conditions that are compared like values: a condition is TRUE or FALSE.

``attribute_exists(a) = false`` holds for a missing ``a``, and ``attribute_exists(a) = 1`` for nothing. They become conditions
without such comparisons, so that nothing else has to know of them.

Source: floci-io/floci, its PartiQL parser, checked there on AWS on 2026-09-17.
"""

from typing import Final, TypeAlias

from sandbox.dynamodb.expressions.checks import leaves
from sandbox.dynamodb.expressions.syntax import (
    And,
    Arithmetic,
    Between,
    Call,
    Comparator,
    Comparison,
    ConditionTree,
    In,
    Not,
    Operand,
    Or,
    Path,
    Value,
)
from sandbox.dynamodb.faults import ValidationException
from sandbox.dynamodb.partiql.literals import LiteralReader
from sandbox.dynamodb.partiql.tokens import not_well_formed

__all__ = [
    "CONDITION_FUNCTIONS",
    "OPERATORS_MAX",
    "Comparisons",
    "Node",
    "as_argument",
    "as_condition",
    "as_operand",
    "is_condition",
    "joined",
    "refuse_truth",
    "too_many_operators",
]

OPERATORS_MAX = 300
"""As for expressions; that PartiQL has the same limit is an assumption."""

CONDITION_FUNCTIONS = frozenset(
    {"attribute_exists", "attribute_not_exists", "attribute_type", "begins_with", "contains"}
)
LEAVES_MAX = 1_000
"""To say that two conditions are both true or both false takes each twice: a short text could come to any number."""

Node: TypeAlias = Operand | ConditionTree


def too_many_operators() -> ValidationException:
    """The refusal of a condition that would take too much to judge."""
    return ValidationException(f"The expression contains too many operators; operator count: {OPERATORS_MAX + 1}")


def is_condition(node: Node) -> bool:
    """Whether something that was read is true or false, and not the value of an attribute."""
    if isinstance(node, Call):
        return node.function in CONDITION_FUNCTIONS
    return isinstance(node, Comparison | Between | In | And | Or | Not)


def refuse_truth(operator: str, node: Node) -> None:
    """Refuse a condition as the operand of an operator that orders.

    Raises:
        ValidationException: it is one.
    """
    if is_condition(node):
        raise ValidationException(
            "Incorrect operand type for operator or function; "
            f"operator or function: {operator.removeprefix('NOT ')}, operand type: BOOL"
        )


_OPERANDS: Final = (Path, Value, Call, Arithmetic)
_CONDITIONS: Final = (Comparison, Between, In, And, Or, Not, Call)


def as_operand(node: Node) -> Operand:
    """What was read as an operand.

    Raises:
        ValidationException: it is a condition.
    """
    if not isinstance(node, _OPERANDS) or is_condition(node):
        raise not_well_formed("Unexpected term")
    return node


def as_argument(function: str, node: Node) -> Operand:
    """What was read as an argument of a function.

    Raises:
        ValidationException: it is a condition. Source: DynamoDB Local 3.3.1, asked 2026-11, which takes conditions in
            ``contains`` and ``attribute_type`` all the same.
    """
    if is_condition(node):
        if function in {"attribute_exists", "attribute_not_exists"}:
            raise ValidationException(
                f"Operator or function requires a document path; operator or function: {function}"
            )
        refuse_truth(function, node)
    return as_operand(node)


def as_condition(node: Node, *, beside: str | None = None) -> ConditionTree:
    """A part of a condition; *beside* is the operator that takes it, ``None`` for the whole clause.

    Raises:
        ValidationException: it is neither true nor false.
    """
    is_size = isinstance(node, Call) and node.function == "size"
    if is_size and beside is not None:
        raise ValidationException(  # Source: DynamoDB Local 3.3.1, asked 2026-11
            f"Incorrect operand type for operator or function; operator or function: {beside}, operand type: N"
        )
    if not isinstance(node, _CONDITIONS) or is_size:
        raise not_well_formed("Unexpected term")
    return node


def joined(operator: str, left: ConditionTree, right: ConditionTree) -> ConditionTree:
    """Join conditions side by side, so that a long chain is a flat node."""
    node = And if operator == "AND" else Or
    first = left.conditions if isinstance(left, node) else (left,)
    rest = right.conditions if isinstance(right, node) else (right,)
    return node((*first, *rest))


class Comparisons:
    """Makes the comparisons of one statement, of which either side may be a condition."""

    def __init__(self, literals: LiteralReader) -> None:
        self._literals = literals
        self._leaves = 0

    def compared(self, operator: Comparator, left: Node, right: Node) -> ConditionTree:
        """Two operands and a comparator.

        Raises:
            ValidationException: truth has no order; conditions are compared with one another too often.
        """
        if operator not in {"=", "<>"}:
            refuse_truth(operator, left)
            refuse_truth(operator, right)
        same = self._same(left, right)
        if same is None:
            return Comparison(operator, _operand(left), _operand(right))
        return same if operator == "=" else Not(same)

    def listed(self, tested: Node, candidates: list[Node]) -> ConditionTree:
        """An operand equal to one of several.

        Raises:
            ValidationException: conditions are compared with one another too often.
        """
        if not any(is_condition(node) for node in (tested, *candidates)):
            return In(_operand(tested), tuple([_operand(candidate) for candidate in candidates]))
        found = tuple([self.compared("=", tested, candidate) for candidate in candidates])
        return Or(found) if len(found) > 1 else found[0]

    def _same(self, left: Node, right: Node) -> ConditionTree | None:
        """Whether both are true, or both false; ``None`` if neither is a condition."""
        if not is_condition(left):
            if not is_condition(right):
                return None
            left, right = right, left
        condition = _condition(left)
        if is_condition(right):
            other = _condition(right)
            self._count(condition, other)
            return _either(And((condition, other)), And((Not(condition), Not(other))))
        value = _operand(right)
        constant = self._literals.constant(value) if isinstance(value, Value) else None
        if constant is not None and "BOOL" in constant:
            return condition if constant["BOOL"] else Not(condition)
        self._count(condition)
        if constant is not None:
            return Not(Or((condition, Not(condition))))  # holds for nothing
        true, false = [Comparison("=", value, self._literals.keep({"BOOL": truth})) for truth in (True, False)]
        return _either(And((condition, true)), And((Not(condition), false)))

    def _count(self, *conditions: ConditionTree) -> None:
        self._leaves += sum(1 for condition in conditions for _ in leaves(condition))
        if self._leaves > LEAVES_MAX:
            raise too_many_operators()


def _either(one: ConditionTree, other: ConditionTree) -> ConditionTree:
    """One or the other, in a form in which no key is looked for."""
    return Not(And((Not(one), Not(other))))


def _operand(node: Node) -> Operand:
    assert not isinstance(node, Comparison | Between | In | And | Or | Not)
    return node


def _condition(node: Node) -> ConditionTree:
    assert isinstance(node, Call | Comparison | Between | In | And | Or | Not)
    return node
