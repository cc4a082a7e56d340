"""A table that is out of capacity now and then: some requests are refused before they run, as often as was asked for.

Clients meet the refusal that AWS's SDKs retry; nothing of the request happens. Tables with chaos do likewise, and
answer late.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sandbox.chaos import Chaos, ChaosEvent
from sandbox.clock import Clock
from sandbox.dynamodb.faults import ProvisionedThroughputExceededException
from sandbox.web.ports import Service
from sandbox.wire.operation import Operation

__all__ = ["ErrorProbabilities", "ThwartedService", "answer_late"]

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
    """A service of which some requests are refused, or answered late.

    Requests that read or write items of a table with chaos meet that too; statements of PartiQL do not.

    Args:
        fraction: draws a number in [0, 1) for each request; a seeded one repeats a run.
        chaos: which tables have chaos; ask for operations again once that has changed.
        tell: hears of the chaos of tables; must neither block nor raise.
    """

    def __init__(
        self,
        service: Service,
        probabilities: ErrorProbabilities,
        fraction: Callable[[], float],
        *,
        chaos: Chaos,
        clock: Clock,
        tell: Callable[[ChaosEvent], None] = lambda _event: None,
    ) -> None:
        self._service = service
        self._probabilities = probabilities
        self._fraction = fraction
        self._chaos = chaos
        self._clock = clock
        self._tell = tell
        self.scope = service.scope

    def find(self, operation_name: str) -> Operation[Any] | None:
        """The operation of this wire name, which may refuse; ``None`` where the service has none."""
        found = self._service.find(operation_name)
        probability = self._probabilities.of(operation_name)
        has_chaos = self._chaos.has_tables and operation_name in _READS | _WRITES
        if found is None or not (probability or has_chaos):
            return found
        run, fraction = found.run, self._fraction

        def run_or_refuse(scope: Any, request: Any) -> Any:
            if probability and fraction() < probability:
                raise ProvisionedThroughputExceededException(_MESSAGE)
            late_seconds = self._strike(operation_name, _tables_of(request)) if has_chaos else 0.0
            response = run(scope, request)
            return answer_late(response, self._clock, late_seconds) if late_seconds else response

        return replace(found, run=run_or_refuse)

    def _strike(self, operation_name: str, tables: Sequence[str]) -> float:
        """Refuse, or give by how many seconds the answer is late."""
        late_seconds = 0.0
        for name in tables:
            dice = self._chaos.of_table(name)
            if dice is None:
                continue
            if dice.strikes("throttle"):
                self._say(name, f"{operation_name} was refused")
                raise ProvisionedThroughputExceededException(_MESSAGE)
            if dice.strikes("delay"):
                late_seconds = max(late_seconds, dice.chances.delay_seconds)
                self._say(name, f"{operation_name} is answered {dice.chances.delay_seconds:g} s late")
        return late_seconds

    def _say(self, table_name: str, words: str) -> None:
        self._tell(ChaosEvent(table_name=table_name, at_seconds=self._clock.now(), words=words))


async def answer_late(response: Any, clock: Clock, seconds: float) -> Any:
    """Keep an answer back; what was asked is done."""
    await clock.sleep(seconds)
    return response


def _tables_of(request: Any) -> list[str]:
    """The names of the tables whose items a request is about."""
    if hasattr(request, "table_name"):
        named = [request.table_name]
    elif hasattr(request, "request_items"):
        named = list(request.request_items)
    else:
        actions = [getattr(entry, name) for entry in request.transact_items for name in entry.__struct_fields__]
        named = [action.table_name for action in actions if action is not None]
    return list(dict.fromkeys(name.rpartition("/")[2] for name in named))  # an ARN ends with the name
