"""Turning the stream of a table on and off.

Each enabling makes a new stream with a label of its own; the one before stays readable until retention ends it.
Source: lambda-event-source-mappings §4.2, §4.3.
"""

from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from sandbox.arn import stream_arn
from sandbox.dynamodb.scope import Scope
from sandbox.dynamodb.storage.table import TableDefinition

__all__ = ["with_stream", "without_stream"]


def with_stream(scope: Scope, definition: TableDefinition, view_type: str) -> TableDefinition:
    """Open a new stream for the table; inside a transaction. The answer is not stored yet."""
    now = scope.clock.now()
    stream = scope.store.log.create(
        account_id=definition.account_id,
        region=definition.region,
        table_name=definition.name,
        view_type=view_type,
        key_schema=definition.key_schema,
        label=_new_label(scope, definition, now),
        shard_count=scope.stream_shards,
        now=now,
        ids_hex=scope.ids.hex,
    )
    return replace(definition, stream_id=stream.id, stream_enabled=True, pending_stream="ENABLE")


def without_stream(scope: Scope, definition: TableDefinition) -> TableDefinition:
    """Close the table's stream, if it is enabled; inside a transaction. The answer is not stored yet."""
    stream = scope.store.log.by_id(definition.stream_id)
    if stream is None or not stream.enabled:
        return replace(definition, stream_enabled=False)
    scope.store.log.disable(stream, scope.clock.now())
    return replace(definition, stream_enabled=False, pending_stream="DISABLE")


def _new_label(scope: Scope, definition: TableDefinition, now: float) -> str:
    """The time in UTC to the millisecond; a stream of the same table and millisecond pushes it on by one."""
    moment = datetime.fromtimestamp(now, tz=UTC)
    while True:
        label = moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}"
        if scope.store.log.by_arn(stream_arn(definition.region, definition.account_id, definition.name, label)) is None:
            return label
        moment += timedelta(milliseconds=1)
