"""Functions as the Lambda API and the pollers see them: deployed, saved, throttled, recorded."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from pollers.ports import (
    FunctionFailed,
    FunctionMissing,
    FunctionThrottled,
    FunctionUnloadable,
    InvocationSucceeded,
)
from runtimes.contract import Raised, Returned, RuntimeUnavailable
from runtimes.reload.events import ReloadEvent
from sandbox.adapters.function_host import LocalFunctionHost
from sandbox.adapters.invoker import HostInvoker
from sandbox.awslambda.ports import PlacedCode
from sandbox.config import Settings
from sandbox.ids import Ids

ARN = "arn:aws:lambda:eu-west-1:000000000000:function:orders"


class Logs:
    """Remembers lines."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, str, str, str]] = []

    def write(self, *, log_group: str, log_stream: str, line: str, request_id: str) -> None:
        """Remember a line."""
        self.lines.append((log_group, log_stream, line, request_id))


class Stage:
    """A host with one code folder."""

    def __init__(self, folder: Path, runtime: str) -> None:
        self.folder = folder
        self.layers: tuple[Path, ...] = ()
        self.logs = Logs()
        self.events: asyncio.Queue[ReloadEvent] = asyncio.Queue()
        self.host = LocalFunctionHost(
            settings=Settings(project_folder=folder.parent, runtime=runtime),
            logs_of=lambda _account_id, _region: self.logs,
            ids=Ids(7),
            observe=self.events.put_nowait,
        )
        self.holding = HostInvoker(self.host, ids=Ids(8), hold_unloadable_code=True)
        self.charging = HostInvoker(self.host, ids=Ids(9), hold_unloadable_code=False)

    def save(self, code: str) -> None:
        """Save the handler's file."""
        (self.folder / "handler.py").write_text(code)

    def add_layer(self, word: str, place: str = "python") -> Path:
        """Give the function one more layer with a module; gives the module's file."""
        layer = self.folder.parent / f"layer{len(self.layers)}"
        file = layer / place / "words.py"
        file.parent.mkdir(parents=True)
        file.write_text(f"WORD = {word!r}\n")
        self.layers += (layer,)
        return file

    def deploy(self, arn: str = ARN, **members: Any) -> None:
        """Deploy the folder."""
        configuration = {"FunctionName": "orders", "Handler": "handler.handler", "Runtime": "python3.11", "Timeout": 20}
        code = PlacedCode(folder=self.folder, layers=self.layers)
        self.host.deploy(arn, {**configuration, **members}, code, {"TABLE": "orders"})

    async def event(self) -> ReloadEvent:
        """The next reload event."""
        return await asyncio.wait_for(self.events.get(), 20)


Scenario = Callable[[Stage], Awaitable[None]]


@pytest.fixture(params=["in-process", "process"])
def play(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[Scenario], None]:
    folder = tmp_path / "code"
    folder.mkdir()

    def run(scenario: Scenario) -> None:
        async def main() -> None:
            stage = Stage(folder, request.param)
            stage.host.start()
            try:
                await asyncio.wait_for(scenario(stage), 60)
            finally:
                await stage.host.close()

        asyncio.run(main())

    return run


def _returning(value: int) -> str:
    return f"def handler(event, context): return {value}"


async def _invoked(stage: Stage, arn: str = ARN) -> Any:
    return await stage.host.invoke(arn, b"{}", request_id="r")


def test_a_deployed_function_answers_the_lambda_api(play: Any) -> None:
    async def scenario(stage: Stage) -> None:
        stage.save(
            "import os\ndef handler(event, context): return [event, os.environ['TABLE'], context.invoked_function_arn]"
        )
        stage.deploy()
        result = await stage.host.invoke(ARN, b'{"a": 1}', request_id="r", invoked_arn=f"{ARN}:live")
        assert json.loads(result.payload) == [{"a": 1}, "orders", f"{ARN}:live"]
        assert (result.function_error, result.executed_version, result.throttle_reason) == (None, "$LATEST", None)
        assert result.log_tail.startswith(b"START RequestId: r Version: $LATEST\n")
        group, stream, _, _ = stage.logs.lines[-1]
        assert group == "/aws/lambda/orders"
        assert "/[$LATEST]" in stream

    play(scenario)


def test_a_failing_function_is_an_unhandled_error(play: Any) -> None:
    async def scenario(stage: Stage) -> None:
        stage.save("def handler(event, context): raise ValueError('no')")
        stage.deploy()
        result = await _invoked(stage)
        assert result.function_error == "Unhandled"
        assert json.loads(result.payload)["errorType"] == "ValueError"

    play(scenario)


def test_a_save_is_a_reload(play: Any) -> None:
    async def scenario(stage: Stage) -> None:
        stage.save(_returning(1))
        stage.deploy()
        assert (await _invoked(stage)).payload == b"1"
        stage.save(_returning(2))
        event = await stage.event()
        assert (event.function_name, event.error) == ("orders", None)
        assert [path.name for path in event.changed_files] == ["handler.py"]
        assert 0 < event.duration_ms < 20_000
        assert (await _invoked(stage)).payload == b"2"

    play(scenario)


def test_broken_code_is_told_with_its_place_and_a_fix_is_taken_up(play: Any) -> None:
    async def scenario(stage: Stage) -> None:
        stage.save(_returning(1))
        stage.deploy()
        await _invoked(stage)
        stage.save("x = 1\ndef handler(event, context:\n")
        event = await stage.event()
        assert event.error is not None
        assert event.error.startswith("Runtime.UserCodeSyntaxError: Syntax error in module 'handler': ")
        assert event.location == f"{stage.folder}/handler.py:2"
        reply = await stage.holding.invoke(ARN, b"{}")
        assert isinstance(reply, FunctionUnloadable)
        assert reply.location == event.location
        waiting = asyncio.ensure_future(stage.holding.code_changed(ARN))
        stage.save(_returning(3))
        await asyncio.wait_for(waiting, 20)
        reply = await stage.holding.invoke(ARN, b"{}")
        assert isinstance(reply, InvocationSucceeded)
        assert reply.payload == b"3"

    play(scenario)


def test_code_that_never_loaded_is_told_at_once_with_a_hint(play: Any) -> None:
    async def scenario(stage: Stage) -> None:
        stage.save("import no_such_package_anywhere")
        stage.deploy()
        event = await stage.event()
        assert event.changed_files == ()
        assert event.hint is not None
        assert event.hint.startswith("Install no_such_package_anywhere into the Python named at the start")
        result = await _invoked(stage)
        assert b"Install" not in result.payload

    play(scenario)


def test_unloadable_code_counts_as_a_failure_where_nothing_is_held(play: Any) -> None:
    async def scenario(stage: Stage) -> None:
        stage.save("import no_such_package_anywhere")
        stage.deploy()
        reply = await stage.charging.invoke(ARN, b"{}")
        assert isinstance(reply, FunctionFailed)
        assert reply.error_type == "Runtime.ImportModuleError"

    play(scenario)


@pytest.mark.parametrize(
    ("code", "error_type", "words"),
    [
        ("raise ValueError('no')", "ValueError", "no"),
        ("raise SystemExit(3)", "Runtime.ExitError", "Runtime exited with error: exit status 3"),
    ],
)
def test_failures_become_replies_that_use_up_an_attempt(play: Any, code: str, error_type: str, words: str) -> None:
    async def scenario(stage: Stage) -> None:
        stage.save(f"def handler(event, context): {code}")
        stage.deploy()
        reply = await stage.holding.invoke(ARN, b"{}")
        assert isinstance(reply, FunctionFailed)
        assert reply.error_type == error_type
        assert words in reply.error_message
        assert json.loads(reply.payload)["errorType"] == error_type
        assert reply.request_id == stage.logs.lines[-1][3]

    play(scenario)


def test_reserved_concurrency_throttles(play: Any) -> None:
    async def scenario(stage: Stage) -> None:
        stage.save(_returning(1))
        stage.deploy()
        stage.host.set_reserved_concurrency(ARN, 0)
        reason = "ReservedFunctionConcurrentInvocationLimitExceeded"
        assert (await _invoked(stage)).throttle_reason == reason
        assert isinstance(await stage.holding.invoke(ARN, b"{}"), FunctionThrottled)
        waiting = asyncio.ensure_future(stage.holding.code_changed(ARN))
        await asyncio.sleep(0)
        stage.host.set_reserved_concurrency(ARN, 1)
        await asyncio.wait_for(waiting, 20)
        results = await asyncio.gather(_invoked(stage), _invoked(stage))
        assert [result.throttle_reason for result in results] == [None, reason]
        stage.host.set_reserved_concurrency(ARN, None)
        results = await asyncio.gather(_invoked(stage), _invoked(stage))
        assert [result.throttle_reason for result in results] == [None, None]

    play(scenario)


def test_a_missing_function_is_missing_until_it_is_deployed(play: Any) -> None:
    async def scenario(stage: Stage) -> None:
        assert isinstance(await stage.holding.invoke(ARN, b"{}"), FunctionMissing)
        waiting = asyncio.ensure_future(stage.holding.code_changed(ARN))
        stage.save(_returning(1))
        stage.deploy()
        await asyncio.wait_for(waiting, 20)
        assert isinstance(await stage.holding.invoke(f"{ARN}:$LATEST", b"{}"), InvocationSucceeded)
        stage.host.remove(ARN)
        assert isinstance(await stage.holding.invoke(ARN, b"{}"), FunctionMissing)
        assert (await _invoked(stage)).function_error == "Unhandled"

    play(scenario)


def test_a_new_deployment_is_used_from_the_next_invocation_on(play: Any) -> None:
    async def scenario(stage: Stage) -> None:
        stage.save("import os\ndef handler(event, context): return context.memory_limit_in_mb")
        stage.deploy(MemorySize=256)
        assert (await _invoked(stage)).payload == b'"256"'
        stage.deploy(MemorySize=512)
        assert (await _invoked(stage)).payload == b'"512"'

    play(scenario)


def test_modules_of_layers_are_imported_later_ones_first(play: Any) -> None:
    """Site-packages of the runtime come before ``python``, of whichever layer, as in AWS's own runtime."""

    async def scenario(stage: Stage) -> None:
        stage.save("import words\ndef handler(event, context): return words.WORD")
        stage.add_layer("first")
        stage.deploy()
        assert (await _invoked(stage)).payload == b'"first"'
        stage.add_layer("second")
        stage.deploy()
        assert (await _invoked(stage)).payload == b'"second"'
        stage.add_layer("packaged", "python/lib/python3.11/site-packages")
        stage.add_layer("fourth")
        stage.deploy()
        assert (await _invoked(stage)).payload == b'"packaged"'

    play(scenario)


def test_the_code_comes_before_its_layers(play: Any) -> None:
    async def scenario(stage: Stage) -> None:
        stage.save("import words\ndef handler(event, context): return words.WORD")
        stage.add_layer("layer's")
        (stage.folder / "words.py").write_text("WORD = 'own'")
        stage.deploy()
        assert (await _invoked(stage)).payload == b'"own"'

    play(scenario)


def test_a_layer_wins_over_what_is_installed(play: Any) -> None:
    """Also where the fork server has imported the installed one already."""

    async def scenario(stage: Stage) -> None:
        stage.save("import boto3, words\ndef handler(event, context): return boto3.__version__")
        stage.add_layer("any").with_name("boto3.py").write_text("__version__ = 'of the layer'")
        stage.deploy()
        assert (await _invoked(stage)).payload == b'"of the layer"'

    play(scenario)


def test_a_saved_layer_reloads_the_function(play: Any) -> None:
    async def scenario(stage: Stage) -> None:
        stage.save("import words\ndef handler(event, context): return words.WORD")
        stage.add_layer("untouched")
        file = stage.add_layer("old")
        stage.deploy()
        assert (await _invoked(stage)).payload == b'"old"'
        file.write_text("WORD = 'new'\n")
        event = await stage.event()
        assert (event.error, event.changed_files) == (None, (file,))
        assert (await _invoked(stage)).payload == b'"new"'

    play(scenario)


def test_layers_that_are_added_later_are_watched_too(play: Any) -> None:
    async def scenario(stage: Stage) -> None:
        stage.save("import words\ndef handler(event, context): return words.WORD")
        (stage.folder / "words.py").write_text("WORD = 'own'")
        stage.deploy()
        assert (await _invoked(stage)).payload == b'"own"'
        file = stage.add_layer("layer's")
        (stage.folder / "words.py").unlink()
        await stage.event()
        stage.deploy()
        assert (await _invoked(stage)).payload == b'"layer\'s"'
        file.write_text("WORD = 'new'\n")
        await stage.event()
        assert (await _invoked(stage)).payload == b'"new"'

    play(scenario)


def test_a_container_image_says_which_runtime_it_needs(play: Any) -> None:
    async def scenario(stage: Stage) -> None:
        code = PlacedCode(folder=Path("/var/task"), image_uri="shop/orders:2")
        configuration = {"FunctionName": "orders", "PackageType": "Image", "Timeout": 3}
        stage.host.deploy(ARN, configuration, code, {})
        told = json.loads((await _invoked(stage)).payload)["errorMessage"]
        assert told == "orders is a container image (shop/orders:2); run handlers with --runtime docker."
        assert (await stage.event()).error == told

    play(scenario)


def test_versions_run_beside_each_other(play: Any) -> None:
    async def scenario(stage: Stage) -> None:
        stage.save("def handler(event, context): return context.function_version")
        stage.deploy()
        stage.deploy(f"{ARN}:1", Version="1")
        assert (await _invoked(stage)).payload == b'"$LATEST"'
        result = await _invoked(stage, f"{ARN}:1")
        assert (result.payload, result.executed_version) == (b'"1"', "1")

    play(scenario)


def test_code_changed_waits_unless_the_change_came_after_the_failure_began(play: Any) -> None:
    async def scenario(stage: Stage) -> None:
        stage.save("def handler(event, context): raise ValueError")
        stage.deploy()
        await stage.holding.invoke(ARN, b"{}")
        early = asyncio.ensure_future(stage.holding.code_changed(ARN))
        await asyncio.sleep(0)
        assert not early.done()
        stage.deploy()
        await asyncio.wait_for(early, 20)
        await asyncio.wait_for(stage.holding.code_changed(ARN), 20)
        await stage.holding.invoke(ARN, b"{}")
        late = asyncio.ensure_future(stage.holding.code_changed(ARN))
        await asyncio.sleep(0)
        assert not late.done(), "it changed before this failure"
        late.cancel()

    play(scenario)


def test_a_vanished_code_folder_uses_up_no_attempt(play: Any) -> None:
    async def scenario(stage: Stage) -> None:
        stage.folder.rmdir()
        stage.deploy()
        reply = await stage.charging.invoke(ARN, b"{}")
        if isinstance(reply, FunctionFailed):  # in-process: nothing to import there
            assert reply.error_type == "Runtime.ImportModuleError"
        else:
            assert isinstance(reply, FunctionThrottled)
            assert "does not exist; put it back" in reply.reason

    play(scenario)


def test_invocations_are_recorded(play: Any) -> None:
    async def scenario(stage: Stage) -> None:
        stage.save("def handler(event, context): return 1 / event['by']")
        stage.deploy()
        await stage.host.invoke(ARN, b'{"by": 2}', request_id="one")
        await stage.host.invoke(ARN, b'{"by": 0}', request_id="two")
        first, second = stage.host.last_invocations("orders")
        assert (first.request_id, first.payload) == ("one", b'{"by": 2}')
        assert isinstance(first.outcome, Returned)
        assert isinstance(second.outcome, Raised)
        assert stage.host.last_invocations("others") == []

    play(scenario)


def test_an_unknown_runtime_or_interpreter_is_said_at_the_start(tmp_path: Path) -> None:
    async def start(settings: Settings) -> None:
        LocalFunctionHost(settings=settings, logs_of=lambda _account_id, _region: Logs(), ids=Ids(1)).start()

    with pytest.raises(
        RuntimeUnavailable, match="There is no runtime named java; choose process, in-process or docker"
    ):
        asyncio.run(start(Settings(runtime="java")))
    with pytest.raises(RuntimeUnavailable, match="is not a Python interpreter; give the path of one with --python"):
        asyncio.run(start(Settings(python=tmp_path / "python")))


def test_a_handler_of_this_process_needs_no_code_folder(tmp_path: Path) -> None:
    async def scenario() -> None:
        stage = Stage(tmp_path, "in-process")
        stage.host.start()
        events: list[Any] = []

        def handler(event: Any, context: Any) -> str:
            events.append(event)
            return str(context.function_name)

        stage.host.use_handler(ARN, handler)
        stage.deploy()
        assert (await _invoked(stage)).payload == b'"orders"'
        assert events == [{}]
        await stage.host.close()

    asyncio.run(scenario())
