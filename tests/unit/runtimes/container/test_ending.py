"""An engine may learn of a container's end before it learns that memory ran out; the function's error must not depend on it."""

from collections.abc import Iterator
from typing import Any

import pytest

from runtimes.container.ending import end_of


class FakeEngine:
    """An SDK client that knows one ended container."""

    def __init__(self, code: int, *, flag: bool = False, events: tuple[str, ...] = ()) -> None:
        self.api = self
        self.asked: dict[str, Any] = {}
        self._code, self._flag, self._events = code, flag, events

    def wait(self, _container: str, timeout: float) -> dict[str, Any]:
        """As the SDK's."""
        assert timeout > 0
        return {"StatusCode": self._code}

    def inspect_container(self, _container: str) -> dict[str, Any]:
        """As the SDK's."""
        return {
            "State": {
                "OOMKilled": self._flag,
                "StartedAt": "2026-01-01T00:00:00.123456789Z",
                "FinishedAt": "2026-01-01T00:00:05.5Z",
            }
        }

    def events(self, **asked: Any) -> Iterator[dict[str, Any]]:
        """As the SDK's."""
        self.asked = asked
        return ({"Action": action} for action in self._events)


@pytest.mark.parametrize(
    ("engine", "status", "is_out_of_memory"),
    [
        (FakeEngine(0), 0, False),
        (FakeEngine(1), 1, False),
        (FakeEngine(139), -11, False),
        (FakeEngine(137, flag=True), -9, True),
        (FakeEngine(137, events=("oom",)), -9, True),
        (FakeEngine(137, events=("kill", "oom")), -9, False),
        (FakeEngine(137), -9, False),
    ],
)
def test_the_end_and_its_reason(engine: FakeEngine, status: int, *, is_out_of_memory: bool) -> None:
    end = end_of(engine, "c")
    assert (end.status, end.is_out_of_memory) == (status, is_out_of_memory)


def test_events_are_asked_for_only_where_the_state_leaves_it_open() -> None:
    """They are waited for, a second long, by the engine's own clock."""
    told = FakeEngine(137, flag=True)
    end_of(told, "c")
    assert told.asked == {}
    open_ = FakeEngine(137)
    end_of(open_, "c")
    assert open_.asked["until"] == "1767225606.500"
    assert open_.asked["filters"] == {"container": "c", "event": ["oom", "kill"]}
