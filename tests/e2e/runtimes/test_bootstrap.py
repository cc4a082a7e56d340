"""Custom runtimes: any executable named ``bootstrap`` that speaks the Runtime API.

They are written in Python here, with sockets and nothing of ours; ``examples/readings`` has one in C.
"""

import asyncio
import dataclasses
import json
import os
import stat
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

from runtimes.contract import Crashed, Raised, Returned, RuntimeUnavailable, TimedOut

PROGRAM = f"""#!{sys.executable}
import http.client, json, os, sys, time
API, PREFIX = os.environ["AWS_LAMBDA_RUNTIME_API"], "/2018-06-01/runtime/"

def call(method, path, body=None, **fields):
    connection = http.client.HTTPConnection(API)
    headers = {{name.replace("_", "-"): value for name, value in fields.items()}}
    connection.request(method, PREFIX + path, body, headers, encode_chunked=True)
    answer = connection.getresponse()
    found = answer.status, answer.headers, answer.read()
    connection.close()
    return found

def next_event():
    _, headers, event = call("GET", "invocation/next")
    return headers["Lambda-Runtime-Aws-Request-Id"], headers, json.loads(event)

def answer(request_id, value):
    return call("POST", f"invocation/{{request_id}}/response", json.dumps(value))
"""


def _write(bench: Any, code: str, *, mode: int = stat.S_IRWXU) -> Path:
    """Have *code* follow ``PROGRAM`` in the bootstrap; replaced as a whole, as compilers' results are."""
    path: Path = bench.folder / "bootstrap"
    new = path.with_suffix(".new")
    new.write_text(PROGRAM + textwrap.dedent(code))
    new.chmod(mode)
    new.replace(path)
    bench.spec = dataclasses.replace(bench.spec, runtime="provided.al2023", handler="some.thing")
    return path


def _decoded(outcome: object) -> Any:
    assert isinstance(outcome, Returned), outcome
    return json.loads(outcome.payload)


def test_a_program_of_any_language_answers_and_stays_warm(play_forked: Any) -> None:
    async def scenario(bench: Any) -> None:
        _write(
            bench,
            """
            while True:
                request_id, headers, event = next_event()
                print("own words", flush=True)
                print("and errors", file=sys.stderr, flush=True)
                status, _, _ = answer(request_id, [event, os.getpid(), {
                    "deadline": int(headers["Lambda-Runtime-Deadline-Ms"]) > time.time() * 1000,
                    "arn": headers["Lambda-Runtime-Invoked-Function-Arn"],
                    "trace": headers["Lambda-Runtime-Trace-Id"],
                    "client": headers["Lambda-Runtime-Client-Context"],
                    "variables": {name: os.environ.get(name) for name in (
                        "_HANDLER", "TABLE", "AWS_LAMBDA_FUNCTION_NAME", "AWS_EXECUTION_ENV", "LAMBDA_TASK_ROOT")},
                    "folder": os.getcwd(),
                }])
                assert status == 202
            """,
        )
        first = _decoded(await bench.invoke({"a": "ü"}, trace_id="Root=1-2-3", client_context=b'{"custom": {}}'))
        assert first[0] == {"a": "ü"}
        assert first[2] == {
            "deadline": True,
            "arn": bench.spec.function_arn,
            "trace": "Root=1-2-3",
            "client": '{"custom": {}}',
            "variables": {
                "_HANDLER": "some.thing",
                "TABLE": "orders",
                "AWS_LAMBDA_FUNCTION_NAME": "orders",
                "AWS_EXECUTION_ENV": "AWS_Lambda_provided.al2023",
                "LAMBDA_TASK_ROOT": str(bench.folder),
            },
            "folder": str(bench.folder),
        }
        assert _decoded(await bench.invoke({}))[1] == first[1], "the same process"
        assert [line for _, line in bench.log.entries].count("own words") == 2
        assert ("request-1", "and errors") in bench.log.entries
        assert bench.log.lines[0].startswith("INIT_START Runtime Version: provided:al2023.local\t")

    play_forked(scenario)


def test_errors_of_its_own_keep_their_shape(play_forked: Any) -> None:
    async def scenario(bench: Any) -> None:
        _write(
            bench,
            """
            while True:
                request_id, _, event = next_event()
                if event == "fine":
                    answer(request_id, event)
                else:
                    call("POST", f"invocation/{request_id}/error", json.dumps(event),
                         Lambda_Runtime_Function_Error_Type="Orders.Lost")
            """,
        )
        document = {"errorType": "Orders.Lost", "errorMessage": "o-1", "stackTrace": ["here"], "more": 1}
        outcome = await bench.invoke(document)
        assert isinstance(outcome, Raised), outcome
        assert (outcome.error_type, outcome.error_message) == ("Orders.Lost", "o-1")
        assert json.loads(outcome.payload) == document
        assert _decoded(await bench.invoke("fine")) == "fine"

    play_forked(scenario)


def test_what_it_refuses_to_start_with_is_a_failure_of_the_init_phase(play_forked: Any) -> None:
    async def scenario(bench: Any) -> None:
        _write(
            bench,
            """
            call("POST", "init/error", json.dumps({"errorType": "Orders.NoTable", "errorMessage": "set it"}),
                 Lambda_Runtime_Function_Error_Type="Orders.NoTable")
            sys.exit(1)
            """,
        )
        failure = await bench.runtime.start()
        assert isinstance(failure, Raised), failure
        assert (failure.error_type, failure.error_message, failure.phase) == ("Orders.NoTable", "set it", "init")

    play_forked(scenario)


def test_a_streamed_answer_arrives_as_a_whole(play_forked: Any) -> None:
    async def scenario(bench: Any) -> None:
        _write(
            bench,
            """
            while True:
                request_id, _, event = next_event()
                call("POST", f"invocation/{request_id}/response", (b"[1,", b"2]"), Transfer_Encoding="chunked",
                     Lambda_Runtime_Function_Response_Mode="streaming")
            """,
        )
        assert _decoded(await bench.invoke()) == [1, 2]
        assert _decoded(await bench.invoke()) == [1, 2]

    play_forked(scenario)


def test_one_that_ends_or_does_not_answer(play_forked: Any) -> None:
    async def scenario(bench: Any) -> None:
        _write(
            bench,
            """
            while True:
                request_id, _, event = next_event()
                if event == "end": sys.exit(7)
                if event == "hang": time.sleep(86_400)
                answer(request_id, event)
            """,
        )
        await bench.replace(timeout_seconds=2)
        crashed = await bench.invoke("end")
        assert isinstance(crashed, Crashed), crashed
        assert json.loads(crashed.payload)["errorMessage"].endswith("Runtime exited with error: exit status 7")
        assert isinstance(await bench.invoke("hang"), TimedOut)
        assert _decoded(await bench.invoke("fine")) == "fine"

    play_forked(scenario)


def test_one_that_ends_after_every_answer_loses_no_event(play_forked: Any) -> None:
    """Between an answer and the end of the process, the next event may come; another process gets it."""

    async def scenario(bench: Any) -> None:
        _write(bench, "request_id, _, event = next_event()\nanswer(request_id, [event, os.getpid()])\n")
        answers = [_decoded(await bench.invoke(number)) for number in range(5)]
        assert [event for event, _ in answers] == list(range(5))
        assert len({pid for _, pid in answers}) == 5

    play_forked(scenario)


def test_one_that_ends_while_it_loads_is_a_crash_of_the_init_phase(play_forked: Any) -> None:
    async def scenario(bench: Any) -> None:
        _write(bench, "print('no luck', flush=True)\nsys.exit(3)\n")
        failure = await bench.runtime.start()
        assert isinstance(failure, Crashed), failure
        assert failure.phase == "init"
        assert "no luck" in bench.log.lines

    play_forked(scenario)


def test_what_keeps_a_bootstrap_from_starting_is_said_in_one_sentence(play_forked: Any) -> None:
    async def scenario(bench: Any) -> None:
        path = _write(bench, "", mode=stat.S_IRUSR | stat.S_IWUSR)
        with pytest.raises(RuntimeUnavailable, match=r"bootstrap may not be executed; run chmod \+x on it\."):
            await bench.invoke()
        path.unlink()
        with pytest.raises(
            RuntimeUnavailable, match=r"an executable file named bootstrap in .* and there is none; build"
        ):
            await bench.invoke()
        path.write_bytes(b"\x7fELF of another machine")
        path.chmod(stat.S_IRWXU)
        with pytest.raises(
            RuntimeUnavailable, match=r"bootstrap is no program for this machine .*; build it for that, or"
        ):
            await bench.invoke()

    play_forked(scenario)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux refuses to start a program that is being written")
def test_one_that_is_still_being_written_is_waited_for(play_forked: Any) -> None:
    async def scenario(bench: Any) -> None:
        path = _write(bench, "while True:\n    request_id, _, event = next_event()\n    answer(request_id, event)\n")
        held = os.open(path, os.O_WRONLY)
        waiting = asyncio.ensure_future(bench.invoke("hello"))
        while not bench.log.lines:  # noqa: ASYNC110 - nothing else tells that it was tried
            await asyncio.sleep(0)
        os.close(held)
        assert _decoded(await waiting) == "hello"

    play_forked(scenario)


def test_a_new_program_takes_over_and_the_old_one_finishes(play_forked: Any, tmp_path: Path) -> None:
    async def scenario(bench: Any) -> None:
        code = """
        while True:
            request_id, _, event = next_event()
            open(event["started"], "w").close()
            while not os.path.exists(event["go_on"]): time.sleep(0.001)
            answer(request_id, {version})
        """
        _write(bench, code.replace("{version}", "1"))
        started, go_on = tmp_path / "started", tmp_path / "go_on"
        in_flight = asyncio.create_task(bench.invoke({"started": str(started), "go_on": str(go_on)}))
        while not started.exists():  # noqa: ASYNC110 - another process makes it
            await asyncio.sleep(0)
        _write(bench, code.replace("{version}", "2"))
        assert await bench.replace() is None
        assert _decoded(await bench.invoke({"started": str(started), "go_on": "/"})) == 2
        go_on.touch()
        assert _decoded(await in_flight) == 1

    play_forked(scenario)


@pytest.mark.parametrize("runtime", ["nodejs22.x", "provided.al2023"])
def test_in_process_there_is_only_python(play_in_process: Any, runtime: str) -> None:
    async def scenario(bench: Any) -> None:
        bench.spec = dataclasses.replace(bench.spec, runtime=runtime)
        with pytest.raises(RuntimeUnavailable, match="cannot run inside a Python process; run handlers with --runtime"):
            await bench.runtime.start()

    play_in_process(scenario)


def test_a_layer_may_bring_the_runtime(play_forked: Any) -> None:
    """A custom runtime is written once and shared; the code's own comes first, and tools of a layer are on PATH."""

    async def scenario(bench: Any) -> None:
        layer = bench.folder.parent / "layer"
        (layer / "bin").mkdir(parents=True)
        answering = """
            import shutil
            while True:
                request_id, _, _ = next_event()
                answer(request_id, [{word!r}, os.getcwd(), shutil.which("sandbox-test-tool")])
            """
        (layer / "bin" / "sandbox-test-tool").write_text("#!/bin/sh\n")
        (layer / "bin" / "sandbox-test-tool").chmod(0o755)
        _write(bench, answering.format(word="layer's")).rename(layer / "bootstrap")
        bench.spec = dataclasses.replace(bench.spec, layers=(layer,))
        tool = str(layer / "bin" / "sandbox-test-tool")
        assert _decoded(await bench.invoke()) == ["layer's", str(bench.folder), tool]
        _write(bench, answering.format(word="own"))
        assert await bench.replace() is None
        assert _decoded(await bench.invoke()) == ["own", str(bench.folder), tool]

    play_forked(scenario)
