"""The tables and items that requests are about: the same on both endpoints."""

from collections.abc import Iterator
from random import Random
from typing import Any

from tests.differential.endpoints import Request
from tests.model.values import Item, Value

__all__ = ["NAMES", "any_value", "fill", "key_of", "table"]

NAMES = ("a", "b", "c", "d", "l", "m", "n", "s", "missing")
"""Attributes that conditions and updates are about; the items lack some."""

_STRINGS = ("", "a", "ab", "abc", "b", "é", "10", "2")
_NUMBERS = ("0", "1", "-1", "2", "10", "1.5", "0.001", "1e10", "-2.50", "99999999999999999999999999999999999999")
_BINARIES = (b"", b"a", b"ab", b"\x00", b"\xff")


def table(name: str) -> dict[str, Any]:
    """The definition of a table with a sort key, a local and two global indexes."""

    def index(index_name: str, *keys: str, projection: dict[str, Any]) -> dict[str, Any]:
        return {"IndexName": index_name, "KeySchema": _schema(keys), "Projection": projection}

    return {
        "TableName": name,
        "KeySchema": _schema(("pk", "sk")),
        "AttributeDefinitions": [
            {"AttributeName": attribute, "AttributeType": type_}
            for attribute, type_ in (("pk", "S"), ("sk", "N"), ("g", "S"), ("h", "N"))
        ],
        "BillingMode": "PAY_PER_REQUEST",
        "LocalSecondaryIndexes": [index("local", "pk", "h", projection={"ProjectionType": "KEYS_ONLY"})],
        "GlobalSecondaryIndexes": [
            index("all", "g", "sk", projection={"ProjectionType": "ALL"}),
            index("some", "g", projection={"ProjectionType": "INCLUDE", "NonKeyAttributes": ["a", "l"]}),
        ],
    }


def _schema(keys: tuple[str, ...]) -> list[dict[str, str]]:
    return [
        {"AttributeName": key, "KeyType": kind} for key, kind in zip(keys, ("HASH", "RANGE")[: len(keys)], strict=True)
    ]


def key_of(random: Random) -> Item:
    """The key of one of the items, or of one that is not there."""
    return {"pk": {"S": random.choice("pqr")}, "sk": {"N": str(random.randrange(12))}}


def any_value(random: Random, depth: int = 2) -> Value:
    """A value of any type, lists and maps no deeper than *depth*."""
    kind = random.choice(("S", "N", "B", "BOOL", "NULL", "SS", "NS", "BS", *(("L", "M") * 2 if depth else ())))
    match kind:
        case "S":
            return {kind: random.choice(_STRINGS)}
        case "N":
            return {kind: random.choice(_NUMBERS)}
        case "B":
            return {kind: random.choice(_BINARIES)}
        case "BOOL":
            return {kind: random.random() < 0.5}
        case "NULL":
            return {kind: True}
        case "SS":
            return {kind: random.sample(_STRINGS[1:], random.randint(1, 3))}
        case "NS":
            return {kind: random.sample(("1", "2", "3", "10"), random.randint(1, 3))}
        case "BS":
            return {kind: random.sample(_BINARIES[1:], random.randint(1, 3))}
        case "L":
            return {kind: [any_value(random, depth - 1) for _ in range(random.randrange(4))]}
        case _:
            return {
                kind: {name: any_value(random, depth - 1) for name in random.sample(NAMES[:4], random.randrange(4))}
            }


def fill(random: Random, name: str) -> Iterator[Request]:
    """Puts that fill the table: every type, indexes that hold some items and not others."""
    for partition in "pq":
        for number in range(10):
            item: Item = {"pk": {"S": partition}, "sk": {"N": str(number)}}
            item |= {attribute: any_value(random) for attribute in random.sample(NAMES[:-1], 5)}
            if random.random() < 0.6:
                item["g"] = {"S": random.choice("xy")}
            if random.random() < 0.6:
                item["h"] = {"N": str(number % 3)}
            yield Request("PutItem", {"TableName": name, "Item": item})
