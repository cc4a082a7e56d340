"""A function in each runtime, driven directly: no endpoint, no poller."""

import asyncio
import json
import os
import textwrap
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from runtimes.choose import Runtimes, choose
from runtimes.contract import FunctionSpec, Invocation, Outcome, Runtime
from tests.e2e.engine import IMAGE

SHELL_LESS = "serverless-sandbox-test/shell-less:1"
"""Made by the test that uses it."""
ARN = "arn:aws:lambda:us-east-1:000000000000:function:orders"


@dataclass
class Log:
    """A log sink that remembers."""

    entries: list[tuple[str, str]] = field(default_factory=list)
    streams: set[str] = field(default_factory=set)

    def write(self, *, log_group: str, log_stream: str, line: str, request_id: str) -> None:
        """Remember a line."""
        assert log_group == "/aws/lambda/orders"
        self.streams.add(log_stream)
        self.entries.append((request_id, line))

    @property
    def lines(self) -> list[str]:
        """All lines in order."""
        return [line for _, line in self.entries]


class Bench:
    """One function and its runtime."""

    def __init__(self, runtimes: Runtimes, folder: Path, log: Log, kind: str) -> None:
        self.runtimes = runtimes
        self.folder = folder
        self.log = log
        self.kind = kind
        self.spec = FunctionSpec(
            function_name="orders",
            function_arn=ARN,
            region="us-east-1",
            account_id="000000000000",
            handler="handler.handler",
            runtime="python3.11",
            code_path=folder,
            environment={"AWS_ENDPOINT_URL": "http://127.0.0.1:1", "TABLE": "orders"},
            timeout_seconds=30,
        )
        self._runtime: Runtime | None = None
        self._requests = 0

    def write(self, code: str, name: str = "handler.py") -> None:
        """Put *code* into the code folder."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(code))

    @property
    def runtime(self) -> Runtime:
        """The function's runtime, made when first needed."""
        if self._runtime is None:
            self._runtime = self.runtimes.runtime(self.spec)
        return self._runtime

    async def invoke(self, event: Any = None, **members: Any) -> Outcome:
        """Run the handler once; request ids count from ``request-1``."""
        self._requests += 1
        invocation = Invocation(
            request_id=f"request-{self._requests}",
            payload=json.dumps(event).encode(),
            invoked_function_arn=ARN,
            **members,
        )
        return await self.runtime.invoke(invocation)

    async def replace(self, **members: Any) -> Any:
        """Reload, with *members* of the specification changed."""
        self.spec = replace(self.spec, revision=self.spec.revision + "+", **members)
        self.runtime.replace(self.spec)
        return await self.runtime.start()

    async def close(self) -> None:
        """Stop everything."""
        if self._runtime is not None:
            await self._runtime.close()
        await self.runtimes.close()


Scenario = Callable[[Bench], Awaitable[None]]
Play = Callable[[Scenario], None]


def _play(kind: str, folder: Path, scenario: Scenario, outer: dict[str, str]) -> None:
    async def run() -> None:
        log = Log()
        numbers = iter(range(10_000))
        runtimes = choose(
            kind if kind in {"in-process", "docker"} else "process",
            sink_of=lambda _spec: log,
            new_log_stream=lambda version: f"2026/11/22/[{version}]{next(numbers):032x}",
            python=None,
            project_folder=folder,
            outer={**outer, "SANDBOX_WORKERS": "spawn" if kind == "spawned" else "fork"},
            images={"python3.11": IMAGE, "without-a-shell": SHELL_LESS},
        )
        bench = Bench(runtimes, folder, log, kind)
        try:
            await asyncio.wait_for(scenario(bench), 60)
        finally:
            await bench.close()

    asyncio.run(run())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "code"
    path.mkdir()
    return path


@pytest.fixture(params=["in-process", "forked", "spawned"])
def play(request: pytest.FixtureRequest, folder: Path) -> Play:
    """Play a scenario in every runtime."""
    return lambda scenario: _play(request.param, folder, scenario, dict(os.environ))


@pytest.fixture(params=["forked", "spawned"])
def play_process(request: pytest.FixtureRequest, folder: Path) -> Play:
    """Play a scenario in worker processes, started both ways."""
    return lambda scenario: _play(request.param, folder, scenario, dict(os.environ))


@pytest.fixture
def play_forked(folder: Path) -> Play:
    """Play a scenario in forked workers."""
    return lambda scenario: _play("forked", folder, scenario, dict(os.environ))


@pytest.fixture
def play_in_process(folder: Path) -> Play:
    """Play a scenario in this interpreter."""
    return lambda scenario: _play("in-process", folder, scenario, dict(os.environ))


@pytest.fixture(params=["forked", "spawned"])
def play_project(request: pytest.FixtureRequest) -> Callable[[Path, Scenario], None]:
    """Play a scenario in worker processes of the interpreter that belongs to a project folder."""
    return lambda folder, scenario: _play(request.param, folder, scenario, dict(os.environ))


@pytest.fixture
def play_docker(engine: Any, folder: Path) -> Play:  # noqa: ARG001 - the engine has to be there
    """Play a scenario in containers."""
    return lambda scenario: _play("docker", folder, scenario, dict(os.environ))
