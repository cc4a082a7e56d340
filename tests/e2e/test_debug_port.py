"""A debugger is let into workers and containers: by a stand-in for debugpy, which listens and waits as the real one does."""

import contextlib
import json
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from runtimes.contract import RuntimeUnavailable
from sandbox.config import Settings
from sandbox.testing.embedded import EmbeddedSandbox
from tests.e2e.engine import IMAGE
from tests.e2e.told import Told, listen
from tests.faults.holdings import eventually

DEBUGPY = """
import socket

server = None

def listen(address, *, in_process_debug_adapter):
    global server
    assert in_process_debug_adapter
    server = socket.create_server(address, reuse_port=False)

def wait_for_client():
    server.accept()[0].recv(1)
"""
HANDLER = """
import time

import debugpy

def handler(event, context):
    time.sleep(event["seconds"])
    return [debugpy.server.getsockname()[1], {version}]
"""


SEES = """
import os, sys

def handler(event, context):
    customized = sys.modules.get("sitecustomize")
    return [dict(os.environ), sys.path, getattr(customized, "__file__", "")]
"""


def _free_port() -> int:
    """The first of two ports that nobody has."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = int(one.getsockname()[1])
        with socket.socket() as other, contextlib.suppress(OSError, OverflowError):
            other.bind(("127.0.0.1", port + 1))
            return port
    return _free_port()


def _invoke(sandbox: EmbeddedSandbox, name: str, seconds: float = 0) -> Any:
    payload = json.dumps({"seconds": seconds})
    return json.loads(sandbox.client("lambda").invoke(FunctionName=name, Payload=payload)["Payload"].read())


Begin = Callable[..., tuple[EmbeddedSandbox, Told, int]]


@pytest.fixture(params=["process", pytest.param("docker", marks=pytest.mark.docker)])
def begin(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Begin]:
    """A sandbox whose workers let debuggers in, from the port that is given back on."""
    if request.param == "docker":
        request.getfixturevalue("engine")
    (tmp_path / "installed").mkdir()
    (tmp_path / "installed" / "debugpy.py").write_text(DEBUGPY)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "installed"))
    with contextlib.ExitStack() as stack:

        def start(*, wait: bool = False) -> tuple[EmbeddedSandbox, Told, int]:
            port = _free_port()
            settings = Settings(
                port=0,
                runtime=request.param,
                images={"python3.12": IMAGE},
                project_folder=tmp_path,
                debug_port=port,
                debug_wait=wait,
            )
            sandbox = stack.enter_context(EmbeddedSandbox(settings))
            return sandbox, listen(sandbox), port

        yield start


def _write(folder: Path, version: int) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "app.py").write_text(HANDLER.format(version=version))
    return folder / "app.py"


def test_each_function_has_its_port_and_all_the_time_that_a_person_needs(begin: Begin, tmp_path: Path) -> None:
    sandbox, told, port = begin()
    for name in ("one", "two"):
        sandbox.deploy(f"{_write(tmp_path / name, 1)}:handler", name=name, timeout_seconds=1)
        assert _invoke(sandbox, name, seconds=1.2) == [port + (name == "two"), 1]
        (line,) = [line for line in sandbox.logs(name) if "debugger" in line]
        assert line.startswith(f"[sandbox] a debugger can be attached to {name} at 127.0.0.1:{port + (name == 'two')}")
    _write(tmp_path / "one", 2)
    told.wait_for(lambda: told.reloads, "reload")
    assert _invoke(sandbox, "one") == [port, 2]


def test_a_handler_is_loaded_when_the_debugger_is_there(begin: Begin, tmp_path: Path) -> None:
    sandbox, _, port = begin(wait=True)
    sandbox.deploy(f"{_write(tmp_path / 'one', 1)}:handler", name="one", timeout_seconds=1)
    answers: list[Any] = []
    invoking = threading.Thread(target=lambda: answers.append(_invoke(sandbox, "one")))
    invoking.start()
    client = None
    while client is None:
        with contextlib.suppress(ConnectionRefusedError):
            client = socket.create_connection(("127.0.0.1", port), 60)
    with client:
        assert answers == []
        client.sendall(b"!")
        invoking.join(60)
    assert answers == [[port, 1]]


def test_new_code_waits_for_the_port_until_the_old_has_ended(begin: Begin, tmp_path: Path) -> None:
    """Somebody is at a breakpoint, and saves: there is one port, and the debugger is at its other end."""
    sandbox, told, port = begin()
    sandbox.deploy(f"{_write(tmp_path / 'one', 1)}:handler", name="one", timeout_seconds=1)
    assert _invoke(sandbox, "one") == [port, 1]
    answers: list[Any] = []
    invoking = threading.Thread(target=lambda: answers.append(_invoke(sandbox, "one", seconds=4)))
    invoking.start()
    eventually(lambda: len([line for line in sandbox.logs("one") if line.startswith("START")]) == 2, "invocation")
    _write(tmp_path / "one", 2)
    sentence = f"[sandbox] port {port} is taken; its new code waits until the old has ended"
    eventually(lambda: [line for line in sandbox.logs("one") if line.startswith(sentence)], sentence)
    assert answers == []
    told.wait_for(lambda: told.reloads, "reload")
    invoking.join(60)
    assert answers == [[port, 1]]
    assert _invoke(sandbox, "one") == [port, 2]


@pytest.mark.docker
def test_a_container_s_port_is_open_to_this_machine_alone_and_the_handler_sees_nothing_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: Any
) -> None:
    (tmp_path / "installed").mkdir()
    (tmp_path / "installed" / "debugpy.py").write_text(DEBUGPY)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "installed"))
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "app.py").write_text(SEES)
    port = _free_port()
    settings = Settings(
        port=0, runtime="docker", images={"python3.12": IMAGE}, project_folder=tmp_path, debug_port=port
    )
    with EmbeddedSandbox(settings) as sandbox:
        arn = sandbox.deploy(
            f"{tmp_path}/one/app.py:handler", name="one", environment={"PYTHONPATH": "/own"}
        ).function_arn
        variables, path, customized = _invoke(sandbox, "one")
        assert [name for name in variables if "SANDBOX" in name] == []
        assert variables["PYTHONPATH"] == "/own"
        assert [entry for entry in path if "sandbox" in entry] == ["/var/serverless-sandbox/lib"]
        assert "serverless-sandbox" not in customized
        (container,) = engine.containers.list(filters={"label": f"serverless-sandbox.function={arn}"})
        assert container.attrs["HostConfig"]["PortBindings"] == {
            f"{port}/tcp": [{"HostIp": "127.0.0.1", "HostPort": str(port)}]
        }


def test_an_interpreter_without_debugpy_is_refused_with_the_way_to_get_it(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv"], check=True)
    python = tmp_path / "venv" / "bin" / "python"
    settings = Settings(port=0, python=python, project_folder=tmp_path, debug_port=5678)
    with pytest.raises(RuntimeUnavailable, match=r"Install it: .*/venv/bin/python -m pip install debugpy"):
        EmbeddedSandbox(settings).__enter__()
