"""One execution environment: a program that speaks the Runtime API, its output, its time limits, its end.

Local workers, ``bootstrap`` executables and (later) containers differ only in the ``Launcher`` that starts the program.
"""

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, assert_never

from runtimes import log_lines, outcomes
from runtimes.contract import FunctionSpec, Invocation, LoadFailure, LogSink, Outcome, Raised, Returned
from runtimes.output import Output
from runtimes.runtime_api.exchange import Answered, Ended, Event, Exchange, Failed, OutOfTime, Reply, TooLarge
from runtimes.runtime_api.server import RuntimeApi

__all__ = ["Environment", "Launch", "Launcher", "Program", "StartFailure"]

_INIT_SECONDS_MAX = 10
"""Lambda's limit of the init phase; past it, init goes on within the function's own timeout."""

StartFailure = Failed | Ended | OutOfTime


@dataclass(frozen=True, kw_only=True)
class Launch:
    """What to start: *runtime_api* is ``host:port``; *ended* is to be called once, with the status, when it is over."""

    spec: FunctionSpec
    runtime_api: str
    log_stream: str
    feed: Callable[[str, bytes], None]
    ended: Callable[[int], None]


class Program(Protocol):
    """A running program."""

    def drain(self) -> None:
        """Feed whatever the program has written up to now."""

    def kill(self) -> None:
        """End it and everything it started, at once; ``ended`` is still called."""

    async def close(self) -> None:
        """Kill it if it still runs, and give back what it holds here."""


class Launcher(Protocol):
    """Starts programs."""

    async def launch(self, launch: Launch) -> Program:
        """Start one. Raises: RuntimeUnavailable."""


class Environment:
    """Serve one invocation at a time, from ``start`` until ``close`` or until ``usable`` is false.

    Args:
        on_unusable: called once when the program has ended by itself.
    """

    def __init__(
        self,
        spec: FunctionSpec,
        launcher: Launcher,
        sink: LogSink,
        log_stream: str,
        *,
        on_unusable: Callable[["Environment"], None],
    ) -> None:
        self._spec = spec
        self._launcher = launcher
        self._exchange = Exchange()
        self._api = RuntimeApi(spec, self._exchange, extension_id=log_stream[-32:])
        self._output = Output(spec, sink, log_stream)
        self._on_unusable = on_unusable
        self._program: Program | None = None
        self._status: int | None = None
        self._init_ms: float | None = None
        self._max_memory_mb = 0
        self.usable = False
        self.used_at = 0.0

    async def start(self) -> StartFailure | None:
        """Start the program and wait until it asks for work; ``None`` when it does.

        Raises:
            RuntimeUnavailable: the program cannot be started at all.
        """
        started = time.perf_counter()
        await self._api.start()
        self._output.line(log_lines.init_start_line(self._spec))
        self._program = await self._launcher.launch(
            Launch(
                spec=self._spec,
                runtime_api=self._api.address,
                log_stream=self._output.log_stream,
                feed=self._output.feed,
                ended=self._ended,
            )
        )
        failure = await self._loaded()
        self._program.drain()
        self._output.finish()
        duration_ms = (time.perf_counter() - started) * 1000
        if failure is None:
            self._init_ms = duration_ms
            self.usable = self._status is None
            return None if self.usable else Ended(status=self._status or 0)
        status = "timeout" if isinstance(failure, OutOfTime) else "error"
        error_type = failure.error_type if isinstance(failure, Failed) else ""
        self._output.line(log_lines.init_report_line(duration_ms, status, error_type))
        return failure

    async def invoke(self, invocation: Invocation) -> Outcome:
        """Run the handler once; afterwards ``usable`` tells whether it can run again."""
        request_id = invocation.request_id
        self._output.begin(request_id)
        self._output.line(log_lines.start_line(request_id, self._spec.version))
        started = time.perf_counter()
        reply = await self._reply(invocation)
        duration_ms = (time.perf_counter() - started) * 1000
        assert self._program is not None  # noqa: S101 - start() set it
        self._program.drain()
        self._output.finish()
        outcome_of = self._close_log(request_id, reply, duration_ms)
        self.used_at = time.monotonic()
        self._output.begin("")
        return outcome_of

    async def close(self) -> None:
        """End the program and give back the port."""
        self.usable = False
        self._exchange.give_up(Ended(status=-9))
        if self._program is not None:
            await self._program.close()
        await self._api.close()

    def start_outcome(self, failure: StartFailure, request_id: str) -> LoadFailure:
        """What an invocation is told when its environment could not start."""
        tail = self._output.tail()
        match failure:
            case Failed():
                return _raised(failure, phase="init", log_tail=tail, duration_ms=0.0)
            case Ended():
                return outcomes.crashed(request_id, failure.status, log_tail=tail, duration_ms=0.0, phase="init")
            case OutOfTime():
                limit = self._spec.timeout_seconds
                return outcomes.timed_out(request_id, limit, log_tail=tail, duration_ms=0.0, phase="init")
        assert_never(failure)

    async def _loaded(self) -> StartFailure | None:
        timer = asyncio.get_running_loop().call_later(_INIT_SECONDS_MAX + self._spec.timeout_seconds, self._out_of_time)
        try:
            return await self._exchange.loaded
        finally:
            timer.cancel()

    async def _reply(self, invocation: Invocation) -> Reply:
        seconds = self._spec.timeout_seconds
        # The handler compares the deadline with its machine's clock, which tests do not move.
        deadline_ms = int((time.time() + seconds) * 1000)
        timer = asyncio.get_running_loop().call_later(seconds, self._out_of_time)
        try:
            return await self._exchange.submit(Event(invocation=invocation, deadline_ms=deadline_ms))
        finally:
            timer.cancel()

    def _out_of_time(self) -> None:
        self.usable = False
        if self._program is not None:
            self._program.kill()
        self._exchange.give_up(OutOfTime())

    def _ended(self, status: int) -> None:
        was_usable, self.usable, self._status = self.usable, False, status
        self._exchange.give_up(Ended(status=status))
        if was_usable:
            self._on_unusable(self)

    def _close_log(self, request_id: str, reply: Reply, duration_ms: float) -> Outcome:
        """Write the closing lines and build the outcome, whose log tail includes them."""
        spec, output = self._spec, self._output
        status = error_type = ""
        match reply:
            case OutOfTime():
                duration_ms = spec.timeout_seconds * 1000.0
                output.line(log_lines.timed_out_line(request_id, spec.timeout_seconds, time.time()))
                status = "timeout"
            case Ended():
                output.line(f"RequestId: {request_id} Error: {outcomes.exit_reason(reply.status)}")
                status, error_type = "error", "Runtime.ExitError"
            case Answered() | Failed():
                self._max_memory_mb = max(self._max_memory_mb, (reply.max_memory_kb or 0) // 1024)
            case TooLarge():
                status, error_type = "error", "Function.ResponseSizeTooLarge"
        output.line(log_lines.end_line(request_id))
        init_ms, self._init_ms = self._init_ms, None
        output.line(
            log_lines.report_line(
                request_id,
                duration_ms=duration_ms,
                memory_mb=spec.memory_mb,
                max_memory_mb=self._max_memory_mb or spec.memory_mb,
                init_ms=init_ms,
                status=status,
                error_type=error_type,
            )
        )
        tail = output.tail()
        match reply:
            case Answered():
                return Returned(payload=reply.payload, log_tail=tail, duration_ms=duration_ms)
            case Failed():
                return _raised(reply, phase="invoke", log_tail=tail, duration_ms=duration_ms)
            case TooLarge():
                return outcomes.too_large(log_tail=tail, duration_ms=duration_ms)
            case Ended():
                return outcomes.crashed(request_id, reply.status, log_tail=tail, duration_ms=duration_ms)
            case OutOfTime():
                return outcomes.timed_out(request_id, spec.timeout_seconds, log_tail=tail, duration_ms=duration_ms)
        assert_never(reply)


def _raised(failure: Failed, *, phase: str, log_tail: bytes, duration_ms: float) -> Raised:
    try:
        document = json.loads(failure.payload)
    except ValueError:
        document = None
    message = document.get("errorMessage", "") if isinstance(document, dict) else ""
    return Raised(
        error_type=failure.error_type,
        error_message=str(message),
        payload=failure.payload,
        phase=phase,
        location=failure.location,
        log_tail=log_tail,
        duration_ms=duration_ms,
    )
