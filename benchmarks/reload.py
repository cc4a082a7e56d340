"""From saving a handler to its new code running, while writes go on."""

import itertools
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.functions import create_function, create_mapping, stream_arn
from benchmarks.request_costs import create_table
from benchmarks.requests import call
from benchmarks.servers import sandbox_server

__all__ = ["Reload", "measure_reload"]

_STREAM = {"StreamSpecification": {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}}
_PATIENCE_SECONDS = 30
_BETWEEN_SAVES_SECONDS = 0.4
"""Nobody saves faster, and what is prepared for the next save takes a moment."""
_HANDLER = """\
import os, time
import boto3

table = boto3.resource("dynamodb").Table("saved")
VERSION = {version}
READY = time.time()

def handler(event, context):
    with open(os.environ["SEEN_FILE"], "a") as seen:
        seen.write(f"{{VERSION}} {{READY:.6f}} {{time.time():.6f}}\\n")
"""


@dataclass(frozen=True, kw_only=True)
class Reload:
    """What was measured, from the end of a save on: to the new code being loaded, and to its first invocation."""

    saves: int
    loaded_p50_ms: float
    loaded_p95_ms: float
    invoked_p50_ms: float
    invoked_p95_ms: float


def _save(file: Path, version: int) -> float:
    """Save as half of all editors do, or as the other half; the epoch second when it was done."""
    if version % 2:
        file.write_text(_HANDLER.format(version=version))
    else:
        new = file.with_name(".handler.py.new")
        new.write_text(_HANDLER.format(version=version))
        new.replace(file)
    return time.time()


def _first_seen(seen: Path, version: int) -> tuple[float, float]:
    """When *version* was loaded, and when it was first invoked, once it was."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        for line in seen.read_text().splitlines()[-50:] if seen.exists() else []:
            if line.startswith(f"{version} ") and line.count(" ") == 2:
                _, loaded, invoked = line.split()
                return float(loaded), float(invoked)
        time.sleep(0.002)  # a process outside our loop: there is nothing to wait on but its file
    raise RuntimeError(f"the handler of save {version} never ran")


def _write_until(stop: threading.Event, port: int) -> None:
    for number in itertools.count():
        if stop.wait(0.002):
            return
        call(port, "PutItem", {"TableName": "saved", "Item": {"pk": {"S": str(number)}, "sk": {"S": "-"}}})


def measure_reload(*, saves: int = 100) -> Reload:
    """Save a handler that imports boto3 again and again under load, with the ``process`` runtime."""
    with tempfile.TemporaryDirectory() as name, sandbox_server("--code-folder", name) as server:
        folder, seen = Path(name) / "code", Path(name) / "seen"
        folder.mkdir()
        create_table(server.port, "saved", **_STREAM)
        source = _HANDLER.format(version=0)
        create_function(server.port, "saved", folder, source, environment={"SEEN_FILE": str(seen)})
        create_mapping(server.port, "saved", stream_arn(server.port, "saved"))
        stop = threading.Event()
        writer = threading.Thread(target=_write_until, args=(stop, server.port))
        writer.start()
        loaded: list[float] = []
        invoked: list[float] = []
        try:
            _first_seen(seen, 0)
            for version in range(1, saves + 1):
                time.sleep(_BETWEEN_SAVES_SECONDS)
                saved = _save(folder / "handler.py", version)
                times = _first_seen(seen, version)
                loaded.append((times[0] - saved) * 1e3)
                invoked.append((times[1] - saved) * 1e3)
        finally:
            stop.set()
            writer.join()
    loaded.sort()
    invoked.sort()
    middle, high = saves // 2, saves * 95 // 100
    return Reload(
        saves=saves,
        loaded_p50_ms=loaded[middle],
        loaded_p95_ms=loaded[high],
        invoked_p50_ms=invoked[middle],
        invoked_p95_ms=invoked[high],
    )
