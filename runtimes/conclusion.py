"""Turn a reply into the invocation's last log lines and its outcome. Source: lambda-event-source-mappings §5.3, §5.4."""

import json
import signal
import time
from typing import assert_never

from runtimes import log_lines
from runtimes.contract import Crashed, FunctionSpec, LoadFailure, Outcome, Raised, Returned, TimedOut
from runtimes.output import Output
from runtimes.reply import RESPONSE_BYTES_MAX, Answered, Ended, Failed, OutOfTime, Reply, StartFailure, TooLarge

__all__ = ["conclude", "error_type_of", "exit_reason", "load_failure"]

_TOO_LARGE = f"Response payload size exceeded maximum allowed payload size ({RESPONSE_BYTES_MAX} bytes)."

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


def conclude(
    spec: FunctionSpec,
    output: Output,
    request_id: str,
    reply: Reply,
    *,
    duration_ms: float,
    max_memory_mb: int | None,
    init_ms: float | None,
) -> Outcome:
    """Write END and REPORT, and what belongs before them, to *output*; the outcome's log tail includes them.

    *init_ms* is how long the cold start took that this invocation is the first after; *max_memory_mb* is ``None`` where
    nobody measured.
    """
    status = error_type = ""
    match reply:
        case OutOfTime():
            duration_ms = spec.timeout_seconds * 1000.0
            # The log's own time is the machine's, as that of every line the handler prints.
            output.line(log_lines.timed_out_line(request_id, spec.timeout_seconds, time.time()))
            status = "timeout"
        case Ended():
            output.line(f"RequestId: {request_id} Error: {exit_reason(reply.status)}")
            status, error_type = "error", error_type_of(reply)
            if reply.is_out_of_memory:
                max_memory_mb = spec.memory_mb
        case TooLarge():
            status, error_type = "error", "Function.ResponseSizeTooLarge"
        case Answered() | Failed():
            pass
    output.line(log_lines.end_line(request_id))
    output.line(
        log_lines.report_line(
            request_id,
            duration_ms=duration_ms,
            memory_mb=spec.memory_mb,
            max_memory_mb=spec.memory_mb if max_memory_mb is None else max_memory_mb,
            init_ms=init_ms,
            status=status,
            error_type=error_type,
        )
    )
    tail = output.tail()
    match reply:
        case Answered():
            return Returned(payload=reply.payload, log_tail=tail, duration_ms=duration_ms)
        case TooLarge():
            document = {"errorMessage": _TOO_LARGE, "errorType": error_type}
            return Raised(
                error_type=error_type,
                error_message=_TOO_LARGE,
                payload=_json(document),
                log_tail=tail,
                duration_ms=duration_ms,
            )
        case Failed() | Ended() | OutOfTime():
            return _failure(spec, request_id, reply, phase="invoke", log_tail=tail, duration_ms=duration_ms)
    assert_never(reply)


def load_failure(spec: FunctionSpec, output: Output, request_id: str, failure: StartFailure) -> LoadFailure:
    """What an invocation is told whose environment could not load the handler."""
    return _failure(spec, request_id, failure, phase="init", log_tail=output.tail(), duration_ms=0.0)


def error_type_of(failure: StartFailure) -> str:
    """What the log calls *failure*; empty for running out of time, which has a status of its own."""
    match failure:
        case Failed():
            return failure.error_type
        case Ended():
            return "Runtime.OutOfMemory" if failure.is_out_of_memory else "Runtime.ExitError"
        case OutOfTime():
            return ""
    assert_never(failure)


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


def _failure(
    spec: FunctionSpec,
    request_id: str,
    failure: Failed | Ended | OutOfTime,
    *,
    phase: str,
    log_tail: bytes,
    duration_ms: float,
) -> LoadFailure:
    match failure:
        case Failed():
            return Raised(
                error_type=failure.error_type,
                error_message=_message(failure.payload),
                payload=failure.payload,
                phase=phase,
                location=failure.location,
                log_tail=log_tail,
                duration_ms=duration_ms,
            )
        case Ended():
            text = f"RequestId: {request_id} Error: {exit_reason(failure.status)}"
            payload = _json({"errorType": error_type_of(failure), "errorMessage": text})
            return Crashed(payload=payload, phase=phase, log_tail=log_tail, duration_ms=duration_ms)
        case OutOfTime():
            text = f"RequestId: {request_id} Error: Task timed out after {spec.timeout_seconds:.2f} seconds"
            payload = _json({"errorType": "Sandbox.Timedout", "errorMessage": text})
            return TimedOut(payload=payload, phase=phase, log_tail=log_tail, duration_ms=duration_ms)
    assert_never(failure)


def _message(payload: bytes) -> str:
    try:
        document = json.loads(payload)
    except ValueError:
        return ""
    return str(document.get("errorMessage", "")) if isinstance(document, dict) else ""


def _json(document: dict[str, str]) -> bytes:
    return json.dumps(document, separators=(",", ":")).encode("utf-8")
