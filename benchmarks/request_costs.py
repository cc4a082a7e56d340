"""Server CPU per request against bare aiohttp answering a body of the same size, interleaved, 16 connections."""

import asyncio
import itertools
import random
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any

from benchmarks.load import Load, run_load
from benchmarks.requests import call, http_request
from benchmarks.servers import Server, bare_server, cpu_seconds, sandbox_server

__all__ = ["CASES", "CONNECTIONS", "Case", "Figure", "give_bare_the_size", "measure", "set_stage"]

CONNECTIONS = 16
_TABLE = "bench"
_ITEMS = 1_000


@dataclass(frozen=True, kw_only=True)
class Case:
    """One operation under load; *make* gives the parameters of the n-th request."""

    name: str
    operation: str
    ratio_max: float
    make: Callable[[int], dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Figure:
    """What was measured for one case."""

    name: str
    ratio: float
    ratio_max: float
    cpu_us: float
    bare_cpu_us: float
    per_second: float
    bare_per_second: float
    p50_ms: float
    p99_ms: float


def _item(number: int, *, partition: str | None = None, sort: int = 0) -> dict[str, Any]:
    return {
        "pk": {"S": partition if partition is not None else f"order#{number:08d}"},
        "sk": {"S": f"line#{sort:06d}"},
        "status": {"S": "SHIPPED"},
        "customer": {"S": f"customer-{number % 97:05d}"},
        "amount": {"N": str(number % 1000)},
        "note": {"S": "the quick brown fox jumps over the lazy dog " * 4},
    }


def _key(number: int) -> dict[str, Any]:
    return {"pk": {"S": f"order#{number:08d}"}, "sk": {"S": "line#000000"}}


def _update(number: int) -> dict[str, Any]:
    return {
        "TableName": _TABLE,
        "Key": _key(number % _ITEMS),
        "UpdateExpression": "SET #s = :s, amount = amount + :one",
        "ConditionExpression": "attribute_exists(pk) AND amount >= :zero",
        "ExpressionAttributeNames": {"#s": "status"},
        "ExpressionAttributeValues": {":s": {"S": "PACKED"}, ":one": {"N": "1"}, ":zero": {"N": "0"}},
    }


def _query(number: int, **more: Any) -> dict[str, Any]:
    return {
        "TableName": _TABLE,
        "KeyConditionExpression": "pk = :p AND sk >= :s",
        "ExpressionAttributeValues": {":p": {"S": "partition"}, ":s": {"S": f"line#{number % 900:06d}"}},
        "Limit": 50,
        **more,
    }


def _transaction(number: int) -> dict[str, Any]:
    return {
        "TransactItems": [{"Put": {"TableName": _TABLE, "Item": _item(number * 10 + at, sort=1)}} for at in range(10)]
    }


CASES = (
    Case(
        name="GetItem",
        operation="GetItem",
        ratio_max=1.8,
        make=lambda n: {"TableName": _TABLE, "Key": _key(n * 7919 % _ITEMS)},
    ),
    Case(name="PutItem", operation="PutItem", ratio_max=2.5, make=lambda n: {"TableName": _TABLE, "Item": _item(n)}),
    Case(name="UpdateItem with a condition", operation="UpdateItem", ratio_max=3.5, make=_update),
    Case(
        name="DeleteItem", operation="DeleteItem", ratio_max=2.5, make=lambda n: {"TableName": _TABLE, "Key": _key(n)}
    ),
    Case(name="Query 50 of 1,000", operation="Query", ratio_max=2.0, make=_query),
    Case(
        name="Query 50 of 1,000 on a GSI",
        operation="Query",
        ratio_max=2.0,
        make=lambda _: {
            "TableName": "bench-gsi",
            "IndexName": "by-status",
            "KeyConditionExpression": "#s = :s",
            "ExpressionAttributeNames": {"#s": "status"},
            "ExpressionAttributeValues": {":s": {"S": "SHIPPED"}},
            "Limit": 50,
        },
    ),
    Case(name="Scan page of 50", operation="Scan", ratio_max=2.5, make=lambda _: {"TableName": _TABLE, "Limit": 50}),
    Case(
        name="BatchWriteItem 25",
        operation="BatchWriteItem",
        ratio_max=6.0,
        make=lambda n: {"RequestItems": {_TABLE: [{"PutRequest": {"Item": _item(n * 25 + at)}} for at in range(25)]}},
    ),
    Case(
        name="BatchGetItem 100",
        operation="BatchGetItem",
        ratio_max=5.0,
        make=lambda n: {"RequestItems": {_TABLE: {"Keys": [_key((n + at) % _ITEMS) for at in range(100)]}}},
    ),
    Case(name="TransactWriteItems 10", operation="TransactWriteItems", ratio_max=10.0, make=_transaction),
)


def create_table(port: int, name: str, **more: Any) -> None:
    """A table with a string partition and sort key."""
    definitions = [{"AttributeName": "pk", "AttributeType": "S"}, {"AttributeName": "sk", "AttributeType": "S"}]
    call(
        port,
        "CreateTable",
        {
            "TableName": name,
            "AttributeDefinitions": definitions + more.pop("definitions", []),
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            "BillingMode": "PAY_PER_REQUEST",
            **more,
        },
    )


def put_all(port: int, table: str, items: list[dict[str, Any]]) -> None:
    """Fill a table, 25 items at a time."""
    for start in range(0, len(items), 25):
        writes = [{"PutRequest": {"Item": item}} for item in items[start : start + 25]]
        call(port, "BatchWriteItem", {"RequestItems": {table: writes}})


def set_stage(port: int) -> None:
    """The tables of all cases, with their items."""
    create_table(port, _TABLE)
    create_table(
        port,
        "bench-gsi",
        definitions=[{"AttributeName": "status", "AttributeType": "S"}],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "by-status",
                "KeySchema": [
                    {"AttributeName": "status", "KeyType": "HASH"},
                    {"AttributeName": "sk", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
    )
    put_all(port, _TABLE, [_item(number) for number in range(_ITEMS)])
    put_all(port, _TABLE, [_item(number, partition="partition", sort=number) for number in range(_ITEMS)])
    put_all(port, "bench-gsi", [_item(number, sort=number) for number in range(_ITEMS)])


def _round(server: Server, next_request: Callable[[], bytes], seconds: float) -> tuple[float, int, Load]:
    before = cpu_seconds(server.pid)
    load = asyncio.run(run_load(server.port, next_request, connections=CONNECTIONS, seconds=seconds))
    spent = cpu_seconds(server.pid) - before
    if load.failures:
        raise RuntimeError(f"{load.failures} of {load.answers} requests were refused")
    return spent, load.answers, load


def give_bare_the_size(bare: Server, ours: Server, next_request: Callable[[], bytes]) -> None:
    """Have the bare server answer bodies as long as ours are."""
    probe = asyncio.run(run_load(ours.port, next_request, connections=1, seconds=0.2))
    # The bare server's own head is a little shorter or longer than ours; the body is what has to agree.
    body_bytes = max(2, probe.answer_bytes - 250)
    resize = f"GET /resize/{body_bytes} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    asyncio.run(run_load(bare.port, lambda: resize, connections=1, seconds=0.05))


def _measure_case(case: Case, bare: Server, ours: Server, *, rounds: int, seconds: float) -> Figure:
    counter = itertools.count(random.randrange(10**6) * 100)  # noqa: S311 - any start will do
    prepared = [http_request(ours.port, case.operation, case.make(next(counter))) for _ in range(2_000)]
    cycle = itertools.cycle(prepared)
    give_bare_the_size(bare, ours, cycle.__next__)
    bare_cycle = itertools.cycle(prepared)
    ours_us: list[float] = []
    bare_us: list[float] = []
    ours_seconds = bare_seconds = 0.0
    ours_answers = bare_answers = 0
    latencies: list[float] = []
    for _ in range(rounds):
        cpu, answers, load = _round(bare, bare_cycle.__next__, seconds)
        bare_us.append(cpu / answers * 1e6)
        bare_answers, bare_seconds = bare_answers + answers, bare_seconds + load.seconds
        cpu, answers, load = _round(ours, cycle.__next__, seconds)
        ours_us.append(cpu / answers * 1e6)
        ours_answers, ours_seconds = ours_answers + answers, ours_seconds + load.seconds
        latencies += load.latencies
    latencies.sort()
    return Figure(
        name=case.name,
        # Medians: a round during which the machine was busy elsewhere does not count.
        ratio=median(ours_us) / median(bare_us),
        ratio_max=case.ratio_max,
        cpu_us=median(ours_us),
        bare_cpu_us=median(bare_us),
        per_second=ours_answers / ours_seconds,
        bare_per_second=bare_answers / bare_seconds,
        p50_ms=latencies[len(latencies) // 2] * 1e3,
        p99_ms=latencies[len(latencies) * 99 // 100] * 1e3,
    )


def measure(*, rounds: int = 9, seconds: float = 0.5, names: list[str] | None = None) -> list[Figure]:
    """Measure every case, or those whose names contain one of *names*."""
    chosen = [case for case in CASES if names is None or any(name.lower() in case.name.lower() for name in names)]
    figures = []
    with bare_server() as bare, sandbox_server() as ours:
        set_stage(ours.port)
        for case in chosen:
            figure = _measure_case(case, bare, ours, rounds=rounds, seconds=seconds)
            figures.append(figure)
            print(
                f"{figure.name:30} {figure.ratio:5.2f} x  (at most {figure.ratio_max:4.1f})   {figure.cpu_us:7.1f} us"
                f"   bare {figure.bare_cpu_us:6.1f} us   {figure.per_second:7.0f}/s   p50 {figure.p50_ms:6.2f} ms   p99 {figure.p99_ms:6.2f} ms",
                flush=True,
            )
    return figures
