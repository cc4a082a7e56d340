"""Whose request it is: Lambda, other services, health, administration."""

import asyncio
import json
import logging
import re

import pytest

from tests.unit.sandbox.web.conftest import FakeForeignReply, Serve, World, signed, targeted


def test_get_is_health(serve: Serve) -> None:
    async def scenario(world: World) -> None:
        for headers, path in (({}, "/"), (signed(), "/"), ({}, "/health"), (signed(), "/anything")):
            answer = await world.ask(b"", headers, method="GET", path=path)
            assert (answer.status, answer.body) == (200, b"healthy: dynamodb.us-east-1.amazonaws.com ")
            assert answer.headers["x-amz-crc32"] == "3128867991"
            assert "content-type" not in answer.headers

    serve(scenario)


@pytest.mark.parametrize("path", ["/_sandbox/health", "/_localstack/health"])
def test_health_as_json(serve: Serve, path: str) -> None:
    async def scenario(world: World) -> None:
        answer = await world.ask(b"", method="GET", path=path)
        assert answer.status == 200
        assert answer.json["ready"] is True
        assert answer.json["services"]["dynamodb"] == "running"

    serve(scenario)


def test_administration(serve: Serve) -> None:
    async def scenario(world: World) -> None:
        json_type = {"Content-Type": "application/json"}
        assert (await world.ask(b"", method="GET", path="/_sandbox/status")).json == {"tables": 0}
        answer = await world.ask(b'{"timeout_seconds": 5}', json_type, path="/_sandbox/drain")
        assert answer.json == {"drained": True, "timeout_seconds": 5}
        answer = await world.ask(b"", json_type, path="/_sandbox/drain")
        assert answer.json == {"drained": True, "timeout_seconds": 30}
        answer = await world.ask(b'{"advance_seconds": 3600}', json_type, path="/_sandbox/clock")
        assert answer.json == {"now": 3600}
        answer = await world.ask(b'{"set_seconds": 7200.5}', json_type, path="/_sandbox/clock")
        assert answer.json == {"now": 7200.5}
        assert (await world.ask(b"", method="GET", path="/_sandbox/rows?after=7")).json == {"after": 7}
        answer = await world.ask(b'{"after": 3}', json_type, path="/_sandbox/rows/drop")
        assert answer.json == {"dropped": 3}

    serve(scenario)


@pytest.mark.parametrize(
    ("method", "path", "content_type", "body", "status"),
    [
        ("GET", "/_sandbox/drain", "application/json", b"", 405),
        ("GET", "/_sandbox/clock?advance_seconds=5", "application/json", b"", 405),
        ("POST", "/_sandbox/status", "application/json", b"", 405),
        ("POST", "/_sandbox/clock", "text/plain", b'{"advance_seconds": 5}', 415),
        ("POST", "/_sandbox/clock", "application/x-www-form-urlencoded", b'{"advance_seconds": 5}', 415),
        ("POST", "/_sandbox/clock", "application/json", b'{"advance_seconds": -5}', 400),
        ("POST", "/_sandbox/clock", "application/json", b'{"advance": 5}', 400),
        ("POST", "/_sandbox/clock", "application/json", b"{}", 400),
        ("POST", "/_sandbox/clock", "application/json", b'{"advance_seconds": 1, "set_seconds": 2}', 400),
        ("POST", "/_sandbox/clock", "application/json", b'{"set_seconds": 1}', 409),
        ("POST", "/_sandbox/clock", "application/json", b"{", 400),
        ("POST", "/_sandbox/clock", "application/json", b"[" * 100_000, 400),
        ("POST", "/_sandbox/rows", "application/json", b"{}", 405),
        ("GET", "/_sandbox/rows?after=x", "application/json", b"", 400),
        ("GET", "/_sandbox/rows?before=1", "application/json", b"", 400),
        ("GET", "/_sandbox/rows/drop?after=1", "application/json", b"", 405),
        ("POST", "/_sandbox/rows/drop", "text/plain", b"{}", 415),
        ("POST", "/_sandbox/rows/drop", "application/json", b'{"after": "1"}', 400),
        ("POST", "/_sandbox/rows/drop", "application/json", b'{"after": 10}', 404),
        ("GET", "/_sandbox/unheard", "application/json", b"", 404),
        ("GET", "/_sandbox/", "application/json", b"", 404),
    ],
)
def test_changes_are_posts_of_json(
    serve: Serve, method: str, path: str, content_type: str, body: bytes, status: int
) -> None:
    async def scenario(world: World) -> None:
        answer = await world.ask(body, {"Content-Type": content_type}, method=method, path=path)
        assert answer.status == status
        assert world.admin.advanced == []

    serve(scenario)


def test_lambda_by_path(serve: Serve) -> None:
    async def scenario(world: World) -> None:
        path = "/2015-03-31/event-source-mappings/?FunctionName=f&MaxItems=7"
        answer = await world.ask(b"", signed("lambda"), method="GET", path=path)
        assert answer.status == 200
        assert answer.json == {"Seen": {"FunctionName": "f", "MaxItems": 7}}
        assert answer.headers["content-type"] == "application/json"
        assert re.fullmatch(
            "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", answer.headers["x-amzn-requestid"]
        )

    serve(scenario)


def test_an_invocation_answers_the_payload_itself(serve: Serve) -> None:
    async def scenario(world: World) -> None:
        client = await world.connect()
        path = "/2015-03-31/functions/f/invocations"
        answer = await client.ask(b'{"a":  1}', signed("lambda"), path=f"{path}?Qualifier=live")
        assert (answer.status, answer.body) == (200, b'{"a":  1}')
        assert answer.headers["x-amz-executed-version"] == "live"
        assert answer.headers["x-amzn-requestid"] == "the-functions-own"
        answer = await client.ask(b"{}", signed("lambda") | {"X-Amz-Invocation-Type": "Event"}, path=path)
        assert (answer.status, answer.body) == (202, b"")
        assert "content-type" not in answer.headers
        answer = await client.ask(b"", signed("lambda"), path=path)
        assert (answer.status, answer.body) == (200, b"null")
        await client.close()

    serve(scenario)


def test_an_answer_without_content_has_none_and_the_connection_stays(serve: Serve) -> None:
    async def scenario(world: World) -> None:
        client = await world.connect()
        for _ in range(2):
            path = "/2017-03-31/tags/arn%3Aaws%3Alambda%3Aeu-west-1%3A000000000000%3Afunction%3Af"
            answer = await client.ask(b'{"Tags": {"a": "b"}}', signed("lambda"), path=path)
            assert answer.status == 204
            assert "content-length" not in answer.headers
        await client.close()

    serve(scenario)


@pytest.mark.parametrize(
    ("method", "path", "body", "headers", "status", "code"),
    [
        ("GET", "/2015-03-31/unheard", b"", signed("lambda"), 404, "UnknownOperationException"),
        ("GET", "/2015-03-31/functions", b"", signed("lambda"), 404, "UnknownOperationException"),
        ("GET", "/", b"", signed("lambda"), 404, "UnknownOperationException"),
        (
            "GET",
            "/2015-03-31/event-source-mappings?MaxItems=0",
            b"",
            signed("lambda"),
            400,
            "ValidationException",
        ),
        (
            "GET",
            "/2015-03-31/event-source-mappings?MaxItems=many",
            b"",
            signed("lambda"),
            400,
            "SerializationException",
        ),
        ("POST", "/2017-03-31/tags/x", b"{", signed("lambda"), 400, "InvalidRequestContentException"),
        ("POST", "/2017-03-31/tags/x", b"[]", signed("lambda"), 400, "InvalidRequestContentException"),
        (
            "GET",
            "/2015-03-31/event-source-mappings",
            b"",
            {"Authorization": signed("lambda")["Authorization"]},
            403,
            "IncompleteSignatureException",
        ),
    ],
)
def test_lambdas_errors_have_its_form(
    serve: Serve, method: str, path: str, body: bytes, headers: dict[str, str], status: int, code: str
) -> None:
    async def scenario(world: World) -> None:
        answer = await world.ask(body, headers, method=method, path=path)
        assert (answer.status, answer.headers["x-amzn-errortype"]) == (status, code)
        assert "__type" not in answer.json
        assert answer.json.get("message") or answer.json.get("Message")
        assert world.foreign.asked == []

    serve(scenario)


def test_lambdas_constraints_are_worded_as_aws_does(serve: Serve) -> None:
    async def scenario(world: World) -> None:
        path = "/2015-03-31/event-source-mappings?MaxItems=0"
        answer = await world.ask(b"", signed("lambda"), method="GET", path=path)
        assert answer.json == {
            "message": "1 validation error detected: Value '0' at 'maxItems' failed to satisfy constraint: "
            "Member must have value greater than or equal to 1"
        }

    serve(scenario)


def test_a_bug_in_lambda_is_a_service_exception(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    async def scenario(world: World) -> None:
        headers = signed("lambda") | {"X-Amz-Invocation-Type": "Event"}
        world.settled.barrier = _failed_barrier()
        answer = await world.ask(b"{}", headers, path="/2015-03-31/functions/f/invocations")
        assert (answer.status, answer.headers["x-amzn-errortype"]) == (500, "ServiceException")
        assert answer.json == {"Type": "Service", "Message": "Internal server error"}
        assert [record for record in caplog.records if record.levelno == logging.ERROR]

    serve(scenario)


def _failed_barrier() -> "asyncio.Future[None]":
    barrier: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    barrier.set_exception(OSError("disk full"))
    return barrier


def test_other_services_get_the_request_as_it_was(serve: Serve) -> None:
    async def scenario(world: World) -> None:
        headers = signed("s3") | {"Content-Encoding": "gzip", "X-Amz-Meta-Note": "n"}
        answer = await world.ask(b"not really gzip", headers, method="PUT", path="/my%20bucket/a%2Fb?x=%201")
        assert (answer.status, answer.body) == (200, b"<moto/>")
        assert answer.headers["content-type"] == "text/xml"
        assert answer.headers["set-cookie"] == "a=1, b=2"
        [asked] = world.foreign.asked
        assert (asked["method"], asked["target"]) == ("PUT", "/my%20bucket/a%2Fb?x=%201")
        assert asked["body"] == b"not really gzip"
        assert asked["headers"]["X-Amz-Meta-Note"] == "n"

    serve(scenario)


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("GET", "/", signed("s3")),
        ("POST", "/", signed("sqs") | {"X-Amz-Target": "AmazonSQS.SendMessage"}),
        ("POST", "/", {"X-Amz-Target": "AWSCognitoIdentityProviderService.InitiateAuth"}),
        ("POST", "/", signed("sts") | {"Content-Type": "application/x-www-form-urlencoded"}),
        ("GET", "/b/k?X-Amz-Algorithm=A&X-Amz-Credential=k%2F20260101%2Fr%2Fs3%2Faws4_request", {}),
        ("GET", "/b/k?AWSAccessKeyId=k&Signature=s&Expires=1", {}),
        ("GET", "/2015-03-31/functions", signed("s3")),
    ],
)
def test_requests_for_other_services(serve: Serve, method: str, path: str, headers: dict[str, str]) -> None:
    async def scenario(world: World) -> None:
        assert (await world.ask(b"", headers, method=method, path=path)).body == b"<moto/>"

    serve(scenario)


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", "/bucket/key", {}, 403),
        ("PUT", "/bucket/key", {}, 403),
        ("GET", "/2015-03-31/functions", {}, 403),
        ("POST", "/2015-03-31/functions/f/invocations", {"Content-Type": "text/plain"}, 403),
        ("POST", "/", {"Content-Type": "application/x-www-form-urlencoded"}, 404),
        ("POST", "/", {"Content-Type": "text/plain"}, 404),
        ("OPTIONS", "/", {}, 404),
        ("GET", "/favicon.ico", {}, 403),
    ],
)
def test_nothing_unsigned_reaches_a_service(
    serve: Serve, method: str, path: str, headers: dict[str, str], status: int
) -> None:
    """A web page can send all of these without asking; the signature is what it can't add."""

    async def scenario(world: World) -> None:
        body = b"Action=DeleteQueue" if method == "POST" else b""
        assert (await world.ask(body, headers, method=method, path=path)).status == status
        assert world.foreign.asked == []

    serve(scenario)


@pytest.mark.parametrize(
    ("service", "target"),
    [
        ("dynamodb", "DynamoDB_20120810.Unheard"),
        ("s3", "DynamoDB_20120810.Unheard"),
        ("s3", "DynamoDB_20111205.Echo"),
        ("s3", "DynamoDBStreams_20120810.Unheard"),
        ("dynamodb", "Unheard"),
        ("dynamodb", ""),
        ("lambda", ""),
    ],
)
def test_no_request_of_ours_reaches_other_services(serve: Serve, service: str, target: str) -> None:
    async def scenario(world: World) -> None:
        headers = {"Content-Type": "application/json", **signed(service)}
        for method in ("POST", "GET", "PUT", "DELETE", "HEAD", "OPTIONS"):
            client = await world.connect()
            answer = await client.ask(b"{}", headers | {"X-Amz-Target": target}, method=method, path="/")
            assert answer.status in (200, 400, 404)
            await client.close()
        assert world.foreign.asked == []

    serve(scenario)


def test_a_failure_of_another_service_is_answered(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    async def scenario(world: World) -> None:
        world.foreign.reply = FakeForeignReply(headers=(("X-Odd", "a\r\nSet-Cookie: stolen=1"),), body=b"ok")
        client = await world.connect()
        answer = await client.ask(b"", signed("s3"), method="GET", path="/b/k")
        assert "set-cookie" not in answer.headers
        await client.close()
        world.foreign.reply = None  # type: ignore[assignment] # what no service answers
        answer = await world.ask(b"", signed("s3"), method="GET", path="/b/k")
        assert answer.status == 500
        assert caplog.records

    serve(scenario)


def test_a_head_answer_of_another_service_keeps_its_length(serve: Serve) -> None:
    async def scenario(world: World) -> None:
        world.foreign.reply = FakeForeignReply(headers=(("Content-Length", "12345"), ("ETag", '"x"')))
        client = await world.connect()
        answer = await client.ask(b"", signed("s3"), method="HEAD", path="/b/k")
        assert answer.headers["content-length"] == "12345"
        assert (await client.ask(b'{"Text": "x"}', targeted())).json["Text"] == "x"
        await client.close()

    serve(scenario)


def test_reports_are_not_sniffed(serve: Serve) -> None:
    async def scenario(world: World) -> None:
        answer = await world.ask(b"", method="GET", path="/_sandbox/status")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert json.loads(answer.body) == {"tables": 0}

    serve(scenario)
