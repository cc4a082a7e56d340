"""``/_sandbox/logs``: what a function printed, and what it prints next."""

import asyncio
from collections.abc import Mapping
from typing import Annotated, Any, Final

from msgspec import Meta

from sandbox.adapters.long_polls import LongPolls
from sandbox.logs.store import AccountLogs, LogLine, LogStore
from sandbox.web.admin_route import AdminRequest, AdminRoute

__all__ = ["LogAdministration"]

WAIT_SECONDS_MAX: Final = 20
LINES_MAX: Final = 1_000
_PREFIX: Final = "/aws/lambda/"


class Logs(AdminRequest):
    """A function by its name.

    Attributes:
        after: the ``after`` of the answer before; 0 gives the latest lines there are.
        account_id, region: of the function; without them the sandbox's own.
    """

    function: str
    after: int = 0
    account_id: str | None = None
    region: str | None = None
    wait_seconds: Annotated[float, Meta(ge=0, le=WAIT_SECONDS_MAX)] = 0.0


class LogAdministration:
    """Answers for the output of all functions."""

    def __init__(self, logs: LogStore, *, default_account_id: str, default_region: str, long_polls: LongPolls) -> None:
        self._long_polls = long_polls
        self._logs = logs
        self._default_account_id = default_account_id
        self._default_region = default_region

    def routes(self) -> Mapping[str, AdminRoute]:
        """The path."""
        return {"logs": AdminRoute(request=Logs, answer=self._answer)}

    async def _answer(self, request: Logs) -> Mapping[str, Any]:
        lines = await self._lines_in_time(request)
        groups = self._account(request).groups() if not lines else ()
        return {
            "function_name": request.function,
            "others": [group.name.removeprefix(_PREFIX) for group in groups if group.name.startswith(_PREFIX)],
            "after": lines[-1].number if lines else request.after,
            "lines": [
                {"timestamp_ms": line.timestamp_ms, "request_id": line.request_id, "message": line.message}
                for line in lines
            ],
        }

    async def _lines_in_time(self, request: Logs) -> list[LogLine]:
        """The lines there are, else those that come next within the real time asked for."""
        loop, came, group = asyncio.get_running_loop(), asyncio.Event(), _group(request)

        def hear(name: str, _line: LogLine) -> None:
            if name == group:
                loop.call_soon_threadsafe(came.set)

        stop = self._logs.subscribe(hear)  # before looking: handlers write from other threads
        try:
            lines = self._lines(request)
            if lines or not request.wait_seconds:
                return lines
            await self._long_polls.wait(came, request.wait_seconds)
        finally:
            stop()
        return self._lines(request)

    def _lines(self, request: Logs) -> list[LogLine]:
        """The first lines after what was read; to begin with, the latest."""
        lines = [line for line in self._account(request).lines(_group(request)) if line.number > request.after]
        return lines[:LINES_MAX] if request.after else lines[-LINES_MAX:]

    def _account(self, request: Logs) -> AccountLogs:
        return self._logs.of(request.account_id or self._default_account_id, request.region or self._default_region)


def _group(request: Logs) -> str:
    return f"{_PREFIX}{request.function}"
