"""One execution environment: a program that speaks the Runtime API, its output, its time limits, its end.

Local workers, ``bootstrap`` executables and containers differ only in the ``Launcher`` that starts the program.
"""

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from runtimes import log_lines
from runtimes.conclusion import conclude, error_type_of, load_failure
from runtimes.contract import FunctionSpec, Invocation, LoadFailure, LogSink, Outcome, RuntimeUnavailable
from runtimes.guest.failure import CODE_IN_MOTION
from runtimes.output import Output
from runtimes.pool import CodeInMotion, EnvironmentEnded
from runtimes.reply import Answered, Ended, Failed, OutOfTime, Reply, StartFailure
from runtimes.runtime_api.exchange import Event, Exchange
from runtimes.runtime_api.server import Place, RuntimeApi

__all__ = ["ApiEnvironment", "Launch", "Launcher", "Program"]

_INIT_SECONDS_MAX = 10
"""Lambda's limit of the init phase; past it, init goes on within the function's own timeout."""
_MEMORY_LOOK_SECONDS = 0.02
"""How often a program that works is asked for its memory (docs/decisions/0011): a look takes some 10 µs."""


_OUT_OF_MEMORY = Ended(status=-9, is_out_of_memory=True)


@dataclass(frozen=True, kw_only=True)
class Launch:
    """What to start: *runtime_api* is ``host:port``; *ended* is to be called once, when it is over."""

    spec: FunctionSpec
    runtime_api: str
    log_stream: str
    feed: Callable[[str, bytes], None]
    ended: Callable[[Ended], None]


class Program(Protocol):
    """A running program."""

    async def drain(self) -> None:
        """Feed whatever the program has written up to now."""

    def held_memory_mb(self) -> int | None:
        """The memory it holds now; ``None`` where that cannot be told, or where something else keeps the limit."""

    def kill(self) -> None:
        """End it and everything it started, at once; ``ended`` is still called."""

    async def close(self) -> None:
        """Kill it if it still runs, and give back what it holds here."""


class Launcher(Protocol):
    """Starts programs."""

    async def place(self) -> Place:
        """Where the Runtime API has to listen for the next program to reach it. Raises: RuntimeUnavailable."""

    async def launch(self, launch: Launch) -> Program:
        """Start one. Raises: CodeInMotion, RuntimeUnavailable."""


class ApiEnvironment:
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
        on_unusable: Callable[["ApiEnvironment"], None],
    ) -> None:
        self._spec = spec
        self._launcher = launcher
        self._exchange = Exchange()
        self._api = RuntimeApi(spec, self._exchange, extension_id=log_stream[-32:])
        self._output = Output(spec, sink, log_stream)
        self._on_unusable = on_unusable
        self._program: Program | None = None
        self._end: Ended | None = None
        self._start_failure: StartFailure | None = None
        self._init_ms: float | None = None
        self._max_memory_mb: int | None = None
        self._has_answered = False
        self.usable = False
        self.used_at = 0.0

    async def start(self) -> bool:
        """Start the program and wait until it asks for work; false where it never will (see ``start_outcome``).

        Raises:
            CodeInMotion: the code was saved while the program loaded it.
            RuntimeUnavailable: the program cannot be started at all.
        """
        started = time.perf_counter()
        await self._api.start(await self._launcher.place())
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
        await self._program.drain()
        self._output.finish()
        duration_ms = (time.perf_counter() - started) * 1000
        if failure is None:
            failure = self._end
        if isinstance(failure, Failed) and failure.error_type == CODE_IN_MOTION.error_type:
            raise CodeInMotion
        self._unless_taken_away(failure)
        if failure is None:
            self._init_ms = duration_ms
            self.usable = True
            return True
        self._start_failure = failure
        status = "timeout" if isinstance(failure, OutOfTime) else "error"
        self._output.line(log_lines.init_report_line(duration_ms, status, error_type_of(failure)))
        return False

    async def invoke(self, invocation: Invocation) -> Outcome:
        """Run the handler once; afterwards ``usable`` tells whether it can run again.

        Raises:
            EnvironmentEnded: the program has ended by itself since its last answer.
            RuntimeUnavailable: what ran it went away meanwhile, as a Docker engine may.
        """
        if self._has_answered and not await self._is_asking():
            raise EnvironmentEnded
        request_id = invocation.request_id
        self._output.begin(request_id)
        self._output.line(log_lines.start_line(request_id, self._spec.version))
        started = time.perf_counter()
        reply = self._within_memory(await self._reply(invocation))
        duration_ms = (time.perf_counter() - started) * 1000
        assert self._program is not None
        await self._program.drain()
        self._output.finish()
        self._unless_taken_away(reply)
        init_ms, self._init_ms = self._init_ms, None
        outcome = conclude(
            self._spec,
            self._output,
            request_id,
            reply,
            duration_ms=duration_ms,
            max_memory_mb=self._max_memory_mb,
            init_ms=init_ms,
        )
        self.used_at = time.monotonic()
        self._has_answered = True
        self._output.begin("")
        return outcome

    async def close(self) -> None:
        """End the program and give back the port."""
        self.usable = False
        self._exchange.give_up(Ended(status=-9))
        if self._program is not None:
            await self._program.close()
        await self._api.close()

    def start_outcome(self, request_id: str) -> LoadFailure:
        """What the invocation *request_id* is told when ``start`` gave false."""
        failure = self._start_failure or Ended(status=-9)
        return load_failure(self._spec, self._output, request_id, failure)

    async def _loaded(self) -> StartFailure | None:
        with self._limited(_INIT_SECONDS_MAX + self._spec.timeout_seconds):
            return await self._exchange.loaded

    async def _is_asking(self) -> bool:
        """Whether the program asks for work; what it does between an answer and that has the time of an invocation."""
        with self._limited(self._spec.timeout_seconds):
            return await self._exchange.is_asking()

    async def _reply(self, invocation: Invocation) -> Reply:
        seconds = self._spec.timeout_seconds
        # The handler compares the deadline with its machine's clock, which tests do not move.
        deadline_ms = int((time.time() + seconds) * 1000)
        with self._limited(seconds):
            return await self._exchange.submit(Event(invocation=invocation, deadline_ms=deadline_ms))

    @contextlib.contextmanager
    def _limited(self, seconds: float) -> Iterator[None]:
        """Give the program up after *seconds*, or as soon as it holds more memory than its function has."""
        loop = asyncio.get_running_loop()
        timer = loop.call_later(seconds, self._give_up, OutOfTime())
        self._look_again = loop.call_later(_MEMORY_LOOK_SECONDS, self._look)
        try:
            yield
        finally:
            timer.cancel()
            self._look_again.cancel()

    def _look(self) -> None:
        if self._is_over_memory():
            self._give_up(_OUT_OF_MEMORY)
        else:
            self._look_again = asyncio.get_running_loop().call_later(_MEMORY_LOOK_SECONDS, self._look)

    def _unless_taken_away(self, end: Reply | None) -> None:
        if isinstance(end, Ended) and end.taken_away:
            self._output.line(f"[sandbox] {end.taken_away}")
            raise RuntimeUnavailable(end.taken_away)

    def _within_memory(self, reply: Reply) -> Reply:
        """*reply*, or that of a program which holds too much: many short invocations may have added up to it unseen."""
        if not isinstance(reply, Answered | Failed) or reply.max_memory_kb is None:
            return reply
        max_memory_mb = reply.max_memory_kb // 1024
        self._max_memory_mb = max(self._max_memory_mb or 0, max_memory_mb)
        if max_memory_mb <= self._spec.memory_mb or not self._is_over_memory():
            return reply
        self._give_up(_OUT_OF_MEMORY)
        return _OUT_OF_MEMORY

    def _is_over_memory(self) -> bool:
        held_mb = None if self._program is None else self._program.held_memory_mb()
        return held_mb is not None and held_mb > self._spec.memory_mb

    def _give_up(self, reason: OutOfTime | Ended) -> None:
        self.usable = False
        if self._program is not None:
            self._program.kill()
        self._exchange.give_up(reason)

    def _ended(self, end: Ended) -> None:
        was_usable, self.usable, self._end = self.usable, False, end
        self._exchange.give_up(end)
        if was_usable:
            self._on_unusable(self)
