from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from click import unstyle

from pollers.trace import BatchTrace
from runtimes.reload.events import ReloadEvent
from sandbox.chaos import ChaosEvent
from sandbox.cli.change import Change
from sandbox.cli.lines import chaos_lines, milliseconds, output_lines, reload_lines, template_lines, trace_lines
from sandbox.project.follow import TemplateNews

# A moment given in local time, because local time is what is shown.
AT = datetime(2026, 11, 21, 12, 4, 7, 113000).timestamp()  # noqa: DTZ001 - see above


def trace(**members: Any) -> BatchTrace:
    given: dict[str, Any] = {
        "kind": "invocation",
        "mapping_uuid": "u",
        "function_arn": "arn:aws:lambda:us-east-1:000000000000:function:on_order",
        "stream_arn": "arn:aws:dynamodb:us-east-1:000000000000:table/orders/stream/2026-11-21T00:00:00.000",
        "at_seconds": AT,
        "attempt": 1,
        "record_count": 1,
        "outcome": "delivered",
        "decision": "advance",
        "duration_ms": 8.2,
    }
    return BatchTrace(**(given | members))


INSERT = Change(event_name="INSERT", keys=(("pk", "o#1"),))


def shown(*, change: Change | None = INSERT, width: int = 100, **members: Any) -> list[str]:
    return [unstyle(line) for line in trace_lines(trace(**members), change, width=width)]


def test_a_delivered_batch_is_one_line() -> None:
    assert shown() == ["12:04:07.113  orders  INSERT pk=o#1  -> on_order  batch of 1  OK  8.2 ms"]


def test_a_failed_batch_says_why_and_what_next() -> None:
    assert shown(outcome="failed: ValueError: boom", decision="retry in 2 s", attempt=2) == [
        "12:04:07.113  orders  INSERT pk=o#1  -> on_order  batch of 1  FAILED (attempt 2)  8.2 ms",
        "              ValueError: boom",
        "              retry in 2 s",
    ]


def test_a_held_batch_says_that_nothing_is_lost() -> None:
    assert shown(
        outcome="held: SyntaxError: invalid syntax in handler.py:3", decision="hold until the code changes"
    ) == [
        "12:04:07.113  orders  INSERT pk=o#1  -> on_order  batch of 1  HELD  8.2 ms",
        "              SyntaxError: invalid syntax in handler.py:3",
        "              nothing is lost: save the fix and the batch is delivered",
    ]


def test_a_partial_report() -> None:
    lines = shown(outcome="delivered 2 of 5, then one was reported as failed", decision="retry in 1 s", record_count=5)
    assert lines == [
        "12:04:07.113  orders  INSERT pk=o#1 …  -> on_order  batch of 5  PARTLY OK  8.2 ms",
        "              delivered 2 of 5, then one was reported as failed: retry in 1 s",
    ]


def test_filtered_records_are_never_silent() -> None:
    assert shown(kind="filtered", record_count=0, filtered_out=3, change=None, outcome="matched no pattern") == [
        "12:04:07.113  orders  -> on_order  3 records  filtered out"
    ]


def test_a_discarded_batch() -> None:
    assert shown(kind="discarded", change=None, outcome="too old", decision="discard (RecordAgeExceeded)") == [
        "12:04:07.113  orders  -> on_order  1 record  DISCARDED",
        "              too old: discard (RecordAgeExceeded)",
        "              sandbox dead list shows it, sandbox dead retry tries it again",
    ]


def test_a_notice_about_the_mapping_itself() -> None:
    assert shown(kind="notice", outcome="the stream cannot be read", decision="try again") == [
        "12:04:07.113  orders -> on_order: the stream cannot be read; try again"
    ]


@pytest.mark.parametrize("width", [60, 80, 100])
def test_long_keys_are_cut_to_the_terminal(width: int) -> None:
    lines = shown(
        change=Change(event_name="INSERT", keys=(("pk", "k" * 200),)), width=width, outcome=f"failed: {'x' * 300}"
    )
    assert all(len(line) <= max(width, 70) for line in lines)
    assert lines[0].endswith("batch of 1  FAILED  8.2 ms")


def test_a_reload() -> None:
    event = ReloadEvent(function_name="on_order", changed_files=(Path("a"), Path("b")), duration_ms=48.4)
    assert [unstyle(line) for line in reload_lines(event, AT, width=80)] == [
        "12:04:07.113  reloaded on_order in 48 ms (2 files)"
    ]


def test_a_reload_because_of_installed_packages() -> None:
    """An installation changes thousands of files; nobody wants their number."""
    packages = (Path(".venv/lib/python3.13/site-packages"),)
    event = ReloadEvent(function_name="on_order", changed_files=packages, duration_ms=48.4)
    (line,) = reload_lines(event, AT, width=80)
    assert unstyle(line) == "12:04:07.113  reloaded on_order in 48 ms (installed packages)"


def test_a_template_that_cannot_be_used_is_shown_whole() -> None:
    news = TemplateNews(
        text="template.yaml:3: there is no folder ap\n    Did you mean app?\nthe old goes on", is_fault=True
    )
    assert [unstyle(line) for line in template_lines(news, AT, width=80)] == [
        "12:04:07.113  template.yaml:3: there is no folder ap",
        "                  Did you mean app?",
        "              the old goes on",
    ]


def test_a_reload_that_fails_says_where_to_look() -> None:
    event = ReloadEvent(
        function_name="on_order",
        changed_files=(Path("a"),),
        duration_ms=48.4,
        error="Runtime.ImportModuleError: No module named 'requests'",
        location="handler.py:1",
        hint="install it: .venv/bin/python -m pip install requests",
    )
    assert [unstyle(line) for line in reload_lines(event, AT, width=100)] == [
        "12:04:07.113  cannot load on_order (1 file)",
        "              Runtime.ImportModuleError: No module named 'requests' in handler.py:1",
        "              install it: .venv/bin/python -m pip install requests",
    ]


def test_output_is_indented() -> None:
    assert [unstyle(line) for line in output_lines(["hello"])] == ["              | hello"]
    assert [unstyle(line) for line in output_lines(["hello"], function_name="f")] == [
        "              f:",
        "              | hello",
    ]
    assert output_lines([], function_name="f") == []


def test_endless_output_is_cut() -> None:
    lines = [unstyle(line) for line in output_lines(["x"] * 100)]
    assert len(lines) == 41
    assert lines[-1] == "              | … and 60 more lines; sandbox logs shows them"


@pytest.mark.parametrize(("given", "expected"), [(0.84, "0.8 ms"), (12.4, "12 ms"), (3210.0, "3.2 s")])
def test_durations(given: float, expected: str) -> None:
    assert milliseconds(given) == expected


def test_chaos_is_told_where_it_struck() -> None:
    remark = "chaos: delivered twice, before as batch r0"
    assert shown(remark=remark) == [
        "12:04:07.113  orders  INSERT pk=o#1  -> on_order  batch of 1  OK  8.2 ms",
        f"              {remark}",
    ]
    event = ChaosEvent(table_name="orders", at_seconds=AT, words="PutItem was refused")
    assert [unstyle(line) for line in chaos_lines(event, width=100)] == [
        "12:04:07.113  orders  chaos: PutItem was refused"
    ]
