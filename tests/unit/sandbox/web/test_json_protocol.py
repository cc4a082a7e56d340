"""The JSON protocol over a real socket: order of checks, headers, error forms. Source: dynamodb-exact §1."""

import asyncio
import json
import logging
import re

import pytest

from sandbox.web.execute import execute
from sandbox.web.ports import Settled
from tests.unit.sandbox.web.conftest import FakeService, FakeSettled, Serve, World, echo, signed, targeted

CORAL = "com.amazon.coral.service#"
UNKNOWN_OPERATION = b"<UnknownOperationException/>\n"


def test_an_operation_is_run_in_the_callers_scope(serve: Serve) -> None:
    async def scenario(world: World) -> None:
        answer = await world.ask(b'{"Text": "hello"}', targeted() | signed(key="123456789012", region="ap-south-1"))
        assert answer.status == 200
        assert answer.json == {"Text": "hello", "AccountId": "123456789012", "Region": "ap-south-1"}

    serve(scenario)


def test_the_headers_of_an_answer(serve: Serve) -> None:
    async def scenario(world: World) -> None:
        answer = await world.ask(b"{}", targeted())
        assert re.fullmatch("[0-9A-Z]{52}", answer.headers.pop("x-amzn-requestid"))
        assert answer.headers.pop("x-amz-crc32")
        assert re.fullmatch(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT", answer.headers.pop("date"))
        assert answer.headers == {
            "server": "Server",
            "content-type": "application/x-amz-json-1.0",
            "content-length": str(len(answer.body)),
            "connection": "keep-alive",
        }

    serve(scenario)


def test_the_date_follows_the_sandboxes_clock(serve: Serve) -> None:
    async def scenario(world: World) -> None:
        before = await world.ask(b"{}", targeted())
        world.clock.advance(86_400 * 366)
        after = await world.ask(b"{}", targeted())
        assert int(after.headers["date"].split()[3]) - int(before.headers["date"].split()[3]) in (1, 2)

    serve(scenario)


def test_request_ids_differ(serve: Serve) -> None:
    async def scenario(world: World) -> None:
        seen = {(await world.ask(b"{}", targeted())).headers["x-amzn-requestid"] for _ in range(5)}
        assert len(seen) == 5

    serve(scenario)


@pytest.mark.parametrize(
    ("sent", "answered"),
    [
        ("application/x-amz-json-1.0", "application/x-amz-json-1.0"),
        ("application/json", "application/json"),
        ("application/json; charset=utf-8", "application/json"),
        ("application/x-amz-json-1.0 ;charset=x", "application/x-amz-json-1.0"),
    ],
)
def test_the_content_type_is_answered_in_kind(serve: Serve, sent: str, answered: str) -> None:
    async def scenario(world: World) -> None:
        answer = await world.ask(b"{}", targeted() | {"Content-Type": sent})
        assert (answer.status, answer.headers["content-type"]) == (200, answered)

    serve(scenario)


def test_streams_have_a_prefix_of_their_own(serve: Serve) -> None:
    async def scenario(world: World) -> None:
        answer = await world.ask(b"{}", targeted() | {"X-Amz-Target": "DynamoDBStreams_20120810.Echo"})
        assert answer.status == 200

    serve(scenario)


def test_an_answer_without_members_of_its_own_is_empty(serve: Serve) -> None:
    async def scenario(world: World) -> None:
        answer = await world.ask(b"{}", targeted("Nothing"))
        assert (answer.status, answer.body, answer.headers["content-length"]) == (200, b"", "0")

    serve(scenario)


@pytest.mark.parametrize(
    ("method", "path", "content_type"),
    [
        ("PUT", "/", "application/json"),
        ("DELETE", "/", "application/json"),
        ("POST", "/other", "application/json"),
        ("POST", "/", "text/plain"),
        ("POST", "/", "application/x-www-form-urlencoded"),
        ("POST", "/", "application/x-amz-json-1.9"),
        ("POST", "/", ""),
    ],
)
def test_what_is_no_call_at_all(serve: Serve, method: str, path: str, content_type: str) -> None:
    async def scenario(world: World) -> None:
        answer = await world.ask(b"{}", targeted() | {"Content-Type": content_type}, method=method, path=path)
        assert (answer.status, answer.body) == (404, UNKNOWN_OPERATION)
        assert answer.headers["x-amz-crc32"] == "3552371480"
        assert "content-type" not in answer.headers

    serve(scenario)


@pytest.mark.parametrize(
    "target", ["DynamoDB_20120810.Unheard", "DynamoDB_20120810", "DynamoDB_20120810.", "DynamoDB_19990101.Echo"]
)
@pytest.mark.parametrize("headers", [{}, signed()], ids=["unsigned", "signed"])
def test_an_unknown_operation_is_refused_before_the_signature(
    serve: Serve, target: str, headers: dict[str, str]
) -> None:
    async def scenario(world: World) -> None:
        request = {"X-Amz-Target": target, "Content-Type": "application/json", **headers}
        for body in (b"{}", b""):
            answer = await world.ask(body, request)
            assert answer.status == 400
            assert answer.json == {"__type": f"{CORAL}UnknownOperationException"}
        assert world.foreign.asked == []

    serve(scenario)


def test_a_target_without_a_prefix_is_an_unknown_operation_of_whom_it_is_signed_for(serve: Serve) -> None:
    async def scenario(world: World) -> None:
        answer = await world.ask(b"{}", targeted() | {"X-Amz-Target": "Echo"})
        assert answer.json == {"__type": f"{CORAL}UnknownOperationException"}

    serve(scenario)


def test_a_missing_target_is_an_unknown_operation(serve: Serve) -> None:
    async def scenario(world: World) -> None:
        for headers in ({}, signed()):
            answer = await world.ask(b"{}", {"Content-Type": "application/json", **headers})
            assert answer.json == {"__type": f"{CORAL}UnknownOperationException"}

    serve(scenario)


def test_a_body_that_is_not_json_is_noticed_first(serve: Serve) -> None:
    async def scenario(world: World) -> None:
        for request in (targeted(), targeted("Unheard"), {"X-Amz-Target": "DynamoDB_20120810.Echo"}):
            answer = await world.ask(b"{", {**request, "Content-Type": "application/json"})
            assert answer.status == 400
            assert answer.json == {"__type": f"{CORAL}SerializationException"}

    serve(scenario)


def test_an_empty_body_is_noticed_after_the_signature(serve: Serve) -> None:
    async def scenario(world: World) -> None:
        answer = await world.ask(b"", targeted())
        assert answer.json == {"__type": f"{CORAL}SerializationException"}
        answer = await world.ask(b"", {"X-Amz-Target": "DynamoDB_20120810.Echo"})
        assert answer.json["__type"] == f"{CORAL}MissingAuthenticationTokenException"

    serve(scenario)


def test_error_forms(serve: Serve) -> None:
    async def scenario(world: World) -> None:
        answer = await world.ask(b'{"Text": 1}', targeted())
        assert answer.json == {
            "__type": f"{CORAL}SerializationException",
            "Message": "NUMBER_VALUE cannot be converted to String",
        }
        answer = await world.ask(b'{"TableName": ""}', targeted())
        assert answer.json == {
            "__type": "com.amazon.coral.validate#ValidationException",
            "message": "1 validation error detected: Value '' at 'tableName' failed to satisfy constraint: "
            "Member must have length greater than or equal to 1",
        }
        answer = await world.ask(b"{}", targeted("Refuse"))
        assert answer.status == 400
        assert answer.json == {
            "__type": "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException",
            "message": "The conditional request failed",
            "Item": {"pk": {"S": "a"}},
        }
        answer = await world.ask(b'{"Text": "transaction"}', targeted("Refuse"))
        assert answer.json == {
            "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
            "Message": "cancelled",
            "CancellationReasons": [{"Code": "None"}],
        }
        assert answer.headers["content-type"] == "application/x-amz-json-1.0"
        assert answer.headers["x-amzn-requestid"]

    serve(scenario)


def test_a_bug_is_logged_with_the_request_id_and_the_connection_stays_usable(
    serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    async def scenario(world: World) -> None:
        client = await world.connect()
        answer = await client.ask(b"{}", targeted("Break"))
        assert answer.status == 500
        assert answer.json == {
            "__type": "com.amazonaws.dynamodb.v20120810#InternalServerError",
            "message": "Internal server error",
        }
        assert "secret" not in answer.body.decode()
        [record] = [record for record in caplog.records if record.levelno == logging.ERROR]
        assert answer.headers["x-amzn-requestid"] in record.getMessage()
        assert record.exc_info is not None
        assert (await client.ask(b'{"Text": "again"}', targeted())).json["Text"] == "again"
        await client.close()

    serve(scenario)


def test_no_answer_leaves_before_the_barrier(serve: Serve) -> None:
    """In durable mode an acknowledged write must survive; a refusal may rest on an unstored write just as well."""

    async def scenario(world: World) -> None:
        for name, status in (("Echo", 200), ("Refuse", 400)):
            world.settled.barrier = asyncio.get_running_loop().create_future()
            asked = asyncio.create_task(world.ask(b"{}", targeted(name)))
            done, _ = await asyncio.wait([asked], timeout=0.1)
            assert not done
            world.settled.barrier.set_result(None)
            assert (await asked).status == status

    serve(scenario)


def test_a_commit_that_fails_is_no_success(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    async def scenario(world: World) -> None:
        world.settled.barrier = asyncio.get_running_loop().create_future()
        world.settled.barrier.set_exception(OSError("no space left on device"))
        answer = await world.ask(b"{}", targeted())
        assert answer.status == 500
        assert "no space left" in caplog.text

    serve(scenario)


def test_the_logs_service_may_decline(serve: Serve) -> None:
    async def scenario(world: World) -> None:
        request = {
            "X-Amz-Target": "Logs_20140328.FilterLogEvents",
            "Content-Type": "application/x-amz-json-1.1",
            **signed("logs"),
        }
        answer = await world.ask(b'{"logGroupName": "/aws/lambda/f"}', request)
        assert answer.json == {"Seen": {"events": []}}
        assert answer.headers["content-type"] == "application/x-amz-json-1.1"
        assert world.foreign.asked == []
        body = b'{"logGroupName": "/my/own"}'
        answer = await world.ask(body, request)
        assert answer.body == b"<moto/>"
        assert world.foreign.asked[0]["body"] == body
        answer = await world.ask(b"{}", request | {"X-Amz-Target": "Logs_20140328.PutQueryDefinition"})
        assert answer.body == b"<moto/>"

    serve(scenario)


def test_the_same_steps_run_without_http() -> None:
    settled: Settled = FakeSettled()
    service = FakeService(echo)

    async def call() -> None:
        answer = await execute(service, "Echo", service.scope("1", "r"), b'{"Text": "x"}', settled)
        assert isinstance(answer, bytes)
        assert json.loads(answer) == {"Text": "x", "AccountId": "1", "Region": "r"}

    asyncio.run(call())
