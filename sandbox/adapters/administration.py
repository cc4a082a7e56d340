"""What may be asked of the sandbox itself, as plain JSON; implements ``sandbox.web.ports.AdminHandlers``."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from typing import Any, Protocol

from sandbox import __version__
from sandbox.clock import Clock
from sandbox.drain import DrainReport
from sandbox.dynamodb.storage.store import Store
from sandbox.web.admin_route import AdminRoute

__all__ = ["Administration"]


class Drain(Protocol):
    """Waits as ``Sandbox.drain`` does."""

    def __call__(self, timeout_seconds: float, *, advance_clock: bool) -> Awaitable[DrainReport]:
        """Begin to wait."""


class Administration:
    """Drain, clock and status of one sandbox.

    Args:
        routes: makes everything else that can be asked; called with the first request for any of it.
    """

    def __init__(
        self,
        *,
        drain: Drain,
        clock: Clock,
        store: Store,
        default_account_id: str,
        default_region: str,
        routes: Callable[[], Mapping[str, AdminRoute]] = dict,
    ) -> None:
        self._drain = drain
        self._clock = clock
        self._store = store
        self._default_account_id = default_account_id
        self._default_region = default_region
        self._make_routes = routes
        self._routes: Mapping[str, AdminRoute] | None = None

    async def drain(self, timeout_seconds: float, *, advance_clock: bool) -> Mapping[str, Any]:
        """Wait until every mapping and event has caught up; ``stuck`` and ``stuck_events`` say which has not, and why."""
        report = await self._drain(timeout_seconds, advance_clock=advance_clock)
        return {
            "drained": report.drained,
            "stuck": [asdict(stuck) for stuck in report.stuck],
            "stuck_events": [asdict(stuck) for stuck in report.stuck_events],
        }

    def advance_clock(self, seconds: float) -> Mapping[str, Any]:
        """Let *seconds* pass at once; the answer is the time it is then."""
        self._clock.advance(seconds)
        return self._time()

    def set_clock(self, instant: float) -> Mapping[str, Any]:
        """Let time pass until *instant*; the answer is as ``advance_clock``'s.

        Raises:
            ValueError: it has passed.
        """
        self._clock.set(instant)
        return self._time()

    def _time(self) -> Mapping[str, Any]:
        return {"now": self._clock.now(), "offset_seconds": self._clock.offset_seconds}

    def status(self) -> Mapping[str, Any]:
        """The version, the time, whose the sandbox is by default, and how many tables and streams there are."""
        return {
            "version": __version__,
            "account_id": self._default_account_id,
            "region": self._default_region,
            "now": self._clock.now(),
            "tables": sum(1 for _ in self._store.all_tables()),
            "streams": sum(1 for _ in self._store.log.all_streams()),
        }

    def route(self, name: str) -> AdminRoute | None:
        """One of the routes."""
        if self._routes is None:
            self._routes = self._make_routes()
        return self._routes.get(name)
