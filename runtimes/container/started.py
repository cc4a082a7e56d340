"""Containers that have been started: at once with their image's own program, or held before it until they are told.

What holds one is a line of shell before that program: it reads from its standard input what its environment is told, and
becomes the program. It ends by itself once nobody is left who could tell it. An image without ``/bin/sh`` cannot be held.
"""

import contextlib
import secrets
import selectors
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from runtimes.container.marks import Marks
from runtimes.container.plan import Plan

__all__ = ["SHELL", "Started", "Told", "hold_container", "start_container"]

SHELL = "/bin/sh"
_RUNTIME_API = "AWS_LAMBDA_RUNTIME_API"
_LOG_STREAM = "AWS_LAMBDA_LOG_STREAM_NAME"
_HOLD = (
    f'read -r {_RUNTIME_API} && read -r {_LOG_STREAM} && export {_RUNTIME_API} {_LOG_STREAM} && exec "$@" </dev/null'
)


@dataclass(frozen=True, kw_only=True)
class Told:
    """What one environment alone is told."""

    runtime_api: str
    log_stream: str

    @property
    def variables(self) -> Mapping[str, str]:
        """As environment variables."""
        return {_RUNTIME_API: self.runtime_api, _LOG_STREAM: self.log_stream}


@dataclass(frozen=True, kw_only=True)
class Started:
    """A container that runs.

    Attributes:
        output: the SDK's socket that its output comes from, in frames; a held one is told through it.
        marks: tell how far the output is.
        is_in_the_way: the one that takes its place cannot start before it is gone.
        give_back: to be called once, on a thread, when it is gone.
    """

    identity: str
    output: Any
    marks: Marks
    is_in_the_way: bool
    give_back: Callable[[], None]

    def release(self, told: Told) -> bool:
        """Have it go on, if it is held; false where it has ended instead."""
        if self._has_ended():
            return False
        try:
            _socket_of(self.output).sendall(f"{told.runtime_api}\n{told.log_stream}\n".encode())
        except OSError:
            return False
        return True

    def hang_up(self) -> None:
        """Listen to it no more."""
        _hang_up(self.output)

    def _has_ended(self) -> bool:
        """Whether the engine has hung up: a held container says nothing. Not known of named pipes."""
        with contextlib.suppress(OSError, ValueError), selectors.DefaultSelector() as selector:
            selector.register(_socket_of(self.output), selectors.EVENT_READ)
            return bool(selector.select(0))
        return False


def start_container(client: Any, plan: Plan, told: Told, give_back: Callable[[], None]) -> Started:
    """Start one that runs what its image does."""
    variables = {**plan.options["environment"], **told.variables}
    return _start(client, plan, {"environment": variables}, give_back)


def hold_container(client: Any, plan: Plan, give_back: Callable[[], None]) -> Started:
    """Start one that is held."""
    options = {
        "environment": {**plan.options["environment"], _RUNTIME_API: f"held-{secrets.token_hex(8)}"},
        "entrypoint": [SHELL, "-c", _HOLD, SHELL],
        "command": plan.arguments,
        "stdin_open": True,
        "detach": False,  # or its standard input would outlast us
    }
    return _start(client, plan, options, give_back)


def _start(client: Any, plan: Plan, more: Mapping[str, Any], give_back: Callable[[], None]) -> Started:
    options = {**plan.options, **more}
    container = client.containers.create(**options)
    output = None
    try:
        # Attached before it runs: nothing it prints is missed, and the engine need not keep it.
        streams = {"stdin": int(options.get("stdin_open", False)), "stdout": 1, "stderr": 1, "stream": 1}
        output = container.attach_socket(params=streams)
        container.start()
        container.reload()
    except BaseException:
        if output is not None:
            _hang_up(output)
        client.api.remove_container(container.id, force=True, v=True)
        raise
    # With Docker Desktop, the process numbers are those of another machine.
    pid = 0 if plan.bridge.gateway is None else int(container.attrs["State"]["Pid"])
    marks = Marks(pid, f"{_RUNTIME_API}={options['environment'][_RUNTIME_API]}")
    return Started(
        identity=container.id,
        output=output,
        marks=marks,
        is_in_the_way=plan.debug_port is not None,
        give_back=give_back,
    )


def _socket_of(output: Any) -> Any:
    return getattr(output, "_sock", output)


def _hang_up(output: Any) -> None:
    _socket_of(output).close()  # closing what the SDK hands out leaves the connection below open
    output.close()
