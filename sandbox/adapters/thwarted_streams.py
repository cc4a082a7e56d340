"""Streams of tables with chaos, as clients of the Streams API meet them: GetRecords is refused, late, or finds nothing left."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sandbox.adapters.thwarted import answer_late
from sandbox.chaos import Chaos
from sandbox.clock import Clock
from sandbox.dynamodb.faults import ExpiredIteratorException, LimitExceededException
from sandbox.streams.iterator import ShardIterator
from sandbox.streams.log import StreamLog
from sandbox.streams.retention import Retention
from sandbox.web.ports import Service
from sandbox.wire.operation import Operation

__all__ = ["ThwartedStreams"]


class ThwartedStreams:
    """The Streams service with the chaos of its tables; ask for operations again once that has changed."""

    def __init__(self, service: Service, *, chaos: Chaos, clock: Clock, log: StreamLog, retention: Retention) -> None:
        self._service = service
        self._chaos = chaos
        self._clock = clock
        self._log = log
        self._retention = retention
        self.scope = service.scope

    def find(self, operation_name: str) -> Operation[Any] | None:
        """The operation of this wire name; ``None`` where the service has none."""
        found = self._service.find(operation_name)
        if found is None or operation_name != "GetRecords" or not self._chaos.has_tables:
            return found
        run = found.run
        return replace(found, run=lambda scope, request: self._get_records(run, scope, request))

    def _get_records(self, run: Callable[[Any, Any], Any], scope: Any, request: Any) -> Any:
        iterator = ShardIterator.parse(request.shard_iterator)
        dice = None if iterator is None else self._chaos.of_table(iterator.stream_arn.split("/")[1])
        if iterator is None or dice is None:
            return run(scope, request)
        if dice.strikes("throttle"):
            raise LimitExceededException("chaos: throttled")
        if dice.strikes("expire"):
            raise ExpiredIteratorException("Iterator expired. chaos: before its time")
        if dice.strikes("trim"):
            self._trim(iterator, request.limit or 1_000)
        late_seconds = dice.chances.delay_seconds if dice.strikes("delay") else 0.0
        response = run(scope, request)
        return answer_late(response, self._clock, late_seconds) if late_seconds else response

    def _trim(self, iterator: ShardIterator, limit: int) -> None:
        """Let what the reader is about to get leave the stream."""
        stream = self._log.by_arn(iterator.stream_arn)
        shard = stream.shard(iterator.shard_id) if stream is not None else None
        if stream is None or shard is None:
            return
        page = self._log.read(stream, shard, behind=iterator.behind, limit=limit)
        if page:
            self._retention.drop(stream, shard, page[-1].sequence)
