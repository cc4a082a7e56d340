"""What every runtime promises: an invocation goes in, an outcome comes out, as a value.

User code that raises is ``Raised``; running out of time is ``TimedOut``; dying is ``Crashed``; no free place is
``Throttled``. Only not being able to start at all (no interpreter, no image, no Docker) is an exception,
``RuntimeUnavailable``, whose text says what to do next.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

__all__ = [
    "AnswerSink",
    "Crashed",
    "FunctionSpec",
    "ImageSpec",
    "Imported",
    "Invocation",
    "LoadFailure",
    "LogSink",
    "Outcome",
    "Raised",
    "Returned",
    "Runtime",
    "RuntimeUnavailable",
    "Throttled",
    "TimedOut",
]


class RuntimeUnavailable(Exception):  # noqa: N818 - a state of the machine, with advice, not a programming error
    """The runtime cannot start; the text is one clear sentence and the next step."""


@dataclass(frozen=True, kw_only=True)
class ImageSpec:
    """A container image that is a function.

    Attributes:
        entry_point, command, working_folder: what the image itself says where they are ``None``.
    """

    uri: str
    entry_point: tuple[str, ...] | None = None
    command: tuple[str, ...] | None = None
    working_folder: str | None = None


@dataclass(frozen=True, kw_only=True)
class FunctionSpec:
    """Everything a runtime needs to know of one function version.

    Attributes:
        code_path: the task root: the folder that holds the handler's file.
        layers: the folders of its layers; what stands in two of them counts as in the later one.
        image: ``None`` for code in a folder; else *code_path* is a place inside the image, and *handler* and *runtime*
            are empty.
        environment: the user's variables and those the sandbox adds (``AWS_ENDPOINT_URL``, dummy credentials, region).
        revision: changes whenever code or configuration change; one batch never sees two.
    """

    function_name: str
    function_arn: str
    region: str
    account_id: str
    handler: str
    runtime: str
    code_path: Path
    layers: tuple[Path, ...] = ()
    image: ImageSpec | None = None
    version: str = "$LATEST"
    environment: Mapping[str, str] = field(default_factory=dict)
    timeout_seconds: int = 3
    memory_mb: int = 128
    ephemeral_storage_mb: int = 512
    log_group_name: str = ""
    revision: str = ""


Imported = Callable[[FunctionSpec, tuple[Path, ...]], None]
"""Told where a function's modules lie that came neither with its code nor from installed packages: folders and files."""


class AnswerSink(Protocol):
    """Takes a streamed answer while the handler still writes it."""

    def begin(self, content_type: str) -> None:
        """The answer is streamed; what comes is of *content_type*."""

    async def take(self, piece: bytes) -> None:
        """Take the next piece; returns when there is room for another."""


@dataclass(frozen=True, kw_only=True)
class Invocation:
    """One call of a handler.

    Attributes:
        payload: the event as JSON bytes.
        client_context: the decoded JSON of ``X-Amz-Client-Context``, or ``None``.
        sink: takes the answer piece by piece where the handler streams it, and that of the outcome is then empty;
            ``None`` has all of it in the outcome.
    """

    request_id: str
    payload: bytes
    invoked_function_arn: str
    client_context: bytes | None = None
    trace_id: str = ""
    sink: AnswerSink | None = None


@dataclass(frozen=True, kw_only=True)
class Returned:
    """The handler returned; ``payload`` is its JSON (``null`` for ``None``)."""

    payload: bytes
    log_tail: bytes = b""
    """The last 4 KB of the invocation's log, as ``X-Amz-Log-Result`` carries it (not yet base64)."""
    duration_ms: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Raised:
    """The handler, its import, or its answer failed; ``payload`` is Lambda's error document.

    Attributes:
        error_type: ``ValueError``, ``Runtime.ImportModuleError``, ``Function.ResponseSizeTooLarge`` …
        phase: ``init`` when the code could not be loaded (nothing of the event was processed), else ``invoke``.
        location: ``file:line`` of a syntax or import error where it is known, for people; else empty.
    """

    error_type: str
    error_message: str
    payload: bytes
    phase: str = "invoke"
    location: str = ""
    log_tail: bytes = b""
    duration_ms: float = 0.0


@dataclass(frozen=True, kw_only=True)
class TimedOut:
    """The time ran out; ``payload`` is ``{"errorType":"Sandbox.Timedout",…}``; ``phase`` as in ``Raised``."""

    payload: bytes
    phase: str = "invoke"
    log_tail: bytes = b""
    duration_ms: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Crashed:
    """The process died; ``payload`` is ``{"errorType":"Runtime.ExitError",…}``; ``phase`` as in ``Raised``."""

    payload: bytes
    phase: str = "invoke"
    log_tail: bytes = b""
    duration_ms: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Throttled:
    """No concurrency was free; the handler did not run. ``reason`` as in Lambda's ``TooManyRequestsException``."""

    reason: str


Outcome = Returned | Raised | TimedOut | Crashed | Throttled
LoadFailure = Raised | TimedOut | Crashed
"""Why code could not be loaded; its ``phase`` is ``init``."""


class LogSink(Protocol):
    """Where a function's output goes, line by line (START, END and REPORT lines included)."""

    def write(self, *, log_group: str, log_stream: str, line: str, request_id: str) -> None:
        """Take one line, without its newline; must not block or raise."""


class Runtime(Protocol):
    """One function's code, ready to be invoked."""

    async def start(self) -> LoadFailure | None:
        """Warm up; returns once the first invocation would not wait for a cold start, or with why the code did not load.

        Raises:
            RuntimeUnavailable: it can never work as things are.
        """

    async def invoke(self, invocation: Invocation) -> Outcome:
        """Run the handler once."""

    def replace(self, spec: FunctionSpec) -> None:
        """Use *spec* from this call on; invocations in flight finish on the old code. ``start`` again to warm up."""

    async def close(self) -> None:
        """Stop; invocations in flight are given up."""
