"""Build the outcomes that no handler reports itself. Source: lambda-event-source-mappings §5.3."""

import json
import signal

from runtimes.contract import Crashed, Raised, TimedOut

__all__ = ["RESPONSE_BYTES_MAX", "crashed", "exit_reason", "timed_out", "too_large"]

RESPONSE_BYTES_MAX = 6_291_556
"""6 MB and 100 bytes, as Lambda's own message has it."""

_SIGNAL_NAMES = {
    "SIGABRT": "aborted",
    "SIGBUS": "bus error",
    "SIGFPE": "floating point exception",
    "SIGHUP": "hangup",
    "SIGILL": "illegal instruction",
    "SIGINT": "interrupt",
    "SIGKILL": "killed",
    "SIGPIPE": "broken pipe",
    "SIGSEGV": "segmentation fault",
    "SIGTERM": "terminated",
}


def too_large(*, log_tail: bytes, duration_ms: float) -> Raised:
    """The answer was larger than Lambda takes."""
    message = f"Response payload size exceeded maximum allowed payload size ({RESPONSE_BYTES_MAX} bytes)."
    error_type = "Function.ResponseSizeTooLarge"
    return Raised(
        error_type=error_type,
        error_message=message,
        payload=_json({"errorMessage": message, "errorType": error_type}),
        log_tail=log_tail,
        duration_ms=duration_ms,
    )


def timed_out(
    request_id: str, timeout_seconds: float, *, log_tail: bytes, duration_ms: float, phase: str = "invoke"
) -> TimedOut:
    """The function's time ran out."""
    message = f"RequestId: {request_id} Error: Task timed out after {timeout_seconds:.2f} seconds"
    payload = _json({"errorType": "Sandbox.Timedout", "errorMessage": message})
    return TimedOut(payload=payload, log_tail=log_tail, duration_ms=duration_ms, phase=phase)


def crashed(request_id: str, status: int, *, log_tail: bytes, duration_ms: float, phase: str = "invoke") -> Crashed:
    """The interpreter ended with *status* (negative: a signal, as ``subprocess`` has it)."""
    message = f"RequestId: {request_id} Error: {exit_reason(status)}"
    payload = _json({"errorType": "Runtime.ExitError", "errorMessage": message})
    return Crashed(payload=payload, log_tail=log_tail, duration_ms=duration_ms, phase=phase)


def exit_reason(status: int) -> str:
    """``Runtime exited with error: exit status 1``, ``… signal: killed``, or Lambda's words for status 0."""
    if status == 0:
        return "Runtime exited without providing a reason"
    if status > 0:
        return f"Runtime exited with error: exit status {status}"
    try:
        name = signal.Signals(-status).name
    except ValueError:
        name = f"signal {-status}"
    return f"Runtime exited with error: signal: {_SIGNAL_NAMES.get(name, name)}"


def _json(document: dict[str, str]) -> bytes:
    return json.dumps(document, separators=(",", ":")).encode("utf-8")
