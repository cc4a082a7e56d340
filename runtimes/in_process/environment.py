"""One in-process environment: a realm of modules, variables, a thread, a log."""

import asyncio
import contextlib
import contextvars
import json
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from runtimes import log_lines
from runtimes.conclusion import conclude, error_type_of, load_failure
from runtimes.contract import FunctionSpec, Invocation, LoadFailure, LogSink, Outcome, RuntimeUnavailable
from runtimes.guest.answers import decode_event, encode_answer
from runtimes.guest.context import LambdaContext, client_context_of
from runtimes.guest.failure import CODE_IN_MOTION, Failure, failure_of, log_text
from runtimes.guest.handlers import load_handler
from runtimes.in_process import hooks, streams
from runtimes.in_process.leftovers import Leftovers
from runtimes.in_process.place import CURRENT, Place
from runtimes.in_process.realm import Realm
from runtimes.in_process.time_limit import TimeLimit
from runtimes.in_process.worker_thread import WorkerThread
from runtimes.layers import python_folders
from runtimes.output import Output
from runtimes.pool import CodeInMotion
from runtimes.reply import RESPONSE_BYTES_MAX, Answered, Ended, Failed, OutOfTime, Reply, StartFailure, TooLarge
from runtimes.variables import environment_variables

__all__ = ["Handler", "InProcessEnvironment"]

Handler = Callable[[Any, Any], Any]

_INIT_SECONDS_MAX = 10


class InProcessEnvironment:
    """Serve one invocation at a time on a thread of this interpreter.

    Args:
        handler: one that exists already; ``None`` loads ``spec.handler``.
        pause: told True when a debugger stops the handler, False when it goes on.
    """

    def __init__(
        self,
        spec: FunctionSpec,
        sink: LogSink,
        log_stream: str,
        handler: Handler | None,
        *,
        pause: Callable[[bool], None] = lambda _stopped: None,
    ) -> None:
        self._spec = spec
        self._pause = pause
        self._output = Output(spec, sink, log_stream)
        self._handler = handler
        self._realm = Realm(str(spec.code_path), python_folders(spec)) if handler is None else None
        loop = asyncio.get_running_loop()
        self._place = Place(
            dict(environment_variables(spec, {}, log_stream=log_stream)),
            self._realm,
            lambda flush: _soon(loop, flush),
            self._output.feed,
        )
        self._thread = WorkerThread(f"lambda-{spec.function_name}")
        self._leftovers = Leftovers(self._thread.native_id, spec.memory_mb)
        self._start_failure: StartFailure | None = None
        self._init_ms: float | None = None
        self._open = True
        self.usable = False
        self.used_at = 0.0
        hooks.install()

    async def start(self) -> bool:
        """Load the handler; false where that fails. Raises: CodeInMotion, RuntimeUnavailable."""
        if self._spec.image is not None:
            raise RuntimeUnavailable(
                f"{self._spec.function_name} is a container image ({self._spec.image.uri}); "
                "run handlers with --runtime docker."
            )
        if self._spec.runtime and not self._spec.runtime.startswith("python"):
            raise RuntimeUnavailable(
                f"{self._spec.runtime} functions cannot run inside a Python process; run handlers with --runtime process."
            )
        started = time.perf_counter()
        self._output.line(log_lines.init_start_line(self._spec))
        if self._handler is None:
            self._leftovers.begin()
            failure = await self._limited(self._load, _INIT_SECONDS_MAX + self._spec.timeout_seconds)
            self._place.flush()
            self._output.finish()
            self._tell_leftovers(failure)
        else:
            failure = None
        duration_ms = (time.perf_counter() - started) * 1000
        if isinstance(failure, Failed) and failure.error_type == CODE_IN_MOTION.error_type:
            raise CodeInMotion
        if failure is None:
            self._init_ms = duration_ms
            self.usable = True
            return True
        self._start_failure = failure
        status = "timeout" if isinstance(failure, OutOfTime) else "error"
        self._output.line(log_lines.init_report_line(duration_ms, status, error_type_of(failure)))
        return False

    def start_outcome(self, request_id: str) -> LoadFailure:
        """What the invocation *request_id* is told when ``start`` gave false."""
        return load_failure(self._spec, self._output, request_id, self._start_failure or Ended(status=-9))

    async def invoke(self, invocation: Invocation) -> Outcome:
        """Run the handler once; afterwards ``usable`` tells whether it can run again."""
        request_id = invocation.request_id
        self._output.begin(request_id)
        self._output.line(log_lines.start_line(request_id, self._spec.version))
        self._place.request_id = request_id
        self._leftovers.begin()
        started = time.perf_counter()
        # The handler compares the deadline with the machine's clock, which tests do not move.
        deadline_ms = int((time.time() + self._spec.timeout_seconds) * 1000)
        reply = await self._limited(lambda: self._run(invocation, deadline_ms), self._spec.timeout_seconds)
        duration_ms = (time.perf_counter() - started) * 1000
        self._place.request_id = ""
        self._place.flush()
        self._output.finish()
        self._tell_leftovers(reply)
        init_ms, self._init_ms = self._init_ms, None
        outcome = conclude(
            self._spec, self._output, request_id, reply, duration_ms=duration_ms, max_memory_mb=None, init_ms=init_ms
        )
        self.used_at = time.monotonic()
        self._output.begin("")
        return outcome

    async def close(self) -> None:
        """Forget the modules and let the thread end when it can."""
        if not self._open:
            return
        self._open = self.usable = False
        await self._leftovers.end()
        self._thread.stop()
        if self._realm is not None:
            self._realm.close()
        hooks.uninstall()

    def _tell_leftovers(self, reply: Reply | None) -> None:
        if isinstance(reply, OutOfTime):
            self._output.line(
                "[sandbox] the thread of the timed-out handler cannot be stopped in-process; it is left behind"
            )
        for sentence in self._leftovers.news():
            self._output.line(sentence)

    async def _limited(self, job: Callable[[], Any], seconds: float) -> Any:
        """What *job* gives on the thread, or ``OutOfTime``; time at a breakpoint does not count."""
        streams.begin()
        done = self._thread.run(lambda: contextvars.Context().run(self._in_place, job))

        def expire() -> None:
            if not done.done():
                self.usable = False
                done.set_result(OutOfTime())

        limit = TimeLimit(
            seconds, is_stopped=self._thread.is_in_debugger, expired=expire, stopped=self._stopped_by_debugger
        )
        try:
            reply = await done
        finally:
            limit.end()
            streams.end()
        if isinstance(reply, Ended):
            self.usable = False
        return reply

    def _stopped_by_debugger(self, stopped: bool) -> None:
        if stopped:
            self._output.line("[sandbox] stopped by a debugger: until it goes on, neither timeouts nor the clock do")
        self._pause(stopped)

    def _in_place(self, job: Callable[[], Any]) -> Any:
        """Run *job* on the thread as code of this function; what would end an interpreter ends the environment."""
        CURRENT.set(self._place)
        folder = Path.cwd()
        try:
            return job()
        except SystemExit as error:
            return Ended(status=_exit_status(error))
        except hooks.Aborted:
            return Ended(status=-int(signal.SIGABRT))
        except BaseException as error:  # noqa: BLE001 - outside of Exception: Lambda's runtime ends with it
            traceback.print_exc()
            return Ended(status=-signal.SIGINT if isinstance(error, KeyboardInterrupt) else 1)
        finally:
            self._put_folder_back(folder)

    def _put_folder_back(self, folder: Path) -> None:
        with contextlib.suppress(OSError):  # the folder is gone: nothing to go back to
            if Path.cwd() != folder:
                os.chdir(folder)
                self._place.capture(
                    "stderr", b"[sandbox] the handler changed the whole process's working folder; it is put back\n"
                )

    def _load(self) -> Failed | None:
        assert self._realm is not None
        root, prefix = str(self._spec.code_path), f"{self._realm.name}."
        failure: Failure | None = None
        self._realm.sources.keep(root)
        try:
            self._handler = load_handler(self._spec.handler, root, self._realm.import_module, hidden_prefix=prefix)
        except Exception as error:  # noqa: BLE001 - user code may raise anything at its top level
            failure = failure_of(error, root)
        if not self._realm.sources.have_held_still(folders=failure is not None):
            failure = CODE_IN_MOTION
        return None if failure is None else self._failed(failure, "")

    def _run(self, invocation: Invocation, deadline_ms: int) -> Reply:
        assert self._handler is not None
        try:
            context = LambdaContext(
                invocation.request_id,
                deadline_ms,
                invocation.invoked_function_arn,
                client_context_of(invocation.client_context),
                os.environ,
            )
            if invocation.trace_id:
                os.environ["_X_AMZN_TRACE_ID"] = invocation.trace_id
            payload = encode_answer(self._handler(decode_event(invocation.payload), context))
        except Exception as error:  # noqa: BLE001 - the handler's failure is its answer
            return self._failed(failure_of(error, str(self._spec.code_path)), invocation.request_id)
        return TooLarge() if len(payload) > RESPONSE_BYTES_MAX else Answered(payload=payload)

    @staticmethod
    def _failed(failure: Failure, request_id: str) -> Failed:
        document = failure.document(request_id)
        if failure is not CODE_IN_MOTION:
            streams.write_event(log_text(document))
        payload = json.dumps(document).encode("ascii")
        return Failed(error_type=failure.error_type, payload=payload, location=failure.location)


def _exit_status(error: SystemExit) -> int:
    if error.code is None:
        return 0
    if isinstance(error.code, int):
        return error.code & 0xFF
    print(error.code, file=sys.stderr)  # noqa: T201 - what the interpreter itself does with a text
    return 1


def _soon(loop: asyncio.AbstractEventLoop, flush: Callable[[], None]) -> None:
    with contextlib.suppress(RuntimeError):  # the loop is closed: there is no log any more
        # Not in the handler's context: what the log prints must not count as printed by the handler.
        loop.call_soon_threadsafe(flush, context=contextvars.Context())
