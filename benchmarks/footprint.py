"""What the sandbox needs to start and to hold items, and what a stream adds to a put."""

import asyncio
import itertools
from dataclasses import dataclass

from benchmarks.load import run_load
from benchmarks.request_costs import create_table, put_all
from benchmarks.requests import http_request
from benchmarks.servers import Server, bare_server, cpu_seconds, resident_bytes, sandbox_server

__all__ = ["Footprint", "measure_footprint"]


@dataclass(frozen=True, kw_only=True)
class Footprint:
    """What was measured."""

    ready_seconds: float
    bare_ready_seconds: float
    items_megabytes: float
    stream_ratio: float


def _small_item(number: int) -> dict[str, dict[str, str]]:
    """300 bytes by DynamoDB's rules: names 2 + 2 + 4, key values 14 + 11, and the rest."""
    return {"pk": {"S": f"order#{number:08d}"}, "sk": {"S": "line#000000"}, "note": {"S": "x" * 267}}


def _start(rounds: int) -> tuple[float, float]:
    ours, bare = [], []
    for _ in range(rounds):
        with bare_server() as server:
            bare.append(server.ready_seconds)
        with sandbox_server() as server:
            ours.append(server.ready_seconds)
    return sorted(ours)[rounds // 2], sorted(bare)[rounds // 2]


def _put_cost(server: Server, table: str, seconds: float) -> tuple[float, int]:
    # Two variants of each item in turn: every put changes something, so the stream gets a record of each.
    items = [_small_item(number) for number in range(1_000)]
    changed = [item | {"note": {"S": "y" * 267}} for item in items]
    prepared = [http_request(server.port, "PutItem", {"TableName": table, "Item": item}) for item in items + changed]
    before = cpu_seconds(server.pid)
    load = asyncio.run(run_load(server.port, itertools.cycle(prepared).__next__, connections=16, seconds=seconds))
    return cpu_seconds(server.pid) - before, load.answers


def measure_footprint(*, items: int = 100_000, rounds: int = 5) -> Footprint:
    """Measure start, memory, and puts on a table with and without a stream, interleaved."""
    ours, bare = _start(rounds)
    with sandbox_server() as server:
        create_table(server.port, "memory")
        put_all(server.port, "memory", [_small_item(number) for number in range(25)])
        empty = resident_bytes(server.pid)
        put_all(server.port, "memory", [_small_item(number) for number in range(items)])
        held = resident_bytes(server.pid) - empty
    with sandbox_server() as server:
        create_table(server.port, "plain")
        create_table(
            server.port, "streamed", StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
        )
        spent = {"plain": [0.0, 0], "streamed": [0.0, 0]}
        for _ in range(rounds):
            for table, sums in spent.items():
                cpu, answers = _put_cost(server, table, 1.0)
                sums[0] += cpu
                sums[1] += answers
    plain, streamed = (sums[0] / sums[1] for sums in spent.values())
    return Footprint(
        ready_seconds=ours, bare_ready_seconds=bare, items_megabytes=held / 1e6, stream_ratio=streamed / plain
    )
