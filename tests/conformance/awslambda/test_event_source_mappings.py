"""The five event-source-mapping operations: answers, states, validation.

Source: aws-recorded-answers §1-§3; lambda-event-source-mappings §1.
"""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.conformance.awslambda.conftest import settled
from tests.conformance.expect import refused

Make = Callable[..., dict[str, Any]]
DEFAULTS = {
    "BatchSize": 100,
    "BisectBatchOnFunctionError": False,
    "DestinationConfig": {"OnFailure": {}},
    "FunctionResponseTypes": [],
    "LastProcessingResult": "No records processed",
    "MaximumBatchingWindowInSeconds": 0,
    "MaximumRecordAgeInSeconds": -1,
    "MaximumRetryAttempts": -1,
    "ParallelizationFactor": 1,
    "StartingPosition": "TRIM_HORIZON",
    "State": "Creating",
    "StateTransitionReason": "User action",
    "TumblingWindowInSeconds": 0,
}


@pytest.mark.rule("1.3 Create", "1.3 StateTransitionReason", "1.4 no result", "1.2 FilterCriteriaError")
def test_the_answer_to_create(make_mapping: Make, function: str, own_stream: str) -> None:
    answer = make_mapping(function, own_stream)
    assert answer.pop("ResponseMetadata")["HTTPStatusCode"] == 202
    uuid = answer.pop("UUID")
    assert answer.pop("EventSourceMappingArn") == f"arn:aws:lambda:us-east-1:000000000000:event-source-mapping:{uuid}"
    assert answer.pop("FunctionArn") == f"arn:aws:lambda:us-east-1:000000000000:function:{function}"
    assert answer.pop("EventSourceArn") == own_stream
    assert answer.pop("LastModified")
    assert answer == DEFAULTS


@pytest.mark.rule("1.4 Enabled", "1.4 no result")
def test_it_becomes_enabled(awslambda: Any, make_mapping: Make, function: str, own_stream: str) -> None:
    answer = settled(awslambda, make_mapping(function, own_stream)["UUID"])
    assert (answer["State"], answer["StateTransitionReason"], answer["LastProcessingResult"]) == (
        "Enabled",
        "User action",
        "No records processed",
    )


@pytest.mark.rule("1.2 Enabled", "1.4 Disabled")
def test_created_disabled(awslambda: Any, make_mapping: Make, function: str, own_stream: str) -> None:
    assert settled(awslambda, make_mapping(function, own_stream, Enabled=False)["UUID"])["State"] == "Disabled"


@pytest.mark.rule(
    "1.2 BatchSize",
    "1.2 BisectBatchOnFunctionError",
    "1.2 OnFailure",
    "1.2 FilterCriteria",
    "1.2 FunctionResponseTypes",
    "1.2 StartingPosition",
)
def test_settings_are_echoed(make_mapping: Make, function: str, own_stream: str) -> None:
    settings = {
        "BatchSize": 7,
        "BisectBatchOnFunctionError": True,
        "DestinationConfig": {"OnFailure": {"Destination": "arn:aws:sqs:us-east-1:000000000000:q"}},
        "FilterCriteria": {"Filters": [{"Pattern": '{"eventName": ["INSERT"]}'}]},
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "MaximumBatchingWindowInSeconds": 5,
        "MaximumRecordAgeInSeconds": 60,
        "MaximumRetryAttempts": 3,
        "ParallelizationFactor": 2,
        "StartingPosition": "LATEST",
    }
    answer = make_mapping(function, own_stream, **settings)
    assert {name: answer[name] for name in settings} == settings


@pytest.mark.rule("1.3 no filters")
def test_no_filters_are_no_filter_criteria(make_mapping: Make, function: str, own_stream: str) -> None:
    """``{"Filters": []}`` is accepted and the key is absent from the answer."""
    assert "FilterCriteria" not in make_mapping(function, own_stream, FilterCriteria={"Filters": []})


@pytest.mark.rule("1.3 FunctionArn")
def test_a_qualifier_stays_on_the_arn(make_mapping: Make, function: str, own_stream: str) -> None:
    answer = make_mapping(f"{function}:$LATEST", own_stream)
    assert answer["FunctionArn"] == f"arn:aws:lambda:us-east-1:000000000000:function:{function}:$LATEST"


@pytest.mark.rule("1.5 duplicate", "1.4 same pair")
def test_the_same_pair_twice(make_mapping: Make, function: str, own_stream: str) -> None:
    uuid = make_mapping(function, own_stream)["UUID"]
    with refused(
        "ResourceConflictException",
        f'The event source arn (" {own_stream} ") and function (" {function} ") provided mapping already exists. '
        f"Please update or delete the existing mapping with UUID {uuid}",
        status=409,
    ):
        make_mapping(function, own_stream)


def test_another_function_on_the_same_stream(
    make_mapping: Make, make_function: Callable[..., str], function: str, own_stream: str
) -> None:
    make_mapping(function, own_stream)
    make_mapping(make_function(), own_stream)


@pytest.mark.rule("1.3 Update")
def test_update_answers_before_it_is_done(awslambda: Any, make_mapping: Make, function: str, own_stream: str) -> None:
    """The body still shows the previous values; a later Get shows the new ones. Source: §1.3."""
    uuid = make_mapping(function, own_stream)["UUID"]
    settled(awslambda, uuid)
    answer = awslambda.update_event_source_mapping(UUID=uuid, BatchSize=9)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 202
    assert (answer["State"], answer["BatchSize"]) == ("Updating", 100)
    after = settled(awslambda, uuid)
    assert (after["State"], after["BatchSize"]) == ("Enabled", 9)


@pytest.mark.rule("1.4 Disabling and Enabling")
def test_disabling_and_enabling(awslambda: Any, make_mapping: Make, function: str, own_stream: str) -> None:
    uuid = make_mapping(function, own_stream)["UUID"]
    settled(awslambda, uuid)
    assert awslambda.update_event_source_mapping(UUID=uuid, Enabled=False)["State"] == "Disabling"
    assert settled(awslambda, uuid)["State"] == "Disabled"
    assert awslambda.update_event_source_mapping(UUID=uuid, Enabled=True)["State"] == "Enabling"
    assert settled(awslambda, uuid)["State"] == "Enabled"


@pytest.mark.rule("1.3 Delete")
def test_delete_answers_the_whole_object(awslambda: Any, make_mapping: Make, function: str, own_stream: str) -> None:
    uuid = make_mapping(function, own_stream)["UUID"]
    settled(awslambda, uuid)
    answer = awslambda.delete_event_source_mapping(UUID=uuid)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 202
    assert (answer["State"], answer["BatchSize"], answer["UUID"]) == ("Deleting", 100, uuid)
    for _ in range(1000):
        try:
            awslambda.get_event_source_mapping(UUID=uuid)
        except awslambda.exceptions.ResourceNotFoundException:
            return
    raise AssertionError("the mapping was not removed")


@pytest.mark.rule("1.5 unknown UUID")
@pytest.mark.parametrize(
    "operation", ["get_event_source_mapping", "update_event_source_mapping", "delete_event_source_mapping"]
)
def test_an_unknown_uuid(awslambda: Any, operation: str) -> None:
    with refused("ResourceNotFoundException", "The resource you requested does not exist.", status=404):
        getattr(awslambda, operation)(UUID="11111111-2222-4333-8444-555555555555")


@pytest.mark.rule("1.1 list by source and function")
def test_lists(awslambda: Any, make_mapping: Make, make_function: Callable[..., str], own_stream: str) -> None:
    name = make_function()
    uuid = make_mapping(name, own_stream)["UUID"]

    def uuids(**members: Any) -> list[str]:
        answer = awslambda.list_event_source_mappings(**members)
        assert "NextMarker" not in answer
        return [one["UUID"] for one in answer["EventSourceMappings"]]

    assert uuids(FunctionName=name) == [uuid]
    assert uuids(EventSourceArn=own_stream) == [uuid]
    assert uuids(FunctionName=name, EventSourceArn=own_stream) == [uuid]
    assert uuids(FunctionName="no-such-function") == []


@pytest.mark.rule("1.4 function deleted", "1.4 table deleted")
def test_a_mapping_outlives_its_function_and_its_table(
    awslambda: Any, dynamodb: Any, make_mapping: Make, make_function: Callable[..., str], make_table: Callable[..., str]
) -> None:
    table = make_table(StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"})
    stream = dynamodb.describe_table(TableName=table)["Table"]["LatestStreamArn"]
    name = make_function()
    uuid = make_mapping(name, stream)["UUID"]
    settled(awslambda, uuid)
    awslambda.delete_function(FunctionName=name)
    assert awslambda.get_event_source_mapping(UUID=uuid)["State"] == "Enabled"
    dynamodb.delete_table(TableName=table)
    assert [
        one["State"] for one in awslambda.list_event_source_mappings(EventSourceArn=stream)["EventSourceMappings"]
    ] == ["Enabled"]


@pytest.mark.rule("1.5 no stream")
def test_a_stream_that_is_not_there(make_mapping: Make, function: str, stream: str) -> None:
    arn = stream.rsplit("/", 1)[0] + "/2020-01-01T00:00:00.000"
    with refused("InvalidParameterValueException", f"Stream not found: {arn}"):
        make_mapping(function, arn)


@pytest.mark.parametrize(
    ("members", "code", "message"),
    [
        pytest.param(
            {"StartingPosition": None},
            "InvalidParameterValueException",
            "1 validation error detected: Value null at 'startingPosition' failed to satisfy constraint: Member must not be null.",
            id="no starting position",
            marks=pytest.mark.rule("1.5 no StartingPosition"),
        ),
        pytest.param(
            {"StartingPosition": "invalid"},
            "ValidationException",
            "1 validation error detected: Value 'invalid' at 'startingPosition' failed to satisfy constraint: "
            "Member must satisfy enum value set: [LATEST, AT_TIMESTAMP, TRIM_HORIZON]",
            id="unknown starting position",
            marks=pytest.mark.rule("1.5 bad enum"),
        ),
        pytest.param(
            {"FilterCriteria": {"Filters": [{"Pattern": "single-string"}]}},
            "InvalidParameterValueException",
            "Invalid filter pattern definition.",
            id="pattern is a word",
            marks=pytest.mark.rule("1.5 bad filter"),
        ),
        pytest.param(
            {"FilterCriteria": {"Filters": [{"Pattern": '[{"eventName": ["INSERT"=123}]'}]}},
            "InvalidParameterValueException",
            "Invalid filter pattern definition.",
            id="pattern is broken JSON",
            marks=pytest.mark.rule("1.5 bad filter"),
        ),
        pytest.param(
            {"DestinationConfig": {"OnSuccess": {"Destination": "arn:aws:sqs:us-east-1:000000000000:q"}}},
            "InvalidParameterValueException",
            "Unsupported DestinationConfig parameter for given event source mapping type.",
            id="OnSuccess",
            marks=pytest.mark.rule("1.5 OnSuccess"),
        ),
        pytest.param(
            {"FunctionName": "no-such-function"},
            "InvalidParameterValueException",
            "Function does not exist",
            id="unknown function",
            marks=pytest.mark.rule("1.5 no function"),
        ),
        pytest.param(
            {"EventSourceArn": None},
            "InvalidParameterValueException",
            "Unrecognized event source.",
            id="no source",
            marks=pytest.mark.rule("1.5 no source"),
        ),
        pytest.param(
            {"MaximumRecordAgeInSeconds": 59},
            "InvalidParameterValueException",
            "MaximumRecordAgeInSeconds must be either -1 (forever) or between 60 and 604800 (inclusive)",
            id="age of 59",
            marks=pytest.mark.rule("1.5 age of 1 to 59"),
        ),
        pytest.param(
            {"BatchSize": 10_001},
            "ValidationException",
            "1 validation error detected: Value '10001' at 'batchSize' failed to satisfy constraint: "
            "Member must have value less than or equal to 10000",
            id="batch too large",
        ),
        pytest.param(
            {"ParallelizationFactor": 11},
            "ValidationException",
            "1 validation error detected: Value '11' at 'parallelizationFactor' failed to satisfy constraint: "
            "Member must have value less than or equal to 10",
            id="too many lanes",
        ),
        pytest.param(
            {"MaximumBatchingWindowInSeconds": 301},
            "ValidationException",
            "1 validation error detected: Value '301' at 'maximumBatchingWindowInSeconds' failed to satisfy constraint: "
            "Member must have value less than or equal to 300",
            id="window too long",
        ),
        pytest.param(
            {"TumblingWindowInSeconds": 901},
            "ValidationException",
            "1 validation error detected: Value '901' at 'tumblingWindowInSeconds' failed to satisfy constraint: "
            "Member must have value less than or equal to 900",
            id="tumbling window too long",
        ),
    ],
)
def test_refusals(awslambda: Any, function: str, stream: str, members: dict[str, Any], code: str, message: str) -> None:
    request = {"FunctionName": function, "EventSourceArn": stream, "StartingPosition": "LATEST", **members}
    with refused(code, message):
        awslambda.create_event_source_mapping(**{name: value for name, value in request.items() if value is not None})


@pytest.mark.rule("1.5 AT_TIMESTAMP")
def test_at_timestamp(make_mapping: Make, function: str, stream: str) -> None:
    with refused("InvalidParameterValueException", f"Unsupported starting position for arn type: {stream}"):
        make_mapping(function, stream, StartingPosition="AT_TIMESTAMP", StartingPositionTimestamp=1_700_000_000)


def test_errors_carry_their_type(awslambda: Any) -> None:
    """``Type: "User"`` in the body. Source: aws-recorded-answers §3."""
    with refused("ResourceNotFoundException", status=404) as refusal:
        awslambda.get_event_source_mapping(UUID="11111111-2222-4333-8444-555555555555")
    assert refusal.response["Type"] == "User"


@pytest.mark.rule("1.1 tags", "1.2 Tags")
def test_tags(awslambda: Any, make_mapping: Make, function: str, own_stream: str) -> None:
    arn = make_mapping(function, own_stream, Tags={"a": "1"})["EventSourceMappingArn"]
    awslambda.tag_resource(Resource=arn, Tags={"b": "2"})
    assert awslambda.list_tags(Resource=arn)["Tags"] == {"a": "1", "b": "2"}
    awslambda.untag_resource(Resource=arn, TagKeys=["a", "none"])
    assert awslambda.list_tags(Resource=arn)["Tags"] == {"b": "2"}


@pytest.mark.rule("1.5 tags of an unknown mapping")
def test_tags_of_an_unknown_mapping(awslambda: Any) -> None:
    arn = "arn:aws:lambda:us-east-1:000000000000:event-source-mapping:11111111-2222-4333-8444-555555555555"
    with refused("ResourceNotFoundException", f"Event source mapping not found: {arn}", status=404):
        awslambda.list_tags(Resource=arn)


def test_update_is_validated(awslambda: Any, make_mapping: Make, function: str, own_stream: str) -> None:
    uuid = make_mapping(function, own_stream)["UUID"]
    with refused("ValidationException", re.compile(".*'batchSize'.*")):
        awslambda.update_event_source_mapping(UUID=uuid, BatchSize=0)
