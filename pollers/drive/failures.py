"""Tell about records that were given up: whoever keeps them, and the failure destination."""

import logging
from collections.abc import Sequence

from pollers.decide.batching import Entry
from pollers.discarded import DiscardedBatch
from pollers.drive.shard import ShardState
from pollers.event import failure_document, failure_object_key, is_s3

__all__ = ["send_failure"]

_log = logging.getLogger(__name__)


async def send_failure(
    shard: ShardState,
    entries: Sequence[Entry],
    *,
    condition: str,
    invoke_count: int,
    function_error: str | None,
    request_id: str,
    executed_version: str,
    payload: bytes,
) -> str:
    """Send the record of a discarded batch, if the mapping has a destination, and say in words what was done.

    A destination that cannot be reached does not bring the records back: they are dropped, and the words say so.
    *payload* is the event as the function got it, of which S3 alone receives a copy.
    Source: lambda-event-source-mappings §3.8.
    """
    mapping, world = shard.mapping, shard.world
    arn = mapping.on_failure_arn
    request_id = request_id or world.chance.uuid()
    if entries:
        world.discarded(
            DiscardedBatch(
                batch_id=request_id,
                mapping_uuid=mapping.uuid,
                function_arn=mapping.function_arn,
                stream_arn=mapping.event_source_arn,
                shard_id=shard.shard_id,
                condition=condition,
                at_seconds=world.clock.now(),
                invoke_count=invoke_count,
                record_count=len(entries),
                first_sequence_number=entries[0].record.sequence_number,
                last_sequence_number=entries[-1].record.sequence_number,
                payload=payload,
            )
        )
    if arn is None or not entries:
        return f"discard ({condition}), no destination configured"
    if world.destination is None:
        return f"discard ({condition}), {arn} cannot be reached from here"
    now = world.clock.now()
    document = failure_document(
        entries,
        now=now,
        request_id=request_id,
        function_arn=mapping.function_arn,
        condition=condition,
        invoke_count=invoke_count,
        function_error=function_error,
        executed_version=executed_version,
        shard_id=shard.shard_id,
        stream_arn=mapping.event_source_arn,
        payload=payload if is_s3(arn) else None,
    )
    key = failure_object_key(
        mapping_uuid=mapping.uuid, shard_id=shard.shard_id, now=now, random_uuid=world.chance.uuid()
    )
    try:
        await world.destination.send(arn, document, object_key=key)
    except Exception as error:  # noqa: BLE001 - whatever a destination raises, the records are dropped and it is said
        _log.exception("the failure record could not be sent to %s", arn)
        return f"discard ({condition}), and {arn} refused the failure record: {error!r}"
    shard.account.metrics.on_failure_destination_delivered_event_count += len(entries)
    return f"discard to {arn} ({condition})"
