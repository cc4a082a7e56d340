"""Every member of a mapping: its bounds at Create and at Update, its default, how it is shown.

Source: lambda-event-source-mappings §1.2, §1.5. Where no wording was recorded, the code of the refusal is what counts.
"""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.conformance.awslambda.conftest import settled
from tests.conformance.expect import refused

Make = Callable[..., dict[str, Any]]
ACCOUNT_ARN = "arn:aws:lambda:us-east-1:000000000000"

BOUNDS = [
    pytest.param("BatchSize", 1, 10_000, 100, marks=pytest.mark.rule("1.2 BatchSize")),
    pytest.param(
        "MaximumBatchingWindowInSeconds", 0, 300, 0, marks=pytest.mark.rule("1.2 MaximumBatchingWindowInSeconds")
    ),
    pytest.param("ParallelizationFactor", 1, 10, 1, marks=pytest.mark.rule("1.2 ParallelizationFactor")),
    pytest.param("MaximumRetryAttempts", -1, 10_000, -1, marks=pytest.mark.rule("1.2 MaximumRetryAttempts")),
    pytest.param("MaximumRecordAgeInSeconds", -1, 604_800, -1, marks=pytest.mark.rule("1.2 MaximumRecordAgeInSeconds")),
    pytest.param("TumblingWindowInSeconds", 0, 900, 0, marks=pytest.mark.rule("1.2 TumblingWindowInSeconds")),
]


@pytest.fixture
def asleep(awslambda: Any, make_mapping: Make, function: str, own_stream: str) -> str:
    """The UUID of a mapping that is disabled, so that its settings may be anything."""
    uuid = make_mapping(function, own_stream, Enabled=False)["UUID"]
    settled(awslambda, uuid)
    return str(uuid)


def _out_of_range(member: str, value: int, *, least: int, most: int) -> str:
    bound = f"greater than or equal to {least}" if value < least else f"less than or equal to {most}"
    return (
        f"1 validation error detected: Value '{value}' at '{member[0].lower()}{member[1:]}' failed to satisfy "
        f"constraint: Member must have value {bound}"
    )


@pytest.mark.rule("1.5 range")
@pytest.mark.parametrize(("member", "least", "most", "default"), BOUNDS)
def test_a_number_has_bounds(
    awslambda: Any, function: str, own_stream: str, asleep: str, member: str, least: int, most: int, default: int
) -> None:
    """Both bounds are in, what lies beyond is refused by Create and by Update, in the same words."""
    assert awslambda.get_event_source_mapping(UUID=asleep)[member] == default
    for value in (least, most):
        awslambda.update_event_source_mapping(UUID=asleep, **{member: value})
        assert settled(awslambda, asleep)[member] == value
    for value in (least - 1, most + 1):
        sentence = _out_of_range(member, value, least=least, most=most)
        with refused("ValidationException", sentence):
            awslambda.update_event_source_mapping(UUID=asleep, **{member: value})
        with refused("ValidationException", sentence):
            awslambda.create_event_source_mapping(
                FunctionName=function, EventSourceArn=own_stream, StartingPosition="LATEST", **{member: value}
            )
    assert settled(awslambda, asleep)[member] == most


@pytest.mark.rule("1.5 age of 1 to 59", "1.2 MaximumRecordAgeInSeconds")
@pytest.mark.parametrize("seconds", [1, 59])
def test_an_age_below_a_minute(awslambda: Any, asleep: str, seconds: int) -> None:
    awslambda.update_event_source_mapping(UUID=asleep, MaximumRecordAgeInSeconds=60)
    with refused(
        "InvalidParameterValueException",
        "MaximumRecordAgeInSeconds must be either -1 (forever) or between 60 and 604800 (inclusive)",
    ):
        awslambda.update_event_source_mapping(UUID=asleep, MaximumRecordAgeInSeconds=seconds)
    assert settled(awslambda, asleep)["MaximumRecordAgeInSeconds"] == 60


@pytest.mark.rule("1.2 TumblingWindowInSeconds")
def test_windows_and_lanes_exclude_each_other(
    awslambda: Any, make_mapping: Make, function: str, own_stream: str, asleep: str
) -> None:
    """Whichever of the two was there first."""
    with refused("InvalidParameterValueException"):
        make_mapping(function, own_stream, TumblingWindowInSeconds=10, ParallelizationFactor=2)
    awslambda.update_event_source_mapping(UUID=asleep, ParallelizationFactor=2)
    with refused("InvalidParameterValueException"):
        awslambda.update_event_source_mapping(UUID=asleep, TumblingWindowInSeconds=10)
    awslambda.update_event_source_mapping(UUID=asleep, ParallelizationFactor=1, TumblingWindowInSeconds=10)
    with refused("InvalidParameterValueException"):
        awslambda.update_event_source_mapping(UUID=asleep, ParallelizationFactor=2)


@pytest.mark.rule("1.2 BisectBatchOnFunctionError", "1.2 FunctionResponseTypes", "1.2 OnFailure")
def test_the_other_settings_are_set_and_taken_back(awslambda: Any, asleep: str) -> None:
    queue = "arn:aws:sqs:us-east-1:000000000000:q"
    given = {
        "BisectBatchOnFunctionError": True,
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "DestinationConfig": {"OnFailure": {"Destination": queue}},
    }
    before = {"BisectBatchOnFunctionError": False, "FunctionResponseTypes": [], "DestinationConfig": {"OnFailure": {}}}
    assert {name: settled(awslambda, asleep)[name] for name in before} == before
    awslambda.update_event_source_mapping(UUID=asleep, **given)
    assert {name: settled(awslambda, asleep)[name] for name in given} == given
    awslambda.update_event_source_mapping(UUID=asleep, **before)
    assert {name: settled(awslambda, asleep)[name] for name in before} == before


@pytest.mark.rule("1.2 FunctionResponseTypes")
@pytest.mark.parametrize("types", [["Anything"], ["ReportBatchItemFailures"] * 2], ids=["unknown", "two"])
def test_function_response_types_are_one(awslambda: Any, asleep: str, types: list[str]) -> None:
    with refused("ValidationException", re.compile("1 validation error detected: .*'functionResponseTypes.*")):
        awslambda.update_event_source_mapping(UUID=asleep, FunctionResponseTypes=types)


@pytest.mark.rule("1.2 OnFailure")
@pytest.mark.parametrize(
    "arn", ["no-arn", "arn:aws:sqs:us-east-1:000000000000:" + "q" * 350], ids=["no ARN", "more than 350 characters"]
)
def test_a_destination_is_an_arn(awslambda: Any, asleep: str, arn: str) -> None:
    with refused("ValidationException", re.compile(r"(?s).*'destinationConfig\.onFailure\.destination'.*")):
        awslambda.update_event_source_mapping(UUID=asleep, DestinationConfig={"OnFailure": {"Destination": arn}})


@pytest.mark.rule("3.8 FIFO", "1.2 OnFailure")
@pytest.mark.parametrize("service", ["sqs", "sns"])
def test_a_destination_in_order_is_refused(awslambda: Any, asleep: str, service: str) -> None:
    arn = f"arn:aws:{service}:us-east-1:000000000000:failed.fifo"
    with refused("InvalidParameterValueException"):
        awslambda.update_event_source_mapping(UUID=asleep, DestinationConfig={"OnFailure": {"Destination": arn}})


@pytest.mark.rule("1.2 OnFailure")
def test_a_destination_of_another_service_is_refused(awslambda: Any, asleep: str) -> None:
    arn = "arn:aws:dynamodb:us-east-1:000000000000:table/t"
    with refused("InvalidParameterValueException"):
        awslambda.update_event_source_mapping(UUID=asleep, DestinationConfig={"OnFailure": {"Destination": arn}})


@pytest.mark.rule("1.2 FilterCriteria")
def test_filters_have_limits(awslambda: Any, asleep: str) -> None:
    """Five are the quota and ten what it is raised to: five are always taken, eleven never."""

    def update(*patterns: str) -> Any:
        filters = [{"Pattern": pattern} for pattern in patterns]
        return awslambda.update_event_source_mapping(UUID=asleep, FilterCriteria={"Filters": filters})

    update(*['{"eventName": ["INSERT"]}'] * 5)
    assert len(settled(awslambda, asleep)["FilterCriteria"]["Filters"]) == 5
    with refused("InvalidParameterValueException"):
        update(*['{"eventName": ["INSERT"]}'] * 11)
    longest = '{"eventName": ["' + "x" * (4096 - len('{"eventName": [""]}')) + '"]}'
    update(longest)
    with refused("ValidationException", re.compile(r"(?s).*'filterCriteria\.filters\.1\.member\.pattern'.*4096.*")):
        update(longest + " ")
    update()
    assert "FilterCriteria" not in settled(awslambda, asleep)


@pytest.mark.rule("1.2 KMSKeyArn")
def test_filters_under_a_key_are_not_listed(awslambda: Any, make_mapping: Make, function: str, own_stream: str) -> None:
    key = "arn:aws:kms:us-east-1:000000000000:key/11111111-2222-4333-8444-555555555555"
    criteria = {"Filters": [{"Pattern": '{"eventName": ["INSERT"]}'}]}
    made = make_mapping(function, own_stream, KMSKeyArn=key, FilterCriteria=criteria)
    assert (made["KMSKeyArn"], made["FilterCriteria"]) == (key, criteria)
    (listed,) = awslambda.list_event_source_mappings(EventSourceArn=own_stream)["EventSourceMappings"]
    assert listed["KMSKeyArn"] == key
    assert not listed.get("FilterCriteria")


@pytest.mark.rule("1.2 MetricsConfig")
def test_metrics_are_chosen_from_three(awslambda: Any, asleep: str) -> None:
    awslambda.update_event_source_mapping(UUID=asleep, MetricsConfig={"Metrics": ["EventCount"]})
    assert settled(awslambda, asleep)["MetricsConfig"] == {"Metrics": ["EventCount"]}
    for metrics in (["Anything"], ["EventCount"] * 4):
        with refused("ValidationException", re.compile(r"(?s).*'metricsConfig\.metrics.*")):
            awslambda.update_event_source_mapping(UUID=asleep, MetricsConfig={"Metrics": metrics})


@pytest.mark.rule("1.2 other sources")
@pytest.mark.parametrize(
    "members",
    [
        {"Queues": ["q"]},
        {"Topics": ["t"]},
        {"SelfManagedEventSource": {"Endpoints": {"KAFKA_BOOTSTRAP_SERVERS": ["broker.example.com:9092"]}}},
        {"ScalingConfig": {"MaximumConcurrency": 2}},
        {"SourceAccessConfigurations": [{"Type": "BASIC_AUTH", "URI": "arn:aws:secretsmanager:us-east-1:1:secret:s"}]},
        {"ProvisionedPollerConfig": {"MinimumPollers": 1}},
        {"DocumentDBEventSourceConfig": {"DatabaseName": "d"}},
        {"AmazonManagedKafkaEventSourceConfig": {"ConsumerGroupId": "g"}},
        {"SelfManagedKafkaEventSourceConfig": {"ConsumerGroupId": "g"}},
    ],
    ids=lambda members: next(iter(members)),
)
def test_members_of_other_sources_are_refused(
    make_mapping: Make, function: str, own_stream: str, members: dict[str, Any]
) -> None:
    with refused("InvalidParameterValueException"):
        make_mapping(function, own_stream, **members)


@pytest.mark.rule("1.2 FunctionName", "1.3 FunctionArn")
@pytest.mark.parametrize(
    ("form", "qualifier"),
    [
        ("{}", ""),
        ("000000000000:function:{}", ""),
        (ACCOUNT_ARN + ":function:{}", ""),
        ("{}:$LATEST", ":$LATEST"),
        ("{}:1", ":1"),
        ("{}:live", ":live"),
        ("000000000000:function:{}:live", ":live"),
        (ACCOUNT_ARN + ":function:{}:live", ":live"),
    ],
)
def test_ways_to_name_a_function(
    awslambda: Any, make_mapping: Make, make_function: Callable[..., str], own_stream: str, form: str, qualifier: str
) -> None:
    name = make_function()
    awslambda.publish_version(FunctionName=name)
    awslambda.create_alias(FunctionName=name, Name="live", FunctionVersion="1")
    made = make_mapping(form.format(name), own_stream)
    assert made["FunctionArn"] == f"{ACCOUNT_ARN}:function:{name}{qualifier}"


@pytest.mark.rule("1.2 FunctionName pattern")
@pytest.mark.parametrize("name", ["two words", "a:b:c:d", "x" * 257, ""])
def test_names_that_no_function_can_have(make_mapping: Make, own_stream: str, name: str) -> None:
    with refused("ValidationException", re.compile("(?s).*validation errors? detected: .*'functionName'.*")):
        make_mapping(name, own_stream)


@pytest.mark.rule("1.2 FunctionName")
def test_update_changes_the_function(awslambda: Any, make_function: Callable[..., str], asleep: str) -> None:
    """A name that is unknown is refused as by Create."""
    other = make_function()
    awslambda.update_event_source_mapping(UUID=asleep, FunctionName=other)
    assert settled(awslambda, asleep)["FunctionArn"] == f"{ACCOUNT_ARN}:function:{other}"
    with refused("InvalidParameterValueException", "Function does not exist"):
        awslambda.update_event_source_mapping(UUID=asleep, FunctionName="no-such-function")


@pytest.mark.rule("1.2 EventSourceArn", "1.5 no source")
@pytest.mark.parametrize("arn", ["arn:aws:dynamodb:us-east-1:000000000000:table/t", "arn:aws:iam::000000000000:role/r"])
def test_an_arn_of_no_stream_is_no_source(make_mapping: Make, function: str, arn: str) -> None:
    with refused("InvalidParameterValueException", "Unrecognized event source."):
        make_mapping(function, arn)


@pytest.mark.rule("1.2 Enabled")
def test_enabled_is_no_member_of_the_answer(make_mapping: Make, function: str, own_stream: str) -> None:
    assert "Enabled" not in make_mapping(function, own_stream, Enabled=True)


@pytest.mark.rule("1.2 Tags")
def test_tags_are_no_member_of_the_answer(make_mapping: Make, function: str, own_stream: str) -> None:
    assert "Tags" not in make_mapping(function, own_stream, Tags={"a": "1"})


@pytest.mark.rule("1.5 order")
@pytest.mark.parametrize(
    ("members", "code", "message"),
    [
        (
            {"EventSourceArn": None, "FunctionName": "no-such-function", "BatchSize": 0},
            "ValidationException",
            _out_of_range("BatchSize", 0, least=1, most=10_000),
        ),
        (
            {"EventSourceArn": None, "FunctionName": "no-such-function"},
            "InvalidParameterValueException",
            "Unrecognized event source.",
        ),
        (
            {"FunctionName": "no-such-function", "DestinationConfig": {"OnSuccess": {}}},
            "InvalidParameterValueException",
            "Unsupported DestinationConfig parameter for given event source mapping type.",
        ),
        (
            {"FunctionName": "no-such-function", "StartingPosition": None},
            "InvalidParameterValueException",
            "Function does not exist",
        ),
    ],
    ids=["constraints before the source", "source", "OnSuccess before the function", "function before the position"],
)
def test_the_first_fault_is_told(
    awslambda: Any, function: str, own_stream: str, members: dict[str, Any], code: str, message: str
) -> None:
    request = {"FunctionName": function, "EventSourceArn": own_stream, "StartingPosition": "LATEST", **members}
    with refused(code, message):
        awslambda.create_event_source_mapping(**{name: value for name, value in request.items() if value is not None})
