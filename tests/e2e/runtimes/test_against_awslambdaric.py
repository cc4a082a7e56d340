"""Our Python worker beside AWS's own runtime client: the same handlers, the same events, the same Runtime API.

What AWS's client does is what a deployed function meets. It runs in a process of its own, on our server, so that its side
of the conversation is tested as well.
"""

import importlib.util
import json
import os
import re
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from runtimes.contract import Crashed, FunctionSpec, LogSink, Outcome, Raised, Returned, TimedOut
from runtimes.pool import Environment
from runtimes.process.program import WorkerProcess
from runtimes.process.spawn import spawn
from runtimes.runtime_api.environment import ApiEnvironment, Launch
from runtimes.runtime_api.server import LOOPBACK, Place
from runtimes.variables import environment_variables
from runtimes.warm_runtime import WarmRuntime

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("runtime_client") is None,
    reason="awslambdaric, whose compiled part has wheels for Linux only, is not installed",
)

_CLIENTS_FRAMES = re.compile(
    r'(?m)^  File "(<frozen runpy>|.*/awslambdaric/.*|.*/runtimes/guest/.*)", line .*\n(    .*\n)*'
)


class AwsClients:
    """Runtimes whose workers are AWS's own client; also the launcher that they share."""

    def __init__(self, log: LogSink) -> None:
        self._log = log

    def runtime(self, spec: FunctionSpec) -> WarmRuntime:
        """A runtime for *spec*, not started."""
        return WarmRuntime(spec, self._environment)

    async def close(self) -> None:
        """Nothing is shared."""

    async def place(self) -> Place:
        """Loopback."""
        return LOOPBACK

    async def launch(self, launch: Launch) -> WorkerProcess:
        """Start AWS's client as its images do."""
        variables = environment_variables(
            launch.spec, os.environ, log_stream=launch.log_stream, runtime_api=launch.runtime_api
        )
        command = [sys.executable, "-X", "utf8", "-u", "-m", "awslambdaric", launch.spec.handler]
        return await spawn(launch, command, variables)

    def _environment(self, spec: FunctionSpec, on_unusable: Callable[[Environment], None]) -> ApiEnvironment:
        return ApiEnvironment(spec, self, self._log, "2026/11/22/[$LATEST]0", on_unusable=on_unusable)


async def _both(bench: Any, event: Any, **members: Any) -> tuple[list[Any], list[Any]]:
    """What two invocations in a row come to with AWS's client, and with ours."""
    log = type(bench.log)()
    theirs = type(bench)(AwsClients(log), bench.folder, log, "aws")
    theirs.spec = bench.spec
    try:
        expected = [_comparable(await theirs.invoke(event, **members)) for _ in range(2)]
    finally:
        await theirs.close()
    told = [_comparable(await bench.invoke(event, **members)) for _ in range(2)]
    return [*expected, _printed(theirs)], [*told, _printed(bench)]


def _comparable(outcome: Outcome) -> Any:
    match outcome:
        case Returned():
            return json.loads(outcome.payload, parse_constant=str)  # NaN is not even itself
        case Raised():
            document = json.loads(outcome.payload)
            return outcome.phase, outcome.error_type, outcome.error_message, document
        case TimedOut() | Crashed():
            return outcome.phase, json.loads(outcome.payload)
        case _:
            return outcome


def _printed(bench: Any) -> dict[str, str]:
    """What the function and its client wrote, by request.

    Without the platform's lines, the time of day, the client's own frames, and its advice on updates of AWS's runtimes,
    which there are none of here.
    """
    told: dict[str, str] = {}
    for request_id, line in bench.log.entries:
        if (
            not line.startswith(("INIT_START", "INIT_REPORT", "START ", "END ", "REPORT "))
            and "LAMBDA_WARNING" not in line
        ):
            plain = re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+Z", "TIME", line.replace("\r", "\n"))
            told[request_id] = told.get(request_id, "") + plain + "\n"
    return {request_id: re.sub(_CLIENTS_FRAMES, "", text) for request_id, text in told.items()}


_ANSWERS = {
    "event": "return event",
    "none": "return None",
    "unicode": "return {'ü': '\\u2028', 'e': '€', 'emoji': '\\U0001f600'}",
    "numbers": "return [1.5, 10**20, -0.0, 1e300, True]",
    "decimals": "import decimal\n    return [decimal.Decimal('1.10'), {'a': decimal.Decimal('100')}]",
    "tuple": "return (1, (2,))",
    "keys": "return {1: 'a', None: 'b', 2.5: 'c'}",
    "no numbers": "import decimal\n    return [float('nan'), decimal.Decimal('NaN'), decimal.Decimal('-Infinity')]",
}


@pytest.mark.parametrize("body", _ANSWERS.values(), ids=_ANSWERS)
def test_answers_are_the_same(play_forked: Any, body: str) -> None:
    async def scenario(bench: Any) -> None:
        bench.write(f"def handler(event, context):\n    {body}\n")
        expected, told = await _both(bench, {"a": ["ü", 1.5, None]})
        assert told == expected

    play_forked(scenario)


_FAILURES = {
    "raised": "raise ValueError('no good')",
    "no message": "raise KeyError",
    "lines": "raise RuntimeError('two\\nlines ü')",
    "deeper": "return deeper(3)",
    "chained": "try:\n        1 / 0\n    except ZeroDivisionError as error:\n        raise RuntimeError('later') from error",
    "own class": "raise type('OrderLost', (Exception,), {})('o-1')",
    "set": "return {1, 2}",
    "object": "return object()",
    "cycle": "circle = []\n    circle.append(circle)\n    return circle",
    "wrong arity": "return (lambda: 1)(event)",
    "exit": "import sys\n    sys.exit(3)",
    "interrupt": "raise KeyboardInterrupt",
    "os exit": "import os\n    os._exit(4)",
}


@pytest.mark.parametrize("body", _FAILURES.values(), ids=_FAILURES)
def test_failures_are_the_same(play_forked: Any, body: str) -> None:
    async def scenario(bench: Any) -> None:
        bench.write(
            "def deeper(depth):\n    return deeper(depth - 1) if depth else {}['missing']\n\n"
            f"def handler(event, context):\n    {body}\n"
        )
        expected, told = await _both(bench, {})
        assert told == expected

    play_forked(scenario)


_LOADS = {
    "raises": ("raise ValueError('at import')", "handler.handler"),
    "no module": ("import not_there", "handler.handler"),
    "no file": ("", "elsewhere.handler"),
    "no function": ("", "handler.missing"),
    "no dot": ("", "handler"),
    "syntax": ("def handler(event, context:\n    return 1", "handler.handler"),
    "built-in": ("", "sys.exit"),
    "folder": ("", "sub/folder/orders.handler"),
    "exit": ("import sys\nsys.exit(2)", "handler.handler"),
}


@pytest.mark.parametrize(("code", "handler"), _LOADS.values(), ids=_LOADS)
def test_code_that_does_not_load_fails_in_the_same_way(play_forked: Any, code: str, handler: str) -> None:
    async def scenario(bench: Any) -> None:
        bench.write(code)
        bench.spec = replace(bench.spec, handler=handler)
        expected, told = await _both(bench, {})
        assert told == expected

    play_forked(scenario)


def test_the_log_is_the_same(play_forked: Any) -> None:
    async def scenario(bench: Any) -> None:
        bench.write(
            """
            import logging
            print("loading")
            logging.getLogger().warning("while %s", "loading")
            def handler(event, context):
                print("printed", end="")
                print(" in pieces")
                logging.getLogger("own").info("too quiet")
                logging.getLogger("own").warning("told %d", 1)
                try:
                    1 / 0
                except ZeroDivisionError:
                    logging.exception("with a trace")
                logging.getLogger().setLevel("DEBUG")
                logging.debug("two\\nlines")
            """
        )
        expected, told = await _both(bench, {})
        assert told == expected

    play_forked(scenario)


@pytest.mark.parametrize("told_much", [False, True])
def test_the_context_is_the_same(play_forked: Any, told_much: bool) -> None:
    async def scenario(bench: Any) -> None:
        bench.write(
            """
            import os
            def handler(event, context):
                names = [name for name in dir(context) if not name.startswith("_")]
                client = context.client_context
                return {
                    "members": {name: repr(getattr(context, name)) for name in names if not callable(getattr(context, name))
                                and name != "log_stream_name"},
                    "methods": sorted(name for name in names if callable(getattr(context, name))),
                    "remaining": 0 < context.get_remaining_time_in_millis() <= 30_000,
                    "client": client and [client.custom, client.env, client.client.app_title, repr(client.client)],
                    "w3c": context.w3c(),
                    "identity": [context.identity.cognito_identity_id, context.identity.cognito_identity_pool_id],
                    "trace": os.environ.get("_X_AMZN_TRACE_ID"),
                    "text": repr(context).replace(context.log_stream_name, "STREAM"),
                }
            """
        )
        described = {"custom": {"a": 1}, "env": {"b": "c"}, "client": {"app_title": "shop"}}
        client = json.dumps({**described, "w3c": {"traceparent": "00-1-2-01", "tracestate": 1, "other": "x"}}).encode()
        members = {"client_context": client, "trace_id": "Root=1-2-3"}
        expected, told = await _both(bench, {}, **(members if told_much else {}))
        assert told == expected

    play_forked(scenario)
