"""Node functions, run by the machine's ``node`` through our own client of the Runtime API.

Shapes and wordings: AWS Lambda developer guide, nodejs-handler, nodejs-context, nodejs-exceptions, nodejs-logging.
"""

import asyncio
import contextlib
import dataclasses
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

from runtimes.contract import Crashed, Raised, Returned, RuntimeUnavailable, TimedOut
from tests.faults.holdings import eventually

_STREAMING = """
const more = await Promise.resolve([1, null]);
export const handler = awslambda.streamifyResponse(async (event, stream) => {
    stream.write(JSON.stringify({ ...event, more }).slice(0, 5));
    stream.end(JSON.stringify({ ...event, more }).slice(5));
});
"""


@pytest.fixture
def play_node(play_forked: Any) -> Any:
    """Play a scenario with a Node function whose handler is ``index.handler``."""
    if shutil.which("node") is None:
        pytest.skip("there is no node on this machine")

    def play(scenario: Any) -> None:
        async def with_node(bench: Any) -> None:
            bench.spec = dataclasses.replace(bench.spec, runtime="nodejs20.x", handler="index.handler")
            await scenario(bench)

        play_forked(with_node)

    return play


def _decoded(outcome: object) -> Any:
    assert isinstance(outcome, Returned), outcome
    return json.loads(outcome.payload)


async def _answer_of(bench: Any, code: str, event: Any = None, name: str = "index.js") -> Any:
    bench.write(code, name)
    return _decoded(await bench.invoke(event))


def _lines(bench: Any, request_id: str = "request-1") -> list[str]:
    """What the function itself logged of an invocation, without the time."""
    entries = [line for told_id, line in bench.log.entries if told_id == request_id]
    return [line.partition("\t")[2] for line in entries if re.match(r"\d{4}-\d\d-\d\dT[\d:.]+Z\t", line)]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("index.js", "exports.handler = async (event) => ({ ...event, more: [1, null] });"),
        ("index.cjs", "exports.handler = async (event) => ({ ...event, more: [1, null] });"),
        ("index.mjs", "export const handler = async (event) => ({ ...event, more: [1, null] });"),
        ("index.js", "exports.handler = (event, context, callback) => callback(null, { ...event, more: [1, null] });"),
        ("index.js", "exports.handler = (event, context) => context.done(null, { ...event, more: [1, null] });"),
        ("index.js", "exports.handler = (event, context) => context.succeed({ ...event, more: [1, null] });"),
        (
            "index.mjs",
            _STREAMING,
        ),
    ],
    ids=["commonjs", "cjs", "module", "callback", "done", "succeed", "streaming"],
)
def test_handlers_of_every_style_answer_and_stay_warm(play_node: Any, name: str, code: str) -> None:
    async def scenario(bench: Any) -> None:
        assert await _answer_of(bench, code, {"a": "ü"}, name) == {"a": "ü", "more": [1, None]}
        assert _decoded(await bench.invoke({"b": 2})) == {"b": 2, "more": [1, None]}
        assert len(bench.log.streams) == 1

    play_node(scenario)


def test_a_package_json_makes_js_files_modules(play_node: Any) -> None:
    async def scenario(bench: Any) -> None:
        bench.write('{"type": "module"}', "package.json")
        bench.write("export const two = 2;", "lib/two.js")
        code = "import { two } from './lib/two.js';\nexport const handler = async () => two;"
        assert await _answer_of(bench, code) == 2

    play_node(scenario)


@pytest.mark.parametrize("handler", ["sub/folder/orders.made.handler", "sub/folder/orders.handler"])
def test_handlers_may_lie_in_folders_and_in_objects(play_node: Any, handler: str) -> None:
    async def scenario(bench: Any) -> None:
        bench.spec = dataclasses.replace(bench.spec, handler=handler)
        code = "exports.handler = async () => 'here';\nexports.made = { handler: async () => 'here' };"
        assert await _answer_of(bench, code, None, "sub/folder/orders.js") == "here"

    play_node(scenario)


def test_packages_are_found_in_the_project_above_the_code_folder(play_node: Any) -> None:
    async def scenario(bench: Any) -> None:
        bench.write("module.exports = 'installed';", "../node_modules/parcel/index.js")
        assert await _answer_of(bench, "exports.handler = async () => require('parcel');") == "installed"

    play_node(scenario)


def test_packages_are_found_in_layers(play_node: Any, tmp_path: Path) -> None:
    async def scenario(bench: Any) -> None:
        bench.write("module.exports = 'of the layer';", "../layer/nodejs/node_modules/parcel/index.js")
        bench.spec = dataclasses.replace(bench.spec, layers=(tmp_path / "layer",))
        assert await _answer_of(bench, "exports.handler = async () => require('parcel');") == "of the layer"

    play_node(scenario)


def test_the_context_tells_of_the_invocation(play_node: Any, folder: Path) -> None:
    real_folder = os.path.realpath(folder)

    async def scenario(bench: Any) -> None:
        bench.write(
            """
            exports.handler = async (event, context) => ({
                ...context,
                remaining: context.getRemainingTimeInMillis(),
                trace: process.env._X_AMZN_TRACE_ID,
                folder: process.cwd(),
                table: process.env.TABLE,
            });
            """,
            "index.js",
        )
        told = _decoded(await bench.invoke(None, client_context=b'{"custom": {"a": 1}}', trace_id="Root=1-2-3"))
        assert 0 < told.pop("remaining") <= 30_000
        assert told.pop("folder") == real_folder
        assert told == {
            "awsRequestId": "request-1",
            "callbackWaitsForEmptyEventLoop": True,
            "clientContext": {"custom": {"a": 1}},
            "functionName": "orders",
            "functionVersion": "$LATEST",
            "invokedFunctionArn": bench.spec.function_arn,
            "logGroupName": "/aws/lambda/orders",
            "logStreamName": next(iter(bench.log.streams)),
            "memoryLimitInMB": "128",
            "table": "orders",
            "trace": "Root=1-2-3",
        }

    play_node(scenario)


def test_a_callback_waits_until_nothing_is_left_to_do_unless_told_otherwise(play_node: Any) -> None:
    async def scenario(bench: Any) -> None:
        bench.write(
            """
            let late = "not yet";
            exports.handler = (event, context, callback) => {
                context.callbackWaitsForEmptyEventLoop = event.waits;
                const seen = late;
                const answer = { seen };
                setTimeout(() => { late = answer.late = "later"; }, event.delay);
                callback(null, answer);
            };
            """,
            "index.js",
        )
        # A day: an answer that waited for it would never come.
        assert _decoded(await bench.invoke({"waits": False, "delay": 86_400_000})) == {"seen": "not yet"}
        await bench.replace()
        assert _decoded(await bench.invoke({"waits": True, "delay": 1})) == {"seen": "not yet", "late": "later"}
        assert _decoded(await bench.invoke({"waits": True, "delay": 1}))["seen"] == "later"

    play_node(scenario)


@pytest.mark.parametrize("code", ["() => {}", "async () => undefined", "() => 'not promised'", "(e, c, cb) => cb()"])
def test_who_answers_nothing_has_answered_null(play_node: Any, code: str) -> None:
    async def scenario(bench: Any) -> None:
        assert await _answer_of(bench, f"exports.handler = {code};") is None
        assert _decoded(await bench.invoke()) is None

    play_node(scenario)


def test_a_promise_that_nothing_can_settle_any_more_is_told(play_node: Any) -> None:
    async def scenario(bench: Any) -> None:
        bench.write("exports.handler = (event) => event ? Promise.resolve(event) : new Promise(() => {});", "index.js")
        outcome = await bench.invoke()
        assert isinstance(outcome, Raised), outcome
        assert outcome.error_type == "Runtime.NodeJsExit"
        assert "a Promise that was never settled" in outcome.error_message
        assert _decoded(await bench.invoke("fine")) == "fine"

    play_node(scenario)


def test_console_goes_to_the_log_with_time_request_id_and_level(play_node: Any) -> None:
    async def scenario(bench: Any) -> None:
        bench.write(
            """
            console.log("loading");
            exports.handler = async (event) => {
                console.log("got %s", event.name, { deep: { deeper: 1 } });
                console.debug("two\\nlines");
                console.warn("careful");
                console.error(new Error("told").message);
                process.stdout.write("plain\\n");
            };
            """,
            "index.js",
        )
        await bench.invoke({"name": "ada"})
        assert _lines(bench) == [
            "request-1\tINFO\tgot ada { deep: { deeper: 1 } }",
            "request-1\tDEBUG\ttwo\rlines",
            "request-1\tWARN\tcareful",
            "request-1\tERROR\ttold",
        ]
        assert ("request-1", "plain") in bench.log.entries
        assert _lines(bench, "") == ["undefined\tINFO\tloading"]
        assert bench.log.lines[0].startswith("INIT_START Runtime Version: nodejs:20.local\t")

    play_node(scenario)


@pytest.mark.parametrize(
    "code",
    [
        "async () => { throw new RangeError('too far'); }",
        "() => { throw new RangeError('too far'); }",
        "(event, context, callback) => callback(new RangeError('too far'))",
        "(event, context) => context.fail(new RangeError('too far'))",
        "awslambda.streamifyResponse(async () => { throw new RangeError('too far'); })",
    ],
    ids=["rejected", "thrown", "called-back", "failed", "streaming"],
)
def test_an_error_is_lambdas_document_and_the_next_invocation_is_clean(play_node: Any, code: str) -> None:
    async def scenario(bench: Any) -> None:
        bench.write(f"const failing = {code};\nlet calls = 0;\n", "index.js")
        text = (bench.folder / "index.js").read_text()
        bench.write(
            text + "exports.handler = (e, c, cb) => { calls += 1; return e ? cb(null, calls) : failing(e, c, cb); };"
            if "streamify" not in code
            else text + "exports.handler = failing;",
            "index.js",
        )
        outcome = await bench.invoke()
        assert isinstance(outcome, Raised), outcome
        document = json.loads(outcome.payload)
        trace = document.pop("trace")
        assert document == {"errorType": "RangeError", "errorMessage": "too far"}
        file = (bench.folder / "index.js").resolve()
        assert trace[0] == "RangeError: too far"
        assert f"({file}:1:" in trace[1] or f"at {file}:1:" in trace[1]
        assert not [line for line in trace if "guest" in line], "our own frames are nobody's business"
        assert (outcome.phase, outcome.location) == ("invoke", f"{file}:1")
        told = _lines(bench)[0]
        assert told.startswith("request-1\tERROR\tInvoke Error \t")
        assert json.loads(told.rpartition("\t")[2]) == {**document, "stack": trace}
        if "streamify" not in code:
            assert _decoded(await bench.invoke("fine")) == 2, "the environment goes on"

    play_node(scenario)


@pytest.mark.parametrize(
    ("code", "document"),
    [
        ("throw 'words'", {"errorType": "string", "errorMessage": "words", "trace": []}),
        ("throw null", {"errorType": "handled", "errorMessage": "null", "trace": []}),
        ("throw { toString() { throw new Error('worse'); } }", {"errorType": "handled", "trace": []}),
        ("throw Object.create(null)", {"errorType": "handled", "trace": []}),
        ("throw Object.assign(new Error('a'), { name: Object.create(null) })", {"errorType": "handled", "trace": []}),
        ("return 10n", {"errorType": "Error", "errorMessage": "Unable to stringify response body"}),
    ],
)
def test_what_is_no_error_and_what_is_no_json(play_node: Any, code: str, document: dict[str, Any]) -> None:
    async def scenario(bench: Any) -> None:
        bench.write(f"exports.handler = async (event) => {{ if (event) return event; {code} }};", "index.js")
        outcome = await bench.invoke()
        assert isinstance(outcome, Raised), outcome
        assert json.loads(outcome.payload).items() >= document.items()
        assert _decoded(await bench.invoke("fine")) == "fine"

    play_node(scenario)


@pytest.mark.parametrize(
    ("code", "error_type", "message"),
    [
        ("Promise.reject(new TypeError('lost'));", "Runtime.UnhandledPromiseRejection", "TypeError: lost"),
        ("setImmediate(() => { throw new TypeError('lost'); });", "TypeError", "lost"),
    ],
)
def test_what_nobody_caught_is_told_and_ends_the_environment(
    play_node: Any, code: str, error_type: str, message: str
) -> None:
    async def scenario(bench: Any) -> None:
        bench.write(
            f"""
            let calls = 0;
            exports.handler = async (event) => {{
                calls += 1;
                if (event) return calls;
                {code}
                await new Promise((resolve) => setTimeout(resolve, 86_400_000));
            }};
            """,
            "index.js",
        )
        outcome = await bench.invoke()
        assert isinstance(outcome, Raised), outcome
        assert (outcome.error_type, outcome.error_message) == (error_type, message)
        assert json.loads(outcome.payload)["trace"][0] == f"{error_type}: {message}"
        assert outcome.location == f"{(bench.folder / 'index.js').resolve()}:6"
        # Nothing of this environment is left to meet.
        assert _decoded(await bench.invoke("fine")) == 1

    play_node(scenario)


def test_an_answer_that_is_under_way_when_a_rejection_is_found_still_arrives(play_node: Any) -> None:
    """Source: aws-lambda-base-images issue 392: the invocation has succeeded, and its environment ends."""

    async def scenario(bench: Any) -> None:
        bench.write(
            """
            let calls = 0;
            exports.handler = async () => {
                Promise.reject(new Error("lost"));
                calls += 1;
                return calls;
            };
            """,
            "index.js",
        )
        for _ in range(3):
            assert _decoded(await bench.invoke()) == 1
        told = [line for line in bench.log.lines if "\tERROR\tUnhandled Promise Rejection \t" in line]
        assert json.loads(told[0].rpartition("\t")[2])["errorMessage"] == "Error: lost"

    play_node(scenario)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("process.exit(3)", "Runtime exited with error: exit status 3"),
        ("process.exit()", "Runtime exited without providing a reason"),
        ("process.kill(process.pid, 'SIGKILL')", "Runtime exited with error: signal: killed"),
        ("process.abort()", "Runtime exited with error: signal: aborted"),
    ],
)
def test_a_process_that_ends_is_a_crash(play_node: Any, code: str, reason: str) -> None:
    async def scenario(bench: Any) -> None:
        bench.write(
            f"exports.handler = async (event) => {{ if (event) return event; console.log('last words'); {code}; "
            "await new Promise(() => setInterval(() => {}, 1000)); };",
            "index.js",
        )
        outcome = await bench.invoke()
        assert isinstance(outcome, Crashed), outcome
        assert json.loads(outcome.payload)["errorMessage"] == f"RequestId: request-1 Error: {reason}"
        assert "request-1\tINFO\tlast words" in _lines(bench)
        assert _decoded(await bench.invoke("fine")) == "fine"

    play_node(scenario)


@pytest.mark.parametrize("code", ["for (;;);", "await new Promise((resolve) => setTimeout(resolve, 86_400_000));"])
def test_a_handler_that_does_not_end_is_timed_out(play_node: Any, code: str) -> None:
    async def scenario(bench: Any) -> None:
        bench.write(f"exports.handler = async (event) => {{ if (event) return event; {code} }};", "index.js")
        assert _decoded(await bench.invoke("warm")) == "warm"
        await bench.replace(timeout_seconds=1)
        assert isinstance(await bench.invoke(), TimedOut)
        await bench.replace(timeout_seconds=30)
        assert _decoded(await bench.invoke("fine")) == "fine"

    play_node(scenario)


@pytest.mark.parametrize(
    ("name", "code", "error_type", "message", "line"),
    [
        ("index.js", "const a = 1;\nconst b = ;", "Runtime.UserCodeSyntaxError", "SyntaxError: Unexpected token", 2),
        ("index.mjs", "const a = 1;\nconst b = ;", "Runtime.UserCodeSyntaxError", "SyntaxError: Unexpected token", 2),
        ("index.js", "require('nowhere');", "Runtime.ImportModuleError", "Error: Cannot find module 'nowhere'", 1),
        ("index.mjs", "import 'nowhere';", "Error", "Cannot find package 'nowhere' imported from", None),
        ("index.js", "\n\nthrow new TypeError('no good');", "TypeError", "no good", 3),
        (
            "index.js",
            "exports.other = 1;",
            "Runtime.HandlerNotFound",
            "index.handler is undefined or not exported",
            None,
        ),
        ("index.js", "exports.handler = 1;", "Runtime.HandlerNotFound", "index.handler is not a function", None),
        ("other.js", "", "Runtime.ImportModuleError", "Error: Cannot find module 'index'", None),
    ],
)
def test_code_that_does_not_load_is_a_failure_of_the_init_phase(
    play_node: Any, name: str, code: str, error_type: str, message: str, line: int | None
) -> None:
    async def scenario(bench: Any) -> None:
        path = bench.folder / name
        path.write_text(code)
        failure = await bench.runtime.start()
        assert isinstance(failure, Raised), failure
        assert failure.phase == "init"
        assert failure.error_type == error_type
        assert failure.error_message.startswith(message)
        assert json.loads(failure.payload)["trace"][0].startswith(f"{error_type}")
        if line is not None:
            assert failure.location == f"{path.resolve()}:{line}"
        told = next(told for told in bench.log.lines if "\tUncaught Exception \t" in told or "ERROR\t" in told)
        assert f'"errorType":"{error_type}"' in told
        path.unlink()
        bench.write("exports.handler = async () => 'mended';", "index.js")
        assert await bench.replace() is None
        assert _decoded(await bench.invoke()) == "mended"

    play_node(scenario)


@pytest.mark.parametrize("handler", ["index", "../index.handler"])
def test_a_name_that_is_no_handlers_is_malformed(play_node: Any, handler: str) -> None:
    async def scenario(bench: Any) -> None:
        bench.spec = dataclasses.replace(bench.spec, handler=handler)
        failure = await bench.runtime.start()
        assert isinstance(failure, Raised), failure
        assert failure.error_type == "Runtime.MalformedHandlerName"

    play_node(scenario)


def test_new_code_runs_after_a_save_and_the_batch_in_flight_ends_on_the_old(play_node: Any, tmp_path: Path) -> None:
    async def scenario(bench: Any) -> None:
        code = """
            const fs = require("node:fs");
            const shared = require("./shared");
            exports.handler = async (event) => {
                fs.writeFileSync(event.started, "");
                while (!fs.existsSync(event.goOn)) await new Promise(setImmediate);
                return shared.version;
            };
        """
        bench.write(code, "index.js")
        bench.write("exports.version = 1;", "shared.js")
        started, go_on = tmp_path / "started", tmp_path / "go_on"
        in_flight = asyncio.create_task(bench.invoke({"started": str(started), "goOn": str(go_on)}))
        while not started.exists():  # noqa: ASYNC110 - another process makes it
            await asyncio.sleep(0)
        bench.write("exports.version = 2;", "shared.js")
        assert await bench.replace() is None
        assert _decoded(await bench.invoke({"started": str(started), "goOn": "/"})) == 2
        go_on.touch()
        assert _decoded(await in_flight) == 1

    play_node(scenario)


_TOLD_OF_ITSELF = """
    exports.handler = async (event, context) => [
        process.pid, process.argv.length, process.env.TABLE, context.logStreamName,
        require("node:fs").readFileSync(0, "utf8"), VERSION,
    ];
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks at processes through /proc")
def test_a_save_meets_a_node_that_was_started_before_it(play_node: Any) -> None:
    """Starting it takes longer than all the rest of a reload."""

    async def scenario(bench: Any) -> None:
        spares = bench.runtimes.launcher.node_spares
        for version in range(3):
            ahead = _spares_of(os.getpid())
            bench.write(_TOLD_OF_ITSELF.replace("VERSION", str(version)), "index.js")
            assert await bench.replace() is None
            pid, arguments, table, stream, stdin, ran = _decoded(await bench.invoke())
            assert (pid in ahead) == (version > 0)
            assert (arguments, table, stdin, ran) == (2, "orders", "", version), "as one that was started for it"
            assert stream in bench.log.streams
            await spares.settled()
        assert len(bench.log.streams) == 3, "each environment has a log of its own"

    play_node(scenario)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks at processes through /proc")
def test_other_variables_get_a_node_of_their_own(play_node: Any) -> None:
    """Many of them count when node starts; and a debugger's port, or an agent in NODE_OPTIONS, is not taken twice."""

    async def scenario(bench: Any) -> None:
        spares = bench.runtimes.launcher.node_spares
        bench.write(_TOLD_OF_ITSELF.replace("VERSION", "1"), "index.js")
        await bench.invoke()
        for environment in (
            {"TABLE": "others"},
            {"TABLE": "with", "NODE_OPTIONS": "--no-warnings"},
            {"TABLE": "after"},
        ):
            await spares.settled()
            ahead = _spares_of(os.getpid())
            assert await bench.replace(environment=environment) is None
            pid, _, table, *_ = _decoded(await bench.invoke())
            assert table == environment["TABLE"]
            assert pid not in ahead

    play_node(scenario)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks at processes through /proc")
def test_a_spare_that_has_ended_is_not_missed(play_node: Any) -> None:
    async def scenario(bench: Any) -> None:
        bench.write("exports.handler = async () => 1;", "index.js")
        assert _decoded(await bench.invoke()) == 1
        await bench.runtimes.launcher.node_spares.settled()
        for pid in _spares_of(os.getpid()):
            os.kill(pid, signal.SIGKILL)
        eventually(lambda: not _spares_of(os.getpid()), "end of the spare")
        assert await bench.replace() is None
        assert _decoded(await bench.invoke()) == 1

    play_node(scenario)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks at processes through /proc")
def test_four_spares_are_kept_and_none_after_the_end(play_node: Any) -> None:
    """A project of fifty functions is not to fill the memory."""

    async def scenario(bench: Any) -> None:
        bench.write("exports.handler = async () => 1;", "index.js")
        runtimes = [
            bench.runtimes.runtime(dataclasses.replace(bench.spec, function_arn=f"{bench.spec.function_arn}-{number}"))
            for number in range(6)
        ]
        for runtime in runtimes:
            assert await runtime.start() is None
        await bench.runtimes.launcher.node_spares.settled()
        assert eventually(lambda: len(_spares_of(os.getpid())) == 4, "four spares")
        for runtime in runtimes:
            await runtime.close()

    play_node(scenario)
    assert _spares_of(os.getpid()) == []


def _spares_of(host: int) -> list[int]:
    """Processes that were started ahead, children of *host*."""
    found = []
    for folder in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if folder.name.isdigit() and (folder / "cmdline").read_bytes().endswith(b"main.mjs\0spare\0"):
                parent = (folder / "stat").read_text().rpartition(")")[2].split()[1]
                found += [int(folder.name)] if int(parent) == host else []
    return found


def test_nothing_runs_on_files_that_were_saved_while_they_were_loaded(play_node: Any) -> None:
    """The first load sees one module of each save; it is not used, and the second sees what is there."""

    async def scenario(bench: Any) -> None:
        bench.write("exports.version = 1;", "shared.js")
        bench.write(
            """
            const { version } = require("./shared");
            if (version === 1) require("node:fs").writeFileSync(__dirname + "/shared.js", "exports.version = 2;");
            exports.handler = async () => version;
            """,
            "index.js",
        )
        assert _decoded(await bench.invoke()) == 2

    play_node(scenario)


def test_a_machine_without_node_is_told_what_to_do(play_forked: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario(bench: Any) -> None:
        bench.spec = dataclasses.replace(bench.spec, runtime="nodejs22.x", handler="index.handler")
        bench.write("exports.handler = async () => 1;", "index.js")
        with pytest.raises(
            RuntimeUnavailable, match=r"nodejs22\.x functions need Node\.js, and there is no node on PATH"
        ):
            await bench.runtime.start()

    monkeypatch.setattr(shutil, "which", lambda *_args, **_options: None)
    play_forked(scenario)


@pytest.mark.parametrize(
    "code", ["process.stdout.destroy()", "process.stdout.end()", "require('node:fs').closeSync(1)"]
)
def test_after_a_handler_has_closed_its_output_the_next_is_heard_again(play_node: Any, code: str) -> None:
    async def scenario(bench: Any) -> None:
        bench.write(
            f"exports.handler = async (event) => {{ if (event) console.log(event); else {{ {code}; console.log('lost'); }} }};",
            "index.js",
        )
        assert _decoded(await bench.invoke()) is None
        assert _decoded(await bench.invoke("heard")) is None
        assert _lines(bench, "request-2") == ["request-2\tINFO\theard"]

    play_node(scenario)


def test_an_answer_of_six_megabytes_passes_and_a_larger_one_does_not(play_node: Any) -> None:
    async def scenario(bench: Any) -> None:
        bench.write("exports.handler = async (size) => 'x'.repeat(size);", "index.js")
        assert len(_decoded(await bench.invoke(6_291_554))) == 6_291_554
        outcome = await bench.invoke(6_291_555)
        assert isinstance(outcome, Raised), outcome
        assert outcome.error_type == "Function.ResponseSizeTooLarge"
        assert _decoded(await bench.invoke(1)) == "x"

    play_node(scenario)


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no node on this machine")
def test_an_idle_worker_ends_with_a_host_that_is_killed(tmp_path: Path) -> None:
    """A pipe that it holds open tells when it is gone. One in an endless loop would not notice."""
    fifo = tmp_path / "alive"
    os.mkfifo(fifo)
    folder = tmp_path / "code"
    folder.mkdir()
    (folder / "index.js").write_text(f"exports.handler = async () => require('fs').openSync({str(fifo)!r}, 'w');\n")
    host = textwrap.dedent(
        f"""
        import asyncio
        from pathlib import Path
        from runtimes.choose import choose
        from runtimes.contract import FunctionSpec, Invocation
        class Sink:
            def write(self, **_): pass
        async def main():
            runtimes = choose("process", sink_of=lambda _spec: Sink(), new_log_stream=str, python=None, project_folder=Path("."))
            spec = FunctionSpec(function_name="f", function_arn="a", region="r", account_id="0", handler="index.handler",
                                runtime="nodejs20.x", code_path=Path({str(folder)!r}), timeout_seconds=60)
            await runtimes.runtime(spec).invoke(Invocation(request_id="r", payload=b"1", invoked_function_arn="a"))
            await asyncio.Event().wait()
        asyncio.run(main())
        """
    )
    process = subprocess.Popen([sys.executable, "-c", host], cwd=Path(__file__).parents[3])
    reader = os.open(fifo, os.O_RDONLY)  # returns once the handler has opened the other end
    process.kill()
    process.wait()
    assert os.read(reader, 1) == b"", "the handler's process is gone"
    os.close(reader)
