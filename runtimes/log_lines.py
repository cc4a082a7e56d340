"""The lines Lambda itself writes into a function's log. Source: lambda-event-source-mappings §5.4."""

import math
import re
import time

from runtimes.contract import FunctionSpec

__all__ = ["end_line", "init_report_line", "init_start_line", "report_line", "start_line", "timed_out_line"]


def init_start_line(spec: FunctionSpec) -> str:
    """The first line of a cold start; the version's last part says that this is not Lambda's own build."""
    version = re.sub(r"^([a-z]+)\.?(.*?)(?:\.x)?$", r"\1:\2", spec.runtime or "image")
    return (
        f"INIT_START Runtime Version: {version}.local\tRuntime Version ARN: arn:aws:lambda:{spec.region}::runtime:local"
    )


def init_report_line(duration_ms: float, status: str, error_type: str) -> str:
    """The line that closes a cold start which failed; *status* is ``error`` or ``timeout``."""
    tail = f"\tError Type: {error_type}" if error_type else ""
    return f"INIT_REPORT Init Duration: {duration_ms:.2f} ms\tPhase: init\tStatus: {status}{tail}"


def start_line(request_id: str, version: str) -> str:
    """``START RequestId: …``."""
    return f"START RequestId: {request_id} Version: {version}"


def end_line(request_id: str) -> str:
    """``END RequestId: …``."""
    return f"END RequestId: {request_id}"


def report_line(
    request_id: str,
    *,
    duration_ms: float,
    memory_mb: int,
    max_memory_mb: int,
    init_ms: float | None = None,
    status: str = "",
    error_type: str = "",
) -> str:
    """``REPORT RequestId: …``; *init_ms* only on a cold start, *status* (``timeout``, ``error``) only where one is due."""
    parts = [
        f"REPORT RequestId: {request_id}",
        f"Duration: {duration_ms:.2f} ms",
        f"Billed Duration: {math.ceil(duration_ms)} ms",
        f"Memory Size: {memory_mb} MB",
        f"Max Memory Used: {max_memory_mb} MB",
    ]
    if init_ms is not None:
        parts.append(f"Init Duration: {init_ms:.2f} ms")
    if status:
        parts.append(f"Status: {status}")
    if error_type:
        parts.append(f"Error Type: {error_type}")
    return "\t".join(parts) + "\t"


def timed_out_line(request_id: str, timeout_seconds: float, now: float) -> str:
    """``<ISO time> <id> Task timed out after 3.00 seconds``; *now* is epoch seconds."""
    moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now)) + f".{int(now * 1000) % 1000:03d}Z"
    return f"{moment} {request_id} Task timed out after {timeout_seconds:.2f} seconds"
