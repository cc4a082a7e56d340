"""The command as users start it: a process, its lines, its exit code. And the Docker engine, where there is one."""

import gc
import os
import queue
import signal
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.e2e.engine import find_engine

PATIENCE_SECONDS = 60.0


@dataclass
class Command:
    """A running ``sandbox`` command; ``output`` grows as lines arrive (standard error included)."""

    process: subprocess.Popen[str]
    output: list[str] = field(default_factory=list)
    ended: bool = False
    _lines: "queue.Queue[str | None]" = field(default_factory=queue.Queue)

    def __post_init__(self) -> None:
        """Begin to listen."""
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line.rstrip("\n"))
        self._lines.put(None)

    def line(self, containing: str) -> str:
        """The next line that holds *containing*."""
        while True:
            line = self._take()
            assert line is not None, f"ended without {containing!r}:\n" + "\n".join(self.output)
            if containing in line:
                return line

    def _take(self) -> str | None:
        line = None if self.ended else self._lines.get(timeout=PATIENCE_SECONDS)
        if line is None:
            self.ended = True
        else:
            self.output.append(line)
        return line

    def endpoint_url(self) -> str:
        """The URL of the ``export`` line."""
        return self.line("export AWS_ENDPOINT_URL=").partition("=")[2]

    def finish(self) -> int:
        """Wait for the end; the exit code."""
        while not self.ended:
            self._take()
        return self.process.wait(PATIENCE_SECONDS)

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Send a signal and wait."""
        self.process.send_signal(number)
        return self.finish()

    @property
    def text(self) -> str:
        """Everything seen so far."""
        return "\n".join(self.output)


Start = Callable[..., Command]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start ``sandbox`` with arguments in a folder; whatever still runs at the end is killed."""
    running: list[Command] = []

    def start_command(*arguments: object, folder: Path = tmp_path, **variables: str) -> Command:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        environment |= {
            "PYTHONUNBUFFERED": "1",
            "COLUMNS": "100",
            "AWS_CONFIG_FILE": str(tmp_path / "no-config"),
            **variables,
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "sandbox", *map(str, arguments)],
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        running.append(Command(process))
        return running[-1]

    yield start_command
    for command in running:
        if command.process.poll() is None:
            command.process.kill()
        command.process.wait()
        command.finish()
        assert command.process.stdout is not None
        command.process.stdout.close()


@pytest.fixture
def client() -> Callable[..., Any]:
    """A boto3 client of an endpoint: ``client("dynamodb", url)``."""

    def make(service: str, endpoint_url: str, *, resource: bool = False) -> Any:
        make_one = boto3.resource if resource else boto3.client
        return make_one(
            service,
            endpoint_url=endpoint_url,
            region_name="us-east-1",
            aws_access_key_id="local",
            aws_secret_access_key="local",
        )

    return make


@pytest.fixture(scope="session")
def engine() -> Iterator[Any]:
    """The Docker engine, with the test image in it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # the SDK forgets a socket that cannot connect
        client, reason = find_engine()
        gc.collect()
    if reason and os.environ.get("SANDBOX_TESTS_NEED_DOCKER"):
        pytest.fail(reason)
    if reason:
        pytest.skip(f"docker tests did not run: {reason}")
    yield client
    client.close()
