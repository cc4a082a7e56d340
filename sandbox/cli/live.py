"""The live log of ``sandbox dev``: hears what happens, looks up what changed, prints one line per batch in order.

What a handler prints is kept until its batch's line is out and shown under it. Output that belongs to no batch (a direct
Invoke, the loading of a module) and output of a handler that takes long is shown by itself.
"""

import asyncio
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Protocol

import click

from pollers.trace import BatchTrace
from runtimes.reload.events import ReloadEvent
from sandbox.chaos import ChaosEvent
from sandbox.cli.change import Change
from sandbox.cli.lines import chaos_lines, output_lines, reload_lines, template_lines, trace_lines
from sandbox.faults import ApiFault
from sandbox.logs.store import LogLine
from sandbox.project.follow import TemplateNews

__all__ = ["LiveLog", "Source", "echo", "terminal_columns"]

_LOOKUPS_PENDING_MAX: Final = 20
"""Further behind than this, lines come without the changed key: catching up matters more."""
_OUTPUT_WAITS_SECONDS: Final = 0.5
"""How long output waits for the line of its batch."""
_PLATFORM_LINES: Final = ("START RequestId: ", "END RequestId: ", "REPORT RequestId: ", "INIT_START ", "INIT_REPORT ")
_LOAD_FAILURE: Final = "[ERROR] "
_IMPORTING: Final = ('"<frozen importlib.', f'importlib{os.sep}__init__.py"')
_TRACEBACK: Final = "Traceback (most recent call last):"
_LOG_GROUP: Final = "/aws/lambda/"


class Source(Protocol):
    """What the live log needs of a sandbox."""

    async def call(
        self, operation: str, parameters: dict[str, Any], *, service: str, account_id: str, region: str
    ) -> Any:
        """One API call. Raises: ApiFault."""


def terminal_columns() -> int:
    """The width of the terminal; 80 where output is piped."""
    return shutil.get_terminal_size((80, 24)).columns


def echo(line: str) -> None:
    """Print a line; colours go only to a terminal, and not where NO_COLOR is set."""
    click.echo(line, color=_colour())


def _colour() -> bool | None:
    """Whether to colour: as the environment says, else (``None``) only on a terminal."""
    if os.environ.get("NO_COLOR"):
        return False
    return True if os.environ.get("FORCE_COLOR") else None


@dataclass(kw_only=True)
class _Output:
    """Lines of one invocation that wait for the line of their batch."""

    function_name: str
    due: float
    lines: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class _Printed:
    """A line of a handler's."""

    log_group: str
    line: LogLine


@dataclass(frozen=True, kw_only=True)
class LiveLog:
    """Prints what mappings and functions do.

    Attributes:
        now: epoch seconds.
        folder: of the project; paths below it are shown without it.
        print_line: takes a styled line.
    """

    source: Source
    account_id: str
    region: str
    now: Callable[[], float]
    folder: Path
    print_line: Callable[[str], None] = echo
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.get_running_loop)
    _events: asyncio.Queue[object] = field(default_factory=asyncio.Queue)
    _outputs: dict[str, _Output] = field(default_factory=dict)
    _load_failures: dict[str, str] = field(default_factory=dict)

    def take(self, event: object) -> None:
        """Hear of a batch or a reload; returns at once."""
        self._events.put_nowait(event)

    def take_output(self, log_group: str, line: LogLine) -> None:
        """Hear of a line that a function wrote, on whatever thread that was; returns at once."""
        if not line.message.startswith(_PLATFORM_LINES):
            self._loop.call_soon_threadsafe(self.take, _Printed(log_group=log_group, line=line))

    async def run(self) -> None:
        """Print until cancelled."""
        while True:
            for line in await self._lines(await self._next()):
                self.print_line(line)

    async def _next(self) -> object | None:
        """The next event; ``None`` when output has waited long enough."""
        if not self._outputs:
            return await self._events.get()
        due = min(output.due for output in self._outputs.values())
        try:
            return await asyncio.wait_for(self._events.get(), max(0.0, due - self._loop.time()))
        except TimeoutError:
            return None

    async def _lines(self, event: object | None) -> list[str]:
        match event:
            case BatchTrace():
                event = replace(event, outcome=self._short(event.outcome), decision=self._short(event.decision))
                lookup = event.kind == "invocation" and self._events.qsize() < _LOOKUPS_PENDING_MAX
                change = await self._change(event) if lookup else None
                output = self._outputs.pop(event.request_id, None)
                return [
                    *trace_lines(event, change, width=terminal_columns()),
                    *output_lines(output.lines if output else []),
                ]
            case ReloadEvent():
                event = replace(event, location=self._short(event.location or ""))
                return [*reload_lines(event, self.now(), width=terminal_columns()), *self._output_of_loading(event)]
            case ChaosEvent():
                return chaos_lines(event, width=terminal_columns())
            case TemplateNews():
                event = replace(event, text=self._short(event.text))
                return template_lines(event, self.now(), width=terminal_columns())
            case _Printed():
                self._keep(event.log_group.removeprefix(_LOG_GROUP), event.line)
                return []
            case _:
                return self._overdue_output()

    def _short(self, text: str) -> str:
        return text.replace(f"{self.folder}{os.sep}", "")

    def _keep(self, function_name: str, line: LogLine) -> None:
        """Let a line wait for its batch; what a module prints while it is loaded waits for its function."""
        if not line.request_id and line.message.startswith(_LOAD_FAILURE):
            if self._load_failures.get(function_name) == line.message:
                return  # a held batch tries again: once told is enough
            self._load_failures[function_name] = line.message
        due = self._loop.time() + _OUTPUT_WAITS_SECONDS
        output = self._outputs.setdefault(
            line.request_id or function_name, _Output(function_name=function_name, due=due)
        )
        lines = self._short(line.message).splitlines()
        output.lines.extend(_without_importing(lines) if line.message.startswith(_LOAD_FAILURE) else lines)

    def _output_of_loading(self, event: ReloadEvent) -> list[str]:
        output = self._outputs.pop(event.function_name, None)
        if event.error is None:
            self._load_failures.pop(event.function_name, None)
        lines = output.lines if output is not None else []
        error = event.error
        return output_lines(lines if error is None else [line for line in lines if not _repeats(line, error)])

    def _overdue_output(self) -> list[str]:
        now = self._loop.time()
        overdue = [request_id for request_id, output in self._outputs.items() if output.due <= now]
        outputs = [self._outputs.pop(request_id) for request_id in overdue]
        return [line for output in outputs for line in output_lines(output.lines, function_name=output.function_name)]

    async def _change(self, trace: BatchTrace) -> Change | None:
        """The first record of the batch; ``None`` where the stream does not hold it any more."""
        where = {
            "StreamArn": trace.stream_arn,
            "ShardId": trace.shard_id,
            "ShardIteratorType": "AT_SEQUENCE_NUMBER",
            "SequenceNumber": trace.first_sequence_number,
        }
        if not trace.first_sequence_number:
            return None
        try:
            found = await self._ask("GetShardIterator", where)
            page = await self._ask("GetRecords", {"ShardIterator": found["ShardIterator"], "Limit": 1})
        except ApiFault:
            return None
        return Change.of(page["Records"][0]) if page["Records"] else None

    async def _ask(self, operation: str, parameters: dict[str, Any]) -> Any:
        return await self.source.call(
            operation, parameters, service="streams", account_id=self.account_id, region=self.region
        )


def _without_importing(lines: list[str]) -> Iterator[str]:
    """A traceback without the frames by which Python imports a module: eight above the one line that is the user's."""
    is_shown = True
    for line in lines:
        if line.lstrip().startswith('File "'):
            is_shown = not any(part in line for part in _IMPORTING)
        if is_shown:
            yield line


def _repeats(line: str, error: str) -> bool:
    """Whether a line of the log says only what has just been shown."""
    return line == _TRACEBACK or (line.startswith(_LOAD_FAILURE) and error in line)
