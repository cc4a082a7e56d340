"""A small DynamoDB in plain dictionaries: what the engine must agree with.

It knows items, indexes, conditions, transactions, the bill and the stream, and nothing of bytes, SQL or requests. What
it stores is never changed in place, and so may be shared.
Written from the specification alone; nothing here may be imported from the product.
Source: dynamodb-exact §8, §10, §11, §14, §16, §18.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.model.conditions import Action, Test, Unappliable, apply_actions, holds
from tests.model.values import Item, Value, comparable, freeze, hash_of, item_size, value_size
from tests.model.vectors import VectorModel

__all__ = [
    "Bill",
    "Cancelled",
    "IndexModel",
    "Refused",
    "StreamEvent",
    "TableModel",
    "TransactionModel",
    "Write",
    "batch_write",
    "read_units",
    "sort_value",
    "transact_write",
    "write_units",
]

ITEM_BYTES_MAX = 409_600


class Refused(Exception):  # noqa: N818 - an outcome of the model, no error of the test
    """The request is refused with this code, and this item where it is shown."""

    def __init__(self, code: str, item: Item | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.item = item


class EmptiedKey(Refused):
    """The key of an index would be empty: what refuses a whole transaction, and not one of its actions."""

    def __init__(self) -> None:
        super().__init__("ValidationException")


class Cancelled(Refused):
    """The transaction is refused with these codes."""

    def __init__(self, codes: Sequence[str]) -> None:
        super().__init__("TransactionCanceledException")
        self.codes = list(codes)


def read_units(size: int, *, consistent: bool) -> float:
    """Units of one read."""
    return max(1, (size + 4095) // 4096) * (1.0 if consistent else 0.5)


def write_units(size: int) -> int:
    """Units of one write of an item, or of one index entry."""
    return max(1, (size + 1023) // 1024)


@dataclass
class Bill:
    """Units by table and index."""

    table: float = 0.0
    indexes: dict[str, float] = field(default_factory=dict)
    vectors: dict[str, float] = field(default_factory=dict)  # bytes, no units

    def add(self, other: "Bill", factor: int = 1) -> None:
        """Add another bill, its table's share times *factor*."""
        self.table += factor * other.table
        for name, units in other.indexes.items():
            self.indexes[name] = self.indexes.get(name, 0.0) + units
        for name, charge in other.vectors.items():
            self.vectors[name] = self.vectors.get(name, 0.0) + charge

    @property
    def total(self) -> float:
        """The units of all arms."""
        return self.table + sum(self.indexes.values())


@dataclass(frozen=True, kw_only=True)
class IndexModel:
    """One secondary index."""

    name: str
    is_global: bool
    hash: tuple[str, str]
    range: tuple[str, str] | None
    projected: frozenset[str] | None

    @property
    def keys(self) -> list[tuple[str, str]]:
        """Name and type of each key attribute, the partition key first."""
        return [self.hash, *([self.range] if self.range else [])]

    def refuses(self, name: str, value: Value) -> bool:
        """Whether the attribute is a key here and this value cannot be one: mistyped, empty or too long."""
        for (key_name, kind), bytes_max in zip(self.keys, (2048, 1024), strict=False):
            if name == key_name and (value.get(kind, "") == "" or value_size(value) > bytes_max):
                return True
        return False

    def entry(self, item: Item | None) -> Item | None:
        """What the index holds of an item, ``None`` when the item is not in it."""
        if item is None or any(kind not in item.get(name, {}) for name, kind in self.keys):
            return None
        return {name: value for name, value in item.items() if self.projected is None or name in self.projected}

    def units(self, before: Item | None, after: Item | None) -> int:
        """What a write costs here."""
        old, new = self.entry(before), self.entry(after)
        if old is None or new is None:
            return 0 if old is new else write_units(item_size(old or new or {}))
        costs = write_units(item_size(old)), write_units(item_size(new))
        if any(freeze(old[name]) != freeze(new[name]) for name, _ in self.keys):
            return sum(costs)
        return 0 if freeze({"M": old}) == freeze({"M": new}) else max(costs)


@dataclass(frozen=True, kw_only=True)
class StreamEvent:
    """One record of the table's stream."""

    name: str
    keys: Item
    before: Item | None
    after: Item | None


@dataclass(frozen=True, kw_only=True)
class Write:
    """One write as a program asks for it: a put has an item, the others a key."""

    kind: str
    table: "TableModel"
    item: Item
    actions: list[Action] = field(default_factory=list)
    test: Test | None = None


class TableModel:
    """One table."""

    def __init__(
        self,
        name: str,
        hash_key: tuple[str, str],
        range_key: tuple[str, str] | None,
        indexes: Sequence[IndexModel],
        vectors: Sequence[VectorModel] = (),
    ) -> None:
        self.name = name
        self.hash = hash_key
        self.range = range_key
        self.indexes = {index.name: index for index in indexes}
        self.vectors = {index.name: index for index in vectors}
        self.items: dict[Any, Item] = {}
        self.events: list[StreamEvent] = []

    @property
    def keys(self) -> list[tuple[str, str]]:
        """Name and type of each key attribute, the partition key first."""
        return [self.hash, *([self.range] if self.range else [])]

    def key_of(self, item: Item) -> Item:
        """The key of an item."""
        return {name: item[name] for name, _ in self.keys}

    def identity(self, item: Item) -> Any:
        """What no two items share."""
        return tuple(freeze(item[name]) for name, _ in self.keys)

    def find(self, item: Item) -> Item | None:
        """The stored item with the key of *item*."""
        return self.items.get(self.identity(item))

    # -- what is refused before anything is read ---------------------------------------------------------------------

    def check_item(self, item: Item) -> None:
        """Refuse an item whose keys, or index keys, are missing, mistyped or empty."""
        for name, kind in self.keys:
            if kind not in item.get(name, {}) or item[name][kind] == "":
                raise Refused("ValidationException")
        indexes: list[IndexModel | VectorModel] = [*self.indexes.values(), *self.vectors.values()]
        if any(index.refuses(name, value) for index in indexes for name, value in item.items()):
            raise Refused("ValidationException")

    def check_key(self, key: Item) -> None:
        """Refuse what is not exactly a key."""
        if len(key) != len(self.keys) or any(not key.get(name, {}).get(kind) for name, kind in self.keys):
            raise Refused("ValidationException")

    # -- writes ------------------------------------------------------------------------------------------------------

    def outcome(self, write: Write) -> tuple[Item | None, Item | None]:
        """The item before and after *write*, which has not happened yet."""
        before = self.find(write.item)
        if write.kind == "Put" and self.stored_size(write.item) > ITEM_BYTES_MAX:
            raise Refused("ValidationException")
        if write.test is not None and not holds(write.test, before or {}):
            raise Refused("ConditionalCheckFailedException", before)
        match write.kind:
            case "Put":
                return before, write.item
            case "Delete":
                return before, None
            case "ConditionCheck":
                return before, before
        try:
            after = apply_actions(write.actions, before if before is not None else write.item)
        except Unappliable:
            raise Refused("ValidationException") from None
        if before is None and write.actions and all(clause in ("REMOVE", "DELETE") for clause, *_ in write.actions):
            return None, None  # what only removes makes no item
        changed = {name: value for name, value in after.items() if before is None or before.get(name) != value}
        refused = [
            value.get(dict(index.keys)[name])
            for index in self.indexes.values()
            for name, value in changed.items()
            if index.refuses(name, value)
        ]
        if refused:
            raise EmptiedKey if refused[0] == "" else Refused("ValidationException")
        if any(index.refuses(name, value) for index in self.vectors.values() for name, value in changed.items()):
            raise Refused("ValidationException")
        if self.stored_size(after) > ITEM_BYTES_MAX:
            raise Refused("ValidationException")
        return before, after

    def stored_size(self, item: Item) -> int:
        """What the limit of 400 KB is about: an item with its entries in local indexes."""
        entries = [index.entry(item) for index in self.indexes.values() if not index.is_global]
        return item_size(item) + sum(item_size(entry) for entry in entries if entry is not None)

    def bill(self, before: Item | None, after: Item | None) -> Bill:
        """What going from *before* to *after* costs."""
        bill = Bill(float(write_units(max(item_size(before or {}), item_size(after or {})))))
        for index in self.indexes.values():
            units = index.units(before, after)
            if units:
                bill.indexes[index.name] = float(units)
        for vector_index in self.vectors.values():
            charge = vector_index.charge(before, after)
            if charge:
                bill.vectors[vector_index.name] = float(charge)
        return bill

    def commit(self, before: Item | None, after: Item | None) -> None:
        """Make it so, and tell the stream if anything changed."""
        item = after if after is not None else before
        if item is None or (before is not None and after is not None and freeze({"M": before}) == freeze({"M": after})):
            return
        name = "INSERT" if before is None else "REMOVE" if after is None else "MODIFY"
        self.events.append(StreamEvent(name=name, keys=self.key_of(item), before=before, after=after))
        if after is None:
            del self.items[self.identity(item)]
        else:
            self.items[self.identity(item)] = after

    def write(self, write: Write) -> tuple[Item | None, Item | None, Bill]:
        """One single-item write: before, after and the bill."""
        if write.kind == "Put":
            if item_size(write.item) > ITEM_BYTES_MAX:
                raise Refused("ValidationException")
            self.check_item(write.item)
        else:
            self.check_key(write.item)
            self.check_actions(write.actions)
        before, after = self.outcome(write)
        bill = self.bill(before, after)
        self.commit(before, after)
        return before, after, bill

    def check_actions(self, actions: list[Action]) -> None:
        """Refuse updates of the key, of anything inside an index key, and of one that is given a value of another type."""
        key_names = {name for name, _ in self.keys}
        if any(action[1][0] in key_names for action in actions):
            raise Refused("ValidationException")
        given = {
            path[0]: rest[0][1] if clause == "SET" else rest[0]
            for clause, path, *rest in actions
            if len(path) == 1 and (clause in {"ADD", "DELETE"} or (clause == "SET" and rest[0][0] == "value"))
        }
        for index in self.indexes.values():
            if any(name in given and kind not in given[name] for name, kind in index.keys):
                raise Refused("ValidationException")

    # -- reads -------------------------------------------------------------------------------------------------------

    def rows(self, index_name: str | None) -> list[tuple[Item, Item]]:
        """Every entry of the table or index in the order of a scan, each with its whole item."""
        if index_name is None:
            found = [(item, item) for item in self.items.values()]
            keys = self.keys
        else:
            index = self.indexes[index_name]
            found = [(entry, item) for item in self.items.values() if (entry := index.entry(item)) is not None]
            keys = index.keys
        return sorted(found, key=lambda pair: (hash_of(pair[0][keys[0][0]]), sort_value(pair[0], keys)))

    def partition(self, index_name: str | None, hash_value: Value) -> list[tuple[Item, Item]]:
        """The entries of one partition in the order of their sort keys."""
        name = self.hash[0] if index_name is None else self.indexes[index_name].hash[0]
        return [pair for pair in self.rows(index_name) if freeze(pair[0][name]) == freeze(hash_value)]


def sort_value(item: Item, keys: list[tuple[str, str]]) -> Any:
    """What entries of one partition are ordered by; nothing where there is no sort key."""
    return [comparable(kind, item[name][kind]) for name, kind in keys[1:]]


# -- several items at once -------------------------------------------------------------------------------------------


def batch_write(writes: list[Write]) -> dict[str, Bill]:
    """Check all, then do all: the bill by table."""
    for write in writes:
        if write.kind == "Put":
            write.table.check_item(write.item)
        else:
            write.table.check_key(write.item)
    if len({(write.table.name, write.table.identity(write.item)) for write in writes}) < len(writes):
        raise Refused("ValidationException")
    if any(write.kind == "Put" and write.table.stored_size(write.item) > ITEM_BYTES_MAX for write in writes):
        raise Refused("ValidationException")
    bills: dict[str, Bill] = {}
    for write in writes:
        bills.setdefault(write.table.name, Bill()).add(write.table.write(write)[2])
    return bills


class TransactionModel:
    """What an account remembers of its transactions: actions and bill by token."""

    def __init__(self) -> None:
        self.tokens: dict[str, tuple[str, dict[str, Bill]]] = {}

    def write(self, writes: list[Write], token: str | None) -> tuple[dict[str, Bill], bool]:
        """The bill by table, and whether it is one of reads because the transaction had been done before."""
        text = repr([(write.kind, write.table.name, write.item, write.actions, write.test) for write in writes])
        if token in self.tokens:
            known, bills = self.tokens[token]
            if known != text:
                raise Refused("IdempotentParameterMismatchException")
            return bills, True
        bills, replay = transact_write(writes)
        if token is not None:
            self.tokens[token] = text, replay
        return bills, False


def transact_write(writes: list[Write]) -> tuple[dict[str, Bill], dict[str, Bill]]:
    """Do all or nothing: the bill by table, and the one a replay would get."""
    faults = [_key_fault(write) for write in writes]
    # The first key that does not fit is all that is told.
    broken = next((number for number, write in enumerate(writes) if not _has_key(write)), None)
    if broken is not None:
        raise Cancelled(["ValidationError" if number == broken else "None" for number in range(len(writes))])
    targets = {(write.table.name, write.table.identity(write.item)) for write in writes}
    if len(targets) < len(writes):
        raise Refused("ValidationException")
    outcomes: list[tuple[Item | None, Item | None]] = []
    codes: list[str] = []
    for write, fault in zip(writes, faults, strict=True):
        try:
            if fault is not None:
                raise fault
            write.table.check_actions(write.actions)
            outcomes.append(write.table.outcome(write))
            codes.append("None")
        except EmptiedKey:
            raise
        except Refused as refused:
            failed = refused.code == "ConditionalCheckFailedException"
            codes.append("ConditionalCheckFailed" if failed else "ValidationError")
    if len(outcomes) < len(writes):
        raise Cancelled(codes)
    bills: dict[str, Bill] = {}
    replay: dict[str, Bill] = {}
    for write, (before, after) in zip(writes, outcomes, strict=True):
        table = write.table
        bills.setdefault(table.name, Bill()).add(table.bill(before, after), factor=2)
        size = max(item_size(before or {}), item_size(after or {}))
        replay.setdefault(table.name, Bill()).table += 2 * read_units(size, consistent=True)
        table.commit(before, after)
    return bills, replay


def _has_key(write: Write) -> bool:
    """Whether all attributes of the key are there and of the right type, and none besides where only a key can stand."""
    keys = write.table.keys
    is_alone = write.kind == "Put" or len(write.item) == len(keys)
    return is_alone and all(kind in write.item.get(name, {}) for name, kind in keys)


def _key_fault(write: Write) -> Refused | None:
    """A mistyped key cancels the transaction; an empty one refuses the request."""
    table = write.table
    pairs = list(table.keys)
    if write.kind == "Put":
        pairs += [pair for index in table.indexes.values() for pair in index.keys]
    try:
        if write.kind == "Put":
            table.check_item(write.item)
        else:
            table.check_key(write.item)
    except Refused as refused:
        has_more = write.kind != "Put" and len(write.item) != len(table.keys)
        if not has_more and _first_fault_is_empty(write.item, pairs, table):
            raise
        return refused
    return None


def _first_fault_is_empty(item: Item, pairs: list[tuple[str, str]], table: TableModel) -> bool:
    for name, kind in pairs:
        if name not in item:
            if (name, kind) in table.keys:
                return False
            continue
        if kind not in item[name]:
            return False
        if item[name][kind] == "":
            return True
    return False
