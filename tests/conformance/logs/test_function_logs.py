"""What a function prints, read through CloudWatch Logs. Source: lambda-event-source-mappings §5.4 (lines, group and stream names)."""

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.conformance.expect import refused

Unique = Callable[[], str]
CODE = "def handler(event, context):\n    print('hello', event['n'])\n    print('two\\nlines')\n"


@pytest.fixture(scope="module")
def logs(client_of: Callable[..., Any]) -> Any:
    return client_of("logs")


@pytest.fixture(scope="module")
def spoken(awslambda: Any, unique: Unique) -> Iterator[tuple[str, list[str]]]:
    """A function that was invoked three times: its name and the request ids."""
    name = f"spoken-{unique()}"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("app.py", CODE)
    awslambda.create_function(
        FunctionName=name,
        Runtime="python3.12",
        Role="arn:aws:iam::000000000000:role/test",
        Handler="app.handler",
        Code={"ZipFile": buffer.getvalue()},
    )
    awslambda.get_waiter("function_active_v2").wait(FunctionName=name, WaiterConfig={"Delay": 1})
    requests = []
    for number in range(3):
        answer = awslambda.invoke(FunctionName=name, Payload=f'{{"n": {number}}}')
        requests.append(answer["ResponseMetadata"]["RequestId"])
    yield name, requests
    awslambda.delete_function(FunctionName=name)


def _messages(answer: dict[str, Any]) -> list[str]:
    return [event["message"].rstrip("\n") for event in answer["events"]]


def test_the_group_is_named_after_the_function(logs: Any, spoken: tuple[str, list[str]]) -> None:
    group = f"/aws/lambda/{spoken[0]}"
    (found,) = logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]
    assert found["logGroupName"] == group
    assert found["arn"].startswith(f"arn:aws:logs:us-east-1:000000000000:log-group:{group}")


def test_a_stream_is_named_by_day_version_and_environment(logs: Any, spoken: tuple[str, list[str]]) -> None:
    streams = logs.describe_log_streams(logGroupName=f"/aws/lambda/{spoken[0]}")["logStreams"]
    assert streams
    for stream in streams:
        assert re.fullmatch(r"\d{4}/\d\d/\d\d/\[\$LATEST\][0-9a-f]{32}", stream["logStreamName"])


def test_what_was_printed_stands_between_start_and_end(logs: Any, spoken: tuple[str, list[str]]) -> None:
    name, requests = spoken
    messages = _messages(logs.filter_log_events(logGroupName=f"/aws/lambda/{name}"))
    for number, request in enumerate(requests):
        start = messages.index(f"START RequestId: {request} Version: $LATEST")
        end = messages.index(f"END RequestId: {request}")
        inside = "\n".join(messages[start + 1 : end])
        assert inside == f"hello {number}\ntwo\nlines"
        assert any(message.startswith(f"REPORT RequestId: {request}\tDuration: ") for message in messages[end:])


def test_a_filter_pattern(logs: Any, spoken: tuple[str, list[str]]) -> None:
    answer = logs.filter_log_events(logGroupName=f"/aws/lambda/{spoken[0]}", filterPattern="hello")
    assert sorted(_messages(answer)) == ["hello 0", "hello 1", "hello 2"]


def test_one_stream_from_its_head(logs: Any, spoken: tuple[str, list[str]]) -> None:
    group = f"/aws/lambda/{spoken[0]}"
    (stream, *_) = logs.describe_log_streams(logGroupName=group)["logStreams"]
    answer = logs.get_log_events(logGroupName=group, logStreamName=stream["logStreamName"], startFromHead=True)
    times = [event["timestamp"] for event in answer["events"]]
    assert times == sorted(times)
    assert any(message.startswith("hello ") for message in _messages(answer))
    again = logs.get_log_events(
        logGroupName=group,
        logStreamName=stream["logStreamName"],
        startFromHead=True,
        nextToken=answer["nextForwardToken"],
    )
    assert again["events"] == []


def test_a_group_that_is_not_there(logs: Any, unique: Unique) -> None:
    with refused("ResourceNotFoundException", "The specified log group does not exist."):
        logs.filter_log_events(logGroupName=f"/aws/lambda/none-{unique()}")
