"""What goes wrong on purpose, and when: chances per mapping and per table, and seeded dice that repeat a run.

Given chances and a seed, gives a yes or no for every occasion. It must not know what a mapping, a stream or a request
is: whoever asks makes the mischief, and says so where a developer looks.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, get_args

from sandbox.ids import Ids

__all__ = ["CHAOS_KINDS", "Chances", "Chaos", "ChaosEvent", "ChaosKind", "Dice", "Target"]

ChaosKind = Literal["twice", "fail", "throttle", "delay", "trim", "expire"]
CHAOS_KINDS: Final[tuple[ChaosKind, ...]] = get_args(ChaosKind)

_KINDS: Final[Mapping[str, tuple[ChaosKind, ...]]] = {
    "mapping": ("twice", "fail", "throttle", "delay"),
    "table": ("throttle", "delay", "trim", "expire"),
}


@dataclass(frozen=True, kw_only=True)
class Target:
    """What chaos strikes.

    Attributes:
        kind: ``mapping`` or ``table``.
        key: a mapping's UUID or a table's name, which stands for that table in every account and region.
        label: what people call it; seeds a mapping's dice, since UUIDs are new in every run.
    """

    kind: Literal["mapping", "table"]
    key: str
    label: str = field(compare=False)


@dataclass(frozen=True, kw_only=True)
class Chances:
    """How often what happens.

    Attributes:
        probabilities: per kind from 0.0 (never) to 1.0 (always).
            Of a mapping: ``twice`` (the function gets a batch that it has finished once more), ``fail`` and ``throttle``
            (instead of running the function), ``delay`` (before the function runs).
            Of a table: ``throttle`` (requests and reads of its stream are refused), ``delay`` (answers are late),
            ``trim`` (what the reader wants next leaves the stream), ``expire`` (iterators do).
        delay_seconds: how long a delay is.
    """

    probabilities: Mapping[ChaosKind, float]
    delay_seconds: float = 1.0

    def __post_init__(self) -> None:
        """Raise ValueError for what is no probability."""
        for kind, probability in self.probabilities.items():
            if not 0.0 <= probability <= 1.0:
                raise ValueError(f"{kind} is {probability}; it takes a number from 0.0 to 1.0")


@dataclass(frozen=True, kw_only=True)
class ChaosEvent:
    """Something went wrong on purpose outside of any batch: a request for a table, or for its stream.

    Attributes:
        at_seconds: epoch seconds.
        words: what happened, ``PutItem was refused``.
    """

    table_name: str
    at_seconds: float
    words: str


class Dice:
    """The dice of one target.

    Each kind has a generator of its own, so that a change of one chance leaves the others' choices as they were.

    Attributes:
        struck: how often each kind has happened.
    """

    def __init__(self, chances: Chances, *, seed: int, label: str) -> None:
        self.chances = chances
        self.seed = seed
        self.struck: Counter[ChaosKind] = Counter()
        self._fractions: dict[ChaosKind, Callable[[], float]] = {
            kind: Ids(f"{seed}/{label}/{kind}").fraction
            for kind, probability in chances.probabilities.items()
            if probability > 0.0
        }

    def strikes(self, kind: ChaosKind) -> bool:
        """Throw: whether *kind* happens on this occasion."""
        fraction = self._fractions.get(kind)
        if fraction is None or fraction() >= self.chances.probabilities[kind]:
            return False
        self.struck[kind] += 1
        return True


class Chaos:
    """Which targets have chaos; none at the beginning.

    Args:
        changed: called after every change.
    """

    def __init__(self, changed: Callable[[], None] = lambda: None) -> None:
        self._changed = changed
        self._dice: dict[Target, Dice] = {}
        self._tables: dict[str, Dice] = {}
        self._mappings: dict[str, Dice] = {}

    @property
    def has_tables(self) -> bool:
        """Whether any table has chaos."""
        return bool(self._tables)

    def set(self, target: Target, chances: Chances, *, seed: int) -> Dice:
        """Give *target* these chances instead of any it had; its dice begin anew.

        Raises:
            ValueError: such a target has no such kind.
        """
        strange = [kind for kind in chances.probabilities if kind not in _KINDS[target.kind]]
        if strange:
            raise ValueError(f"A {target.kind} knows {', '.join(_KINDS[target.kind])}, not {', '.join(strange)}.")
        self.clear(target)
        dice = Dice(chances, seed=seed, label=target.label)
        self._dice[target] = self._of_kind(target)[target.key] = dice
        self._changed()
        return dice

    def clear(self, target: Target) -> bool:
        """Leave *target* in peace; whether it had chaos."""
        self._of_kind(target).pop(target.key, None)
        had = self._dice.pop(target, None) is not None
        self._changed()
        return had

    def of_table(self, name: str) -> Dice | None:
        """The dice of a table, ``None`` where it has none."""
        return self._tables.get(name)

    def of_mapping(self, uuid: str) -> Dice | None:
        """The dice of a mapping, ``None`` where it has none."""
        return self._mappings.get(uuid)

    def everything(self) -> Iterator[tuple[Target, Dice]]:
        """Every target that has chaos, in the order in which they got it."""
        return iter(list(self._dice.items()))

    def _of_kind(self, target: Target) -> dict[str, Dice]:
        return self._tables if target.kind == "table" else self._mappings
