"""Streams of tables with chaos, as clients of the Streams API meet them: GetRecords is refused, late, or finds nothing left."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sandbox.adapters.thwarted import answer_late
from sandbox.chaos import Chaos, ChaosEvent
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

    def __init__(
        self,
        service: Service,
        *,
        chaos: Chaos,
        clock: Clock,
        log: StreamLog,
        retention: Retention,
        tell: Callable[[ChaosEvent], None] = lambda _event: None,
    ) -> None:
        self._service = service
        self._chaos = chaos
        self._clock = clock
        self._log = log
        self._retention = retention
        self._tell = tell
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
        table_name = "" if iterator is None else iterator.stream_arn.partition(":table/")[2].partition("/")[0]
        dice = self._chaos.of_table(table_name)
        if iterator is None or dice is None:
            return run(scope, request)
        if dice.strikes("throttle"):
            self._say(table_name, "GetRecords was refused")
            raise LimitExceededException("chaos: throttled")
        if dice.strikes("expire"):
            self._say(table_name, "an iterator expired")
            raise ExpiredIteratorException("Iterator expired. chaos: before its time")
        if dice.strikes("trim"):
            self._say(table_name, "records left the stream before being read")
            self._trim(iterator, request.limit or 1_000)
        if not dice.strikes("delay"):
            return run(scope, request)
        late_seconds = dice.chances.delay_seconds
        self._say(table_name, f"GetRecords is answered {late_seconds:g} s late")
        return answer_late(run(scope, request), self._clock, late_seconds)

    def _say(self, table_name: str, words: str) -> None:
        self._tell(ChaosEvent(table_name=table_name, at_seconds=self._clock.now(), words=words))

    def _trim(self, iterator: ShardIterator, limit: int) -> None:
        """Let what the reader is about to get leave the stream."""
        stream = self._log.by_arn(iterator.stream_arn)
        shard = stream.shard(iterator.shard_id) if stream is not None else None
        if stream is None or shard is None:
            return
        page = self._log.read(stream, shard, behind=iterator.behind, limit=limit)
        if page:
            self._retention.drop(stream, shard, page[-1].sequence)
