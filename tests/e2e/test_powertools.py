"""Powertools for AWS Lambda, unmodified: batches with partial failures, and idempotency kept in a table."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.config import Settings
from sandbox.testing.embedded import EmbeddedSandbox

DRAIN_SECONDS = 120.0

HANDLER = """
import os

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord, DynamoDBRecordEventName
from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer,
    IdempotencyConfig,
    idempotent,
    idempotent_function,
)

logger = Logger(service="charging")
processor = BatchProcessor(event_type=EventType.DynamoDBStreams)
persistence = DynamoDBPersistenceLayer(table_name="idempotency")
config = IdempotencyConfig(event_key_jmespath="id", expires_after_seconds=600)
counts = boto3.resource("dynamodb").Table("counts")


def count(id, what):
    answer = counts.update_item(
        Key={"id": id},
        UpdateExpression="ADD #what :one",
        ExpressionAttributeNames={"#what": what},
        ExpressionAttributeValues={":one": 1},
        ReturnValues="UPDATED_NEW",
    )
    return int(answer["Attributes"][what])


@idempotent_function(data_keyword_argument="order", persistence_store=persistence, config=config)
def charge(order):
    count(order["id"], "charged")
    return {"charged": order["amount"]}


def record_handler(record: DynamoDBRecord):
    assert record.event_name is DynamoDBRecordEventName.INSERT
    order = record.dynamodb.new_image
    seen = count(order["id"], "delivered")
    if seen <= order.get("fails", 0):
        raise ValueError(f"{order['id']} is not ready")
    return charge(order={"id": order["id"], "amount": str(order["amount"])})


@logger.inject_lambda_context
def on_order(event, context):
    config.register_lambda_context(context)
    answer = process_partial_response(event=event, record_handler=record_handler, processor=processor, context=context)
    logger.info("done", extra={"failures": len(answer["batchItemFailures"])})
    return answer


@idempotent(persistence_store=persistence, config=IdempotencyConfig(event_key_jmespath="id"))
def pay(event, context):
    return {"times": count(event["id"], "paid")}
"""


@pytest.fixture(params=["process", "in-process"])
def sandbox(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[EmbeddedSandbox]:
    """A sandbox with the tables of the handlers; handlers find powertools where this test runs."""
    (tmp_path / "charging.py").write_text(HANDLER)
    settings = Settings(
        port=0, runtime=request.param, project_folder=tmp_path, python=Path(sys.executable), watch_code=False
    )
    with EmbeddedSandbox(settings, search_folders=(tmp_path,)) as running:
        running.table("orders", "id")
        running.table("counts", "id", stream=None)
        running.table("idempotency", "id", stream=None)
        yield running


def _put(sandbox: EmbeddedSandbox, orders: list[dict[str, Any]]) -> None:
    """All in one request, so that they are one batch."""
    with sandbox.resource("dynamodb").Table("orders").batch_writer() as batch:
        for order in orders:
            batch.put_item(Item=order)


def _counts(sandbox: EmbeddedSandbox, what: str) -> dict[str, int]:
    items = sandbox.resource("dynamodb").Table("counts").scan(ConsistentRead=True)["Items"]
    return {item["id"]: int(item[what]) for item in items if what in item}


def test_what_was_delivered_again_is_charged_once(sandbox: EmbeddedSandbox) -> None:
    """A failure in the middle brings the rest of its batch again; idempotency keeps that from being charged twice."""
    deployed = sandbox.deploy(
        "charging.py:on_order", "orders", batch_size=10, report_batch_item_failures=True, maximum_retry_attempts=5
    )
    names = [f"o-{number}" for number in range(10)]
    _put(sandbox, [{"id": name, "amount": 10, **({"fails": 2} if name == "o-4" else {})} for name in names])
    sandbox.drain(DRAIN_SECONDS)
    delivered = _counts(sandbox, "delivered")
    assert _counts(sandbox, "charged") == dict.fromkeys(names, 1)
    assert delivered["o-4"] == 3
    assert max(delivered[name] for name in names if name != "o-4") == 3, "something came again"
    kept = sandbox.resource("dynamodb").Table("idempotency").scan()["Items"]
    assert {item["status"] for item in kept} == {"COMPLETED"}
    assert {json.loads(item["data"])["charged"] for item in kept} == {"10"}
    assert len(kept) == len(names)
    told = [json.loads(line) for line in sandbox.logs(deployed) if line.startswith("{")]
    done = [line for line in told if line["message"] == "done"]
    assert [line["failures"] for line in done] == [1, 1, 0]
    assert done[0]["function_name"] == str(deployed)


def test_a_batch_that_fails_as_a_whole_is_retried_and_given_up(sandbox: EmbeddedSandbox) -> None:
    """Then the processor raises, and the batch is a failure like any other."""
    deployed = sandbox.deploy(
        "charging.py:on_order", "orders", batch_size=10, report_batch_item_failures=True, maximum_retry_attempts=1
    )
    _put(sandbox, [{"id": "o-1", "amount": 1, "fails": 9}])
    sandbox.drain(DRAIN_SECONDS)
    assert _counts(sandbox, "delivered") == {"o-1": 2}
    assert _counts(sandbox, "charged") == {}
    failures = [one.error and one.error.error_type for one in sandbox.invocations(deployed)]
    assert failures == ["BatchProcessingError", "BatchProcessingError"]


def test_an_event_that_was_answered_is_answered_from_the_table(sandbox: EmbeddedSandbox) -> None:
    sandbox.deploy("charging.py:pay")
    client = sandbox.client("lambda")

    def pay(order_id: str) -> Any:
        return json.load(client.invoke(FunctionName="charging", Payload=json.dumps({"id": order_id}))["Payload"])

    assert [pay("o-1"), pay("o-1"), pay("o-2")] == [{"times": 1}, {"times": 1}, {"times": 1}]
    assert _counts(sandbox, "paid") == {"o-1": 1, "o-2": 1}
