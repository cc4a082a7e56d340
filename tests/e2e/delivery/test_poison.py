"""A poison record in a full batch, from the write to the failure record."""

import json
from typing import Any

from sandbox.testing.embedded import EmbeddedSandbox
from tests.e2e.delivery.conftest import keys_of, put_many


def test_a_poison_record_among_a_hundred(sandbox: EmbeddedSandbox) -> None:
    """At most eight invocations fail, the other 99 records are delivered in order, and the failure record names it alone."""
    sqs, table = sandbox.client("sqs"), sandbox.table("orders")
    url = sqs.create_queue(QueueName="dead")["QueueUrl"]
    put_many(sandbox, table, 100)
    batches: list[list[str]] = []
    numbers: dict[str, str] = {}

    def handler(event: Any, _context: Any) -> None:
        batches.append(keys_of(event))
        numbers.update(zip(batches[-1], (one["dynamodb"]["SequenceNumber"] for one in event["Records"]), strict=True))
        if "00037" in batches[-1]:
            raise ValueError("poison")

    sandbox.deploy(
        handler,
        table,
        batch_size=100,
        bisect_batch_on_function_error=True,
        maximum_retry_attempts=0,
        destination_config={"OnFailure": {"Destination": "arn:aws:sqs:us-east-1:000000000000:dead"}},
    )
    sandbox.drain()
    assert len([batch for batch in batches if "00037" in batch]) <= 8
    delivered = [key for batch in batches if "00037" not in batch for key in batch]
    assert delivered == [f"{at:05}" for at in range(100) if at != 37]
    [message] = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=5)["Messages"]
    info = json.loads(message["Body"])["DDBStreamBatchInfo"]
    assert (info["batchSize"], info["startSequenceNumber"], info["endSequenceNumber"]) == (
        1,
        numbers["00037"],
        numbers["00037"],
    )
