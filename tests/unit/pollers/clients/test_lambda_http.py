import asyncio
from collections.abc import Callable, Mapping

import pytest
from aiohttp import ClientSession, web

from pollers.clients.lambda_http import HttpLambda, UrlFunction
from pollers.clients.signing import Credentials
from pollers.ports import (
    FunctionFailed,
    FunctionMissing,
    FunctionThrottled,
    InvocationReply,
    InvocationSucceeded,
    Invoker,
)
from tests.fakes.poller_world import FUNCTION_ARN, FakeClock

Answer = tuple[int, bytes, Mapping[str, str]]


def invoked(answer: Answer, make: Callable[[ClientSession, str], Invoker]) -> tuple[InvocationReply, web.Request]:
    """The reply of one invocation against a server that gives *answer*."""
    seen: list[web.Request] = []

    async def handle(request: web.Request) -> web.Response:
        assert await request.read() == b'{"Records":[]}'
        seen.append(request)
        status, body, headers = answer
        return web.Response(status=status, body=body, headers=headers)

    async def run() -> InvocationReply:
        app = web.Application()
        app.router.add_post("/{path:.*}", handle)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        try:
            async with ClientSession() as session:
                return await make(session, f"http://{host}:{port}").invoke(FUNCTION_ARN, b'{"Records":[]}')
        finally:
            await runner.cleanup()

    return asyncio.run(run()), seen[0]


def by_lambda(session: ClientSession, url: str) -> Invoker:
    credentials = Credentials(access_key_id="AKID", secret_access_key="secret")
    return HttpLambda(session, endpoint_url=url, region="us-east-1", credentials=lambda: credentials, clock=FakeClock())


def by_url(session: ClientSession, url: str) -> Invoker:
    return UrlFunction(session, f"{url}/2015-03-31/functions/function/invocations")


ERROR = b'{"errorMessage":"boom","errorType":"ValueError"}'


@pytest.mark.parametrize(
    ("answer", "reply"),
    [
        (
            (200, b"null", {"x-amzn-RequestId": "r", "X-Amz-Executed-Version": "7"}),
            InvocationSucceeded(payload=b"null", executed_version="7", request_id="r"),
        ),
        (
            (200, ERROR, {"X-Amz-Function-Error": "Unhandled"}),
            FunctionFailed(error_type="ValueError", error_message="boom", payload=ERROR),
        ),
        ((404, b"{}", {}), FunctionMissing(function_arn=FUNCTION_ARN)),
        ((429, b'{"Reason":"busy"}', {}), FunctionThrottled(reason="HTTP 429 busy")),
        ((502, b"<html>", {}), FunctionThrottled(reason="HTTP 502")),
        (
            (413, b'{"message":"too large"}', {}),
            FunctionFailed(
                error_type="HTTP 413", error_message="HTTP 413 too large", payload=b'{"message":"too large"}'
            ),
        ),
    ],
)
def test_what_lambda_answers(answer: Answer, reply: InvocationReply) -> None:
    got, request = invoked(answer, by_lambda)
    assert got == reply
    assert request.headers["x-amz-invocation-type"] == "RequestResponse"
    assert request.match_info["path"] == f"2015-03-31/functions/{FUNCTION_ARN}/invocations"
    assert "AWS4-HMAC-SHA256" in request.headers["authorization"]


@pytest.mark.parametrize(
    ("answer", "reply"),
    [
        ((200, b"{}", {}), InvocationSucceeded(payload=b"{}")),
        ((200, ERROR, {}), FunctionFailed(error_type="ValueError", error_message="boom", payload=ERROR)),
        ((500, ERROR, {}), FunctionFailed(error_type="ValueError", error_message="boom", payload=ERROR)),
        ((503, b"", {}), FunctionThrottled(reason="HTTP 503")),
        ((400, b"no", {}), FunctionFailed(error_type="HTTP 400", error_message="HTTP 400", payload=b"no")),
    ],
)
def test_what_a_url_answers(answer: Answer, reply: InvocationReply) -> None:
    assert invoked(answer, by_url)[0] == reply


@pytest.mark.parametrize("make", [by_lambda, by_url])
def test_a_function_that_cannot_be_reached_costs_no_attempt(make: Callable[[ClientSession, str], Invoker]) -> None:
    async def run() -> InvocationReply:
        async with ClientSession() as session:
            return await make(session, "http://127.0.0.1:1").invoke(FUNCTION_ARN, b"{}")

    assert isinstance(asyncio.run(run()), FunctionThrottled)
