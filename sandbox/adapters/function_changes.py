"""Which functions have changed since they last failed: what a batch that cannot go on waits for."""

import asyncio

__all__ = ["FunctionChanges"]


class FunctionChanges:
    """Changes of code, configuration and concurrency, by function ARN; lives on one event loop."""

    def __init__(self) -> None:
        self._known: dict[str, _Changes] = {}

    def note(self, function_arn: str) -> None:
        """The function has changed."""
        changes = self._of(function_arn)
        changes.count += 1
        signal, changes.next = changes.next, asyncio.Event()
        signal.set()

    def count(self, function_arn: str) -> int:
        """How often it has changed so far."""
        return self._of(function_arn).count

    def failed(self, function_arn: str, began_at: int) -> None:
        """An invocation has failed that began when the function had changed *began_at* times."""
        self._of(function_arn).failed_at = began_at

    async def changed(self, function_arn: str) -> None:
        """Return at the next change, and at once where there was one since its last failed invocation began."""
        changes = self._of(function_arn)
        if changes.failed_at is None or changes.count <= changes.failed_at:
            await changes.next.wait()

    def _of(self, function_arn: str) -> "_Changes":
        return self._known.setdefault(function_arn, _Changes())


class _Changes:
    def __init__(self) -> None:
        self.count = 0
        self.failed_at: int | None = None
        self.next = asyncio.Event()
