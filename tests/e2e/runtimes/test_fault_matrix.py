"""Each fault in each runtime and each phase: the error document, the log, the batch trace, and a clean next invocation.

The table is ``faults.py``; a batch of one record meets the fault, and the record after it has to be delivered.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import runtimes.in_process.environment
import runtimes.runtime_api.environment
from pollers.trace import BatchTrace
from sandbox.config import Settings
from sandbox.testing.embedded import EmbeddedSandbox
from tests.e2e.engine import IMAGE
from tests.e2e.runtimes.faults import FAULTS, KINDS, PHASES, Fault, Fine, Kind, Phase, Seen, Uncontained
from tests.e2e.told import Told, listen

_HANDLER = """\
import ctypes, os, subprocess, sys, threading, time

STOP = {stop!r}
KEPT = []


def fault():
{code}


{at_init}
def handler(event, context):
    if event["Records"][0]["dynamodb"]["Keys"]["pk"]["S"] == "fault":
        print("before the fault")
        return {in_invoke}
    print("all is well")
"""


def _source(fault: Fault, phase: Phase, stop: Path) -> str:
    if fault.module:
        return fault.module
    at_init, in_invoke = ("fault()\n\n", "None") if phase == "init" else ("", "fault()")
    code = textwrap.indent(fault.code, "    ")
    return _HANDLER.format(stop=str(stop), code=code, at_init=at_init, in_invoke=in_invoke)


_MENDED = "def handler(event, context): print('all is well')\n"


_SEEN_ON_LINUX = {"out-of-memory", "leaked-child"}
_LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells what a process holds")


def _cells() -> Iterator[Any]:
    for kind in KINDS:
        for phase in PHASES:
            for name, fault in FAULTS.items():
                expected = fault.expects(kind, phase)
                if expected is not None and not isinstance(expected, Uncontained):
                    marks = [pytest.mark.docker] if kind == "docker" else [_LINUX] if name in _SEEN_ON_LINUX else []
                    yield pytest.param(kind, phase, name, id=f"{name}-{phase}-{kind}", marks=marks)


@pytest.fixture(scope="module")
def sandboxes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A sandbox per runtime, made when first needed, and what it tells."""
    made: dict[Kind, tuple[EmbeddedSandbox, Told]] = {}
    folder = tmp_path_factory.mktemp("code")
    with contextlib.ExitStack() as stack:

        def sandbox_of(kind: Kind) -> tuple[EmbeddedSandbox, Told]:
            if kind not in made:
                settings = Settings(port=0, runtime=kind, project_folder=folder, images={"python3.12": IMAGE})
                sandbox = stack.enter_context(EmbeddedSandbox(settings))
                made[kind] = sandbox, listen(sandbox)
            return made[kind]

        sandbox_of.folder = folder  # type: ignore[attr-defined] # the code's place goes with it
        yield sandbox_of


@pytest.fixture
def stop(tmp_path: Path) -> Iterator[Path]:
    """A file that tells what a handler has left behind in this process to end."""
    file = tmp_path / "stop"
    yield file
    file.touch()


@pytest.mark.parametrize(("kind", "phase", "name"), list(_cells()))
def test_a_fault_is_lambdas_failure_and_the_next_invocation_is_clean(
    sandboxes: Any,
    stop: Path,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    kind: Kind,
    phase: Phase,
    name: str,
) -> None:
    if kind == "docker":
        request.getfixturevalue("engine")
    fault = FAULTS[name]
    sandbox, told = sandboxes(kind)
    if name == "much-output":
        monkeypatch.setattr(sys, "stdout", request.getfixturevalue("void"))  # in-process shows it there, too
    function = f"{name}-{phase}".replace(".", "-")
    folder = sandboxes.folder / f"{function}-{kind}"
    folder.mkdir()
    file = folder / "handler.py"
    file.write_text(_source(fault, phase, stop))
    with monkeypatch.context() as patch:
        if fault.is_slow and phase == "init":
            for module in (runtimes.in_process.environment, runtimes.runtime_api.environment):
                patch.setattr(module, "_INIT_SECONDS_MAX", 1)
        seconds = 1 if fault.is_slow else 60
        table = sandbox.table(function)
        sandbox.deploy(
            f"{file}:handler",
            table,
            name=function,
            timeout_seconds=seconds,
            batch_size=1,
            maximum_retry_attempts=0,
        )
        client = sandbox.client("dynamodb")
        client.put_item(TableName=table, Item={"pk": {"S": "fault"}})
        trace = told.wait_for_invocations(function, 1)[0]
    _check(fault, kind, phase, trace, sandbox.logs(function))
    if fault.module or (phase == "init" and isinstance(fault.expects(kind, phase), Seen)):
        before = len(told.reloads)
        file.write_text(_MENDED)
        told.wait_for(lambda: any(one.error is None for _, one in told.reloads[before:]), "reload")
    if fault.is_slow:  # one second is little for a new environment on a busy machine
        sandbox.call("UpdateFunctionConfiguration", {"FunctionName": function, "Timeout": 60}, service="lambda")
    invocations = 1
    expected = fault.expects(kind, phase)
    if isinstance(expected, Fine) and expected.next_fails is not None:
        client.put_item(TableName=table, Item={"pk": {"S": "meets what the fault has left"}})
        invocations += 1
        spoilt = told.wait_for_invocations(function, invocations)[-1]
        assert spoilt.outcome.startswith(f"failed: {expected.next_fails.error_type}: ")
    client.put_item(TableName=table, Item={"pk": {"S": "fine"}})
    after = told.wait_for_invocations(function, invocations + 1)[-1]
    assert (after.outcome, after.decision, after.answer) == ("delivered", "advance", "null")
    lines = sandbox.logs(function)
    began = lines.index(f"START RequestId: {after.request_id} Version: $LATEST")
    assert "all is well" in lines[began:]
    sandbox.call("DeleteEventSourceMapping", {"UUID": trace.mapping_uuid}, service="lambda")
    sandbox.call("DeleteFunction", {"FunctionName": function}, service="lambda")


def _check(fault: Fault, kind: Kind, phase: Phase, trace: BatchTrace, lines: list[str]) -> None:
    expected = fault.expects(kind, phase)
    assert isinstance(expected, Seen | Fine)
    assert any(expected.says in line for line in lines), lines[-20:]
    if isinstance(expected, Fine):
        assert (trace.outcome, trace.decision) == ("delivered", "advance")
        return
    message = expected.message.replace("{id}", trace.request_id)
    document = json.loads(trace.answer)
    assert (document["errorType"], document["errorMessage"]) == (expected.error_type, message)
    assert trace.outcome == f"failed: {expected.error_type}: {message}"
    assert trace.decision == "discard (RetryAttemptsExhausted), no destination configured"
    assert trace.attempt == 1
    opening = "INIT_REPORT " if phase == "init" and not expected.is_late else f"REPORT RequestId: {trace.request_id}\t"
    reports = [line for line in lines if line.startswith(opening)]  # a function is loaded when it is made, and again
    assert reports
    assert all(line.rstrip("\t").endswith(expected.report) for line in reports)
    if phase == "invoke" and not fault.module:
        assert "before the fault" in lines


@pytest.fixture
def void() -> Iterator[Any]:
    """A stream that forgets."""
    with Path(os.devnull).open("w") as stream:
        yield stream


_ALONE = """
import sys
from pathlib import Path
from sandbox.config import Settings
from sandbox.testing.embedded import EmbeddedSandbox

with EmbeddedSandbox(Settings(port=0, runtime="in-process", project_folder=Path({folder!r}))) as sandbox:
    sandbox.deploy({handler!r}, name="crashing")
    event = '{{"Records": [{{"dynamodb": {{"Keys": {{"pk": {{"S": "fault"}}}}}}}}]}}'
    sandbox.client("lambda").invoke(FunctionName="crashing", Payload=event)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there are no signals")
@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize(
    "name", [name for name, fault in FAULTS.items() if isinstance(fault.expects("in-process", "invoke"), Uncontained)]
)
def test_what_in_process_cannot_contain_ends_the_sandbox_and_says_where(
    tmp_path: Path, stop: Path, name: str, phase: Phase
) -> None:
    """There is no more that a process can do for itself; what a crash leaves of a data folder is tested elsewhere."""
    file = tmp_path / "handler.py"
    file.write_text(_source(FAULTS[name], phase, stop))
    program = _ALONE.format(folder=str(tmp_path), handler=f"{file}:handler")
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    expected = FAULTS[name].expects("in-process", phase)
    assert isinstance(expected, Uncontained)
    assert done.returncode == -signal.SIGSEGV
    assert expected.says in done.stderr
    line = next(number for number, text in enumerate(file.read_text().splitlines(), 1) if FAULTS[name].code in text)
    assert f'File "{file}", line {line} in fault' in done.stderr
