"""Random programs: tables to run them on, and the values, conditions, updates and keys they draw.

The space is small on purpose: few keys and few attributes, so that writes meet each other.
"""

from random import Random
from typing import Any

from tests.model.conditions import Action, Path, Test
from tests.model.reference import IndexModel, TableModel
from tests.model.values import Item, Value
from tests.model.vectors import VectorModel

__all__ = ["Draw", "definition_of", "new_tables"]


def new_tables() -> list[TableModel]:
    """One table of every key type, with every kind of index and projection."""
    return [
        TableModel(
            "orders",
            ("id", "S"),
            ("line", "N"),
            [
                IndexModel(
                    name="by-colour",
                    is_global=True,
                    hash=("colour", "S"),
                    range=("weight", "N"),
                    projected=frozenset({"id", "line", "colour", "weight", "note"}),
                ),
                IndexModel(name="by-weight", is_global=True, hash=("weight", "N"), range=None, projected=None),
                IndexModel(
                    name="turned",
                    is_global=True,
                    hash=("line", "N"),
                    range=("id", "S"),
                    projected=frozenset({"id", "line"}),
                ),
                IndexModel(
                    name="local-colour",
                    is_global=False,
                    hash=("id", "S"),
                    range=("colour", "S"),
                    projected=frozenset({"id", "line", "colour"}),
                ),
                IndexModel(
                    name="local-weight",
                    is_global=False,
                    hash=("id", "S"),
                    range=("weight", "N"),
                    projected=frozenset({"id", "line", "weight", "note"}),
                ),
            ],
        ),
        TableModel("notes", ("id", "S"), None, []),
        TableModel(
            "blobs",
            ("id", "N"),
            ("part", "B"),
            [
                IndexModel(
                    name="by-part",
                    is_global=True,
                    hash=("part", "B"),
                    range=("colour", "S"),
                    projected=frozenset({"id", "part", "colour"}),
                ),
                IndexModel(name="local-all", is_global=False, hash=("id", "N"), range=("colour", "S"), projected=None),
            ],
            [
                VectorModel(
                    name="near",
                    attribute="spot",
                    dimensions=2,
                    hash=("colour", "S"),
                    filters=(("weight", "N"), ("part", "B")),
                    projected=frozenset({"id", "part", "colour", "weight", "note"}),
                ),
                VectorModel(
                    name="near-all",
                    attribute="spot",
                    dimensions=2,
                    hash=("colour", "S"),
                    filters=(),
                    projected=None,
                ),
            ],
        ),
    ]


def definition_of(table: TableModel) -> dict[str, Any]:
    """The CreateTable request for *table*."""

    def schema(keys: list[tuple[str, str]]) -> list[dict[str, str]]:
        return [
            {"AttributeName": name, "KeyType": kind} for (name, _), kind in zip(keys, ("HASH", "RANGE"), strict=False)
        ]

    def described(index: IndexModel) -> dict[str, Any]:
        names = frozenset(name for name, _ in (*table.keys, *index.keys))
        projection: dict[str, Any] = {"ProjectionType": "ALL"}
        if index.projected == names:
            projection = {"ProjectionType": "KEYS_ONLY"}
        elif index.projected is not None:
            projection = {"ProjectionType": "INCLUDE", "NonKeyAttributes": sorted(index.projected - names)}
        return {"IndexName": index.name, "KeySchema": schema(index.keys), "Projection": projection}

    def described_vectors(index: VectorModel) -> dict[str, Any]:
        projection: dict[str, Any] = {"ProjectionType": "ALL"}
        if index.projected is not None:
            names = frozenset(name for name, _ in (*table.keys, index.hash, *index.filters))
            projection = {"ProjectionType": "INCLUDE", "NonKeyAttributes": sorted(index.projected - names)}
        kinds = {index.hash[0]: "HASH"} | {name: "INLINE_FILTER" for name, _ in index.filters}
        return {
            "IndexName": index.name,
            "VectorAttribute": {"AttributeName": index.attribute},
            "Dimensions": index.dimensions,
            "DistanceFunction": "EUCLIDEAN",
            "SearchSchema": [{"AttributeName": name, "SearchSchemaElementType": kind} for name, kind in kinds.items()],
            "Projection": projection,
        }

    keys = {pair for index in table.indexes.values() for pair in index.keys} | set(table.keys)
    keys |= {pair for index in table.vectors.values() for pair in (index.hash, *index.filters)}
    request: dict[str, Any] = {
        "TableName": table.name,
        "KeySchema": schema(table.keys),
        "AttributeDefinitions": [{"AttributeName": name, "AttributeType": kind} for name, kind in sorted(keys)],
        "BillingMode": "PAY_PER_REQUEST",
        "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    }
    for member, is_global in (("GlobalSecondaryIndexes", True), ("LocalSecondaryIndexes", False)):
        indexes = [described(index) for index in table.indexes.values() if index.is_global is is_global]
        if indexes:
            request[member] = indexes
    if table.vectors:
        request["VectorIndexes"] = [described_vectors(index) for index in table.vectors.values()]
    return request


_TEXTS = ("red", "green", "gr", "r\u00e9d", "", "\U0001f600", "red" * 400)
_NUMBERS = ("0", "1", "2", "-1", "1.5", "-12.5", "100", "12345678901234567890123456789012345678")
_BLOBS = ("AA==", "AQI=", "/w==", "AQID", "")
_OPERATORS = ("=", "<>", "<", "<=", ">", ">=")


class Draw:
    """Everything a program draws.

    Now and then a program is one of heavy items, so that pages end by their size.
    """

    def __init__(self, random: Random) -> None:
        self.random = random
        self.one_of = random.choice
        self._note_lengths = (1, 300_000, 390_000) if self.chance(20) else (1, 100, 900, 4_000, 9_000)

    def chance(self, of: int) -> bool:
        """True once in *of* times."""
        return self.random.randrange(of) == of - 1

    def scalar(self, kind: str) -> Value:
        """A value of that type."""
        return {kind: self.one_of({"S": _TEXTS, "N": _NUMBERS, "B": _BLOBS}[kind])}

    def key_value(self, kind: str) -> Value:
        """A value for a key: one of a few good ones, now and then a bad one."""
        if self.chance(60):
            return self.one_of([{"S": ""}, {"BOOL": True}, {"N": "7"}, {"B": ""}])
        return {kind: self.one_of({"S": ("a", "b", "hello", "\u00fc"), "N": _NUMBERS[:7], "B": _BLOBS[:4]}[kind])}

    def key(self, table: TableModel) -> Item:
        """A key, now and then with too much in it."""
        key = {name: self.key_value(kind) for name, kind in table.keys}
        if self.chance(80):
            key["extra"] = {"S": "x"}
        return key

    def known_key(self, table: TableModel) -> Item:
        """The key of an item that exists, mostly."""
        if table.items and not self.chance(4):
            return table.key_of(self.one_of(list(table.items.values())))
        return self.key(table)

    def item(self, table: TableModel) -> Item:
        """An item, now and then without its key."""
        item = {name: self.key_value(kind) for name, kind in table.keys}
        if self.chance(80):
            item.pop(table.keys[-1][0])
        for name in ("colour", "weight", "note", "tags", "sizes", "list", "map", "flag", "spot"):
            if not self.chance(2):
                item[name] = self.attribute(name)
        return item

    def attribute(self, name: str) -> Value:
        """A value for the attribute: of its usual type, now and then of another."""
        if self.chance(25):
            return self.scalar(self.one_of("SNB"))
        match name:
            case "colour":
                return {"S": self.one_of(_TEXTS[:4])} if not self.chance(20) else {"S": ""}
            case "weight":
                return self.scalar("N")
            case "note":
                return {"S": "n" * self.one_of(self._note_lengths)}
            case "tags":
                return {"SS": list(dict.fromkeys(self.one_of(_TEXTS[:4]) for _ in range(3)))}
            case "sizes":
                return {"NS": list(dict.fromkeys(self.one_of(_NUMBERS) for _ in range(3)))}
            case "list":
                return {"L": [self.scalar(self.one_of("SNB")) for _ in range(self.random.randrange(4))]}
            case "map":
                inner: Item = {"a": self.scalar("N")}
                if self.chance(2):
                    inner["b"] = {"L": [self.scalar("S"), {"M": {"c": {"NULL": True}}}]}
                return {"M": inner}
            case "spot":
                return {"L": [self.scalar("N") for _ in range(2 if not self.chance(30) else 3)]}
        return {"BOOL": self.chance(2)}

    def path(self) -> Path:
        """A path; none looks into a key."""
        return self.one_of(
            [
                ("colour",),
                ("weight",),
                ("note",),
                ("tags",),
                ("sizes",),
                ("list",),
                ("list", 0),
                ("list", 2),
                ("map",),
                ("map", "a"),
                ("map", "b"),
                ("map", "b", 1, "c"),
                ("flag",),
                ("spot",),
                ("spot", 1),
                ("nowhere",),
            ]
        )

    def test(self, levels: int = 2) -> Test:
        """A condition, at most *levels* deep."""
        kind = self.random.randrange(12 if levels else 9)
        path = self.path()
        name = str(path[0])
        match kind:
            case 0 | 1:
                value = self.attribute(name)
                has_order = not {"S", "N", "B"}.isdisjoint(value)  # AWS refuses < and its like on any other value
                return ("compare", path, self.one_of(_OPERATORS if has_order else _OPERATORS[:2]), value)
            case 2:
                return (self.one_of(("attribute_exists", "attribute_not_exists")), path)
            case 3:
                return ("attribute_type", path, {"S": self.one_of(("S", "N", "L", "M", "SS", "NULL"))})
            case 4:
                return ("begins_with", path, {"S": self.one_of(("r", "g", "gr", "n"))})
            case 5:
                return ("contains", path, self.scalar(self.one_of("SN")))
            case 6:
                return ("size", path, self.one_of(_OPERATORS), {"N": self.one_of(("0", "1", "2", "3", "900"))})
            case 7:
                low, high = sorted(self.random.randrange(10) for _ in range(2))
                return ("between", path, {"N": str(low)}, {"N": str(high)})
            case 8:
                return ("in", path, [self.attribute(name) for _ in range(2)])
            case 9:
                return ("not", self.test(levels - 1))
        return (self.one_of(("and", "or")), self.test(levels - 1), self.test(levels - 1))

    def maybe_test(self) -> Test | None:
        """A condition, or none."""
        return self.test() if self.chance(3) else None

    def actions(self, table: TableModel) -> list[Action]:
        """One to four actions on different attributes."""
        actions: list[Action] = []
        taken: set[str | int] = set()
        for _ in range(1 + self.random.randrange(4)):
            action = self._action()
            if action[1][0] not in taken:
                taken.add(action[1][0])
                actions.append(action)
        if self.chance(60):
            actions.append(("SET", (table.keys[-1][0],), ("value", {"S": "x"})))
        return actions

    def _action(self) -> Action:
        match self.random.randrange(10):
            case 0 | 1 | 2:
                path = self.path()
                return ("SET", path, ("value", self.attribute(str(path[0]))))
            case 3:
                sign = self.one_of("+-")
                start = (
                    ("if_not_exists", ("weight",), ("value", {"N": "0"})) if self.chance(2) else ("path", ("weight",))
                )
                return ("SET", ("weight",), (sign, start, ("value", {"N": self.one_of(_NUMBERS[:7])})))
            case 4:
                old: Any = ("if_not_exists", ("list",), ("value", {"L": []})) if self.chance(2) else ("path", ("list",))
                return ("SET", ("list",), ("list_append", old, ("value", {"L": [self.scalar("S")]})))
            case 5:
                return ("SET", ("note",), ("path", self.path()))
            case 6:
                return ("REMOVE", self.path())
            case 7:
                return ("ADD", self.one_of([("weight",), ("map", "a")]), {"N": self.one_of(_NUMBERS[:7])})
            case 8:
                return ("ADD", ("tags",), {"SS": [self.one_of(_TEXTS[:4])]})
        return ("DELETE", ("tags",), {"SS": [self.one_of(_TEXTS[:4])]})
