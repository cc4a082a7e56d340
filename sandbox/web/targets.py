"""``X-Amz-Target`` -> which service, which operation."""

from dataclasses import dataclass
from typing import Any

from sandbox.web.ports import Service
from sandbox.wire.operation import Operation

__all__ = [
    "DYNAMODB_PREFIX",
    "LOGS_PREFIX",
    "METRICS_PATH",
    "METRICS_PREFIX",
    "OUR_PREFIXES",
    "STREAMS_PREFIX",
    "Target",
    "Targets",
]

DYNAMODB_PREFIX = "DynamoDB_20120810"
STREAMS_PREFIX = "DynamoDBStreams_20120810"
LOGS_PREFIX = "Logs_20140328"
METRICS_PREFIX = "GraniteServiceVersion20100801"
METRICS_PATH = f"/service/{METRICS_PREFIX}/operation/"
"""Where the same operations are asked for in CBOR."""
OUR_PREFIXES = ("DynamoDB_", "DynamoDBStreams_")
"""Whatever the version: such a request is never for anyone else."""


@dataclass(frozen=True, kw_only=True)
class Target:
    """One operation and the service whose scope it runs in."""

    service: Service
    operation: Operation[Any]


class Targets:
    """Finds operations by their target, and remembers those it has found."""

    def __init__(self, services: dict[str, Service]) -> None:
        self._services = services
        self._found: dict[str, Target] = {}

    def forget(self) -> None:
        """Look for every operation again: a service gives others now."""
        self._found.clear()

    def find(self, target: str) -> Target | None:
        """The operation; ``None`` where the prefix is not ours or the service has no such operation."""
        found = self._found.get(target)
        if found is not None:
            return found
        prefix, _, name = target.rpartition(".")
        service = self._services.get(prefix)
        operation = service.find(name) if service is not None else None
        if service is None or operation is None:
            return None
        found = self._found[target] = Target(service=service, operation=operation)
        return found
