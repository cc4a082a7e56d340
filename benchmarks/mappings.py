"""Mappings among others: a stuck and a slow neighbour, a handler that cannot keep up, and lanes of one shard."""

import asyncio
import itertools
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import linear_regression, median
from typing import Any, Self

from benchmarks.functions import HANDLER, create_function, create_mapping, stream_arn
from benchmarks.load import Load, run_load
from benchmarks.request_costs import create_table, put_all
from benchmarks.requests import call, http_request
from benchmarks.servers import Server, resident_bytes, sandbox_server

__all__ = ["Backpressure", "Lanes", "Mappings", "Neighbours", "measure_mappings"]

_STREAM = {"StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}}
_TABLES = 10
_FUNCTIONS = 5
_STUCK = "import time\n\ndef handler(event, context):\n    while True:\n        time.sleep(1)\n"
_SLOW = "import time\n\ndef handler(event, context):\n    time.sleep({seconds})\n"


@dataclass(frozen=True, kw_only=True)
class Neighbours:
    """From a write's answer to the handlers of 48 mappings on ten tables, without and with two bad ones among them."""

    alone_p99_ms: float
    crowded_p99_ms: float


@dataclass(frozen=True, kw_only=True)
class Backpressure:
    """Writes as fast as they go into a table whose handler takes a second, its mapping paused and running in turn.

    The growth is of the server's memory, over the second half of the time.
    """

    writes_per_second: float
    free_p99_ms: float
    mapped_p99_ms: float
    growth_megabytes_per_minute: float


@dataclass(frozen=True, kw_only=True)
class Lanes:
    """How long the records of one shard took with a handler of 50 ms, by ParallelizationFactor."""

    one_seconds: float
    ten_seconds: float


@dataclass(frozen=True, kw_only=True)
class Mappings:
    """All of it."""

    neighbours: Neighbours
    backpressure: Backpressure
    lanes: Lanes


def _item(key: str, note: str = "the quick brown fox jumps over the lazy dog") -> dict[str, dict[str, str]]:
    return {"pk": {"S": key}, "sk": {"S": "line#000000"}, "note": {"S": note}}


def _function(port: int, folder: Path, name: str, source: str, **environment: str) -> None:
    code = folder / name
    code.mkdir()
    create_function(port, name, code, source, environment=environment)


def _admin(port: int, path: str, members: dict[str, Any]) -> Any:
    return call(port, "", members, path=f"/_sandbox/{path}")


# -- neighbours ----------------------------------------------------------------------------------------------------------


def _set_crowd(port: int, folder: Path) -> list[str]:
    """Ten tables with five mappings each; gives the two bad ones."""
    for number in range(_FUNCTIONS):
        _function(port, folder, f"good{number}", HANDLER, SEEN_FILE=str(folder / f"seen{number}"))
    _function(port, folder, "stuck", _STUCK)
    _function(port, folder, "slow", _SLOW.format(seconds=1))
    bad = []
    for table in range(_TABLES):
        create_table(port, f"table{table}", **_STREAM)
        arn = stream_arn(port, f"table{table}")
        for number in range(_FUNCTIONS):
            spoilt = {(0, 0): "stuck", (1, 0): "slow"}.get((table, number))
            uuid = create_mapping(port, spoilt or f"good{number}", arn)
            if spoilt is not None:
                bad.append(uuid)
    return bad


def _seen(folder: Path) -> list[tuple[str, float]]:
    lines = [line for path in folder.glob("seen*") for line in path.read_text().splitlines()]
    return [(key, float(instant)) for key, instant in (line.split() for line in lines)]


def _round(port: int, folder: Path, name: str, writes: int, pause_seconds: float) -> list[float]:
    """Write to the tables in turn; gives how long each record took to each good handler."""
    answered: dict[str, float] = {}
    for number in range(writes):
        key = f"{name}-{number}"
        call(port, "PutItem", {"TableName": f"table{number % _TABLES}", "Item": _item(key)})
        answered[key] = time.time()
        time.sleep(pause_seconds)  # an idle system's latency is asked for, not a queue's
    # Of ten writes the bad ones miss one each; whoever is paused, those two are not among the good.
    expected = writes * _FUNCTIONS - 2 * (writes // _TABLES)
    latencies: list[float] = []
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        latencies = [instant - answered[key] for key, instant in _seen(folder) if key in answered]
        if len(latencies) >= expected:
            return latencies
        time.sleep(0.05)
    raise RuntimeError(f"{len(latencies)} of {expected} deliveries were seen")


def _neighbours(rounds: int, writes: int) -> Neighbours:
    alone, crowded = [], []
    with tempfile.TemporaryDirectory() as name, sandbox_server("--code-folder", name) as server:
        folder = Path(name)
        bad = _set_crowd(server.port, folder)
        _round(server.port, folder, "warm", 5 * _TABLES, 0.0)
        for number in range(rounds):
            for uuid in bad:
                _admin(server.port, "mappings/pause", {"mapping": uuid})
            alone.append(_p99(_round(server.port, folder, f"alone{number}", writes, 0.01)))
            for uuid in bad:
                _admin(server.port, "mappings/resume", {"mapping": uuid})
            crowded.append(_p99(_round(server.port, folder, f"crowded{number}", writes, 0.01)))
    return Neighbours(alone_p99_ms=median(alone) * 1e3, crowded_p99_ms=median(crowded) * 1e3)


# -- a handler that cannot keep up ---------------------------------------------------------------------------------------


class _Memory:
    """Looks at a process's memory every second until told to stop."""

    def __init__(self, server: Server) -> None:
        self._pid = server.pid
        self._samples: list[tuple[float, int]] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._stop.wait(1.0):
            self._samples.append((time.monotonic(), resident_bytes(self._pid)))

    def megabytes_per_minute(self) -> float:
        """The slope over the second half."""
        later = self._samples[len(self._samples) // 2 :]
        slope = linear_regression([instant for instant, _ in later], [held for _, held in later]).slope
        return slope * 60 / 1e6


_WRITES_AT_ONCE = 10
"""In one request, so that a client and a server who share two processors come to 5,000 writes a second."""


def _flood(server: Server, table: str, seconds: float) -> Load:
    # Two variants of each item in turn: every put changes something, and the table itself stays small.
    items = [_item(f"order#{number:08d}", note) for note in ("x" * 200, "y" * 200) for number in range(1_000)]
    writes = [{"PutRequest": {"Item": item}} for item in items]
    batches = [writes[start : start + _WRITES_AT_ONCE] for start in range(0, len(writes), _WRITES_AT_ONCE)]
    prepared = [http_request(server.port, "BatchWriteItem", {"RequestItems": {table: batch}}) for batch in batches]
    load = asyncio.run(run_load(server.port, itertools.cycle(prepared).__next__, connections=16, seconds=seconds))
    if load.failures:
        raise RuntimeError(f"{load.failures} writes were refused")
    return load


def _fill_what_is_kept(port: int, function: str) -> None:
    """Write more than the store keeps of its pages in memory, and invoke with more than is kept for replay.

    Both have their bounds; reaching them must not be taken for growth.
    """
    create_table(port, "large", **_STREAM)
    for number in range(250):
        call(port, "PutItem", {"TableName": "large", "Item": _item(f"{number}", "z" * 300_000)})
    for _ in range(4):
        _invoke(port, function, {"pad": "z" * 1_000_000}, times=5)


def _backpressure(rounds: int, seconds: float) -> Backpressure:
    with (
        tempfile.TemporaryDirectory() as name,
        # On disk: in memory the records of a day would be the growth that is looked for.
        sandbox_server("--code-folder", name, "--data", f"{name}/data") as server,
    ):
        create_table(server.port, "flooded", **_STREAM)
        _function(server.port, Path(name), "slow", _SLOW.format(seconds=1))
        _fill_what_is_kept(server.port, "slow")
        mapping = {"mapping": create_mapping(server.port, "slow", stream_arn(server.port, "flooded"))}
        _flood(server, "flooded", 4)
        free, mapped = [], []
        with _Memory(server) as memory:
            for _ in range(rounds):
                _admin(server.port, "mappings/pause", mapping)
                free.append(_flood(server, "flooded", seconds))
                _admin(server.port, "mappings/resume", mapping)
                mapped.append(_flood(server, "flooded", seconds))
    return Backpressure(
        writes_per_second=_WRITES_AT_ONCE * sum(load.answers for load in mapped) / sum(load.seconds for load in mapped),
        free_p99_ms=median(_p99(load.latencies) for load in free) * 1e3,
        mapped_p99_ms=median(_p99(load.latencies) for load in mapped) * 1e3,
        growth_megabytes_per_minute=memory.megabytes_per_minute(),
    )


# -- lanes ---------------------------------------------------------------------------------------------------------------


def _drain_seconds(port: int, folder: Path, *, factor: int, records: int, batch_size: int) -> float:
    name = f"lanes{factor}"
    create_table(port, name, **_STREAM)
    _function(port, folder, name, _SLOW.format(seconds=0.05))
    put_all(port, name, [_item(f"{number:08d}") for number in range(records)])
    settings = {"ParallelizationFactor": factor, "BatchSize": batch_size}
    # Warm: the drain is measured, not ten cold starts.
    _invoke(port, name, {"Records": []}, times=factor)
    started = time.perf_counter()
    create_mapping(port, name, stream_arn(port, name), **settings)
    report = _admin(port, "drain", {"timeout_seconds": 300})
    seconds = time.perf_counter() - started
    if not report["drained"]:
        raise RuntimeError(f"not drained: {report}")
    return seconds


def _invoke(port: int, function: str, event: dict[str, Any], *, times: int) -> None:
    """Invoke so often at once."""
    path = f"/2015-03-31/functions/{function}/invocations"
    threads = [
        threading.Thread(target=call, args=(port, "Invoke", event), kwargs={"service": "lambda", "path": path})
        for _ in range(times)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _lanes(records: int, batch_size: int) -> Lanes:
    with tempfile.TemporaryDirectory() as name, sandbox_server("--code-folder", name) as server:
        folder = Path(name)
        ten = _drain_seconds(server.port, folder, factor=10, records=records, batch_size=batch_size)
        one = _drain_seconds(server.port, folder, factor=1, records=records, batch_size=batch_size)
    return Lanes(one_seconds=one, ten_seconds=ten)


def _p99(latencies: list[float]) -> float:
    return sorted(latencies)[len(latencies) * 99 // 100]


def measure_mappings(
    *, rounds: int = 7, writes: int = 300, seconds: float = 6.0, records: int = 4_000, batch_size: int = 10
) -> Mappings:
    """Measure all three with the ``process`` runtime."""
    return Mappings(
        neighbours=_neighbours(rounds, writes),
        backpressure=_backpressure(rounds, seconds),
        lanes=_lanes(records, batch_size),
    )
