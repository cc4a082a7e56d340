"""A table that is out of capacity now and then: some requests are refused before they run, as often as was asked for.

Clients meet the refusal that AWS's SDKs retry; nothing of the request happens.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

from sandbox.dynamodb.faults import ProvisionedThroughputExceededException
from sandbox.web.ports import Service
from sandbox.wire.operation import Operation

__all__ = ["ErrorProbabilities", "ThwartedService"]

_READS: Final = frozenset({"GetItem", "Query", "Scan", "BatchGetItem", "TransactGetItems"})
_WRITES: Final = frozenset({"PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"})
_MESSAGE: Final = (
    "The level of configured provisioned throughput for the table was exceeded. "
    "Consider increasing your provisioning level with the UpdateTable API."
)


@dataclass(frozen=True, kw_only=True)
class ErrorProbabilities:
    """How often requests are refused, each from 0.0 (never) to 1.0 (always).

    Attributes:
        every: any operation of DynamoDB.
        reads: GetItem, Query, Scan, BatchGetItem, TransactGetItems.
        writes: PutItem, UpdateItem, DeleteItem, BatchWriteItem, TransactWriteItems.
    """

    every: float = 0.0
    reads: float = 0.0
    writes: float = 0.0

    def of(self, operation_name: str) -> float:
        """The greatest that applies to an operation."""
        reads = self.reads if operation_name in _READS else 0.0
        writes = self.writes if operation_name in _WRITES else 0.0
        return max(self.every, reads, writes)


class ThwartedService:
    """A service of which some requests are refused.

    Args:
        fraction: draws a number in [0, 1) for each request; a seeded one repeats a run.
    """

    def __init__(self, service: Service, probabilities: ErrorProbabilities, fraction: Callable[[], float]) -> None:
        self._service = service
        self._probabilities = probabilities
        self._fraction = fraction
        self.scope = service.scope

    def find(self, operation_name: str) -> Operation[Any] | None:
        """The operation of this wire name, which may refuse; ``None`` where the service has none."""
        found = self._service.find(operation_name)
        probability = self._probabilities.of(operation_name)
        if found is None or not probability:
            return found
        run, fraction = found.run, self._fraction

        def run_or_refuse(scope: Any, request: Any) -> Any:
            if fraction() < probability:
                raise ProvisionedThroughputExceededException(_MESSAGE)
            return run(scope, request)

        return replace(found, run=run_or_refuse)
