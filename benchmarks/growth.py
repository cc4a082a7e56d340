"""Whether an operation costs more on a large table than on a small one: the same requests, in turn, on both."""

import asyncio
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any

from benchmarks.load import run_load
from benchmarks.request_costs import create_table, put_all
from benchmarks.requests import http_request
from benchmarks.servers import Server, cpu_seconds, sandbox_server

__all__ = ["Growth", "measure_growth"]

SMALL_ITEMS = 1_000
LARGE_ITEMS = 1_000_000
_PARTITION_ITEMS = 1_000
"""As many items to a partition in both tables, so that a page has as many rows before it."""
_REQUESTS = 1_000
_ITEMS_AT_ONCE = 100_000


@dataclass(frozen=True, kw_only=True)
class Growth:
    """Server CPU per request of one operation, in microseconds, on either table."""

    name: str
    small_us: float
    large_us: float

    @property
    def ratio(self) -> float:
        """How much dearer the large table is."""
        return self.large_us / self.small_us


def _key(number: int) -> dict[str, Any]:
    partition, sort = divmod(number, _PARTITION_ITEMS)
    return {"pk": {"S": f"partition#{partition:04d}"}, "sk": {"S": f"{sort:06d}"}}


def _item(number: int) -> dict[str, Any]:
    return {**_key(number), "amount": {"N": str(number % 1000)}, "note": {"S": "as good as any other"}}


def _query(number: int, offset: int) -> dict[str, Any]:
    key = _key(number)
    return {
        "KeyConditionExpression": "pk = :p AND sk >= :s",
        "ExpressionAttributeValues": {":p": key["pk"], ":s": {"S": f"{offset:06d}"}},
        "Limit": 50,
    }


def _deep_page(number: int) -> dict[str, Any]:
    partition = _key(number)["pk"]
    return {
        "KeyConditionExpression": "pk = :p",
        "ExpressionAttributeValues": {":p": partition},
        "ExclusiveStartKey": {"pk": partition, "sk": {"S": "000900"}},
        "Limit": 50,
    }


def _transaction(number: int, items: int, table: str) -> dict[str, Any]:
    updates = [
        {
            "TableName": table,
            "Key": _key((number + at * 37) % items),
            "UpdateExpression": "SET amount = amount + :one",
            "ExpressionAttributeValues": {":one": {"N": "1"}},
        }
        for at in range(10)
    ]
    return {"TransactItems": [{"Update": update} for update in updates]}


_CASES: dict[str, tuple[str, Callable[[int, int, str], dict[str, Any]]]] = {
    "GetItem": ("GetItem", lambda number, _, table: {"TableName": table, "Key": _key(number)}),
    "PutItem": ("PutItem", lambda number, _, table: {"TableName": table, "Item": _item(number)}),
    "Query 50": ("Query", lambda number, _, table: {"TableName": table, **_query(number, 100)}),
    "Query 50, a deep page": ("Query", lambda number, _, table: {"TableName": table, **_deep_page(number)}),
    "Scan 50, a deep page": (
        "Scan",
        lambda number, _, table: {"TableName": table, "ExclusiveStartKey": _key(number), "Limit": 50},
    ),
    "TransactWriteItems 10": ("TransactWriteItems", _transaction),
}


def _cost(server: Server, next_request: Callable[[], bytes], seconds: float) -> float:
    before = cpu_seconds(server.pid)
    load = asyncio.run(run_load(server.port, next_request, connections=16, seconds=seconds))
    if load.failures:
        raise RuntimeError(f"{load.failures} of {load.answers} requests were refused")
    return (cpu_seconds(server.pid) - before) / load.answers * 1e6


def _fill(port: int, table: str, items: int) -> None:
    create_table(port, table)
    for start in range(0, items, _ITEMS_AT_ONCE):
        put_all(port, table, [_item(number) for number in range(start, min(items, start + _ITEMS_AT_ONCE))])


def measure_growth(*, rounds: int = 7, seconds: float = 0.7, large_items: int = LARGE_ITEMS) -> list[Growth]:
    """Measure each operation on both tables in turn; the medians of the rounds."""
    sizes = {"small": SMALL_ITEMS, "large": large_items}
    grown: list[Growth] = []
    with sandbox_server() as server:
        for table, items in sizes.items():
            _fill(server.port, table, items)
        for name, (operation, make) in _CASES.items():
            requests: dict[str, Callable[[], bytes]] = {}
            for table, items in sizes.items():
                numbers = [number * 7_919 % items for number in range(_REQUESTS)]
                prepared = [http_request(server.port, operation, make(number, items, table)) for number in numbers]
                requests[table] = itertools.cycle(prepared).__next__
            costs: dict[str, list[float]] = {table: [] for table in sizes}
            for _ in range(rounds):
                for table, next_request in requests.items():
                    costs[table].append(_cost(server, next_request, seconds))
            grown.append(Growth(name=name, small_us=median(costs["small"]), large_us=median(costs["large"])))
    return grown
