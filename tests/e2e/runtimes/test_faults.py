"""Everything a handler can do wrong: the outcome is Lambda's, and the next invocation is clean. Source: reliability §4 C."""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from runtimes.contract import Crashed, Raised, Returned, TimedOut

_DISPATCH = """
import ctypes, json, os, signal, sys, time

def handler(event, context):
    return globals()[event](event, context)

def fine(event, context):
    print("still here")
    return "fine"

"""


def _document(outcome: Any) -> Any:
    return json.loads(outcome.payload)


async def _is_clean(bench: Any) -> None:
    """The next invocation runs, and its log is its own."""
    outcome = await bench.invoke("fine")
    assert isinstance(outcome, Returned), outcome
    assert outcome.payload == b'"fine"'
    assert b"\nstill here\n" in outcome.log_tail


def test_an_exception_is_lambdas_error_document(play: Any) -> None:
    async def scenario(bench: Any) -> None:
        bench.write(
            _DISPATCH
            + """
def deeper(value):
    raise ValueError(f"no {value}")

def fail(event, context):
    deeper("good")
"""
        )
        outcome = await bench.invoke("fail")
        assert isinstance(outcome, Raised)
        assert (outcome.error_type, outcome.error_message, outcome.phase) == ("ValueError", "no good", "invoke")
        assert outcome.location == f"{bench.folder}/handler.py:13"
        file = bench.folder / "handler.py"
        assert _document(outcome) == {
            "errorMessage": "no good",
            "errorType": "ValueError",
            "requestId": "request-1",
            "stackTrace": [
                f'  File "{file}", line 5, in handler\n    return globals()[event](event, context)\n',
                f'  File "{file}", line 16, in fail\n    deeper("good")\n',
                f'  File "{file}", line 13, in deeper\n    raise ValueError(f"no {{value}}")\n',
            ],
        }
        nbsp = "\u00a0"
        told = next(line for line in bench.log.lines if line.startswith("[ERROR]"))
        assert told.startswith(
            f'[ERROR] ValueError: no good\rTraceback (most recent call last):\r{nbsp}{nbsp}File "{file}", line 5, in handler\r'
        )
        await _is_clean(bench)

    play(scenario)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("sys.exit(3)", "Runtime exited with error: exit status 3"),
        ("sys.exit()", "Runtime exited without providing a reason"),
        ("sys.exit('gone')", "Runtime exited with error: exit status 1"),
        ("raise KeyboardInterrupt", "Runtime exited with error: signal: interrupt"),
        ("raise type('Own', (BaseException,), {})('x')", "Runtime exited with error: exit status 1"),
    ],
)
def test_what_ends_an_interpreter_ends_the_environment(play: Any, code: str, reason: str) -> None:
    async def scenario(bench: Any) -> None:
        bench.write(_DISPATCH + f"state = []\ndef fail(event, context):\n    state.append(1)\n    {code}\n")
        bench.write(bench.folder.joinpath("handler.py").read_text() + "\ndef count(e, c): return len(state)\n")
        await bench.invoke("fine")
        outcome = await bench.invoke("fail")
        assert isinstance(outcome, Crashed), outcome
        assert _document(outcome) == {
            "errorType": "Runtime.ExitError",
            "errorMessage": f"RequestId: request-2 Error: {reason}",
        }
        assert f"RequestId: request-2 Error: {reason}" in bench.log.lines
        await _is_clean(bench)
        counted = await bench.invoke("count")
        assert counted.payload == b"0", "the next environment starts from fresh modules"

    play(scenario)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("os._exit(7)", "Runtime exited with error: exit status 7"),
        ("ctypes.string_at(0)", "Runtime exited with error: signal: segmentation fault"),
        ("os.abort()", "Runtime exited with error: signal: aborted"),
        ("os.kill(os.getpid(), signal.SIGKILL)", "Runtime exited with error: signal: killed"),
        pytest.param(
            "sys.setrecursionlimit(10**9)\n    deep = []\n    for _ in range(10**6): deep = [deep]\n    repr(deep)",
            "Runtime exited with error: signal: segmentation fault",
            marks=pytest.mark.skipif(
                sys.version_info >= (3, 12), reason="since 3.12 Python itself ends it, by an exception"
            ),
        ),
    ],
)
def test_a_dying_process_is_a_crash(play_process: Any, code: str, reason: str) -> None:
    """What comes of these in-process is part of the fault matrix."""

    async def scenario(bench: Any) -> None:
        bench.write(_DISPATCH + f"def fail(event, context):\n    print('last words')\n    {code}\n")
        outcome = await bench.invoke("fail")
        assert isinstance(outcome, Crashed), outcome
        assert _document(outcome)["errorMessage"] == f"RequestId: request-1 Error: {reason}"
        assert ("request-1", "last words") in bench.log.entries
        await _is_clean(bench)

    play_process(scenario)


@pytest.mark.parametrize("code", ["while True: pass", "time.sleep(3600)"])
def test_a_handler_that_does_not_end_is_timed_out(play: Any, code: str) -> None:
    async def scenario(bench: Any) -> None:
        bench.write(_DISPATCH + "import threading\nover = threading.Event()\n")
        # In-process, the thread left behind must not outlive the test.
        endless = code if bench.kind != "in-process" else "over.wait(20)"
        bench.write(
            bench.folder.joinpath("handler.py").read_text()
            + f"def fail(event, context):\n    print('before')\n    {endless}\n"
        )
        await bench.replace(timeout_seconds=1)
        outcome = await bench.invoke("fail")
        assert isinstance(outcome, TimedOut), outcome
        assert _document(outcome) == {
            "errorType": "Sandbox.Timedout",
            "errorMessage": "RequestId: request-1 Error: Task timed out after 1.00 seconds",
        }
        assert outcome.duration_ms == 1000
        lines = [line for request_id, line in bench.log.entries if request_id == "request-1"]
        assert "before" in lines
        assert any(line.endswith(" request-1 Task timed out after 1.00 seconds") for line in lines)
        assert lines[-1].startswith("REPORT RequestId: request-1\tDuration: 1000.00 ms\t")
        assert lines[-1].endswith("\tStatus: timeout\t")
        await _is_clean(bench)

    play(scenario)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("object()", "Unable to marshal response: Object of type object is not JSON serializable"),
        ("{1}", "Unable to marshal response: Object of type set is not JSON serializable"),
        ("'\\ud800'", "Unable to marshal response: 'utf-8' codec can't encode"),
        ("cyclic()", "Unable to marshal response: Circular reference detected"),
    ],
)
def test_an_answer_that_is_not_json_is_a_marshal_error(play: Any, value: str, words: str) -> None:
    async def scenario(bench: Any) -> None:
        bench.write(
            _DISPATCH
            + f"def cyclic():\n    x = []\n    x.append(x)\n    return x\ndef fail(event, context):\n    return {value}\n"
        )
        outcome = await bench.invoke("fail")
        assert isinstance(outcome, Raised), outcome
        assert outcome.error_type == "Runtime.MarshalError"
        assert outcome.error_message.startswith(words)
        assert _document(outcome)["stackTrace"] == []
        await _is_clean(bench)

    play(scenario)


def test_an_answer_over_six_megabytes_is_refused(play: Any) -> None:
    async def scenario(bench: Any) -> None:
        bench.write(
            _DISPATCH + "def fail(event, context): return 'x' * 7_000_000\ndef fits(e, c): return 'x' * 6_291_554\n"
        )
        outcome = await bench.invoke("fail")
        assert isinstance(outcome, Raised), outcome
        assert _document(outcome) == {
            "errorMessage": "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
            "errorType": "Function.ResponseSizeTooLarge",
        }
        assert isinstance(await bench.invoke("fits"), Returned)
        await _is_clean(bench)

    play(scenario)


def test_endless_output_is_cut_and_does_not_stall(play: Any, capsys: pytest.CaptureFixture[str]) -> None:
    async def scenario(bench: Any) -> None:
        bench.write(
            _DISPATCH + "def fail(event, context):\n    for _ in range(200): print('y' * 99_999)\n    return 'done'\n"
        )
        outcome = await bench.invoke("fail")
        assert outcome.payload == b'"done"'
        written = sum(len(line) for line in bench.log.lines)
        assert 1_000_000 < written < 1_300_000
        assert any("bytes of output dropped" in line for line in bench.log.lines)
        await _is_clean(bench)

    play(scenario)
    capsys.readouterr()


def test_output_without_newlines_or_in_no_encoding_is_still_logged(play: Any) -> None:
    async def scenario(bench: Any) -> None:
        bench.write(
            _DISPATCH
            + """
def odd(event, context):
    sys.stdout.buffer.write(b"\\xff\\xfe ok\\n")
    sys.stdout.flush()
    print("z" * 600_000, end="")
"""
        )
        await bench.invoke("odd")
        own = [line for request_id, line in bench.log.entries if request_id == "request-1"]
        assert "\ufffd\ufffd ok" in own
        assert sum(len(line) for line in own if line.startswith("z")) == 600_000
        assert max(len(line) for line in own) <= 262_144
        await _is_clean(bench)

    play(scenario)


@pytest.mark.parametrize(
    "code",
    [
        "os.chdir('/')",
        "os.environ.clear()",
        "sys.modules.pop('json', None)",
        "sys.stdout.close()",
        "json.loads = json.dumps = None",
        "__import__('threading').Thread(target=lambda: sys.exit(5)).start()",
    ],
)
def test_what_a_handler_does_to_its_process_does_not_reach_the_next_invocation(play: Any, code: str) -> None:
    async def scenario(bench: Any) -> None:
        if bench.kind == "in-process" and ("json" in code or "threading" in code):
            return  # modules and thread hooks of this interpreter are everybody's: in-process does not contain them
        bench.write(_DISPATCH + f"def odd(event, context):\n    {code}\n    return 'odd'\n")
        before = Path.cwd()
        assert (await bench.invoke("odd")).payload == b'"odd"'
        await _is_clean(bench)
        assert Path.cwd() == before

    play(scenario)
    assert "PATH" in os.environ


def test_closing_the_descriptors_themselves_is_repaired(play_process: Any) -> None:
    async def scenario(bench: Any) -> None:
        bench.write(_DISPATCH + "def odd(event, context):\n    os.close(1)\n    os.close(2)\n    return 'odd'\n")
        assert (await bench.invoke("odd")).payload == b'"odd"'
        await _is_clean(bench)

    play_process(scenario)


def test_reading_standard_input_gives_its_end(play_process: Any) -> None:
    async def scenario(bench: Any) -> None:
        bench.write(_DISPATCH + "def odd(event, context): return sys.stdin.read()\n")
        assert (await bench.invoke("odd")).payload == b'""'

    play_process(scenario)


def test_children_of_a_handler_end_with_its_environment(play_process: Any, tmp_path: Path) -> None:
    """A pipe held open by every descendant tells when the last one is gone."""
    fifo = tmp_path / "alive"
    os.mkfifo(fifo)

    async def scenario(bench: Any) -> None:
        bench.write(
            _DISPATCH
            + f"""
import subprocess
def leak(event, context):
    alive = os.open({str(fifo)!r}, os.O_WRONLY)
    subprocess.Popen(["sleep", "1000"], pass_fds=[alive])
    os._exit(1)
"""
        )
        reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
        try:
            assert isinstance(await bench.invoke("leak"), Crashed)
            os.set_blocking(reader, True)
            assert await asyncio.to_thread(os.read, reader, 1) == b"", "the child was killed with its group"
        finally:
            os.close(reader)
        await _is_clean(bench)

    play_process(scenario)


def test_a_thread_that_prints_after_the_answer_does_not_disturb(play: Any) -> None:
    async def scenario(bench: Any) -> None:
        bench.write(
            _DISPATCH
            + """
import threading
go = threading.Event()
def leak(event, context):
    global thread
    thread = threading.Thread(target=lambda: (go.wait(20), print("late")), daemon=True)
    thread.start()
    return 1
def release(event, context):
    go.set()
    thread.join()
    return 2
"""
        )
        assert (await bench.invoke("leak")).payload == b"1"
        assert (await bench.invoke("release")).payload == b"2"
        await _is_clean(bench)

    play(scenario)


def test_a_wrong_number_of_arguments_is_a_type_error(play: Any) -> None:
    async def scenario(bench: Any) -> None:
        bench.write("def handler(event): pass")
        outcome = await bench.invoke({})
        assert isinstance(outcome, Raised)
        assert outcome.error_type == "TypeError"
        assert outcome.error_message == "handler() takes 1 positional argument but 2 were given"

    play(scenario)


def test_an_error_whose_text_cannot_be_made_is_still_told(play: Any) -> None:
    async def scenario(bench: Any) -> None:
        bench.write(
            _DISPATCH
            + "class Odd(Exception):\n    def __str__(self): raise RuntimeError\ndef fail(event, context): raise Odd\n"
        )
        outcome = await bench.invoke("fail")
        assert isinstance(outcome, Raised)
        assert outcome.error_type == "Odd"
        await _is_clean(bench)

    play(scenario)


def test_many_faults_in_a_row_leave_nothing_behind(play_forked: Any) -> None:
    """No descriptor and no process of ours more than before."""

    async def scenario(bench: Any) -> None:
        bench.write(_DISPATCH + "def fail(event, context): os._exit(1)\n")
        await bench.invoke("fail")
        await _is_clean(bench)
        before = _descriptors()
        for _ in range(25):
            assert isinstance(await bench.invoke("fail"), Crashed)
        await _is_clean(bench)
        assert _descriptors() <= before + 12, "what one environment holds, closing in the background"

    play_forked(scenario)


def _descriptors() -> int:
    return len(list(Path("/dev/fd").iterdir()))
