"""What is heard, in what order it is printed."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from click import unstyle

from pollers.trace import BatchTrace
from runtimes.reload.events import ReloadEvent
from sandbox.cli.live import LiveLog
from sandbox.faults import ApiFault
from sandbox.logs.store import LogLine

RECORD = {"eventName": "INSERT", "dynamodb": {"Keys": {"pk": {"S": "a"}}}}


class _Stream:
    """The streams API with one record; ``None`` is a stream that is gone."""

    def __init__(self, record: dict[str, Any] | None) -> None:
        self.record = record

    async def call(self, operation: str, parameters: dict[str, Any], **_: str) -> Any:
        if self.record is None:
            raise ApiFault("gone")
        if operation == "GetShardIterator":
            assert parameters["SequenceNumber"] == "7"
            return {"ShardIterator": "i"}
        return {"Records": [self.record]}


def trace(request_id: str = "r1", **members: Any) -> BatchTrace:
    given: dict[str, Any] = {
        "kind": "invocation",
        "mapping_uuid": "u",
        "function_arn": "arn:aws:lambda:us-east-1:000000000000:function:fn",
        "stream_arn": "arn:aws:dynamodb:us-east-1:000000000000:table/orders/stream/l",
        "at_seconds": 0.0,
        "record_count": 1,
        "first_sequence_number": "7",
        "outcome": "delivered",
        "request_id": request_id,
    }
    return BatchTrace(**(given | members))


def log_line(message: str, request_id: str = "r1") -> LogLine:
    return LogLine(number=1, timestamp_ms=0, log_stream="s", message=message, request_id=request_id)


def printed(
    story: Callable[[LiveLog], Coroutine[Any, Any, None]], lines: int, record: dict[str, Any] | None = RECORD
) -> list[str]:
    """The first so many lines of a story, without styles and without the clock's twelve digits."""

    async def play() -> list[str]:
        shown: list[str] = []
        enough = asyncio.Event()

        def show(line: str) -> None:
            shown.append(unstyle(line)[14:])
            if len(shown) == lines:
                enough.set()

        live = LiveLog(
            source=_Stream(record),
            account_id="000000000000",
            region="us-east-1",
            now=lambda: 0.0,
            folder=Path("/project"),
            print_line=show,
        )
        task = asyncio.create_task(live.run())
        await story(live)
        await asyncio.wait_for(enough.wait(), 10)
        task.cancel()
        return shown

    return asyncio.run(play())


def test_output_waits_for_the_line_of_its_batch() -> None:
    async def story(live: LiveLog) -> None:
        live.take_output("/aws/lambda/fn", log_line("START RequestId: r1"))
        live.take_output("/aws/lambda/fn", log_line("hello\nworld"))
        live.take_output("/aws/lambda/fn", log_line("REPORT RequestId: r1"))
        await asyncio.sleep(0)  # lines come by the loop's own queue
        live.take(trace())

    assert printed(story, 3) == ["orders  INSERT pk=a  -> fn  batch of 1  OK  0.0 ms", "| hello", "| world"]


def test_output_of_two_batches_is_not_mixed() -> None:
    async def story(live: LiveLog) -> None:
        live.take_output("/aws/lambda/fn", log_line("one", "r1"))
        live.take_output("/aws/lambda/fn", log_line("two", "r2"))
        await asyncio.sleep(0)
        live.take(trace("r2"))
        live.take(trace("r1"))

    assert printed(story, 4)[1::2] == ["| two", "| one"]


def test_output_without_a_batch_is_shown_by_itself() -> None:
    """A direct Invoke has no batch, and a handler that takes long should not be silent meanwhile."""

    async def story(live: LiveLog) -> None:
        live.take_output("/aws/lambda/fn", log_line("hello", "invoked"))

    assert printed(story, 2) == ["fn:", "| hello"]


def test_lines_may_come_from_other_threads() -> None:
    async def story(live: LiveLog) -> None:
        thread = threading.Thread(target=live.take_output, args=("/aws/lambda/fn", log_line("hello")))
        thread.start()
        await asyncio.to_thread(thread.join)
        await asyncio.sleep(0)
        live.take(trace())

    assert printed(story, 2)[1] == "| hello"


def test_a_record_that_is_gone_leaves_the_line_without_its_key() -> None:
    async def story(live: LiveLog) -> None:
        live.take(trace())

    assert printed(story, 1, record=None) == ["orders  -> fn  batch of 1  OK  0.0 ms"]


def test_a_traceback_of_loading_is_the_users_own() -> None:
    """Eight frames of importing would push the one line that matters off the screen."""
    failure = (
        "[ERROR] KeyError: 'TABLE'\rTraceback (most recent call last):\r"
        '\u00a0\u00a0File "/usr/lib/python3.13/importlib/__init__.py", line 88, in import_module\r'
        "\u00a0\u00a0\u00a0\u00a0return _bootstrap._gcd_import(name[level:], package, level)\r"
        '\u00a0\u00a0File "<frozen importlib._bootstrap>", line 1387, in _gcd_import\r'
        '\u00a0\u00a0File "/project/app.py", line 4, in <module>\r'
        '\u00a0\u00a0\u00a0\u00a0TABLE = os.environ["TABLE"]'
    )

    async def story(live: LiveLog) -> None:
        live.take_output("/aws/lambda/fn", log_line(failure, ""))
        await asyncio.sleep(0)
        error = "KeyError: 'TABLE'"
        live.take(ReloadEvent(function_name="fn", changed_files=(), duration_ms=1.0, error=error))

    assert [line.replace("\u00a0", " ") for line in printed(story, 5)] == [
        "cannot load fn",
        "KeyError: 'TABLE'",
        "its batches are held until the fix is saved",
        '|   File "app.py", line 4, in <module>',
        '|     TABLE = os.environ["TABLE"]',
    ]


def test_why_code_does_not_load_is_told_once() -> None:
    """A held batch tries again and fails again; the log says so each time, a person wants to read it once."""
    failure = (
        '[ERROR] Runtime.UserCodeSyntaxError: oops\nTraceback (most recent call last):\n  File "/project/app.py" Line 5'
    )

    async def story(live: LiveLog) -> None:
        live.take_output("/aws/lambda/fn", log_line(failure, ""))
        await asyncio.sleep(0)
        live.take(
            ReloadEvent(
                function_name="fn",
                changed_files=(Path("app.py"),),
                duration_ms=1.0,
                error="Runtime.UserCodeSyntaxError: oops",
                location="/project/app.py:5",
            )
        )
        live.take_output("/aws/lambda/fn", log_line(failure, ""))
        await asyncio.sleep(0)
        live.take(trace(outcome="held: Runtime.UserCodeSyntaxError: oops in /project/app.py:5"))

    assert printed(story, 7) == [
        "cannot load fn (1 file)",
        "Runtime.UserCodeSyntaxError: oops in app.py:5",
        "its batches are held until the fix is saved",
        '|   File "app.py" Line 5',
        "orders  INSERT pk=a  -> fn  batch of 1  HELD  0.0 ms",
        "Runtime.UserCodeSyntaxError: oops in app.py:5",
        "nothing is lost: save the fix and the batch is delivered",
    ]
