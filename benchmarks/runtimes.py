"""What a runtime costs around a handler that does nothing: warm Invoke, a backlog's drain, and a save, for each runtime."""

import http.client
import json
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.delivery import bare_pipe, order_item
from benchmarks.functions import create_function, create_mapping, stream_arn
from benchmarks.request_costs import create_table, put_all
from benchmarks.requests import call, signed_headers
from benchmarks.servers import Server, sandbox_server

__all__ = ["RUNTIMES", "RuntimeFigures", "Targets", "docker_image", "measure_runtimes"]

_STREAM = {"StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}}
_HANDLER = """\
import time
READY = time.time()
VERSION = {version}
total = 0

def handler(event, context):
    global total
    total += len(event.get("Records", ()))
    return {{"version": VERSION, "ready": READY, "total": total}}
"""
_BETWEEN_SAVES_SECONDS = 0.4
"""Nobody saves faster, and what is prepared for the next save takes a moment."""


@dataclass(frozen=True, kw_only=True)
class Targets:
    """What a runtime has to reach; ``None`` where nothing was promised."""

    invoke_p50_ms: float | None = None
    share_of_pipe: float | None = None
    ready_p95_ms: float | None = None


RUNTIMES: Mapping[str, Targets] = {
    "in-process": Targets(),
    "process": Targets(invoke_p50_ms=2, share_of_pipe=0.25, ready_p95_ms=150),
    "docker": Targets(invoke_p50_ms=5, share_of_pipe=0.05, ready_p95_ms=1_000),
}


@dataclass(frozen=True, kw_only=True)
class RuntimeFigures:
    """What was measured of one runtime, with the machine's *load* (tasks that wanted to run, over a minute) meanwhile.

    Attributes:
        invoke_p50_ms, invoke_p99_ms: a whole warm Invoke over HTTP, seen from its caller.
        drained_per_second: records of a backlog, at 100 to a batch.
        share_of_pipe: that, as a share of what a bare pipe to a warm Python worker carried just before and after.
        ready_p50_ms, ready_p95_ms: from the end of a save until the new code was loaded.
    """

    runtime: str
    invoke_p50_ms: float
    invoke_p99_ms: float
    drained_per_second: float
    share_of_pipe: float
    ready_p50_ms: float
    ready_p95_ms: float
    load: float


class _Function:
    """One function of a running sandbox, asked over a connection that is kept."""

    def __init__(self, server: Server, folder: Path) -> None:
        self.port = server.port
        self.folder = folder
        folder.mkdir()
        create_function(server.port, folder.name, folder, _HANDLER.format(version=0))
        self._headers = signed_headers("Invoke", "lambda")
        self._connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)

    def invoke(self) -> dict[str, Any]:
        """Invoke, and give what the handler tells of itself."""
        path = f"/2015-03-31/functions/{self.folder.name}/invocations"
        self._connection.request("POST", path, b"{}", self._headers)
        answer = self._connection.getresponse()
        content = answer.read()
        if answer.status != 200 or answer.getheader("X-Amz-Function-Error"):
            raise RuntimeError(f"the function failed: {content.decode()}")
        return dict(json.loads(content))

    def save(self, version: int) -> float:
        """Save *version* of the code at once; the epoch second when that was done."""
        new = self.folder / ".handler.py.new"
        new.write_text(_HANDLER.format(version=version))
        new.replace(self.folder / "handler.py")
        return time.time()

    def close(self) -> None:
        self._connection.close()


def docker_image() -> str:
    """The image to run handlers in: of ``BENCHMARK_IMAGE``, else what the docker tests use, if an engine has it; else empty."""
    image = os.environ.get("BENCHMARK_IMAGE", "serverless-sandbox-test/lambda:3")
    try:
        asked = subprocess.run(["docker", "image", "inspect", image], capture_output=True, check=False)
    except FileNotFoundError:
        return ""
    return image if asked.returncode == 0 else ""


def measure_runtimes(
    *, invocations: int = 1_000, records: int = 10_000, saves: int = 40, only: str | None = None
) -> Iterator[RuntimeFigures]:
    """Measure each runtime that there is, or the one named *only*; without a Docker engine there is none of containers."""
    image = docker_image()
    for runtime in RUNTIMES:
        if (only is not None and only != runtime) or (runtime == "docker" and not image):
            continue
        options = ["--runtime", runtime, *(("--image", f"python3.12={image}") if runtime == "docker" else ())]
        with tempfile.TemporaryDirectory() as name, sandbox_server("--code-folder", name, *options) as server:
            Path(name).chmod(0o755)  # a container's user is somebody else
            invoked = _invoke_ms(server, Path(name) / "invoked", invocations)
            before = bare_pipe(records)
            drained = _drained_per_second(server, Path(name) / "drained", records)
            pipe = (before + bare_pipe(records)) / 2
            ready = _ready_ms(server, Path(name) / "saved", saves)
        yield RuntimeFigures(
            runtime=runtime,
            invoke_p50_ms=invoked[len(invoked) // 2],
            invoke_p99_ms=invoked[len(invoked) * 99 // 100],
            drained_per_second=drained,
            share_of_pipe=drained / pipe,
            ready_p50_ms=ready[len(ready) // 2],
            ready_p95_ms=ready[len(ready) * 95 // 100],
            load=os.getloadavg()[0],
        )


def _invoke_ms(server: Server, folder: Path, invocations: int) -> list[float]:
    function = _Function(server, folder)
    for _ in range(20):
        function.invoke()
    taken: list[float] = []
    for _ in range(invocations):
        started = time.perf_counter()
        function.invoke()
        taken.append((time.perf_counter() - started) * 1e3)
    function.close()
    return sorted(taken)


def _drained_per_second(server: Server, folder: Path, records: int) -> float:
    function = _Function(server, folder)
    function.invoke()  # warm: the drain is measured, not the cold start
    create_table(server.port, folder.name, **_STREAM)
    put_all(server.port, folder.name, [order_item(number) for number in range(records)])
    started = time.perf_counter()
    create_mapping(server.port, folder.name, stream_arn(server.port, folder.name), BatchSize=100)
    report = call(server.port, "", {"timeout_seconds": 120}, path="/_sandbox/drain")
    seconds = time.perf_counter() - started
    arrived = function.invoke()["total"]
    function.close()
    if arrived != records:
        raise RuntimeError(f"{arrived} of {records} records arrived: {report}")
    return records / seconds


def _ready_ms(server: Server, folder: Path, saves: int) -> list[float]:
    """Invoked all the time meanwhile, on the old code or the new."""
    function = _Function(server, folder)
    function.invoke()
    taken: list[float] = []
    for version in range(1, saves + 1):
        time.sleep(_BETWEEN_SAVES_SECONDS)
        saved = function.save(version)
        while (told := function.invoke())["version"] != version:
            time.sleep(0.002)  # a process outside our loop: there is nothing to wait on but its answers
        taken.append((told["ready"] - saved) * 1e3)
    function.close()
    return sorted(taken)
