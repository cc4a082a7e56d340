"""The live log of ``sandbox dev``: hears what happens, looks up what changed, prints one line per batch in order."""

import asyncio
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

import click

from pollers.trace import BatchTrace
from runtimes.reload.events import ReloadEvent
from sandbox.cli.lines import change_words, indented, reload_lines, trace_lines
from sandbox.faults import ApiFault

__all__ = ["LiveLog", "Source", "echo", "terminal_columns"]

_LOOKUPS_PENDING_MAX: Final = 20
"""Further behind than this, lines come without the changed key: catching up matters more."""


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


@dataclass(frozen=True, kw_only=True)
class LiveLog:
    """Prints what mappings and functions do.

    Attributes:
        now: epoch seconds.
        output_of: the lines a handler printed in one invocation, by request id.
        print_line: takes a styled line.
    """

    source: Source
    account_id: str
    region: str
    output_of: Callable[[str], list[str]]
    now: Callable[[], float]
    print_line: Callable[[str], None] = echo
    _events: asyncio.Queue[object] = field(default_factory=asyncio.Queue)

    def take(self, event: object) -> None:
        """Hear of something; returns at once."""
        self._events.put_nowait(event)

    async def run(self) -> None:
        """Print until cancelled."""
        while True:
            event = await self._events.get()
            for line in await self._lines(event):
                self.print_line(line)

    async def _lines(self, event: object) -> list[str]:
        match event:
            case BatchTrace():
                lookup = event.kind == "invocation" and self._events.qsize() < _LOOKUPS_PENDING_MAX
                change = await self._change(event) if lookup else ""
                printed = self.output_of(event.request_id) if event.request_id else []
                return [*trace_lines(event, change, width=terminal_columns()), *indented(printed)]
            case ReloadEvent():
                return reload_lines(event, self.now(), width=terminal_columns())
            case _:
                return []

    async def _change(self, trace: BatchTrace) -> str:
        """The first record of the batch in words; empty where the stream does not hold it any more."""
        where = {
            "StreamArn": trace.stream_arn,
            "ShardId": trace.shard_id,
            "ShardIteratorType": "AT_SEQUENCE_NUMBER",
            "SequenceNumber": trace.first_sequence_number,
        }
        if not trace.first_sequence_number:
            return ""
        try:
            found = await self._ask("GetShardIterator", where)
            page = await self._ask("GetRecords", {"ShardIterator": found["ShardIterator"], "Limit": 1})
        except ApiFault:
            return ""
        return change_words(page["Records"][0]) if page["Records"] else ""

    async def _ask(self, operation: str, parameters: dict[str, Any]) -> Any:
        return await self.source.call(
            operation, parameters, service="streams", account_id=self.account_id, region=self.region
        )
