"""Start the servers that are compared, and read what CPU time and memory they have used."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Server", "bare_server", "cpu_seconds", "resident_bytes", "sandbox_server"]

ROOT = Path(__file__).parents[1]
_READY_SECONDS_MAX = 20


@dataclass(frozen=True, kw_only=True)
class Server:
    """A server under measurement; ``ready_seconds`` from starting the process to its first answer being possible."""

    pid: int
    port: int
    ready_seconds: float


def cpu_seconds(pid: int) -> float:
    """User and system time a process has used."""
    stat = Path(f"/proc/{pid}/stat")
    if stat.exists():
        fields = stat.read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    clock = subprocess.run(
        ["ps", "-o", "time=", "-p", str(pid)], capture_output=True, text=True, check=True
    ).stdout.strip()
    seconds = 0.0
    for part in clock.split(":"):
        seconds = seconds * 60 + float(part)
    return seconds


def resident_bytes(pid: int) -> int:
    """The memory a process holds."""
    kib = subprocess.run(
        ["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=True
    ).stdout.strip()
    return int(kib) * 1024


@contextmanager
def _server(command: list[str], ready_file: Path, read_port: "type[int] | None") -> Iterator[Server]:
    started = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        while not (ready_file.exists() and ready_file.read_text().strip()):
            if process.poll() is not None or time.perf_counter() - started > _READY_SECONDS_MAX:
                raise RuntimeError(f"{' '.join(command)} did not start")
            time.sleep(0.002)  # a process outside our loop: there is nothing to wait on but its file
        ready_seconds = time.perf_counter() - started
        text = ready_file.read_text().strip()
        port = int(text) if read_port is int else int(text.rsplit(":", 1)[1])
        yield Server(pid=process.pid, port=port, ready_seconds=ready_seconds)
    finally:
        process.terminate()
        process.wait(10)


@contextmanager
def bare_server() -> Iterator[Server]:
    """A bare aiohttp server."""
    with tempfile.TemporaryDirectory() as folder:
        ready = Path(folder) / "port"
        with _server([sys.executable, "-m", "benchmarks.bare", str(ready)], ready, int) as server:
            yield server


@contextmanager
def sandbox_server(*options: str) -> Iterator[Server]:
    """``sandbox serve`` on a free port, with further *options*."""
    with tempfile.TemporaryDirectory() as folder:
        ready = Path(folder) / "url"
        command = [sys.executable, "-m", "sandbox", "serve", "--port", "0", "--ready-file", str(ready), *options]
        with _server(command, ready, None) as server:
            yield server
