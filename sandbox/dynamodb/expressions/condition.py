"""Conditions and filters: from text to a function over items."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Literal

from msgspec import Struct

from sandbox.dynamodb.expressions.checks import Scope, leaves, refuse_condition, refuse_leaf
from sandbox.dynamodb.expressions.compiled import Compiled, meaning
from sandbox.dynamodb.expressions.evaluate import Test, Values, compile_condition
from sandbox.dynamodb.expressions.grammar import Reader
from sandbox.dynamodb.expressions.invalid import ExpressionKind, InvalidExpression
from sandbox.dynamodb.expressions.paths import ResolvedPath, nested_names, resolve
from sandbox.dynamodb.expressions.placeholders import Placeholders
from sandbox.dynamodb.expressions.syntax import Between, Call, ConditionTree, Leaf, Path
from sandbox.dynamodb.expressions.text_checks import refuse_condition_text
from sandbox.dynamodb.expressions.tokens import refuse_size
from sandbox.values import Item

__all__ = ["Condition", "ConditionText", "build_condition", "parse_condition", "read_condition", "refuse_filter_keys"]

TEXTS_MAX = 1024


class Condition:
    """A condition with its values.

    Attributes:
        attribute_names: the top-level attributes it looks at.
        nested_names: those of them it looks into with ``.`` or ``[]``.
    """

    __slots__ = ("_test", "_values", "attribute_names", "nested_names")

    def __init__(self, test: Test, values: Values, attribute_names: frozenset[str], nested: frozenset[str]) -> None:
        self._test = test
        self._values = values
        self.attribute_names = attribute_names
        self.nested_names = nested

    def bound_to(self, values: Values) -> "Condition":
        """The same condition with other values in its slots, of the same types."""
        return Condition(self._test, values, self.attribute_names, self.nested_names)

    def matches(self, item: Item) -> bool:
        """Judge an item; an item that does not exist is the empty one."""
        return self._test(item, self._values)


def refuse_filter_keys(
    condition: Condition, key_names: Iterable[str], parameter: Literal["Filter Expression", "QueryFilter"]
) -> None:
    """Refuse a filter of a Query that looks at attributes of the key in use.

    Raises:
        InvalidExpression: for the first of *key_names* it looks at.

    Source: dynamodb-exact §13, §12.
    """
    for name in key_names:
        if name in condition.attribute_names:
            raise InvalidExpression(
                f"{parameter} can only contain non-primary key attributes: Primary key attribute: {name}"
            )


class ConditionText(Struct, frozen=True):
    """A condition read from its text alone, placeholders unresolved."""

    tree: ConditionTree
    paths: tuple[Path, ...]
    aliases: tuple[str, ...]
    slots: tuple[str, ...]
    operators: int


class _Plan(Struct, frozen=True):
    """A condition compiled for one meaning of its placeholders."""

    test: Test
    attribute_names: frozenset[str]
    nested_names: frozenset[str]
    content_checks: tuple[Leaf, ...]
    """Conditions whose refusal depends on what the values hold, not just on their types."""


@lru_cache(maxsize=TEXTS_MAX)
def read_condition(kind: ExpressionKind, text: str) -> ConditionText:
    """Read a condition and refuse what its text alone tells.

    Raises:
        InvalidExpression: syntax first, then the faults of ``text_checks``.
    """
    refuse_size(kind, text)
    reader = Reader(kind, text)
    tree = reader.condition()
    refuse_condition_text(kind, tree)
    return ConditionText(tree, tuple(reader.paths), tuple(reader.aliases), tuple(reader.slots), reader.operators)


_plans: Compiled[_Plan] = Compiled()


def parse_condition(
    text: str,
    placeholders: Placeholders,
    kind: Literal["ConditionExpression", "FilterExpression"] = "ConditionExpression",
) -> Condition:
    """Read a condition or filter expression.

    Raises:
        InvalidExpression: in AWS's order of faults.

    Source: dynamodb-exact §9.3.
    """
    read = read_condition(kind, text)
    placeholders.use(read.aliases, read.slots)
    names, values = placeholders.names, placeholders.values
    key = (kind, text, meaning(read.aliases, read.slots, names, values))
    plan = _plans.find(key)
    if plan is None:
        refuse_condition(read.tree, Scope(kind, names, values), operators=read.operators)
        plan = _compile(read.tree, names, [resolve(path, names) for path in read.paths])
        _plans.keep(key, plan)
    elif plan.content_checks:
        scope = Scope(kind, names, values)
        for leaf in plan.content_checks:
            refuse_leaf(leaf, scope)
    return Condition(plan.test, values, plan.attribute_names, plan.nested_names)


def build_condition(tree: ConditionTree, paths: Iterable[ResolvedPath], values: Values) -> Condition:
    """Make a condition of a tree that came from no text: legacy parameters, PartiQL.

    The tree holds no aliases and is taken as checked; *paths* are those it looks at.
    """
    plan = _compile(tree, {}, list(paths))
    return Condition(plan.test, values, plan.attribute_names, plan.nested_names)


def _compile(tree: ConditionTree, names: Mapping[str, str], paths: list[ResolvedPath]) -> _Plan:
    return _Plan(
        test=compile_condition(tree, names),
        attribute_names=frozenset(str(path[0]) for path in paths),
        nested_names=nested_names(paths),
        content_checks=tuple(leaf for leaf in leaves(tree) if _depends_on_contents(leaf)),
    )


def _depends_on_contents(leaf: Leaf) -> bool:
    return isinstance(leaf, Between) or (isinstance(leaf, Call) and leaf.function == "attribute_type")
