"""Describe what went wrong in user code, in the words and shape of Lambda's Python runtime.

Source: lambda-event-source-mappings §5.3, §6.2; wordings follow Lambda's Python runtime interface client.
"""

from __future__ import annotations

import os
import traceback
from dataclasses import dataclass, field
from types import TracebackType

__all__ = ["CODE_IN_MOTION", "Failure", "Fault", "failure_of", "log_text"]

_OWN_FOLDER = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep
_INDENT = "\u00a0"
"""Lambda's log keeps the indentation of tracebacks with no-break spaces."""


@dataclass(frozen=True)
class Failure:
    """One failure, ready to be reported.

    Attributes:
        stack_trace: elements of ``traceback.format_list``, without our own frames.
        location: ``file:line`` to look at, for people; empty where unknown.
    """

    error_type: str
    error_message: str
    stack_trace: list[str] = field(default_factory=list)
    location: str = ""

    def document(self, request_id: str) -> dict[str, object]:
        """Lambda's error document; *request_id* is empty for a failure while loading."""
        return {
            "errorMessage": self.error_message,
            "errorType": self.error_type,
            "requestId": request_id,
            "stackTrace": self.stack_trace,
        }


CODE_IN_MOTION = Failure("Sandbox.CodeInMotion", "The code was saved while it was loaded.")
"""Not Lambda's: only the host hears of it, and loads the code once more."""


class Fault(Exception):  # noqa: N818 - what Lambda calls it
    """Found wrong by the runtime, not raised by the handler: no such module, no such function, no JSON."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.error_message)
        self.failure = failure


def failure_of(error: BaseException, task_root: str) -> Failure:
    """Describe *error*; the location is the deepest line of the user's own code, below *task_root*."""
    if isinstance(error, Fault):
        return error.failure
    frames = _user_frames(error.__traceback__)
    return Failure(
        error_type=type(error).__name__,
        error_message=_text(error),
        # As plain tuples, the way Lambda's client has them: no underlining of the failing expression.
        stack_trace=traceback.format_list(
            [(frame.filename, frame.lineno or 0, frame.name, frame.line) for frame in frames]
        ),
        location=location_of(error, task_root),
    )


def location_of(error: BaseException, task_root: str) -> str:
    """``file:line`` of a syntax error, else of the deepest frame below *task_root*; empty where there is none."""
    if isinstance(error, SyntaxError) and error.filename:
        return f"{error.filename}:{error.lineno}"
    root = os.path.join(os.path.abspath(task_root), "")
    for frame in reversed(_user_frames(error.__traceback__)):
        if frame.filename.startswith(root):
            return f"{frame.filename}:{frame.lineno}"
    return ""


def log_text(document: dict[str, object]) -> str:
    """The ``[ERROR]`` entry of an error document: one log event, whose lines are separated by carriage returns."""
    head = "[ERROR]"
    if document["errorType"]:
        head += " {}".format(document["errorType"])
    if document["errorMessage"]:
        head += "{} {}".format(":" if document["errorType"] else "", document["errorMessage"])
    lines = [head, "Traceback (most recent call last):"]
    stack_trace = document["stackTrace"]
    assert isinstance(stack_trace, list)
    for element in stack_trace:
        lines += [_indented(line) for line in element.splitlines()] or [""]
    return "\r".join(lines).replace("\n", "\r") + "\n"


def _user_frames(trace: TracebackType | None) -> list[traceback.FrameSummary]:
    return [frame for frame in traceback.extract_tb(trace) if not frame.filename.startswith(_OWN_FOLDER)]


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # noqa: BLE001 - a broken __str__ of the user's must not hide the error itself
        return "<exception str() failed>"


def _indented(line: str) -> str:
    text = line.lstrip(" ")
    return _INDENT * (len(line) - len(text)) + text
