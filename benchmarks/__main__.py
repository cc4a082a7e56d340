"""Run all benchmarks, or some: ``python -m benchmarks [--only requests|delivery|reload|…] [--case NAME]``."""

import argparse
import json
import platform
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.delivery import measure_delivery
from benchmarks.expressions import TARGET_MS, measure_expressions
from benchmarks.footprint import measure_footprint
from benchmarks.growth import LARGE_ITEMS, SMALL_ITEMS, measure_growth
from benchmarks.mappings import measure_mappings
from benchmarks.peers import install, measure_peers
from benchmarks.reload import measure_reload
from benchmarks.request_costs import measure
from benchmarks.runtimes import RUNTIMES, docker_image, measure_runtimes

RESULTS = Path(__file__).parent / "results"


def _requests(options: argparse.Namespace) -> Any:
    print("Server CPU per request, as a multiple of bare aiohttp answering a body of the same size (16 connections)")
    return [asdict(figure) for figure in measure(rounds=options.rounds, names=options.case)]


def _peers(options: argparse.Namespace) -> Any:
    print("\nOther emulators under the same load (16 connections), as far as they are installed")
    if options.install_peers:
        install()
    return [asdict(cost) for cost in measure_peers(names=options.case)]


def _growth(_: argparse.Namespace) -> Any:
    print(
        f"\nServer CPU per request on a table of {LARGE_ITEMS:,} items against one of {SMALL_ITEMS:,} (at most 1.3 x)"
    )
    measured = measure_growth()
    for one in measured:
        print(f"{one.name:24s}{one.large_us:7.1f} us   small {one.small_us:7.1f} us   {one.ratio:.2f} x")
    return [asdict(one) for one in measured]


def _delivery(_: argparse.Namespace) -> Any:
    delivery = measure_delivery()
    print("\nFrom a write to the handler (process runtime)")
    print(
        f"latency       p50 {delivery.latency_p50_ms:6.2f} ms (under 3)   p99 {delivery.latency_p99_ms:6.2f} ms (under 15)"
    )
    print(
        f"backlog       {delivery.drained_per_second:7.0f} records/s   bare pipe {delivery.pipe_per_second:7.0f}"
        f"   share {delivery.share_of_pipe:.2f} (at least 0.25)"
    )
    return {**asdict(delivery), "share_of_pipe": delivery.share_of_pipe}


def _mappings(_: argparse.Namespace) -> Any:
    mappings = measure_mappings()
    near, flood, lanes = mappings.neighbours, mappings.backpressure, mappings.lanes
    print("\n50 mappings on 10 tables (process runtime): p99 from a write to the handlers of 48 of them")
    print(f"the other two paused {near.alone_p99_ms:8.2f} ms")
    print(
        f"one stuck, one slow  {near.crowded_p99_ms:8.2f} ms"
        f"   {near.crowded_p99_ms / near.alone_p99_ms:5.2f} x (at most 1.1)"
    )
    print(f"Writes at {flood.writes_per_second:.0f} a second to a table on disk whose handler takes 1 s")
    print(
        f"write p99     {flood.mapped_p99_ms:6.2f} ms   with the mapping paused {flood.free_p99_ms:6.2f} ms"
        f"   {flood.mapped_p99_ms / flood.free_p99_ms:.2f} x (at most 1.5)"
    )
    print(f"memory        {flood.growth_megabytes_per_minute:+6.2f} MB a minute")
    print("4,000 records of one shard, 10 to a batch, 50 ms each batch")
    print(
        f"drained in    {lanes.one_seconds:6.2f} s   with ParallelizationFactor 10 in {lanes.ten_seconds:6.2f} s"
        f"   {lanes.one_seconds / lanes.ten_seconds:.1f} x (at least 8)"
    )
    return asdict(mappings)


def _runtimes(_: argparse.Namespace) -> Any:
    print(
        "\nA handler that does nothing, in each runtime: warm Invoke over HTTP, backlog at 100 to a batch, save to ready"
    )
    if not docker_image():
        print("docker        left out: no engine answers, or it has no image to run handlers in (BENCHMARK_IMAGE)")
    measured: list[Any] = []
    for one in measure_runtimes():
        targets = RUNTIMES[one.runtime]
        print(
            f"{one.runtime:12s}  invoke p50 {one.invoke_p50_ms:6.2f} ms{_under(targets.invoke_p50_ms)}"
            f"   p99 {one.invoke_p99_ms:6.2f} ms   {one.drained_per_second:7.0f} records/s   share of pipe {one.share_of_pipe:.3f}"
            f"{'' if targets.share_of_pipe is None else f' (at least {targets.share_of_pipe})'}"
            f"   ready p50 {one.ready_p50_ms:6.0f} ms   p95 {one.ready_p95_ms:6.0f} ms{_under(targets.ready_p95_ms)}"
            f"   load {one.load:.1f}"
        )
        measured.append(asdict(one))
    return measured


def _under(target: float | None) -> str:
    return "" if target is None else f" (under {target:.0f})"


def _reload(_: argparse.Namespace) -> Any:
    reload = measure_reload()
    print(f"\nFrom a save to the new code, {reload.saves} saves under load, boto3 already imported (process runtime)")
    print(f"loaded        p50 {reload.loaded_p50_ms:6.0f} ms   p95 {reload.loaded_p95_ms:6.0f} ms (under 150)")
    print(f"invoked       p50 {reload.invoked_p50_ms:6.0f} ms   p95 {reload.invoked_p95_ms:6.0f} ms")
    return asdict(reload)


def _footprint(_: argparse.Namespace) -> Any:
    footprint = measure_footprint()
    ratio = footprint.ready_seconds / footprint.bare_ready_seconds
    print("\nFootprint")
    print(
        f"start         {footprint.ready_seconds:5.2f} s   bare aiohttp {footprint.bare_ready_seconds:5.2f} s   {ratio:.2f} x (at most 1.5)"
    )
    print(f"100,000 items of 300 bytes   {footprint.items_megabytes:5.1f} MB (under 70)")
    print(f"a put with a stream          {footprint.stream_ratio:5.2f} x one without (at most 1.3)")
    return asdict(footprint)


def _expressions(_: argparse.Namespace) -> Any:
    print(f"\nExpressions of 4 KB made to be slow: each under {TARGET_MS:.0f} ms")
    costs = measure_expressions()
    for cost in costs:
        print(f"{cost.name:18s}{cost.milliseconds:6.2f} ms   {cost.reader}")
    return [asdict(cost) for cost in costs]


_PARTS: dict[str, Callable[[argparse.Namespace], Any]] = {
    "requests": _requests,
    "peers": _peers,
    "growth": _growth,
    "delivery": _delivery,
    "mappings": _mappings,
    "runtimes": _runtimes,
    "reload": _reload,
    "footprint": _footprint,
    "expressions": _expressions,
}


def main() -> None:
    """Measure, print the tables, write them down."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--only", choices=_PARTS)
    parser.add_argument("--case", action="append", help="only operations whose name contains this")
    parser.add_argument("--install-peers", action="store_true", help="first install the emulators to compare with")
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()
    results: dict[str, Any] = {"python": platform.python_version(), "system": platform.system()}
    for name, measure_part in _PARTS.items():
        if options.only in (None, name):
            results[name] = measure_part(options)
    RESULTS.mkdir(exist_ok=True)
    target = RESULTS / "latest.json"
    target.write_text(json.dumps(results, indent=1))
    print(f"\nwritten to {target.relative_to(RESULTS.parents[1])}")


if __name__ == "__main__":
    main()
