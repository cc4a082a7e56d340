"""What becomes of events that nobody waits for, and the settings that say so."""

import asyncio
import json
from collections.abc import Sequence
from typing import Any

import pytest

from sandbox.awslambda.faults import InvalidParameterValueException, ResourceNotFoundException
from sandbox.awslambda.ports import InvokeResult
from sandbox.wire.faults import ValidationException
from tests.unit.sandbox.awslambda.conftest import NOW, Api

ARN = "arn:aws:lambda:eu-west-1:123456789012:function:handle-orders"
QUEUE = "arn:aws:sqs:eu-west-1:123456789012:results"
DEAD = "arn:aws:sqs:eu-west-1:123456789012:dead"
FAILED = InvokeResult(payload=b'{"errorMessage":"no","errorType":"E"}', function_error="Unhandled")
THROTTLED = InvokeResult(payload=b"", throttle_reason="ReservedFunctionConcurrentInvocationLimitExceeded")


@pytest.fixture
def ready(api: Api) -> Api:
    """With ``handle-orders``, which has a dead-letter queue."""
    api.create_function(DeadLetterConfig={"TargetArn": DEAD})
    return api


def configure(api: Api, **members: Any) -> Any:
    return api.call("PutFunctionEventInvokeConfig", **{"FunctionName": "handle-orders", **members})


def to(queue: str = QUEUE) -> dict[str, Any]:
    return {"OnSuccess": {"Destination": queue}, "OnFailure": {"Destination": queue}}


def deliver(api: Api, results: Sequence[InvokeResult], name: str = "handle-orders") -> None:
    """Send one event and let time pass until it has reached its end."""

    async def run() -> None:
        api.functions.results = list(results)
        await api.ask("Invoke", FunctionName=name, InvocationType="Event", Payload=b'{"n": 1}')
        while api.scope.asynchronous.pending:
            await asyncio.sleep(0)
            api.scope.clock.advance(1)

    asyncio.run(run())


def documents(api: Api, arn: str = QUEUE) -> list[Any]:
    return [json.loads(document) for destination, document, _, _ in api.destinations.sent if destination == arn]


def test_success_is_told(ready: Api) -> None:
    configure(ready, DestinationConfig=to())
    deliver(ready, [])
    ((arn, document, key, attributes),) = ready.destinations.sent
    request_id = ready.functions.invoked[0]["request_id"]
    assert (arn, attributes) == (QUEUE, {})
    assert key.startswith("aws/lambda/async/handle-orders/2023/11/14/2023-11-14T22.13.2")
    told = json.loads(document)
    assert told.pop("timestamp").startswith("2023-11-14T22:13:2")
    assert told == {
        "version": "1.0",
        "requestContext": {
            "requestId": request_id,
            "functionArn": f"{ARN}:$LATEST",
            "condition": "Success",
            "approximateInvokeCount": 1,
        },
        "requestPayload": {"n": 1},
        "responseContext": {"statusCode": 200, "executedVersion": "$LATEST"},
        "responsePayload": {"n": 1},
    }


def test_failure_is_told_with_the_error_and_goes_to_the_dead_letter_queue(ready: Api) -> None:
    configure(ready, DestinationConfig=to())
    deliver(ready, [FAILED] * 3)
    (told,) = documents(ready)
    assert (told["requestContext"]["condition"], told["requestContext"]["approximateInvokeCount"]) == (
        "RetriesExhausted",
        3,
    )
    assert told["responseContext"]["functionError"] == "Unhandled"
    assert told["responsePayload"] == {"errorMessage": "no", "errorType": "E"}
    (dead,) = [each for each in ready.destinations.sent if each[0] == DEAD]
    assert dead[1] == b'{"n": 1}'
    assert dead[3] == {
        "RequestID": ready.functions.invoked[0]["request_id"],
        "ErrorCode": 200,
        "ErrorMessage": "no",
    }


def test_a_success_after_failures_is_no_failure(ready: Api) -> None:
    configure(ready, DestinationConfig=to())
    deliver(ready, [FAILED, FAILED])
    (told,) = documents(ready)
    assert (told["requestContext"]["condition"], told["requestContext"]["approximateInvokeCount"]) == ("Success", 3)
    assert documents(ready, DEAD) == []


@pytest.mark.parametrize(("retries", "tries"), [(0, 1), (1, 2)])
def test_fewer_retries(ready: Api, retries: int, tries: int) -> None:
    configure(ready, MaximumRetryAttempts=retries)
    deliver(ready, [FAILED] * 3)
    assert len(ready.functions.invoked) == tries


def test_an_event_grows_too_old(ready: Api) -> None:
    configure(ready, MaximumEventAgeInSeconds=60, DestinationConfig=to())
    deliver(ready, [THROTTLED] * 50)
    (told,) = documents(ready)
    assert told["requestContext"]["condition"] == "EventAgeExceeded"
    assert "responsePayload" not in told
    assert ready.scope.clock.now() - NOW < 70


def test_without_any_concurrency_waiting_is_of_no_use(ready: Api) -> None:
    configure(ready, DestinationConfig=to())
    ready.call("PutFunctionConcurrency", FunctionName="handle-orders", ReservedConcurrentExecutions=0)
    deliver(ready, [THROTTLED])
    assert documents(ready)[0]["requestContext"]["condition"] == "ZeroReservedConcurrency"
    assert len(documents(ready, DEAD)) == 1


def test_settings_are_those_of_the_alias_that_was_invoked(ready: Api) -> None:
    ready.call("PublishVersion", FunctionName="handle-orders")
    ready.call("CreateAlias", FunctionName="handle-orders", Name="live", FunctionVersion="1")
    made = configure(ready, Qualifier="live", DestinationConfig=to())
    assert made["FunctionArn"] == f"{ARN}:live"
    deliver(ready, [])
    assert documents(ready) == []
    deliver(ready, [], "handle-orders:live")
    assert documents(ready)[0]["requestContext"]["functionArn"] == f"{ARN}:live"


def test_a_destination_that_refuses_does_not_keep_the_other_from_its_record(
    ready: Api, caplog: pytest.LogCaptureFixture
) -> None:
    configure(ready, DestinationConfig=to())
    ready.destinations.refused.add(DEAD)
    deliver(ready, [FAILED] * 3)
    assert len(documents(ready)) == 1
    assert "no such destination" in caplog.text


def test_what_will_end_soon_is_waited_for_and_the_rest_is_named(ready: Api) -> None:
    async def run() -> tuple[Any, Any]:
        ready.functions.results = []
        await ready.ask("Invoke", FunctionName="handle-orders", InvocationType="Event")
        ended = await ready.scope.asynchronous.settled(20)
        ready.functions.results = [FAILED]
        await ready.ask("Invoke", FunctionName="handle-orders", InvocationType="Event")
        waiting = await ready.scope.asynchronous.settled(20)
        await ready.scope.asynchronous.close()
        return ended, waiting

    ended, (stuck,) = asyncio.run(run())
    assert ended == ()
    assert (stuck.function_arn, stuck.reason) == (f"{ARN}:$LATEST", "failed 1 times; the next try is due in 60 s")


# -- settings --------------------------------------------------------------------------------------------------------


def test_settings_are_put_changed_found_and_deleted(ready: Api) -> None:
    put = configure(ready, MaximumRetryAttempts=1)
    assert put == {
        "LastModified": NOW,
        "FunctionArn": f"{ARN}:$LATEST",
        "MaximumRetryAttempts": 1,
        "DestinationConfig": {"OnSuccess": {}, "OnFailure": {}},
    }
    changed = ready.call("UpdateFunctionEventInvokeConfig", FunctionName="handle-orders", MaximumEventAgeInSeconds=90)
    assert (changed["MaximumRetryAttempts"], changed["MaximumEventAgeInSeconds"]) == (1, 90)
    assert ready.call("GetFunctionEventInvokeConfig", FunctionName="handle-orders") == changed
    listed = ready.call("ListFunctionEventInvokeConfigs", FunctionName="handle-orders")
    assert listed == {"FunctionEventInvokeConfigs": [changed]}
    assert "MaximumRetryAttempts" not in configure(ready, MaximumEventAgeInSeconds=60), "Put begins anew"
    ready.call("DeleteFunctionEventInvokeConfig", FunctionName="handle-orders")
    for operation in ("Get", "Delete"):
        with pytest.raises(ResourceNotFoundException, match="doesn't have an EventInvokeConfig"):
            ready.call(f"{operation}FunctionEventInvokeConfig", FunctionName="handle-orders")


@pytest.mark.parametrize(
    "members",
    [
        {},
        {"DestinationConfig": to(ARN)},
        {"DestinationConfig": to(f"{QUEUE}.fifo")},
        {"DestinationConfig": to("arn:aws:kinesis:eu-west-1:123456789012:stream/s")},
        {"DestinationConfig": {"OnSuccess": {"Destination": "arn:aws:s3:::bucket"}}},
    ],
)
def test_settings_that_are_refused(ready: Api, members: dict[str, Any]) -> None:
    with pytest.raises(InvalidParameterValueException):
        configure(ready, **members)


def test_settings_of_nothing_and_out_of_bounds(ready: Api) -> None:
    with pytest.raises(ResourceNotFoundException, match="The function doesn't exist"):
        configure(ready, FunctionName="none", MaximumRetryAttempts=1)
    with pytest.raises(ValidationException):
        configure(ready, MaximumRetryAttempts=3)
    with pytest.raises(ValidationException):
        configure(ready, MaximumEventAgeInSeconds=59)
