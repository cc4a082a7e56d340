"""The poller alone, against a second sandbox: what it reads belongs to others, so it must only read, and remember by itself."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from moto.server import ThreadedMotoServer

from sandbox.testing.clients import make_client
from sandbox.testing.embedded import EmbeddedSandbox
from tests.e2e.conftest import Command
from tests.e2e.delivery.conftest import keys_of, put

Start = Callable[..., Command]


def stream_of(source: EmbeddedSandbox, table: str) -> str:
    arn: str = source.call("DescribeTable", {"TableName": table})["Table"]["LatestStreamArn"]
    return arn


def test_records_of_another_sandbox_reach_a_function_here_and_a_restart_goes_on(
    sandbox: EmbeddedSandbox, start: Start
) -> None:
    seen: list[str] = []
    sandbox.deploy(lambda event, _: seen.extend(keys_of(event)), name="f")
    with EmbeddedSandbox() as source:
        arn = stream_of(source, source.table("orders"))
        put(source, "orders", "a", "b")
        words = ("attach", "--source", source.endpoint_url, "--stream", arn, "--function", "f", "--from", "oldest")
        first = start(*words, "--endpoint-url", sandbox.endpoint_url)
        first.line("OK")
        assert seen == ["a", "b"]
        assert first.stop() == 0
        put(source, "orders", "c")
        second = start(*words, "--json", "--endpoint-url", sandbox.endpoint_url)
        trace: dict[str, Any] = json.loads(second.line('"invocation"'))
        assert (trace["record_count"], trace["outcome"], trace["decision"]) == (1, "delivered", "advance")
        assert seen == ["a", "b", "c"]
        assert second.stop() == 0
        assert "Traceback" not in first.text + second.text


def test_a_stream_of_another_region_reaches_a_function_where_this_sandbox_is(
    sandbox: EmbeddedSandbox, start: Start
) -> None:
    """DynamoDB Local says ddblocal for a region, where no function of anybody is; the function was never found there."""
    seen: list[str] = []
    sandbox.deploy(lambda event, _: seen.extend(keys_of(event)), name="f")
    with EmbeddedSandbox(replace(sandbox.settings, port=0, default_region="eu-west-1")) as source:
        arn = stream_of(source, source.table("orders"))
        put(source, "orders", "a")
        words = ("attach", "--source", source.endpoint_url, "--stream", arn, "--function", "f", "--from", "oldest")
        command = start(*words, "--endpoint-url", sandbox.endpoint_url)
        command.line("OK")
        assert ":eu-west-1:" in arn
        assert seen == ["a"]
        assert command.stop() == 0


@pytest.fixture
def peer() -> Iterator[str]:
    """The URL of somebody else's DynamoDB and DynamoDB Streams: moto's server, as it installs."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


def test_records_of_another_implementation_reach_a_function_here_and_a_restart_goes_on(
    sandbox: EmbeddedSandbox, start: Start, peer: str
) -> None:
    """Condition: the poller asks nothing of a source that only ours has."""
    seen: list[tuple[str, str]] = []

    def handler(event: dict[str, Any], _context: Any) -> None:
        assert all(record["eventSourceARN"] == arn for record in event["Records"])
        seen.extend((record["eventName"], key) for record, key in zip(event["Records"], keys_of(event), strict=True))

    sandbox.deploy(handler, name="f")
    source = make_client("dynamodb", endpoint_url=peer, account_id="123456789012", region="us-east-1")
    arn = source.create_table(
        TableName="orders",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )["TableDescription"]["LatestStreamArn"]
    words = ("attach", "--source", peer, "--stream", arn, "--function", "f", "--from", "oldest")

    source.put_item(TableName="orders", Item={"pk": {"S": "a"}})
    source.put_item(TableName="orders", Item={"pk": {"S": "b"}})
    first = start(*words, "--endpoint-url", sandbox.endpoint_url)
    first.line("OK")
    source.delete_item(TableName="orders", Key={"pk": {"S": "a"}})
    first.line("OK")
    assert first.stop() == 0
    assert seen == [("INSERT", "a"), ("INSERT", "b"), ("REMOVE", "a")]

    source.put_item(TableName="orders", Item={"pk": {"S": "c"}})
    second = start(*words, "--json", "--endpoint-url", sandbox.endpoint_url)
    trace: dict[str, Any] = json.loads(second.line('"invocation"'))
    assert (trace["record_count"], trace["outcome"], trace["decision"]) == (1, "delivered", "advance")
    assert seen[3:] == [("INSERT", "c")]
    assert second.stop() == 0
    assert "Traceback" not in first.text + second.text


def test_a_source_that_does_not_answer_is_told_and_asked_again(start: Start) -> None:
    arn = "arn:aws:dynamodb:us-east-1:000000000000:table/t/stream/2024-01-01T00:00:00.000"
    command = start("attach", "--source", "http://127.0.0.1:1", "--stream", arn, "--function-url", "http://127.0.0.1:1")
    command.line("the stream cannot be described: http://127.0.0.1:1/")
    command.line("the stream cannot be described")
    assert command.stop() == 0
    assert "Traceback" not in command.text


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--stream", "x", "--function", "f"), "x is not the ARN of a stream."),
        (("--stream", "x"), "Name either --function or --function-url."),
    ],
)
def test_what_cannot_be_is_said(start: Start, words: tuple[str, ...], sentence: str) -> None:
    command = start("attach", "--source", "http://127.0.0.1:1", *words)
    assert command.finish() != 0
    assert sentence in command.text
    assert "Traceback" not in command.text
