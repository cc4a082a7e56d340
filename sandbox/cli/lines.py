"""What a mapping did, as one line a person takes in at a glance; the reasons indented below it.

``12:04:07.113  orders  INSERT customer=ada order_id=o-1  -> on_order  batch of 1  OK  8 ms``
"""

import textwrap
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

import click

from pollers.trace import BatchTrace
from runtimes.reload.events import ReloadEvent
from sandbox.chaos import ChaosEvent
from sandbox.cli.change import Change, shortened
from sandbox.project.follow import TemplateNews

__all__ = ["chaos_lines", "milliseconds", "output_lines", "reload_lines", "template_lines", "trace_lines"]

_INDENT: Final = " " * 14
_OUTPUT_LINES_MAX: Final = 40
_REASON_LINES_MAX: Final = 6
_FAULT_LINES_MAX: Final = 20
_KEPT: Final = "sandbox dead list shows it, sandbox dead retry tries it again"


def trace_lines(trace: BatchTrace, change: Change | None, *, width: int) -> list[str]:
    """The line of *trace* and what belongs under it, styled, no line of ours wider than *width* columns.

    Args:
        trace: what happened.
        change: the first record, or ``None`` where it was not looked up.
        width: columns of the terminal.
    """
    if trace.kind == "notice":
        source = _source_name(trace.stream_arn) or "mapping"
        text = shortened(
            f"{source} -> {_function_name(trace)}: {trace.outcome}; {trace.decision}", width - len(_INDENT)
        )
        return [f"{_clock(trace.at_seconds)}  {click.style(text, fg='yellow')}"]
    word, colour, reasons = _verdict(trace)
    reasons = [*reasons, trace.remark] if trace.remark else reasons
    tail = f"-> {_function_name(trace)}  {_count(trace)}  {word}"
    if trace.kind == "invocation":
        tail += f"  {milliseconds(trace.duration_ms)}"
    head = f"{_clock(trace.at_seconds)}  {_source_name(trace.stream_arn)}"
    room = max(0, width - len(head) - len(tail) - 4)
    middle = _subject(trace, change, room)
    line = f"{head}  {middle}  {tail}" if middle else f"{head}  {tail}"
    styled = line.replace(f"  {word}", f"  {click.style(word, fg=colour, bold=colour == 'red')}", 1)
    if trace.kind == "filtered":
        styled = click.style(line, dim=True)
    return [
        styled,
        *(f"{_INDENT}{click.style(part, fg=colour)}" for reason in reasons for part in _folded(reason, width)),
    ]


def reload_lines(event: ReloadEvent, at_seconds: float, *, width: int) -> list[str]:
    """``reloaded on_order in 48 ms (2 files)``, or why not."""
    changed = _changed(event.changed_files)
    if event.error is None:
        text = f"reloaded {event.function_name} in {milliseconds(event.duration_ms)}{changed}"
        return [f"{_clock(at_seconds)}  {click.style(text, fg='cyan')}"]
    where = f" in {event.location}" if event.location else ""
    reasons = [f"{event.error}{where}", event.hint or "its batches are held until the fix is saved"]
    head = click.style(f"cannot load {event.function_name}{changed}", fg="red", bold=True)
    folded = [part for reason in reasons for part in _folded(reason, width)]
    return [f"{_clock(at_seconds)}  {head}", *(f"{_INDENT}{click.style(part, fg='red')}" for part in folded)]


def _changed(files: Sequence[Path]) -> str:
    if not files:
        return ""
    if all(file.name in {"site-packages", "dist-packages"} for file in files):
        return " (installed packages)"
    return f" ({len(files)} file{'s' if len(files) != 1 else ''})"


def chaos_lines(event: ChaosEvent, *, width: int) -> list[str]:
    """``orders  chaos: PutItem was refused``."""
    text = shortened(f"{event.table_name}  chaos: {event.words}", width - len(_INDENT))
    return [f"{_clock(event.at_seconds)}  {click.style(text, fg='yellow')}"]


def template_lines(news: TemplateNews, at_seconds: float, *, width: int) -> list[str]:
    """What became of one thing when the template was saved."""
    colour = "red" if news.is_fault else "cyan"
    first, *others = _folded(news.text, width, lines_max=_FAULT_LINES_MAX)
    return [
        f"{_clock(at_seconds)}  {click.style(first, fg=colour)}",
        *(f"{_INDENT}{click.style(line, fg=colour)}" for line in others),
    ]


def output_lines(lines: Sequence[str], *, function_name: str = "") -> list[str]:
    """A handler's own output: under the line of its batch, or, with *function_name*, by itself."""
    if not lines:
        return []
    bar = click.style("|", dim=True)
    shown = [f"{_INDENT}{bar} {line}" for line in lines[:_OUTPUT_LINES_MAX]]
    if len(lines) > _OUTPUT_LINES_MAX:
        shown.append(f"{_INDENT}{bar} … and {len(lines) - _OUTPUT_LINES_MAX} more lines; sandbox logs shows them")
    return [f"{_INDENT}{function_name}:", *shown] if function_name else shown


def milliseconds(duration_ms: float) -> str:
    """``0.8 ms``, ``12 ms``, ``3.2 s``."""
    if duration_ms >= 1000:
        return f"{duration_ms / 1000:.1f} s"
    return f"{duration_ms:.0f} ms" if duration_ms >= 10 else f"{duration_ms:.1f} ms"


def _verdict(trace: BatchTrace) -> tuple[str, str, list[str]]:
    """One word, its colour, and why."""
    attempt = f" (attempt {trace.attempt})" if trace.attempt > 1 else ""
    if trace.kind == "filtered":
        return "filtered out", "white", []
    if trace.kind == "discarded":
        return "DISCARDED", "red", [f"{trace.outcome}: {trace.decision}", _KEPT]
    if trace.outcome == "delivered":
        return f"OK{attempt}", "green", []
    if trace.outcome.startswith("delivered "):
        return f"PARTLY OK{attempt}", "yellow", [f"{trace.outcome}: {trace.decision}"]
    if trace.outcome.startswith("held: "):
        reason = trace.outcome.removeprefix("held: ")
        return "HELD", "yellow", [reason, "nothing is lost: save the fix and the batch is delivered"]
    if trace.outcome.startswith(("throttled: ", "function not found")):
        return "WAITS", "yellow", [f"{trace.outcome}: {trace.decision}"]
    kept = [_KEPT] if trace.decision.startswith("discard (") else []
    return f"FAILED{attempt}", "red", [trace.outcome.removeprefix("failed: "), trace.decision, *kept]


def _subject(trace: BatchTrace, change: Change | None, columns: int) -> str:
    if change is None:
        return ""
    return change.words(columns) if trace.record_count <= 1 else f"{change.words(columns - 2)} …"


def _count(trace: BatchTrace) -> str:
    count = trace.record_count or trace.filtered_out
    if trace.kind == "invocation":
        return f"batch of {count}"
    return "1 record" if count == 1 else f"{count} records"


def _folded(reason: str, width: int, *, lines_max: int = _REASON_LINES_MAX) -> list[str]:
    """The beginning of a reason, folded to fit."""
    lines = [part for line in reason.splitlines() for part in textwrap.wrap(line, max(20, width - len(_INDENT)))]
    return lines if len(lines) <= lines_max else [*lines[: lines_max - 1], "…"]


def _clock(at_seconds: float) -> str:
    # local time, the one on the developer's wall
    return datetime.fromtimestamp(at_seconds).strftime("%H:%M:%S.%f")[:-3]  # noqa: DTZ006 - see above


def _function_name(trace: BatchTrace) -> str:
    return trace.function_arn.partition(":function:")[2] or trace.function_arn


def _source_name(stream_arn: str) -> str:
    """Of the table, or of the queue."""
    return stream_arn.partition(":table/")[2].partition("/")[0] or stream_arn.rpartition(":")[2]
