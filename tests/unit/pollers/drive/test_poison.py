"""One record that no code can digest, anywhere in a batch of a hundred."""

from typing import Any

import pytest

from pollers.ports import FunctionFailed, InvocationReply
from tests.fakes.poller_world import FUNCTION_ARN, OK, PollerWorld, keys_of, run

BATCH_SIZE = 100
FAILING_INVOCATIONS_MAX = 8
"""100, 50, 25, 13, 7, 4, 2 and 1 records."""


@pytest.mark.parametrize("position", range(BATCH_SIZE))
def test_a_poison_record_is_isolated_and_the_others_are_delivered(position: int) -> None:
    poison = f"key-{position}"
    failed = FunctionFailed(error_type="ValueError", error_message="boom", request_id="request-failed")

    def handle(event: dict[str, Any]) -> InvocationReply:
        return failed if poison in keys_of(event) else OK

    async def story(world: PollerWorld) -> None:
        world.invoker.always = handle
        records = [world.stream.put(f"key-{number}") for number in range(BATCH_SIZE)]
        await world.start(
            BatchSize=BATCH_SIZE,
            BisectBatchOnFunctionError=True,
            MaximumRetryAttempts=0,
            DestinationConfig={"OnFailure": {"Destination": "arn:aws:s3:::dead"}},
        )
        await world.clock.advance(60)
        batches = world.invoker.key_batches()
        failing = [batch for batch in batches if poison in batch]
        assert len(failing) <= FAILING_INVOCATIONS_MAX
        assert failing[-1] == [poison]
        delivered = [key for batch in batches if poison not in batch for key in batch]
        assert delivered == [f"key-{number}" for number in range(BATCH_SIZE) if number != position]
        number = records[position].sequence_number
        ((_, document, _),) = world.destination.sent
        poisoned_event = world.invoker.events[batches.index([poison])]
        assert document == {
            "requestContext": {
                "requestId": "request-failed",
                "functionArn": FUNCTION_ARN,
                "condition": "RetryAttemptsExhausted",
                "approximateInvokeCount": 1,
            },
            "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
            "version": "1.0",
            "timestamp": document["timestamp"],
            "DDBStreamBatchInfo": {
                "shardId": world.stream.first_shard_id,
                "startSequenceNumber": number,
                "endSequenceNumber": number,
                "approximateArrivalOfFirstRecord": "1970-01-12T13:46:40Z",
                "approximateArrivalOfLastRecord": "1970-01-12T13:46:40Z",
                "batchSize": 1,
                "streamArn": world.stream.stream_arn,
            },
            "payload": poisoned_event,
        }
        assert world.checkpoint() == records[-1].sequence_number

    run(story)
