"""Functions that run on this machine: the Lambda API's ``FunctionHost`` over the runtimes, with reload on save."""

import asyncio
import json
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, assert_never

from runtimes.choose import Runtimes, choose
from runtimes.contract import (
    AnswerSink,
    Crashed,
    FunctionSpec,
    Invocation,
    LogSink,
    Outcome,
    Raised,
    Returned,
    RuntimeUnavailable,
    Throttled,
    TimedOut,
)
from runtimes.reload.events import Change, ReloadEvent
from runtimes.reload.stamps import Stamps, stamps_of
from sandbox.adapters.deployed_function import DeployedFunction
from sandbox.adapters.edited_folders import edited_folders
from sandbox.adapters.function_changes import FunctionChanges
from sandbox.adapters.function_spec import spec_of
from sandbox.adapters.recorded_invocations import RecordedInvocation, RecordedInvocations
from sandbox.awslambda.ports import InvokeResult, PlacedCode
from sandbox.clock import Clock
from sandbox.config import Settings
from sandbox.ids import Ids

if TYPE_CHECKING:
    from runtimes.reload.watcher import Watcher

__all__ = ["EndedInvocation", "FunctionNotDeployed", "LocalFunctionHost"]

_LOOK_AT_PACKAGES_SECONDS = 0.4

_log = logging.getLogger(__name__)


class FunctionNotDeployed(Exception):  # noqa: N818 - a state of the world, not a bug
    """No function runs under this ARN."""


@dataclass(frozen=True, kw_only=True)
class EndedInvocation:
    """One invocation as metrics count it.

    Attributes:
        function_arn: what ran, or would have.
        invoked_arn: what was asked for, an alias perhaps.
        began_seconds: epoch seconds.
        running: how many of the function's invocations ran when it began, itself included.
    """

    function_arn: str
    invoked_arn: str
    began_seconds: float
    running: int
    outcome: Outcome


class LocalFunctionHost:
    """Deploys, reloads, invokes. All methods are to be called on the event loop's thread.

    Args:
        logs_of: account id and region -> what takes the output of their functions.
        observe: receives every ``ReloadEvent``; it must neither block nor raise.
        clock: dates the names of log streams.
        invoked: hears of every invocation before it begins: function ARN, event, trace id.
        ended: hears of every invocation that has ended, and of those that were throttled.
    """

    def __init__(
        self,
        *,
        settings: Settings,
        logs_of: Callable[[str, str], LogSink],
        ids: Ids,
        observe: Callable[[ReloadEvent], None] = lambda _event: None,
        clock: Clock | None = None,
        invoked: Callable[[str, bytes, str], None] = lambda _arn, _payload, _trace_id: None,
        ended: Callable[[EndedInvocation], None] = lambda _invocation: None,
    ) -> None:
        self._settings = settings
        self._logs_of = logs_of
        self._ids = ids
        self._observe = observe
        self._clock = clock or Clock()
        self._invoked = invoked
        self._ended = ended
        self._runtimes: Runtimes | None = None
        self._watcher: Watcher | None = None
        self._following: asyncio.Task[None] | None = None
        self._deployed: dict[str, DeployedFunction] = {}
        self._closing: set[asyncio.Task[None]] = set()
        self._limits: dict[str, int] = {}
        self._running: dict[str, int] = {}
        self._changes = FunctionChanges()
        self._recorded = RecordedInvocations()

    def start(self) -> None:
        """Be ready to deploy.

        Raises:
            RuntimeUnavailable: there is no such runtime or interpreter; the text says what to do.
        """
        self._runtimes = choose(
            self._settings.runtime,
            sink_of=lambda spec: self._logs_of(spec.account_id, spec.region),
            new_log_stream=self._new_log_stream,
            python=self._settings.python,
            project_folder=self._settings.project_folder,
            images=self._settings.images,
            debug_port=self._settings.debug_port,
            debug_wait=self._settings.debug_wait,
            pause=lambda stopped: self._clock.pause() if stopped else self._clock.go_on(),
            imported=self._imported,
        )

    async def close(self) -> None:
        """Stop all functions; invocations in flight are given up."""
        if self._following is not None:
            self._following.cancel()
            await asyncio.gather(self._following, return_exceptions=True)
        deployed, self._deployed = self._deployed, {}
        await asyncio.gather(*self._closing, *(function.close() for function in deployed.values()))
        if self._watcher is not None:
            await self._watcher.close()
        if self._runtimes is not None:
            await self._runtimes.close()

    # -- FunctionHost ------------------------------------------------------------------------------------------------

    def deploy(
        self, function_arn: str, configuration: Mapping[str, Any], code: PlacedCode, environment: Mapping[str, str]
    ) -> None:
        """Run this code and configuration from the next invocation on; returns at once, warming goes on behind."""
        assert self._runtimes is not None, "start() comes first"
        spec = spec_of(function_arn, configuration, code, environment)
        deployed = self._deployed.get(function_arn)
        if deployed is not None:
            deployed.update(spec)
            return
        if self._following is None and self._settings.watch_code:
            self._following = asyncio.get_running_loop().create_task(self._follow_packages(self._runtimes))
        self._deployed[function_arn] = DeployedFunction(
            spec,
            self._runtimes.runtime(spec),
            edited=partial(edited_folders, self._settings),
            watcher=self._watch,
            changed=lambda: self._changes.note(function_arn),
            observe=self._observe,
        )
        self._changes.note(function_arn)

    def remove(self, function_arn: str) -> None:
        """Stop the function; invocations in flight are given up. Unknown functions are ignored."""
        deployed = self._deployed.pop(function_arn, None)
        if deployed is not None:
            task = asyncio.get_running_loop().create_task(deployed.close())
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)

    def set_reserved_concurrency(self, function_arn: str, limit: int | None) -> None:
        """At most *limit* invocations at once, of all versions together; 0 throttles all; ``None`` lifts the limit."""
        if limit is None:
            self._limits.pop(_unqualified(function_arn), None)
        else:
            self._limits[_unqualified(function_arn)] = limit
        self._changes.note(function_arn)

    async def invoke(
        self,
        function_arn: str,
        payload: bytes,
        *,
        request_id: str,
        client_context: bytes | None = None,
        invoked_arn: str | None = None,
        sink: AnswerSink | None = None,
    ) -> InvokeResult:
        """Run it once and wait. What keeps it from running at all is told as a function error, with what to do."""
        try:
            outcome = await self.run(
                function_arn,
                payload,
                request_id=request_id,
                client_context=client_context,
                invoked_arn=invoked_arn,
                sink=sink,
            )
        except FunctionNotDeployed:
            return _unavailable("The function is not running: its code could not be found when the sandbox started.")
        except RuntimeUnavailable as reason:
            return _unavailable(str(reason))
        version = self.executed_version(function_arn)
        match outcome:
            case Returned():
                return InvokeResult(payload=outcome.payload, log_tail=outcome.log_tail, executed_version=version)
            case Throttled():
                return InvokeResult(payload=b"", throttle_reason=outcome.reason)
            case Raised() | TimedOut() | Crashed():
                return InvokeResult(
                    payload=outcome.payload,
                    function_error="Unhandled",
                    log_tail=outcome.log_tail,
                    executed_version=version,
                )
        assert_never(outcome)

    # -- for the invoker and for tests -------------------------------------------------------------------------------

    async def run(
        self,
        function_arn: str,
        payload: bytes,
        *,
        request_id: str,
        client_context: bytes | None = None,
        invoked_arn: str | None = None,
        sink: AnswerSink | None = None,
    ) -> Outcome:
        """Run it once and give the outcome as it is; *sink* takes a streamed answer.

        Raises:
            FunctionNotDeployed: nothing runs under *function_arn*.
            RuntimeUnavailable: it cannot be started as things are.
        """
        arn = _without_latest(function_arn)
        began_at = self._changes.count(arn)
        deployed = self._deployed.get(arn)
        if deployed is None:
            self._changes.failed(arn, began_at)
            raise FunctionNotDeployed(function_arn)
        counted = _unqualified(arn)
        running = self._running.get(counted, 0)
        limit = self._limits.get(counted)
        if limit is not None and running >= limit:
            self._changes.failed(arn, began_at)
            throttled = Throttled(reason="ReservedFunctionConcurrentInvocationLimitExceeded")
            self._tell_end(arn, invoked_arn or arn, self._clock.now(), running, throttled)
            return throttled
        self._running[counted] = running + 1
        began_seconds = self._clock.now()
        trace_id = f"Root=1-{int(self._clock.now()):08x}-{self._ids.hex(24)}"
        self._invoked(arn, payload, trace_id)
        try:
            outcome = await deployed.invoke(
                Invocation(
                    request_id=request_id,
                    payload=payload,
                    invoked_function_arn=invoked_arn or function_arn,
                    client_context=client_context,
                    trace_id=trace_id,
                    sink=sink,
                )
            )
        except RuntimeUnavailable:
            self._changes.failed(arn, began_at)
            raise
        finally:
            self._running[counted] -= 1
        self._tell_end(arn, invoked_arn or arn, began_seconds, running + 1, outcome)
        if not isinstance(outcome, Returned):
            self._changes.failed(arn, began_at)
        self._recorded.add(
            RecordedInvocation(
                function_arn=arn,
                function_name=deployed.spec.function_name,
                request_id=request_id,
                payload=payload,
                outcome=outcome,
            )
        )
        return outcome

    def executed_version(self, function_arn: str) -> str:
        """The version that runs under *function_arn*."""
        deployed = self._deployed.get(_without_latest(function_arn))
        return "$LATEST" if deployed is None else deployed.spec.version

    async def code_changed(self, function_arn: str) -> None:
        """Return at the next change of code, configuration or concurrency.

        At once only where there was one since the function's last failed invocation began.
        """
        await self._changes.changed(_without_latest(function_arn))

    def last_invocations(self, function_name: str) -> Sequence[RecordedInvocation]:
        """The function's latest invocations, oldest first; a thousand of all functions together are kept."""
        return self._recorded.of(function_name)

    def recorded(self, request_id: str) -> RecordedInvocation | None:
        """The latest invocation with this request id, or ``None`` where it is not among those kept."""
        return self._recorded.find(request_id)

    def use_handler(self, function_arn: str, handler: Callable[[Any, Any], Any]) -> None:
        """Have the function answered by *handler*, an object of this process, from its next ``deploy`` on.

        Raises:
            RuntimeUnavailable: the runtime is another process.
        """
        handlers = getattr(self._runtimes, "handlers", None)
        if handlers is None:
            raise RuntimeUnavailable("A handler that is an object of this process needs the in-process runtime.")
        handlers[function_arn] = handler

    # ----------------------------------------------------------------------------------------------------------------

    def _new_log_stream(self, version: str) -> str:
        day = time.strftime("%Y/%m/%d", time.gmtime(self._clock.now()))
        return f"{day}/[{version}]{self._ids.hex(32)}"

    def _watch(self) -> "Watcher":
        """The watcher of all folders, begun with the first function whose code is edited."""
        if self._watcher is None:
            from runtimes.reload.watcher import Watcher  # noqa: PLC0415 - a start without functions does without it

            self._watcher = Watcher(_log.warning, ignored=self._settings.ignored_names)
        return self._watcher

    async def _follow_packages(self, runtimes: Runtimes) -> None:
        """Reload all Python functions when packages have been installed or removed: once, however many."""
        latest: Stamps = {}
        told: Stamps = {}
        while True:
            await asyncio.sleep(_LOOK_AT_PACKAGES_SECONDS)
            used = runtimes.packages()
            before, latest = latest, stamps_of(used)
            if latest != before or latest in (used, told):
                continue  # an installation goes on, or nothing is new
            told = latest
            folders = frozenset(folder for folder in used if used[folder] != latest[folder])
            if self._settings.runtime == "in-process":
                _log.warning(
                    "Packages have changed. What this process has imported of them stays until it is restarted."
                )
            change = Change(files=folders, noticed_at=time.perf_counter())
            for function in list(self._deployed.values()):
                if function.spec.image is None and function.spec.runtime.startswith("python"):
                    function.reload(change)

    def _imported(self, spec: FunctionSpec, places: Sequence[Path]) -> None:
        deployed = self._deployed.get(spec.function_arn)
        if deployed is not None and self._settings.watch_code:
            deployed.watch_too(places)

    def _tell_end(
        self, function_arn: str, invoked_arn: str, began_seconds: float, running: int, outcome: Outcome
    ) -> None:
        self._ended(
            EndedInvocation(
                function_arn=function_arn,
                invoked_arn=invoked_arn,
                began_seconds=began_seconds,
                running=running,
                outcome=outcome,
            )
        )


def _without_latest(function_arn: str) -> str:
    return function_arn.removesuffix(":$LATEST")


def _unqualified(function_arn: str) -> str:
    return ":".join(function_arn.split(":")[:7])


def _unavailable(message: str) -> InvokeResult:
    document = {"errorMessage": message, "errorType": "Sandbox.RuntimeUnavailable"}
    return InvokeResult(payload=json.dumps(document).encode("utf-8"), function_error="Unhandled")
