"""From a write to the handler: latency on an idle system, and how fast a backlog drains beside a bare pipe."""

import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.functions import HANDLER, create_function, create_mapping, stream_arn
from benchmarks.request_costs import create_table, put_all
from benchmarks.requests import call
from benchmarks.servers import sandbox_server

__all__ = ["Delivery", "bare_pipe", "measure_delivery", "order_item"]

_STREAM = {"StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}}
_PIPE_WORKER = """\
import json, struct, sys
read, write = sys.stdin.buffer.read, sys.stdout.buffer.write
while head := read(4):
    event = json.loads(read(struct.unpack(">I", head)[0]))
    count = len(event["Records"])
    write(struct.pack(">I", count)); sys.stdout.buffer.flush()
"""


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """What was measured; latencies from the PutItem answer to the handler's first line."""

    latency_p50_ms: float
    latency_p99_ms: float
    drained_per_second: float
    pipe_per_second: float

    @property
    def share_of_pipe(self) -> float:
        """The drain as a share of what a bare pipe to a warm Python worker carries."""
        return self.drained_per_second / self.pipe_per_second


def order_item(number: int) -> dict[str, dict[str, str]]:
    """An item of some 300 bytes."""
    return {
        "pk": {"S": f"order#{number:08d}"},
        "sk": {"S": "line#000000"},
        "status": {"S": "SHIPPED"},
        "customer": {"S": f"customer-{number % 97:05d}"},
        "amount": {"N": str(number % 1000)},
        "note": {"S": "the quick brown fox jumps over the lazy dog " * 4},
    }


def _read_lines(path: Path) -> list[tuple[str, float]]:
    lines = path.read_text().splitlines() if path.exists() else []
    return [(key, float(instant)) for key, instant in (line.split() for line in lines)]


def _latency(port: int, folder: Path, writes: int) -> list[float]:
    seen = folder / "seen"
    create_table(port, "latency", **_STREAM)
    code = folder / "latency"
    code.mkdir()
    create_function(port, "latency", code, HANDLER, environment={"SEEN_FILE": str(seen)})
    create_mapping(port, "latency", stream_arn(port, "latency"))
    call(port, "PutItem", {"TableName": "latency", "Item": order_item(0)})
    call(port, "", {"timeout_seconds": 30}, path="/_sandbox/drain")
    answered: dict[str, float] = {}
    for number in range(1, writes + 1):
        item = order_item(number)
        call(port, "PutItem", {"TableName": "latency", "Item": item})
        answered[item["pk"]["S"]] = time.time()
        call(port, "", {"timeout_seconds": 30}, path="/_sandbox/drain")
    return sorted(instant - answered[key] for key, instant in _read_lines(seen) if key in answered)


def _drain(port: int, folder: Path, records: int) -> float:
    seen = folder / "drained"
    code = folder / "drain"
    code.mkdir()
    create_table(port, "backlog", **_STREAM)
    create_function(port, "drain", code, HANDLER, environment={"SEEN_FILE": str(seen)})
    call(
        port, "Invoke", {"Records": []}, service="lambda", path="/2015-03-31/functions/drain/invocations"
    )  # warm: the drain is measured, not the cold start
    put_all(port, "backlog", [order_item(number) for number in range(records)])
    started = time.perf_counter()
    create_mapping(port, "drain", stream_arn(port, "backlog"), BatchSize=100)
    report = call(port, "", {"timeout_seconds": 60}, path="/_sandbox/drain")
    seconds = time.perf_counter() - started
    arrived = len(_read_lines(seen))
    if arrived != records:
        raise RuntimeError(f"{arrived} of {records} records arrived: {report}")
    return records / seconds


def bare_pipe(records: int) -> float:
    """Records a second that a bare pipe to a warm worker carries: the same events, length-prefixed, one reply each."""
    record = {
        "eventID": "0" * 32,
        "eventName": "INSERT",
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "us-east-1",
        "dynamodb": {
            "ApproximateCreationDateTime": 1479499740.0,
            "Keys": {name: order_item(1)[name] for name in ("pk", "sk")},
            "NewImage": order_item(1),
            "SequenceNumber": "1" * 21,
            "SizeBytes": 300,
            "StreamViewType": "NEW_AND_OLD_IMAGES",
        },
        "eventSourceARN": "arn:aws:dynamodb:us-east-1:000000000000:table/backlog/stream/2026-01-01T00:00:00.000",
    }
    event = json.dumps({"Records": [record] * 100}, separators=(",", ":")).encode()
    frame = len(event).to_bytes(4, "big") + event
    worker = subprocess.Popen([sys.executable, "-c", _PIPE_WORKER], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert worker.stdin is not None
    assert worker.stdout is not None
    with worker, worker.stdin as stdin, worker.stdout as stdout:
        started = 0.0
        for number in range(records // 100 + 1):
            if number == 1:
                started = time.perf_counter()
            stdin.write(frame)
            stdin.flush()
            stdout.read(4)
        seconds = time.perf_counter() - started
    return records / seconds


def measure_delivery(*, writes: int = 300, records: int = 10_000) -> Delivery:
    """Measure latency and drain with the ``process`` runtime, and the pipe before and after."""
    with tempfile.TemporaryDirectory() as name, sandbox_server("--code-folder", name) as server:
        folder = Path(name)
        latencies = _latency(server.port, folder, writes)
        pipe_before = bare_pipe(records)
        drained = _drain(server.port, folder, records)
        pipe_after = bare_pipe(records)
    return Delivery(
        latency_p50_ms=latencies[len(latencies) // 2] * 1e3,
        latency_p99_ms=latencies[len(latencies) * 99 // 100] * 1e3,
        drained_per_second=drained,
        pipe_per_second=(pipe_before + pipe_after) / 2,
    )
