import asyncio
import base64
from typing import Any

import pytest

from sandbox.awslambda.event_results import EVENT_AGE_SECONDS_MAX
from sandbox.awslambda.faults import (
    InvalidRequestContentException,
    RequestTooLargeException,
    ResourceNotFoundException,
    TooManyRequestsException,
)
from sandbox.awslambda.ports import InvokeResult
from sandbox.wire.faults import ValidationException
from sandbox.wire.raw_reply import RawReply
from tests.unit.sandbox.awslambda.conftest import Api

ARN = "arn:aws:lambda:eu-west-1:123456789012:function:handle-orders"
FAILED = InvokeResult(payload=b'{"errorMessage":"no"}', function_error="Unhandled")
THROTTLED = InvokeResult(payload=b"", throttle_reason="ReservedFunctionConcurrentInvocationLimitExceeded")


@pytest.fixture
def ready(api: Api) -> Api:
    """With the function ``handle-orders``."""
    api.create_function()
    return api


def invoke(api: Api, **members: Any) -> RawReply:
    reply = api.call("Invoke", **{"FunctionName": "handle-orders", **members})
    assert isinstance(reply, RawReply)
    return reply


# -- and wait --------------------------------------------------------------------------------------------------------


def test_the_body_is_the_functions_own_answer(ready: Api) -> None:
    reply = invoke(ready, Payload=b'{"a": 1}')
    assert (reply.status, reply.body) == (200, b'{"a": 1}')
    (call,) = ready.functions.invoked
    assert call["function_arn"] == call["invoked_arn"] == ARN
    assert reply.headers == {
        "x-amzn-RequestId": call["request_id"],
        "Content-Type": "application/json",
        "X-Amz-Executed-Version": "$LATEST",
    }


def test_the_log_tail_comes_when_asked_for(ready: Api) -> None:
    reply = invoke(ready, LogType="Tail")
    assert base64.b64decode(reply.headers["X-Amz-Log-Result"]) == b"END\n"
    assert "X-Amz-Log-Result" not in invoke(ready, LogType="None").headers


def test_a_failing_function_is_an_ordinary_answer(ready: Api) -> None:
    ready.functions.results = [FAILED]
    reply = invoke(ready)
    assert (reply.status, reply.body, reply.headers["X-Amz-Function-Error"]) == (200, FAILED.payload, "Unhandled")


def test_an_invocation_that_found_no_room_is_refused_with_the_reason(ready: Api) -> None:
    ready.functions.results = [THROTTLED]
    with pytest.raises(TooManyRequestsException) as caught:
        invoke(ready)
    assert (caught.value.status, caught.value.message) == (429, "Rate Exceeded.")
    assert caught.value.extra == {"Type": "User", "Reason": THROTTLED.throttle_reason}


def test_no_payload_is_an_empty_object(ready: Api) -> None:
    invoke(ready)
    assert ready.functions.invoked[0]["payload"] == b"{}"


def test_a_version_is_invoked_under_its_own_arn(ready: Api) -> None:
    ready.call("PublishVersion", FunctionName="handle-orders")
    invoke(ready, Qualifier="1")
    invoke(ready, FunctionName="handle-orders:$LATEST")
    arns = [(call["function_arn"], call["invoked_arn"]) for call in ready.functions.invoked]
    assert arns == [(f"{ARN}:1", f"{ARN}:1"), (ARN, f"{ARN}:$LATEST")]
    with pytest.raises(ResourceNotFoundException):
        invoke(ready, Qualifier="2")


def test_the_client_context_arrives_decoded(ready: Api) -> None:
    invoke(ready, ClientContext=base64.b64encode(b'{"custom": {"a": "b"}}').decode())
    assert ready.functions.invoked[0]["client_context"] == b'{"custom": {"a": "b"}}'


@pytest.mark.parametrize(
    "header",
    ["not base64", base64.b64encode(b"[1]").decode(), base64.b64encode(b'{"a": "%s"}' % (b"x" * 3_000)).decode()],
)
def test_a_client_context_that_cannot_be_is_refused(ready: Api, header: str) -> None:
    with pytest.raises(InvalidRequestContentException, match=r"[Cc]lient context must be"):
        invoke(ready, ClientContext=header)
    assert ready.functions.invoked == []


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (
            b"some text",
            (
                "Unrecognized token 'some': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or "
                "'false')\n at [Source: (byte[])\"some text\"; line: 1, column: 5]"
            ),
        ),
        (
            b"\n x",
            (
                "Unrecognized token 'x': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or "
                "'false')\n at [Source: (byte[])\"\n x\"; line: 2, column: 3]"
            ),
        ),
        (b'{"a": ', "Input data was truncated"),
        (b'"\xff"', "'utf-8' codec can't decode byte 0xff in position 1: invalid start byte"),
        (b"[" * 100_000, "maximum recursion depth exceeded while deserializing an object"),
    ],
)
def test_a_payload_that_is_not_json_is_refused(ready: Api, payload: bytes, reason: str) -> None:
    with pytest.raises(InvalidRequestContentException) as caught:
        invoke(ready, Payload=payload)
    prefix = "Could not parse request body into json: Could not parse payload into json: "
    assert caught.value.message == prefix + reason


@pytest.mark.parametrize(("invocation_type", "most"), [("RequestResponse", 6_291_556), ("Event", 1_048_576)])
def test_a_payload_can_be_so_large(ready: Api, invocation_type: str, most: int) -> None:
    invoke(ready, InvocationType=invocation_type, Payload=b'"%s"' % (b"x" * (most - 2)))
    with pytest.raises(
        RequestTooLargeException, match=f"Request must be smaller than {most} bytes for the InvokeFunction"
    ):
        invoke(ready, InvocationType=invocation_type, Payload=b'"%s"' % (b"x" * (most - 1)))


def test_a_type_that_is_not_one_is_refused(ready: Api) -> None:
    with pytest.raises(ValidationException, match=r"'invocationType'.*\[DryRun, RequestResponse, Event\]"):
        invoke(ready, InvocationType="Later")


# -- and go on -------------------------------------------------------------------------------------------------------


def test_a_dry_run_only_checks(ready: Api) -> None:
    reply = invoke(ready, InvocationType="DryRun")
    assert (reply.status, reply.body) == (204, b"")
    assert ready.functions.invoked == []
    with pytest.raises(ResourceNotFoundException):
        invoke(ready, FunctionName="none", InvocationType="DryRun")


async def delivered(api: Api, results: list[InvokeResult]) -> list[float]:
    """Send one event; give the seconds after which each try was made, by a clock that jumps from wait to wait."""
    api.functions.results = results
    clock, asynchronous = api.scope.clock, api.scope.asynchronous
    began, tries = clock.now(), list[float]()
    reply = await api.ask("Invoke", FunctionName="handle-orders", InvocationType="Event", Payload=b'{"n": 1}')
    assert (reply.status, reply.body) == (202, b"")
    while asynchronous.pending:
        await asyncio.sleep(0)
        while len(tries) < len(api.functions.invoked):
            tries.append(clock.now() - began)
        clock.advance(1)
    return tries


def test_an_event_is_delivered_behind_the_answer(ready: Api) -> None:
    assert len(asyncio.run(delivered(ready, []))) == 1
    assert ready.functions.invoked[0]["payload"] == b'{"n": 1}'


def test_a_failing_event_is_tried_three_times(ready: Api) -> None:
    """About one minute after the first try, about two after the second."""
    tries = asyncio.run(delivered(ready, [FAILED, FAILED, FAILED, FAILED]))
    assert len(tries) == 3
    assert tries[1] - tries[0] == pytest.approx(60, abs=3)
    assert tries[2] - tries[1] == pytest.approx(120, abs=3)
    assert {call["request_id"] for call in ready.functions.invoked} == {ready.functions.invoked[0]["request_id"]}


def test_a_throttled_event_is_no_failure(ready: Api) -> None:
    tries = asyncio.run(delivered(ready, [THROTTLED, THROTTLED, THROTTLED, THROTTLED]))
    assert len(tries) == 5


def test_an_event_is_given_up_after_six_hours(ready: Api) -> None:
    tries = asyncio.run(delivered(ready, [THROTTLED] * 1_000))
    assert EVENT_AGE_SECONDS_MAX - 400 < tries[-1] <= EVENT_AGE_SECONDS_MAX + 5


def test_closing_gives_up_what_is_under_way(ready: Api) -> None:
    async def close_while_waiting() -> int:
        ready.functions.results = [FAILED]
        await ready.ask("Invoke", FunctionName="handle-orders", InvocationType="Event")
        await asyncio.sleep(0)
        assert ready.scope.asynchronous.pending == 1
        await ready.scope.asynchronous.close()
        return ready.scope.asynchronous.pending

    assert asyncio.run(close_while_waiting()) == 0


def test_an_event_whose_function_cannot_be_asked_is_logged(ready: Api, caplog: pytest.LogCaptureFixture) -> None:
    async def broken(*_: Any, **__: Any) -> InvokeResult:
        raise RuntimeError("no such function any more")

    ready.functions.invoke = broken  # type: ignore[method-assign]

    async def run() -> None:
        await ready.ask("Invoke", FunctionName="handle-orders", InvocationType="Event")
        await ready.scope.asynchronous.drained()

    asyncio.run(run())
    assert ARN in caplog.text
