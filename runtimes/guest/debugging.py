"""Let a debugger in, where the host asks for it. debugpy is the user's own."""

from __future__ import annotations

import contextlib
import importlib
import os
import socket
import sys
import time
from collections.abc import Iterator

__all__ = ["let_debugger_in"]

_TRY_AGAIN_SECONDS = 0.05
_SAY_SO_SECONDS = 2.0
_HOST = "127.0.0.1"
"""Where people find it. In a container the debugger listens elsewhere, and the engine leads from here to there."""
_NO_WARNINGS = "PYDEVD_DISABLE_FILE_VALIDATION"


def let_debugger_in() -> None:
    """Listen on the port that ``SANDBOX_DEBUG_PORT`` names, wait for a debugger where ``SANDBOX_DEBUG_WAIT`` is set.

    ``SANDBOX_DEBUG_HOST`` is the address to listen on; all of them go.
    """
    port = os.environ.pop("SANDBOX_DEBUG_PORT", "")
    wait = os.environ.pop("SANDBOX_DEBUG_WAIT", "")
    host = os.environ.pop("SANDBOX_DEBUG_HOST", _HOST)
    if not port:
        return
    try:
        debugger = importlib.import_module("debugpy")
    except ImportError as error:
        _say(f"no debugger can be attached: {error}")
        return
    _await_port(int(port))
    with _without_warnings():
        # In this process: the port is free again as soon as the worker has ended, and a reload needs it.
        debugger.listen((host, int(port)), in_process_debug_adapter=True)
    name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
    if wait:
        _say(f"{name} waits for a debugger to be attached to {_HOST}:{port}")
        debugger.wait_for_client()
    else:
        _say(f"a debugger can be attached to {name} at {_HOST}:{port}")


@contextlib.contextmanager
def _without_warnings() -> Iterator[None]:
    """Keep debugpy from warning, in the function's log, of frozen modules that nobody will step into."""
    if _NO_WARNINGS in os.environ:
        yield
        return
    os.environ[_NO_WARNINGS] = "1"
    try:
        yield
    finally:
        del os.environ[_NO_WARNINGS]


def _await_port(port: int) -> None:
    """Return once nobody listens there: the worker of the old code ends when its invocation does."""
    began, said = time.monotonic(), False
    while not _is_free(port):
        if not said and time.monotonic() - began > _SAY_SO_SECONDS:
            said = True
            _say(
                f"port {port} is taken; its new code waits until the old has ended, or another program gives the port up"
            )
        time.sleep(_TRY_AGAIN_SECONDS)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        if sys.platform != "win32":  # where it would allow two to listen
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_HOST, port))
        except OSError:
            return False
    return True


def _say(sentence: str) -> None:
    print(f"[sandbox] {sentence}", flush=True)  # noqa: T201 - into the function's log
