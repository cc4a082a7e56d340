from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from sandbox.catalog import LOGS
from sandbox.clock import Clock
from sandbox.faults import ApiFault
from sandbox.logs.faults import InvalidParameterException, ResourceNotFoundException
from sandbox.logs.scope import LogsScope
from sandbox.logs.store import LogStore
from sandbox.wire.decode import decode_object
from sandbox.wire.encode import encode
from sandbox.wire.faults import ValidationException
from sandbox.wire.raw_reply import DECLINED

GROUP = "/aws/lambda/handle-orders"
ARN = f"arn:aws:logs:eu-west-1:123456789012:log-group:{GROUP}"
OLD, NEW = "2024/11/18/[$LATEST]aaaa", "2024/11/18/[$LATEST]bbbb"

Call = Callable[..., Any]


class SetClock(Clock):
    """Shows the second a test says."""

    second = 1_700_000_000.0

    def now(self) -> float:
        """Epoch seconds."""
        return self.second


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def scope(clock: SetClock) -> LogsScope:
    """With lines at the seconds 0 to 4, by two streams of one function, and one of another function."""
    logs = LogStore(clock).of("123456789012", "eu-west-1")
    for second, stream, text in (
        (0, OLD, "START"),
        (1, OLD, "ERROR one"),
        (2, NEW, "START"),
        (3, OLD, "END"),
        (4, NEW, "two"),
    ):
        clock.second = 1_700_000_000.0 + second
        logs.write(log_group=GROUP, log_stream=stream, line=text, request_id="r")
    logs.write(log_group="/aws/lambda/other", log_stream=OLD, line="other", request_id="r")
    return LogsScope(logs=logs)


@pytest.fixture
def call(scope: LogsScope) -> Call:
    def run(operation_name: str, **members: Any) -> Any:
        operation = LOGS.find(operation_name)
        assert operation is not None
        answer = operation.run(scope, decode_object(operation.request, members))
        return answer if answer is DECLINED else msgspec.json.decode(encode(answer))

    return run


def texts(answer: Any) -> list[str]:
    return [event["message"] for event in answer["events"]]


def refusal(call: Call, fault: type[ApiFault], operation: str, **members: Any) -> str | None:
    with pytest.raises(fault) as caught:
        call(operation, **members)
    return caught.value.message


# -- FilterLogEvents -------------------------------------------------------------------------------------------------


def test_the_lines_of_all_streams_come_in_order(call: Call) -> None:
    answer = call("FilterLogEvents", logGroupName=GROUP)
    assert texts(answer) == ["START", "ERROR one", "START", "END", "two"]
    assert answer["events"][1] == {
        "logStreamName": OLD,
        "timestamp": 1_700_000_001_000,
        "message": "ERROR one",
        "ingestionTime": 1_700_000_001_000,
        "eventId": f"{2:056d}",
    }
    assert answer["searchedLogStreams"] == []
    assert "nextToken" not in answer


@pytest.mark.parametrize(
    ("members", "found"),
    [
        ({"filterPattern": "ERROR"}, ["ERROR one"]),
        ({"startTime": 1_700_000_003_000}, ["END", "two"]),
        ({"endTime": 1_700_000_001_000}, ["START", "ERROR one"]),
        ({"logStreamNames": [NEW]}, ["START", "two"]),
        ({"logStreamNamePrefix": "2024/11/18/[$LATEST]a", "filterPattern": "-START"}, ["ERROR one", "END"]),
        ({"logStreamNamePrefix": "2025"}, []),
    ],
)
def test_lines_are_chosen(call: Call, members: dict[str, Any], found: list[str]) -> None:
    assert texts(call("FilterLogEvents", logGroupName=GROUP, **members)) == found


def test_pages_end_where_the_lines_end(call: Call, scope: LogsScope) -> None:
    first = call("FilterLogEvents", logGroupName=GROUP, filterPattern="START", limit=1)
    assert texts(first) == ["START"]
    scope.logs.write(log_group=GROUP, log_stream=NEW, line="START again", request_id="r")
    rest = call("FilterLogEvents", logGroupName=GROUP, filterPattern="START", nextToken=first["nextToken"])
    assert texts(rest) == ["START", "START again"]
    assert "nextToken" not in rest


def test_a_group_may_be_named_by_its_arn(call: Call) -> None:
    assert len(texts(call("FilterLogEvents", logGroupIdentifier=ARN))) == 5
    assert len(texts(call("FilterLogEvents", logGroupIdentifier=GROUP))) == 5


def test_streams_are_named_in_one_way_and_exist(call: Call) -> None:
    refusal(
        call,
        InvalidParameterException,
        "FilterLogEvents",
        logGroupName=GROUP,
        logStreamNames=[OLD],
        logStreamNamePrefix="2024",
    )
    message = refusal(call, ResourceNotFoundException, "FilterLogEvents", logGroupName=GROUP, logStreamNames=["none"])
    assert message == "The specified log stream does not exist."


# -- GetLogEvents ----------------------------------------------------------------------------------------------------


def test_a_stream_is_read_from_its_head_until_the_token_comes_back(call: Call) -> None:
    found: list[str] = []
    token = None
    while True:
        answer = call(
            "GetLogEvents", logGroupName=GROUP, logStreamName=OLD, startFromHead=True, limit=2, nextToken=token
        )
        found += texts(answer)
        if answer["nextForwardToken"] == token:
            break
        token = answer["nextForwardToken"]
    assert found == ["START", "ERROR one", "END"]


def test_a_stream_is_read_backward_from_its_end(call: Call) -> None:
    latest = call("GetLogEvents", logGroupName=GROUP, logStreamName=OLD, limit=2)
    assert texts(latest) == ["ERROR one", "END"]
    before = call("GetLogEvents", logGroupName=GROUP, logStreamName=OLD, nextToken=latest["nextBackwardToken"])
    assert texts(before) == ["START"]
    end = call("GetLogEvents", logGroupName=GROUP, logStreamName=OLD, nextToken=before["nextBackwardToken"])
    assert texts(end) == []
    assert end["nextBackwardToken"] == before["nextBackwardToken"]
    assert texts(call("GetLogEvents", logGroupName=GROUP, logStreamName=OLD, nextToken=end["nextForwardToken"])) == [
        "START",
        "ERROR one",
        "END",
    ]


def test_a_follower_gets_what_came_since(call: Call, scope: LogsScope) -> None:
    token = call("GetLogEvents", logGroupName=GROUP, logStreamName=OLD)["nextForwardToken"]
    scope.logs.write(log_group=GROUP, log_stream=NEW, line="of another stream", request_id="r")
    scope.logs.write(log_group=GROUP, log_stream=OLD, line="news", request_id="r")
    assert texts(call("GetLogEvents", logGroupName=GROUP, logStreamName=OLD, nextToken=token)) == ["news"]


def test_the_end_of_the_span_does_not_belong_to_it(call: Call) -> None:
    answer = call(
        "GetLogEvents", logGroupName=GROUP, logStreamName=OLD, startTime=1_700_000_001_000, endTime=1_700_000_003_000
    )
    assert texts(answer) == ["ERROR one"]
    assert answer["events"] == [
        {"timestamp": 1_700_000_001_000, "message": "ERROR one", "ingestionTime": 1_700_000_001_000}
    ]


# -- Describe --------------------------------------------------------------------------------------------------------


def test_groups_are_described_by_name(call: Call) -> None:
    answer = call("DescribeLogGroups", logGroupNamePrefix="/aws/lambda/")
    assert [group["logGroupName"] for group in answer["logGroups"]] == [GROUP, "/aws/lambda/other"]
    assert answer["logGroups"][0] == {
        "logGroupName": GROUP,
        "creationTime": 1_700_000_000_000,
        "metricFilterCount": 0,
        "arn": f"{ARN}:*",
        "storedBytes": len("STARTERROR oneSTARTENDtwo"),
        "logGroupClass": "STANDARD",
        "logGroupArn": ARN,
    }
    first = call("DescribeLogGroups", limit=1)
    assert [group["logGroupName"] for group in first["logGroups"]] == [GROUP]
    rest = call("DescribeLogGroups", limit=1, nextToken=first["nextToken"])
    assert [group["logGroupName"] for group in rest["logGroups"]] == ["/aws/lambda/other"]
    assert "nextToken" not in rest
    by_pattern = call("DescribeLogGroups", logGroupNamePattern="ORDERS")
    assert [group["logGroupName"] for group in by_pattern["logGroups"]] == [GROUP]


def test_a_function_that_never_ran_has_no_group_yet(call: Call) -> None:
    assert call("DescribeLogGroups", logGroupNamePrefix="/aws/lambda/never") == {"logGroups": []}


def test_streams_are_described_by_name_or_latest_line(call: Call, scope: LogsScope) -> None:
    def names(**members: Any) -> list[str]:
        return [
            stream["logStreamName"]
            for stream in call("DescribeLogStreams", logGroupName=GROUP, **members)["logStreams"]
        ]

    assert names() == names(orderBy="LastEventTime") == [OLD, NEW]
    assert names(orderBy="LastEventTime", descending=True) == [NEW, OLD]
    scope.logs.write(log_group=GROUP, log_stream=OLD, line="late", request_id="r")
    assert names(logStreamNamePrefix="2024/11/18/[$LATEST]b") == [NEW]
    answer = call("DescribeLogStreams", logGroupName=GROUP, limit=1)
    assert answer["logStreams"] == [
        {
            "logStreamName": OLD,
            "creationTime": 1_700_000_000_000,
            "firstEventTimestamp": 1_700_000_000_000,
            "lastEventTimestamp": 1_700_000_004_000,
            "lastIngestionTime": 1_700_000_004_000,
            "arn": f"{ARN}:log-stream:{OLD}",
            "storedBytes": 0,
        }
    ]
    assert names(nextToken=answer["nextToken"]) == [NEW]


def test_a_prefix_and_the_order_by_time_exclude_each_other(call: Call) -> None:
    message = refusal(
        call,
        InvalidParameterException,
        "DescribeLogStreams",
        logGroupName=GROUP,
        logStreamNamePrefix="2",
        orderBy="LastEventTime",
    )
    assert message == "Cannot order by LastEventTime with a logStreamNamePrefix."


# -- whose group -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operation", "members"),
    [("FilterLogEvents", {}), ("GetLogEvents", {"logStreamName": "s"}), ("DescribeLogStreams", {})],
)
def test_other_groups_are_left_to_others(call: Call, scope: LogsScope, operation: str, members: dict[str, Any]) -> None:
    assert call(operation, logGroupName="/my/app", **members) is DECLINED
    assert call(operation, **members) is DECLINED
    scope.logs.write(log_group="/my/app", log_stream="s", line="by a function with a LoggingConfig", request_id="r")
    assert call(operation, logGroupName="/my/app", **members) is not DECLINED
    message = refusal(call, ResourceNotFoundException, operation, logGroupName="/aws/lambda/none", **members)
    assert message == "The specified log group does not exist."


def test_groups_outside_of_functions_are_described_by_others(call: Call) -> None:
    assert call("DescribeLogGroups", logGroupNamePrefix="/my") is DECLINED


@pytest.mark.parametrize(
    ("operation", "members"),
    [
        ("FilterLogEvents", {"logGroupName": GROUP}),
        ("GetLogEvents", {"logGroupName": GROUP, "logStreamName": OLD}),
        ("DescribeLogStreams", {"logGroupName": GROUP}),
        ("DescribeLogGroups", {}),
    ],
)
def test_a_made_up_token_is_refused(call: Call, operation: str, members: dict[str, Any]) -> None:
    message = refusal(call, InvalidParameterException, operation, nextToken="not one!", **members)
    assert message == "The specified nextToken is invalid."


def test_a_limit_beyond_the_model_is_refused(call: Call) -> None:
    assert refusal(call, ValidationException, "DescribeLogGroups", limit=51) == (
        "1 validation error detected: Value '51' at 'limit' failed to satisfy constraint: "
        "Member must have value less than or equal to 50"
    )
