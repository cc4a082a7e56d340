"""Be a Lambda environment: load the handler once, then answer events until the host hangs up.

A handler that raises has failed one invocation; one that ends the interpreter (``sys.exit``, an exception outside
``Exception``) has ended the environment, as in Lambda.
"""

from __future__ import annotations

import contextlib
import importlib
import logging
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterable, Mapping
from json import dumps  # the function itself: user code may patch the module
from typing import Any, NoReturn

from . import fresh_source, sdk_data
from .answers import decode_event, encode_answer
from .client import HostGone, NextInvocation, RuntimeApiClient
from .context import LambdaContext, client_context_of
from .debugging import let_debugger_in
from .elsewhere import Elsewhere
from .failure import CODE_IN_MOTION, Failure, failure_of, log_text
from .handlers import load_handler
from .logs import LambdaLogHandler
from .streams import StandardStreams

if sys.platform != "win32":
    import resource

__all__ = ["run"]

_MAXRSS_UNITS_PER_KB = 1024 if sys.platform == "darwin" else 1


def run(report_fd: int | None) -> NoReturn:
    """Serve the function that the environment variables name; never returns.

    Args:
        report_fd: where to write JSON lines about what was imported.
    """
    _Worker(report_fd).run()


class _Worker:
    def __init__(self, report_fd: int | None) -> None:
        self._report_fd = report_fd
        self._task_root = os.environ["LAMBDA_TASK_ROOT"]
        self._streams = StandardStreams()
        self._request_id = ""
        self._answered = False
        self._client = RuntimeApiClient(os.environ["AWS_LAMBDA_RUNTIME_API"])

    def run(self) -> NoReturn:
        status = 0
        try:
            self._prepare()
            handler = self._load()
            if handler is None:
                status = 1
            else:
                self._streams.settle()  # loading may have closed them
                self._serve(handler)
        except HostGone as gone:
            self._streams.write(f"[sandbox] {gone}\n")  # if anybody reads it: it should not happen while somebody does
        except SystemExit as error:
            status = _exit_status(error)
        except KeyboardInterrupt:
            traceback.print_exc()
            status = -signal.SIGINT
        except BaseException:  # noqa: BLE001 - whatever ends the interpreter is told and ends it
            traceback.print_exc()
            status = 1
        try:
            self._streams.settle()
        finally:
            if status == -signal.SIGINT:  # an interpreter that nobody asked otherwise ends by the signal itself
                signal.signal(signal.SIGINT, signal.SIG_DFL)
                signal.raise_signal(signal.SIGINT)
            # Neither exit handlers nor forgotten threads may keep a finished environment alive.
            os._exit(status)

    def _prepare(self) -> None:
        os.chdir(self._task_root)
        let_debugger_in()
        layers = [folder for folder in os.environ.pop("SANDBOX_PYTHON_LAYERS", "").split(os.pathsep) if folder]
        self._roots = [self._task_root, *layers]
        _drop_shadowed_modules(self._roots)
        sys.path[:0] = self._roots
        importlib.invalidate_caches()
        self._sources = fresh_source.install(self._task_root, layers)
        self._elsewhere = Elsewhere(self._sources)
        self._elsewhere.begin()
        logging.getLogger().addHandler(LambdaLogHandler(self._log, lambda: self._request_id))

    def _log(self, text: str) -> None:
        sys.stdout.write(text)

    def _load(self) -> Callable[[Any, Any], Any] | None:
        handler: Callable[[Any, Any], Any] | None = None
        failure: Failure | None = None
        try:
            handler = load_handler(os.environ["_HANDLER"], self._task_root, importlib.import_module)
        except Exception as error:  # noqa: BLE001 - user code may raise anything at its top level
            failure = failure_of(error, self._task_root)
        if not self._sources.have_held_still(folders=failure is not None):
            self._client.init_failed(CODE_IN_MOTION.document(""), {})
            return None
        self._report()  # of the modules imported while loading
        if failure is not None:
            document = failure.document("")
            self._streams.write(log_text(document))
            self._client.init_failed(document, {"Sandbox-Error-Location": failure.location})
        return handler

    def _report(self) -> None:
        if self._report_fd is not None:
            told = {
                "modules": list(_installed_modules(self._roots)),
                "sdk_data": sdk_data.loaded(),
                "elsewhere": self._elsewhere.places,
            }
            line = dumps(told) + "\n"
            with contextlib.suppress(OSError):
                os.write(self._report_fd, line.encode("utf-8"))

    def _serve(self, handler: Callable[[Any, Any], Any]) -> NoReturn:
        invocation = self._client.next()
        while True:
            invocation = self._answer(handler, invocation)

    def _answer(self, handler: Callable[[Any, Any], Any], invocation: NextInvocation) -> NextInvocation:
        self._request_id = invocation.request_id
        try:
            context = self._context(invocation)
            answer = encode_answer(handler(decode_event(invocation.payload), context))
        except Exception as error:  # noqa: BLE001 - the handler's failure is its answer
            failure = failure_of(error, self._task_root)
            document = failure.document(invocation.request_id)
            self._streams.write(log_text(document))
            self._request_id = ""
            headers = {**_memory_header(), "Sandbox-Error-Location": failure.location}
            return self._client.fail(invocation.request_id, document, headers)
        if not self._answered:
            self._answered = True
            self._report()  # clients made in the first call have imported more
        self._streams.settle()
        self._request_id = ""
        return self._client.answer(invocation.request_id, answer, _memory_header())

    @staticmethod
    def _context(invocation: NextInvocation) -> LambdaContext:
        headers = invocation.headers
        trace_id = headers.get("lambda-runtime-trace-id")
        if trace_id:
            os.environ["_X_AMZN_TRACE_ID"] = trace_id
        return LambdaContext(
            invocation.request_id,
            int(headers["lambda-runtime-deadline-ms"]),
            headers["lambda-runtime-invoked-function-arn"],
            client_context_of(headers.get("lambda-runtime-client-context")),
            os.environ,
        )


def _memory_header() -> Mapping[str, str]:
    if sys.platform == "win32":
        return {}
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // _MAXRSS_UNITS_PER_KB
    return {"Sandbox-Max-Memory-Kb": str(kilobytes)}


def _exit_status(error: SystemExit) -> int:
    if error.code is None:
        return 0
    if isinstance(error.code, int):
        return error.code & 0xFF
    print(error.code, file=sys.stderr)  # noqa: T201 - what the interpreter itself does with a text
    return 1


def _drop_shadowed_modules(roots: Iterable[str]) -> None:
    """Forget modules imported before the fork where the code or a layer brings its own: these come first."""
    own = {entry.partition(".")[0] for root in roots for entry in os.listdir(root)}
    for name in list(sys.modules):
        head = name.partition(".")[0]
        if head in own and _is_installed(sys.modules[name]):
            del sys.modules[name]


def _installed_modules(roots: Iterable[str]) -> Iterable[str]:
    """The modules that came neither with the code nor with a layer."""
    own = tuple(os.path.join(os.path.abspath(root), "") for root in roots)
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if isinstance(file, str) and not os.path.abspath(file).startswith(own) and _is_installed(module):
            yield name


def _is_installed(module: object) -> bool:
    file = getattr(module, "__file__", None)
    return isinstance(file, str) and ("site-packages" in file or "dist-packages" in file)
