"""Whole stories from a write to what it led to, in the testing plugin's own words."""

import json
from decimal import Decimal
from typing import Any

import pytest
from boto3.dynamodb.conditions import Key

from sandbox.testing.embedded import EmbeddedSandbox


def test_an_order_is_totalled_per_customer(sandbox: EmbeddedSandbox) -> None:
    """A materialised aggregate: every order adds to its customer's total, every cancellation takes from it."""
    orders, totals = sandbox.table("orders", "customer", "number:N"), sandbox.table("totals", "customer", stream=None)

    def total(event: Any, _context: Any) -> None:
        import boto3  # noqa: PLC0415 - as a handler does

        table = boto3.resource("dynamodb").Table(totals)
        for record in event["Records"]:
            change = record["dynamodb"]
            amount = Decimal(change.get("NewImage", {}).get("amount", {}).get("N", "0")) - Decimal(
                change.get("OldImage", {}).get("amount", {}).get("N", "0")
            )
            table.update_item(
                Key={"customer": change["Keys"]["customer"]["S"]},
                UpdateExpression="ADD #total :a",
                ExpressionAttributeNames={"#total": "total"},
                ExpressionAttributeValues={":a": amount},
            )

    sandbox.deploy(total, orders, batch_size=10)
    table = sandbox.resource("dynamodb").Table(orders)
    with table.batch_writer() as batch:
        for number in range(20):
            batch.put_item(Item={"customer": "ann" if number % 2 else "bob", "number": number, "amount": number})
    table.update_item(
        Key={"customer": "ann", "number": 1},
        UpdateExpression="SET amount = :a",
        ExpressionAttributeValues={":a": Decimal("100.5")},
    )
    table.delete_item(Key={"customer": "bob", "number": 18})
    sandbox.drain()
    found = {one["customer"]: one["total"] for one in sandbox.resource("dynamodb").Table(totals).scan()["Items"]}
    assert found == {"ann": Decimal("199.5"), "bob": Decimal(72)}


def test_one_bad_record_does_not_hold_up_the_others(sandbox: EmbeddedSandbox) -> None:
    """Bisection: every other record is handled, and the poison alone ends in the queue."""
    sqs = sandbox.client("sqs")
    url = sqs.create_queue(QueueName="failed")["QueueUrl"]
    table = sandbox.table("orders")
    handled: set[str] = set()

    def handler(event: Any, _context: Any) -> None:
        for record in event["Records"]:
            key = record["dynamodb"]["Keys"]["pk"]["S"]
            if key == "poison":
                raise ValueError("cannot digest this")
            handled.add(key)

    for key in ("a", "b", "poison", "c", "d"):
        sandbox.call("PutItem", {"TableName": table, "Item": {"pk": {"S": key}}})
    sandbox.deploy(
        handler,
        table,
        bisect_batch_on_function_error=True,
        maximum_retry_attempts=0,
        on_failure="arn:aws:sqs:us-east-1:000000000000:failed",
    )
    sandbox.drain()
    assert handled == {"a", "b", "c", "d"}
    (message,) = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=5)["Messages"]
    document = json.loads(message["Body"])
    assert document["DDBStreamBatchInfo"]["batchSize"] == 1
    assert document["requestContext"]["condition"] == "RetryAttemptsExhausted"


def test_two_functions_on_one_stream(sandbox: EmbeddedSandbox) -> None:
    """One of them fails for ever; the other is not delayed."""
    table = sandbox.table("orders")

    def broken(_event: Any, _context: Any) -> None:
        raise RuntimeError("always")

    seen: list[str] = []
    stuck = sandbox.deploy(broken, table)
    sandbox.deploy(lambda event, _: seen.extend(r["dynamodb"]["Keys"]["pk"]["S"] for r in event["Records"]), table)
    for number in range(5):
        sandbox.call("PutItem", {"TableName": table, "Item": {"pk": {"S": str(number)}}})
    with pytest.raises(AssertionError, match=r"broken.*(\n.*)*RuntimeError: always"):
        sandbox.drain(timeout_seconds=1)
    assert seen == ["0", "1", "2", "3", "4"]
    sandbox.call("DeleteEventSourceMapping", {"UUID": stuck.mapping_uuid}, service="lambda")
    sandbox.drain()


def test_a_users_sessions_end_by_themselves(sandbox: EmbeddedSandbox) -> None:
    """TTL end to end: the sweeper removes, the stream says who did it, the handler archives."""
    sessions = sandbox.table("sessions", "user", "session")
    sandbox.client("dynamodb").update_time_to_live(
        TableName=sessions, TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires"}
    )
    archived: list[tuple[str, bool]] = []

    def archive(event: Any, _context: Any) -> None:
        for record in event["Records"]:
            by_sweeper = record.get("userIdentity", {}).get("principalId") == "dynamodb.amazonaws.com"
            archived.append((record["dynamodb"]["Keys"]["session"]["S"], by_sweeper))

    sandbox.deploy(archive, sessions, filters=[{"eventName": ["REMOVE"]}])
    table = sandbox.resource("dynamodb").Table(sessions)
    now = int(sandbox.clock.now())
    for session, life in (("short", 60), ("long", 86_400), ("logged out", 60)):
        table.put_item(Item={"user": "ann", "session": session, "expires": now + life})
    table.delete_item(Key={"user": "ann", "session": "logged out"})
    sandbox.clock.advance(3600)
    while table.query(KeyConditionExpression=Key("user").eq("ann"), Select="COUNT")["Count"] > 1:
        pass
    sandbox.drain()
    assert sorted(archived) == [("logged out", False), ("short", True)]


def test_a_batch_waits_for_its_window(sandbox: EmbeddedSandbox) -> None:
    """Virtual time: five seconds pass at once."""
    table = sandbox.table("orders")
    function = sandbox.deploy(lambda event, _: len(event["Records"]), table, maximum_batching_window_in_seconds=5)
    for number in range(3):
        sandbox.call("PutItem", {"TableName": table, "Item": {"pk": {"S": str(number)}}})
    assert sandbox.invocations(function) == []
    for _ in range(50):
        sandbox.clock.advance(5)
        if sandbox.invocations(function):
            break
    sandbox.drain()
    assert sum(one.result for one in sandbox.invocations(function)) == 3
    assert len(sandbox.invocations(function)) == 1
