"""Search conditions: which attributes of a vector index a search wants to be equal to what.

Source: the documentation of SearchVectors; *Troubleshooting vector indexes*, Amazon DynamoDB Developer Guide;
nubo-db/dynoxide (``search_vectors``), as measured on AWS 2026-08-11 to 19, for the sentences and what they begin with;
ExtendDB/extenddb (``search_condition``) for those about operators and about a HASH attribute that is left out of an
expression. The beginning of the former, the words about operands that are no attribute and a value, which are those of
key conditions, and the order of the refusals are assumptions.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from sandbox.dynamodb.expressions.checks import Scope, refuse_condition
from sandbox.dynamodb.expressions.condition import read_condition
from sandbox.dynamodb.expressions.invalid import InvalidExpression, invalid
from sandbox.dynamodb.expressions.paths import resolve
from sandbox.dynamodb.expressions.placeholders import Placeholders
from sandbox.dynamodb.expressions.syntax import And, Comparison, ConditionTree, Path, Value
from sandbox.values import AttributeValue, type_of

__all__ = ["parse_search_condition", "resolve_search"]

_KIND: Final = "SearchConditionExpression"


def parse_search_condition(text: str, placeholders: Placeholders) -> dict[str, AttributeValue]:
    """Read a search condition expression: the values of attributes, in the order in which they are named.

    Raises:
        InvalidExpression: the faults of any condition, then those that need no table to be seen.
    """
    read = read_condition(_KIND, text)
    placeholders.use(read.aliases, read.slots)
    names, values = placeholders.names, placeholders.values
    refuse_condition(read.tree, Scope(_KIND, names, values), operators=read.operators)
    wanted: dict[str, AttributeValue] = {}
    for comparison in _comparisons(read.tree):
        path, value = _operands(comparison)
        steps = resolve(path, names)
        if len(steps) > 1:
            raise invalid(_KIND, f"{_KIND} cannot have conditions on nested attributes")
        if str(steps[0]) in wanted:
            raise invalid(_KIND, f"{_KIND} must only contain one condition per attribute")
        wanted[str(steps[0])] = values[value.slot]
    return wanted


def _comparisons(tree: ConditionTree) -> Iterator[Comparison]:
    """Yield the equalities joined by AND; refuse all else."""
    waiting = [tree]
    while waiting:
        match waiting.pop():
            case And(conditions):
                waiting.extend(reversed(conditions))
            case Comparison("=") as comparison:
                yield comparison
            case Comparison():
                raise invalid(_KIND, f"Invalid comparator used in {_KIND}")
            case _:
                raise invalid(_KIND, f"Invalid operator used in {_KIND}")


def _operands(comparison: Comparison) -> tuple[Path, Value]:
    match comparison.left, comparison.right:
        case (Path() as path, Value() as value) | (Value() as value, Path() as path):
            return path, value
        case (Path(), Path()):
            problem = "Multiple attribute names used in one condition"
        case _:
            problem = "No key attribute specified"
    raise InvalidExpression(f"Invalid condition in {_KIND}: {problem}")


def resolve_search(
    wanted: Mapping[str, AttributeValue] | None, *, hash_name: str | None, types: Mapping[str, str]
) -> dict[str, str]:
    """Match a search condition with the search schema of an index: the contents of the values, by attribute.

    *types* gives each attribute's ``S``, ``N`` or ``B``, that of *hash_name* too; ``None`` for *wanted* is no condition.

    Raises:
        InvalidExpression: an attribute is not in the schema, its HASH attribute is missing or empty, or a value is of
            another type.
    """
    for name in wanted or ():
        if name not in types:
            raise InvalidExpression(
                f"{_KIND} must not contain any attributes that is not in SearchSchema. Invalid attribute: {name}"
            )
    if hash_name is not None and wanted is None:
        raise InvalidExpression(f"{_KIND} must be provided when SearchSchema has a HASH key")
    if hash_name is not None and wanted is not None and hash_name not in wanted:
        raise InvalidExpression(f"{_KIND} must have all HASH attributes")
    contents = {}
    for name, value in (wanted or {}).items():
        type_ = types[name]
        if type_of(value) != type_:
            raise InvalidExpression(
                f"Type of '{name}' attribute in {_KIND} ({type_of(value)}) does not match type in search schema ({type_})"
            )
        if name == hash_name and not value[type_]:
            raise InvalidExpression(
                "One or more parameter values are not valid. The AttributeValue for a key attribute "
                f"cannot contain an empty {'binary' if type_ == 'B' else 'string'} value. Key: {name}"
            )
        contents[name] = value[type_]
    return contents
