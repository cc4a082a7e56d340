"""What only a sandbox offers, over HTTP: time that passes at once, shards that are split on command.

A test that needs it is skipped against an endpoint without it.
"""

import json
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest

__all__ = ["pass_time", "split_shards"]


def _administer(endpoint_url: str, path: str, body: dict[str, Any]) -> dict[str, Any] | None:
    """Ask the sandbox itself; ``None`` where the endpoint is none."""
    request = urllib.request.Request(  # noqa: S310 - the endpoint under test
        f"{endpoint_url}/_sandbox/{path}", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - as above
            found: dict[str, Any] = json.loads(answer.read())
            return found
    except (urllib.error.HTTPError, ValueError):
        return None


@pytest.fixture(scope="session")
def pass_time(endpoint_url: str) -> Callable[[float], None]:
    """Let so many seconds of the endpoint's own time pass at once."""
    if _administer(endpoint_url, "clock", {"advance_seconds": 0}) is None:
        pytest.skip("the endpoint's clock cannot be moved: it has no POST /_sandbox/clock")

    def advance(seconds: float) -> None:
        assert _administer(endpoint_url, "clock", {"advance_seconds": seconds}) is not None

    return advance


@pytest.fixture(scope="session")
def split_shards(endpoint_url: str) -> Callable[[str, int], list[str]]:
    """Close each open shard of a stream and open so many children in its place; gives the children's ids."""

    def split(stream_arn: str, children: int = 2) -> list[str]:
        answer = _administer(endpoint_url, "streams/split", {"table": stream_arn, "children": children})
        if answer is None:
            pytest.skip("the endpoint's shards cannot be split: it has no POST /_sandbox/streams/split")
        return [child for closed in answer["closed"] for child in closed["children"]]

    return split
