"""Read what a WHERE clause says of keys: one range of one partition for each of its branches.

Where each branch gives the partition key one value, the branches are the reads. Otherwise all rows are read, and the whole
clause is the filter. What depends on the clause's shape alone is found out once; the rows follow from the values.

Source: as for ``sandbox.dynamodb.partiql.shape``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sandbox.dynamodb.engine.key_rules import empty_key, too_long
from sandbox.dynamodb.expressions.checks import leaves, paths_in
from sandbox.dynamodb.expressions.syntax import ConditionTree, In
from sandbox.dynamodb.faults import ValidationException
from sandbox.dynamodb.partiql.keys import KeyTest, joined
from sandbox.dynamodb.partiql.shape import Keys, Shape, Spread, key_conditions, spread
from sandbox.dynamodb.storage.keys import KeyPart, Range, after
from sandbox.values.attribute import AttributeValue

__all__ = ["Access", "Keyed", "find_access", "key_order"]

READS_MAX = 50
"""Source: floci-io/floci, its PartiQL, checked there on AWS."""
BRANCHES_MAX = 200
"""More are not worked out: they are too many to read by key in any case."""
_HASH_AND_LENGTH_BYTES = 6
"""What stands before the key itself in a partition's prefix."""

Values = Mapping[str, AttributeValue]


class Keyed(NamedTuple):
    """Rows to read by key.

    Attributes:
        spans: the key prefix of a partition, and the rows wanted of it; in the order in which a scan would meet them.
        is_in: several partitions were listed with IN.
        unprojected: attributes to filter by that the index does not hold, none where there is a branch that needs no such.
    """

    spans: list[tuple[bytes, Range]]
    is_in: bool
    unprojected: frozenset[str]


def key_order(partition: bytes) -> bytes:
    """What the prefixes of partitions sort by to come in the order of their keys."""
    return partition[_HASH_AND_LENGTH_BYTES:]


class _Branch(NamedTuple):
    """One read.

    Attributes:
        hash_slots: for each attribute of the partition key, where the values stand that it must equal.
        equal_slots: where the values of the leading sort key attributes stand.
        tests: what is asked of the attribute behind those; all of it must hold.
        is_complete: the key answers all tests of the branch.
        unprojected: the attributes of its filters that the index does not hold.
    """

    hash_slots: tuple[tuple[str, ...], ...]
    equal_slots: tuple[str, ...]
    tests: tuple[KeyTest, ...]
    is_complete: bool
    unprojected: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Access:
    """How to read by the key of a table or index.

    Attributes:
        branches: the reads; none where they are more than can be worked out.
        filter: what is left to judge of each row read by key, ``None`` for nothing.
        can_conflict: a branch may give the partition key two values, so that all rows are read.
        has_in: partitions are listed with IN.
    """

    keys: Keys
    branches: tuple[_Branch, ...]
    filter: ConditionTree | None
    can_conflict: bool
    has_in: bool

    def rows(self, values: Values, *, in_order: bool) -> Keyed | None:
        """Work out the rows to read; ``None`` for all rows, where a branch gives the partition key two values.

        AWS reads all rows then. *in_order* leaves such a branch out instead: nothing can meet it, and an order is kept.

        Raises:
            ValidationException: a key's value is empty or too long; rows are asked for twice, or in too many reads.
        """
        if len(self.branches) == 1:
            return self._rows_of_one(self.branches[0], values, in_order=in_order)
        reads: list[tuple[bytes, Range, _Branch]] = []
        has_conflict = False
        for branch in self.branches:
            partition = self._partition(branch, values)
            if partition is None:
                has_conflict = True
            else:
                reads.append((partition, self._range(branch, partition, values), branch))
        is_scan = has_conflict and not in_order
        if not is_scan:
            _refuse_overlap([(partition, rows) for partition, rows, _ in reads])
        if not 0 < len(self.branches) <= READS_MAX:
            raise ValidationException("Too many decomposed read operations for a given query.")
        if is_scan:
            return None
        spans = sorted(((partition, rows) for partition, rows, _ in reads), key=lambda span: (span[0], span[1].low))
        return Keyed(
            spans=spans,
            is_in=self.has_in and len({partition for partition, _ in spans}) > 1,
            unprojected=_unprojected([(partition, branch) for partition, _, branch in reads]),
        )

    def _rows_of_one(self, branch: _Branch, values: Values, *, in_order: bool) -> Keyed | None:
        """As ``rows`` where there is but one branch, which is most often."""
        partition = self._partition(branch, values)
        if partition is not None:
            return Keyed([(partition, self._range(branch, partition, values))], False, branch.unprojected)
        return Keyed([], False, frozenset()) if in_order else None

    def _partition(self, branch: _Branch, values: Values) -> bytes | None:
        contents = []
        for part, slots in zip(self.keys.hash_parts, branch.hash_slots, strict=True):
            content = _content(values[slots[0]], part, is_hash=True)
            if any(values[slot] != values[slots[0]] for slot in slots[1:]):
                return None
            contents.append(content)
        return self.keys.partition(contents)

    def _range(self, branch: _Branch, partition: bytes, values: Values) -> Range:
        keys = self.keys
        equal = [
            _content(values[slot], part, is_hash=False)
            for part, slot in zip(keys.range_parts, branch.equal_slots, strict=False)
        ]
        if not branch.tests:
            return keys.range_for(partition, equal, None, [])
        part = keys.range_parts[len(equal)]
        ranges = [
            keys.range_for(
                partition, equal, test.operator, [_content(values[slot], part, is_hash=False) for slot in test.slots]
            )
            for test in branch.tests
        ]
        return ranges[0] if len(ranges) == 1 else _intersection(partition, ranges)


def find_access(keys: Keys, shape: Shape, projected: frozenset[str] | None) -> Access | None:
    """The read by key that a clause allows, or ``None`` where only a scan can answer it.

    *projected* are the attributes that the index holds, ``None`` for all.
    """
    hash_names = {part.name for part in keys.hash_parts}
    if not hash_names <= shape.pinned:
        return None
    spreads = spread(shape) if shape.branch_count <= BRANCHES_MAX else []
    missing = _Missing(projected)
    branches = tuple([_branch(keys, one, missing) for one in spreads])
    filters = spreads[0].filters if spreads else ()
    is_answered = all(branch.is_complete for branch in branches) and all(
        list(map(id, one.filters)) == list(map(id, filters)) for one in spreads
    )
    return Access(
        keys=keys,
        branches=branches,
        filter=joined(filters) if is_answered else shape.condition,
        can_conflict=any(len(slots) > 1 for branch in branches for slots in branch.hash_slots),
        has_in=any(isinstance(one.condition, In) and bool(one.pinned) for one in key_conditions(shape)),
    )


class _Missing:
    """The attributes of filters that an index does not hold; branches share filters, so each is looked at once."""

    def __init__(self, projected: frozenset[str] | None) -> None:
        self._projected = projected
        self._known: dict[int, frozenset[str]] = {}

    def of(self, filters: Sequence[ConditionTree]) -> frozenset[str]:
        """Those of all *filters*."""
        if self._projected is None:
            return frozenset()
        return frozenset[str]().union(*[self._of(one, self._projected) for one in filters])

    def _of(self, condition: ConditionTree, projected: frozenset[str]) -> frozenset[str]:
        known = self._known.get(id(condition))
        if known is None:
            names = {str(path.elements[0]) for leaf in leaves(condition) for path in paths_in(leaf)}
            known = self._known[id(condition)] = frozenset(names - projected)
        return known


def _branch(keys: Keys, asks: Spread, missing: _Missing) -> _Branch:
    equal: list[str] = []
    tests: list[KeyTest] = []
    is_complete = True
    for part in keys.range_parts:
        asked = [test for test in asks.tests if test.name == part.name]
        equality = next((test for test in asked if test.operator == "="), None)
        if len(equal) < keys.range_parts.index(part):
            is_complete = is_complete and not asked  # an attribute before it is not given
        elif equality is None or part == keys.range_parts[-1]:
            tests = asked
        else:
            equal += equality.slots
            is_complete = is_complete and len(asked) == 1
    return _Branch(
        hash_slots=tuple(
            tuple(test.slots[0] for test in asks.tests if test.name == part.name) for part in keys.hash_parts
        ),
        equal_slots=tuple(equal),
        tests=tuple(tests),
        is_complete=is_complete,
        unprojected=missing.of(asks.filters),
    )


# -- the rows of values ----------------------------------------------------------------------------------------------


def _intersection(partition: bytes, ranges: list[Range]) -> Range:
    """The rows in all of several ranges. Source: floci pull request 3798, checked there on AWS."""
    low: bytes = partition
    high: bytes | None = after(partition)
    for span in ranges:
        low = max(low, span.low)
        if span.high is not None:
            high = span.high if high is None else min(high, span.high)
    return Range(low, high)


def _refuse_overlap(spans: list[tuple[bytes, Range]]) -> None:
    """Partitions are prefixes, so ranges of different ones never meet. Source: floci pull request 3798, checked there on AWS."""
    if len(spans) < 2:
        return
    reach: bytes | None = b""
    for _, rows in sorted(spans, key=lambda span: span[1].low):
        if rows.high is not None and rows.low >= rows.high:
            continue
        if reach is None or rows.low < reach:
            raise ValidationException("Overlapping conditions with range keys are not supported in where clause")
        reach = rows.high


def _unprojected(reads: Sequence[tuple[bytes, _Branch]]) -> frozenset[str]:
    """What a refusal names: the attributes of the branch whose partition key is the greatest."""
    if not reads or not all(branch.unprojected for _, branch in reads):
        return frozenset()
    return max(reversed(reads), key=lambda read: key_order(read[0]))[1].unprojected


def _content(value: AttributeValue, part: KeyPart, *, is_hash: bool) -> str:
    """The content of a key's value, whose type has been checked.

    Raises:
        ValidationException: as in a Query, which such a read is.
    """
    content = value[part.type]
    if not content:
        raise ValidationException(empty_key(part.name, part.type))
    refused = too_long(part, value, is_hash=is_hash)
    if refused is not None:
        raise ValidationException(refused)
    return str(content)
