"""A waiting ReceiveMessage must not hold the one thread: the message it waits for has to get through it."""

import asyncio
import json
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.aws_services.long_poll import long_poll_of
from sandbox.aws_services.wsgi import ForeignRequest

Client = Callable[..., Any]


def test_a_message_sent_while_someone_waits_arrives_at_once(client: Client) -> None:
    sqs = client("sqs")
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    received: list[Any] = []
    waiting = threading.Thread(target=lambda: received.append(sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)))
    began = time.monotonic()
    waiting.start()
    sqs.send_message(QueueUrl=url, MessageBody="hello")
    waiting.join()
    assert received[0]["Messages"][0]["Body"] == "hello"
    assert time.monotonic() - began < 10


def test_a_wait_that_brings_nothing_ends_when_it_should(client: Client) -> None:
    sqs = client("sqs")
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    began = time.monotonic()
    assert "Messages" not in sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1)
    assert 0.9 < time.monotonic() - began < 8


def test_the_queue_may_say_how_long_to_wait(client: Client) -> None:
    sqs = client("sqs")
    url = sqs.create_queue(QueueName="q", Attributes={"ReceiveMessageWaitTimeSeconds": "1"})["QueueUrl"]
    began = time.monotonic()
    assert "Messages" not in sqs.receive_message(QueueUrl=url)
    assert time.monotonic() - began > 0.9


def test_a_missing_queue_is_refused_without_waiting(client: Client) -> None:
    began = time.monotonic()
    with pytest.raises(ClientError):
        client("sqs").receive_message(QueueUrl="http://127.0.0.1:4566/000000000000/none", WaitTimeSeconds=20)
    assert time.monotonic() - began < 10


def test_closing_ends_a_wait(loop: Any, connect: Any) -> None:
    """A sandbox stops while a consumer still polls: the stop must not take twenty seconds."""
    from sandbox.aws_services.mount import MotoServices  # noqa: PLC0415 - this test closes its own

    async def make() -> MotoServices:
        return MotoServices()

    services = asyncio.run_coroutine_threadsafe(make(), loop).result()
    sqs = connect(services)("sqs")
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    outcomes: list[Any] = []

    def wait() -> None:
        try:
            outcomes.append(sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20))
        except ClientError as refused:
            outcomes.append(refused)

    waiting = threading.Thread(target=wait)
    began = time.monotonic()
    waiting.start()
    asyncio.run_coroutine_threadsafe(services.close(), loop).result()
    waiting.join()
    assert len(outcomes) == 1
    assert time.monotonic() - began < 10


def _request(body: bytes, headers: dict[str, str], query: str = "") -> ForeignRequest:
    return ForeignRequest(method="POST", path="/", query=query, headers=headers, body=body)


def test_the_json_form_is_asked_without_waiting() -> None:
    headers = {"x-amz-target": "AmazonSQS.ReceiveMessage"}
    poll = long_poll_of(_request(b'{"QueueUrl":"http://h/1/q","WaitTimeSeconds":7,"MaxNumberOfMessages":3}', headers))
    assert poll is not None
    assert poll.wait_seconds == 7
    assert json.loads(poll.once.body) == {"QueueUrl": "http://h/1/q", "WaitTimeSeconds": 0, "MaxNumberOfMessages": 3}


def test_the_form_encoded_form_too() -> None:
    """SDKs of before 2023 speak it."""
    poll = long_poll_of(_request(b"Action=ReceiveMessage&WaitTimeSeconds=7&QueueUrl=http%3A%2F%2Fh%2F1%2Fq", {}))
    assert poll is not None
    assert poll.wait_seconds == 7
    assert poll.once.body == b"Action=ReceiveMessage&WaitTimeSeconds=0&QueueUrl=http%3A%2F%2Fh%2F1%2Fq"


@pytest.mark.parametrize(
    "body",
    [
        b'{"QueueUrl":"u","WaitTimeSeconds":0}',
        b'{"QueueUrl":"u","WaitTimeSeconds":21}',
        b'{"QueueUrl":"u","WaitTimeSeconds":"x"}',
        b'{"WaitTimeSeconds":5}',
        b"not json",
    ],
)
def test_what_the_service_refuses_or_answers_at_once_is_left_alone(body: bytes) -> None:
    assert long_poll_of(_request(body, {"x-amz-target": "AmazonSQS.ReceiveMessage"})) is None
