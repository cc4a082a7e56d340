"""What a sandbox tells while it works, as something that tests can wait for."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from pollers.trace import BatchTrace
from runtimes.reload.events import ReloadEvent
from sandbox.testing.embedded import EmbeddedSandbox

__all__ = ["PATIENCE_SECONDS", "Told", "listen"]

PATIENCE_SECONDS = 30.0


@dataclass
class Told:
    """Every batch and every reload, the latter with the time (epoch seconds) at which it was told."""

    batches: list[BatchTrace] = field(default_factory=list)
    reloads: list[tuple[float, ReloadEvent]] = field(default_factory=list)
    _change: threading.Condition = field(default_factory=threading.Condition)

    def __call__(self, event: object) -> None:
        """Take an event; runs on the sandbox's loop."""
        with self._change:
            if isinstance(event, BatchTrace):
                self.batches.append(event)
            elif isinstance(event, ReloadEvent):
                self.reloads.append((time.time(), event))
            self._change.notify_all()

    def invocations(self, function: str) -> list[BatchTrace]:
        """What was told of invocations of *function*."""
        return [one for one in self.batches if one.kind == "invocation" and one.function_arn.endswith(f":{function}")]

    def wait_for(self, condition: Callable[[], object], what: str) -> None:
        """Return once *condition* holds; it is looked at whenever something was told."""
        with self._change:
            assert self._change.wait_for(condition, PATIENCE_SECONDS), (
                f"no {what}; last told: {self.batches[-1:]} {self.reloads[-1:]}"
            )

    def wait_for_invocations(self, function: str, count: int) -> list[BatchTrace]:
        """Wait until *function* was invoked this often, and everything was decided."""
        self.wait_for(lambda: len(self.invocations(function)) >= count, f"invocation number {count} of {function}")
        return self.invocations(function)


def listen(sandbox: EmbeddedSandbox, told: Told | None = None) -> Told:
    """Everything *sandbox* tells from now on."""
    chosen = told or Told()
    sandbox._loop.do(lambda: sandbox._sandbox.subscribe(chosen))
    return chosen
