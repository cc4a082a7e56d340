"""How a container has ended, as the engine tells it."""

import signal
from collections.abc import Mapping
from contextlib import closing
from datetime import datetime
from typing import Any

from runtimes.reply import Ended

__all__ = ["KILLED", "end_of"]

KILLED = -int(signal.SIGKILL)
"""The status of what was ended by force."""
_WAIT_SECONDS_MAX = 10
_EVENT_SECONDS_MAX = 1.0
"""How long after the end the engine may hear what it was."""


def end_of(client: Any, container: str) -> Ended:
    """Wait for the end of *container* (its identity), by a client of the SDK; blocks. Raises: what the SDK does."""
    status = _status(client.api.wait(container, timeout=_WAIT_SECONDS_MAX)["StatusCode"])
    if status != KILLED:
        return Ended(status=status)
    state = client.api.inspect_container(container)["State"]
    return Ended(status=status, is_out_of_memory=bool(state["OOMKilled"]) or _has_run_out(client, container, state))


def _has_run_out(client: Any, container: str, state: Mapping[str, Any]) -> bool:
    """Whether an event says that memory ran out.

    One end in a hundred reaches the engine before its reason: the state then never says it. Somebody else's ``docker
    kill`` is an event too, and no reason to wait.
    """
    finished = datetime.fromisoformat(state["FinishedAt"]).timestamp()  # by the engine's clock
    events = client.events(
        since=state["StartedAt"],
        until=f"{finished + _EVENT_SECONDS_MAX:.3f}",
        filters={"container": container, "event": ["oom", "kill"]},
        decode=True,
    )
    with closing(events):
        return next((event["Action"] == "oom" for event in events), False)


def _status(code: int) -> int:
    """As ``subprocess`` has it; engines tell a signal as 128 and its number."""
    return 128 - code if 128 < code <= 128 + 64 else code
