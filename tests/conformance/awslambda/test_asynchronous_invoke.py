"""Invocations that nobody waits for. Source: lambda-event-source-mappings §5.3."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.conformance.expect import refused

Unique = Callable[[], str]
RAISE = "def handler(event, context):\n    raise ValueError('boom')\n"


@pytest.fixture
def queue(client_of: Callable[..., Any], unique: Unique) -> tuple[str, Callable[[], dict[str, Any]]]:
    """A queue's ARN, and a way to wait for its next message."""
    sqs, name = client_of("sqs"), f"results-{unique()}"
    url = sqs.create_queue(QueueName=name)["QueueUrl"]

    def receive() -> dict[str, Any]:
        for _ in range(3):
            answer = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20, MessageAttributeNames=["All"])
            for message in answer.get("Messages", []):
                found: dict[str, Any] = message
                return found
        raise AssertionError("no message arrived")

    return f"arn:aws:sqs:us-east-1:000000000000:{name}", receive


def send(awslambda: Any, name: str, event: Any) -> str:
    answer = awslambda.invoke(FunctionName=name, InvocationType="Event", Payload=json.dumps(event))
    assert answer["StatusCode"] == 202
    return str(answer["ResponseMetadata"]["RequestId"])


def test_success_is_told(
    awslambda: Any, make_function: Callable[..., str], queue: tuple[str, Callable[[], dict[str, Any]]]
) -> None:
    arn, receive = queue
    name = make_function()
    awslambda.put_function_event_invoke_config(FunctionName=name, DestinationConfig={"OnSuccess": {"Destination": arn}})
    request_id = send(awslambda, name, {"n": 1})
    document = json.loads(receive()["Body"])
    assert document["requestContext"] == {
        "requestId": request_id,
        "functionArn": f"arn:aws:lambda:us-east-1:000000000000:function:{name}:$LATEST",
        "condition": "Success",
        "approximateInvokeCount": 1,
    }
    assert (document["requestPayload"], document["responsePayload"]) == ({"n": 1}, {"n": 1})
    assert document["responseContext"] == {"statusCode": 200, "executedVersion": "$LATEST"}


def test_failure_goes_to_another_function_and_on_from_there(
    awslambda: Any, make_function: Callable[..., str], queue: tuple[str, Callable[[], dict[str, Any]]]
) -> None:
    arn, receive = queue
    failing, handling = make_function(RAISE), make_function()
    handling_arn = awslambda.get_function_configuration(FunctionName=handling)["FunctionArn"]
    awslambda.put_function_event_invoke_config(
        FunctionName=failing, MaximumRetryAttempts=0, DestinationConfig={"OnFailure": {"Destination": handling_arn}}
    )
    awslambda.put_function_event_invoke_config(
        FunctionName=handling, DestinationConfig={"OnSuccess": {"Destination": arn}}
    )
    send(awslambda, failing, ["x"])
    inner = json.loads(receive()["Body"])["requestPayload"]
    assert inner["requestContext"]["condition"] == "RetriesExhausted"
    assert inner["requestPayload"] == ["x"]
    assert inner["responsePayload"]["errorType"] == "ValueError"


def test_what_failed_for_good_goes_to_the_dead_letter_queue(
    awslambda: Any, make_function: Callable[..., str], queue: tuple[str, Callable[[], dict[str, Any]]]
) -> None:
    arn, receive = queue
    name = make_function(RAISE, DeadLetterConfig={"TargetArn": arn})
    awslambda.put_function_event_invoke_config(FunctionName=name, MaximumRetryAttempts=0)
    request_id = send(awslambda, name, {"n": 2})
    message = receive()
    assert json.loads(message["Body"]) == {"n": 2}
    attributes = {key: value["StringValue"] for key, value in message["MessageAttributes"].items()}
    assert attributes == {"RequestID": request_id, "ErrorCode": "200", "ErrorMessage": "boom"}


def test_settings(awslambda: Any, function: str) -> None:
    with refused("ResourceNotFoundException", status=404):
        awslambda.get_function_event_invoke_config(FunctionName=function)
    put = awslambda.put_function_event_invoke_config(FunctionName=function, MaximumRetryAttempts=1)
    assert put["DestinationConfig"] == {"OnSuccess": {}, "OnFailure": {}}
    changed = awslambda.update_function_event_invoke_config(FunctionName=function, MaximumEventAgeInSeconds=100)
    assert (changed["MaximumRetryAttempts"], changed["MaximumEventAgeInSeconds"]) == (1, 100)
    listed = awslambda.list_function_event_invoke_configs(FunctionName=function)["FunctionEventInvokeConfigs"]
    assert [each["FunctionArn"] for each in listed] == [changed["FunctionArn"]]
    answer = awslambda.delete_function_event_invoke_config(FunctionName=function)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 204


def test_a_topic_may_be_the_dead_letter_queue(
    awslambda: Any,
    client_of: Callable[..., Any],
    unique: Unique,
    make_function: Callable[..., str],
    queue: tuple[str, Callable[[], dict[str, Any]]],
) -> None:
    arn, receive = queue
    sns = client_of("sns")
    topic = sns.create_topic(Name=f"dead-{unique()}")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    name = make_function(RAISE, DeadLetterConfig={"TargetArn": topic})
    awslambda.put_function_event_invoke_config(FunctionName=name, MaximumRetryAttempts=0)
    request_id = send(awslambda, name, {"n": 3})
    notification = json.loads(receive()["Body"])
    assert json.loads(notification["Message"]) == {"n": 3}
    attributes = {key: (value["Type"], value["Value"]) for key, value in notification["MessageAttributes"].items()}
    assert attributes == {
        "RequestID": ("String", request_id),
        "ErrorCode": ("Number", "200"),
        "ErrorMessage": ("String", "boom"),
    }
