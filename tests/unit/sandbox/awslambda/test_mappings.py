from typing import Any

import pytest

from sandbox.awslambda.faults import (
    InvalidParameterValueException,
    NotImplementedException,
    ResourceConflictException,
    ResourceNotFoundException,
)
from sandbox.faults import ApiFault
from sandbox.wire.faults import ValidationException
from tests.unit.sandbox.awslambda.conftest import NOW, STREAM, Api

FUNCTION_ARN = "arn:aws:lambda:eu-west-1:123456789012:function:handle-orders"
OTHER_STREAM = STREAM.replace("orders", "parcels")


@pytest.fixture
def mapped(api: Api) -> Api:
    """With the function ``handle-orders``."""
    api.create_function()
    return api


def refusal(api: Api, fault: type[ApiFault], operation: str = "CreateEventSourceMapping", **members: Any) -> str:
    defaults: dict[str, Any] = {}
    if operation == "CreateEventSourceMapping":
        defaults = {"FunctionName": "handle-orders", "EventSourceArn": STREAM, "StartingPosition": "LATEST"}
    with pytest.raises(fault) as caught:
        api.call(operation, **{**defaults, **members})
    assert caught.value.message is not None
    return caught.value.message


# -- create ----------------------------------------------------------------------------------------------------------


def test_the_answer_to_create_is_the_recorded_one(mapped: Api) -> None:
    answer = mapped.create_mapping()
    uuid = answer["UUID"]
    assert answer == {
        "UUID": uuid,
        "EventSourceMappingArn": f"arn:aws:lambda:eu-west-1:123456789012:event-source-mapping:{uuid}",
        "EventSourceArn": STREAM,
        "FunctionArn": FUNCTION_ARN,
        "StartingPosition": "TRIM_HORIZON",
        "BatchSize": 100,
        "MaximumBatchingWindowInSeconds": 0,
        "MaximumRecordAgeInSeconds": -1,
        "MaximumRetryAttempts": -1,
        "BisectBatchOnFunctionError": False,
        "ParallelizationFactor": 1,
        "TumblingWindowInSeconds": 0,
        "FunctionResponseTypes": [],
        "DestinationConfig": {"OnFailure": {}},
        "LastModified": NOW,
        "LastProcessingResult": "No records processed",
        "State": "Creating",
        "StateTransitionReason": "User action",
    }
    found = mapped.call("GetEventSourceMapping", UUID=uuid)
    assert found == {**answer, "State": "Enabled"}


def test_polling_has_begun_when_create_answers(mapped: Api) -> None:
    """Whoever writes after the answer must not be missed by LATEST."""
    answer = mapped.create_mapping(StartingPosition="LATEST", BatchSize=7)
    ((told, configuration),) = mapped.mappings.told
    assert told == "start"
    assert (configuration["UUID"], configuration["BatchSize"], configuration["State"]) == (answer["UUID"], 7, "Enabled")


def test_every_setting_is_kept_as_given(mapped: Api) -> None:
    settings: dict[str, Any] = {
        "BatchSize": 10_000,
        "MaximumBatchingWindowInSeconds": 300,
        "ParallelizationFactor": 10,
        "MaximumRecordAgeInSeconds": 60,
        "BisectBatchOnFunctionError": True,
        "MaximumRetryAttempts": 0,
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "DestinationConfig": {"OnFailure": {"Destination": "arn:aws:sqs:eu-west-1:123456789012:dead"}},
        "FilterCriteria": {"Filters": [{"Pattern": '{"eventName": ["INSERT"]}'}]},
        "MetricsConfig": {"Metrics": ["EventCount"]},
    }
    answer = mapped.create_mapping(**settings)
    assert {name: answer[name] for name in settings} == settings


def test_a_mapping_created_disabled_is_not_polled(mapped: Api) -> None:
    answer = mapped.create_mapping(Enabled=False)
    assert answer["State"] == "Creating"
    assert mapped.call("GetEventSourceMapping", UUID=answer["UUID"])["State"] == "Disabled"
    assert mapped.mappings.told == []


def test_an_empty_list_of_filters_is_accepted_and_dropped(mapped: Api) -> None:
    assert "FilterCriteria" not in mapped.create_mapping(FilterCriteria={"Filters": []})


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("handle-orders", FUNCTION_ARN),
        (FUNCTION_ARN, FUNCTION_ARN),
        ("123456789012:handle-orders", FUNCTION_ARN),
        ("handle-orders:$LATEST", f"{FUNCTION_ARN}:$LATEST"),
        (f"{FUNCTION_ARN}:1", f"{FUNCTION_ARN}:1"),
    ],
)
def test_a_qualifier_stays_on_the_function_arn(mapped: Api, name: str, shown: str) -> None:
    mapped.call("PublishVersion", FunctionName="handle-orders")
    assert mapped.create_mapping(name)["FunctionArn"] == shown


def test_the_same_pair_is_refused_and_another_accepted(mapped: Api) -> None:
    mapped.create_function("other")
    mapped.streams.arns.add(OTHER_STREAM)
    uuid = mapped.create_mapping()["UUID"]
    assert refusal(mapped, ResourceConflictException, FunctionName=FUNCTION_ARN) == (
        f'The event source arn (" {STREAM} ") and function (" handle-orders ") provided mapping already exists. '
        f"Please update or delete the existing mapping with UUID {uuid}"
    )
    mapped.create_mapping("other")
    mapped.create_mapping("handle-orders:$LATEST")
    mapped.create_mapping(EventSourceArn=OTHER_STREAM)


@pytest.mark.parametrize(
    ("members", "fault", "message"),
    [
        ({"EventSourceArn": None}, InvalidParameterValueException, "Unrecognized event source."),
        (
            {"EventSourceArn": None, "FunctionName": "none"},
            InvalidParameterValueException,
            "Unrecognized event source.",
        ),
        (
            {"EventSourceArn": "arn:aws:dynamodb:eu-west-1:123456789012:table/orders"},
            InvalidParameterValueException,
            "Unrecognized event source.",
        ),
        ({"EventSourceArn": "arn:aws:s3:::bucket"}, InvalidParameterValueException, "Unrecognized event source."),
        ({"FunctionName": "none"}, InvalidParameterValueException, "Function does not exist"),
        ({"FunctionName": "handle-orders:live"}, InvalidParameterValueException, "Function does not exist"),
        (
            {"StartingPosition": None},
            InvalidParameterValueException,
            (
                "1 validation error detected: Value null at 'startingPosition' failed to satisfy constraint: "
                "Member must not be null."
            ),
        ),
        (
            {"StartingPosition": "invalid"},
            ValidationException,
            (
                "1 validation error detected: Value 'invalid' at 'startingPosition' failed to satisfy constraint: "
                "Member must satisfy enum value set: [LATEST, AT_TIMESTAMP, TRIM_HORIZON]"
            ),
        ),
        (
            {"StartingPosition": "AT_TIMESTAMP", "StartingPositionTimestamp": 1.5},
            InvalidParameterValueException,
            f"Unsupported starting position for arn type: {STREAM}",
        ),
        (
            {
                "FunctionName": "none",
                "DestinationConfig": {"OnSuccess": {"Destination": "arn:aws:sqs:eu-west-1:123456789012:q"}},
            },
            InvalidParameterValueException,
            "Unsupported DestinationConfig parameter for given event source mapping type.",
        ),
        (
            {"FilterCriteria": {"Filters": [{"Pattern": "{}"}, {"Pattern": "single-string"}]}},
            InvalidParameterValueException,
            "Invalid filter pattern definition.",
        ),
        ({"FilterCriteria": {"Filters": [{}]}}, InvalidParameterValueException, "Invalid filter pattern definition."),
        ({"EventSourceArn": OTHER_STREAM}, InvalidParameterValueException, f"Stream not found: {OTHER_STREAM}"),
        (
            {"MaximumRecordAgeInSeconds": 59},
            InvalidParameterValueException,
            "MaximumRecordAgeInSeconds must be either -1 (forever) or between 60 and 604800 (inclusive)",
        ),
        (
            {"MaximumRecordAgeInSeconds": 0},
            InvalidParameterValueException,
            "MaximumRecordAgeInSeconds must be either -1 (forever) or between 60 and 604800 (inclusive)",
        ),
        (
            {"BatchSize": 10_001},
            ValidationException,
            (
                "1 validation error detected: Value '10001' at 'batchSize' failed to satisfy constraint: "
                "Member must have value less than or equal to 10000"
            ),
        ),
        (
            {"ParallelizationFactor": 0},
            ValidationException,
            (
                "1 validation error detected: Value '0' at 'parallelizationFactor' failed to satisfy constraint: "
                "Member must have value greater than or equal to 1"
            ),
        ),
        (
            {"ParallelizationFactor": 2, "TumblingWindowInSeconds": 10},
            InvalidParameterValueException,
            "Tumbling windows require a ParallelizationFactor of 1.",
        ),
        (
            {"Queues": ["queue"]},
            InvalidParameterValueException,
            "Unsupported Queues parameter for given event source mapping type.",
        ),
    ],
)
def test_create_refuses_in_the_words_of_aws(
    mapped: Api, members: dict[str, Any], fault: type[ApiFault], message: str
) -> None:
    assert refusal(mapped, fault, **members) == message
    assert mapped.call("ListEventSourceMappings") == {"EventSourceMappings": []}
    assert mapped.mappings.told == []


@pytest.mark.parametrize(
    "destination",
    [
        "arn:aws:sqs:eu-west-1:123456789012:dead.fifo",
        "arn:aws:sns:eu-west-1:123456789012:dead.fifo",
        "arn:aws:lambda:eu-west-1:123456789012:function:f",
        "kafka://topic",
    ],
)
def test_a_destination_lambda_does_not_write_to_is_refused(mapped: Api, destination: str) -> None:
    message = refusal(
        mapped, InvalidParameterValueException, DestinationConfig={"OnFailure": {"Destination": destination}}
    )
    assert destination in message


def test_sources_that_are_not_polled_are_refused_by_name(mapped: Api) -> None:
    message = refusal(mapped, NotImplementedException, EventSourceArn="arn:aws:kinesis:eu-west-1:123456789012:stream/s")
    assert "kinesis" in message


def test_refusals_say_that_it_was_the_user(mapped: Api) -> None:
    with pytest.raises(InvalidParameterValueException) as caught:
        mapped.create_mapping("none")
    assert (caught.value.status, caught.value.message_member, caught.value.extra) == (400, "message", {"Type": "User"})
    with pytest.raises(ResourceNotFoundException) as missing:
        mapped.call("GetEventSourceMapping", UUID="0" * 36)
    assert (missing.value.status, missing.value.message_member, missing.value.extra) == (
        404,
        "Message",
        {"Type": "User"},
    )


# -- read, update, delete --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("operation", ["GetEventSourceMapping", "UpdateEventSourceMapping", "DeleteEventSourceMapping"])
def test_an_unknown_mapping_is_not_found(mapped: Api, operation: str) -> None:
    uuid = "11111111-2222-3333-4444-555555555555"
    assert (
        refusal(mapped, ResourceNotFoundException, operation, UUID=uuid) == "The resource you requested does not exist."
    )


def test_a_mapping_shows_the_pollers_latest_result(mapped: Api) -> None:
    uuid = mapped.create_mapping()["UUID"]
    mapped.mappings.results[uuid] = "OK"
    assert mapped.call("GetEventSourceMapping", UUID=uuid)["LastProcessingResult"] == "OK"


def test_disabling_answers_with_everything_else_unchanged(mapped: Api) -> None:
    created = mapped.create_mapping()
    uuid = created["UUID"]
    mapped.mappings.results[uuid] = "OK"
    mapped.scope.clock.advance(5)
    answer = mapped.call("UpdateEventSourceMapping", UUID=uuid, Enabled=False)
    assert answer == {**created, "State": "Disabling", "LastProcessingResult": "OK", "LastModified": NOW + 5}
    assert mapped.call("GetEventSourceMapping", UUID=uuid)["State"] == "Disabled"
    assert mapped.mappings.told[1:] == [("stop", uuid)], "the position is kept"
    assert mapped.call("UpdateEventSourceMapping", UUID=uuid, Enabled=True)["State"] == "Enabling"
    assert mapped.mappings.told[-1][0] == "start"
    assert mapped.call("GetEventSourceMapping", UUID=uuid)["State"] == "Enabled"


def test_an_update_answers_before_it_shows(mapped: Api) -> None:
    """AWS replies with the previous values; a later Get has the new ones."""
    uuid = mapped.create_mapping(BatchSize=5, FilterCriteria={"Filters": [{"Pattern": "{}"}]})["UUID"]
    answer = mapped.call("UpdateEventSourceMapping", UUID=uuid, BatchSize=6, FilterCriteria={"Filters": []})
    assert (answer["State"], answer["BatchSize"]) == ("Updating", 5)
    assert "FilterCriteria" in answer
    found = mapped.call("GetEventSourceMapping", UUID=uuid)
    assert (found["State"], found["BatchSize"]) == ("Enabled", 6)
    assert "FilterCriteria" not in found
    told, configuration = mapped.mappings.told[-1]
    assert (told, configuration["BatchSize"]) == ("update", 6)


def test_updating_a_disabled_mapping_starts_nothing(mapped: Api) -> None:
    uuid = mapped.create_mapping(Enabled=False)["UUID"]
    assert mapped.call("UpdateEventSourceMapping", UUID=uuid, BatchSize=6)["State"] == "Updating"
    assert mapped.call("GetEventSourceMapping", UUID=uuid)["State"] == "Disabled"
    assert mapped.mappings.told == []


def test_an_update_can_take_another_function_but_not_a_mapped_one(mapped: Api) -> None:
    mapped.create_function("other")
    uuid = mapped.create_mapping()["UUID"]
    taken = mapped.create_mapping("other")["UUID"]
    message = refusal(mapped, ResourceConflictException, "UpdateEventSourceMapping", UUID=uuid, FunctionName="other")
    assert message.endswith(taken)
    mapped.call("UpdateEventSourceMapping", UUID=uuid, FunctionName="handle-orders")
    mapped.call("DeleteEventSourceMapping", UUID=taken)
    mapped.call("UpdateEventSourceMapping", UUID=uuid, FunctionName="other")
    assert mapped.call("GetEventSourceMapping", UUID=uuid)["FunctionArn"].endswith(":function:other")


def test_an_update_is_judged_together_with_what_stays(mapped: Api) -> None:
    uuid = mapped.create_mapping(ParallelizationFactor=2)["UUID"]
    message = refusal(
        mapped, InvalidParameterValueException, "UpdateEventSourceMapping", UUID=uuid, TumblingWindowInSeconds=10
    )
    assert message == "Tumbling windows require a ParallelizationFactor of 1."
    mapped.call("UpdateEventSourceMapping", UUID=uuid, TumblingWindowInSeconds=10, ParallelizationFactor=1)


def test_a_destination_can_be_taken_away(mapped: Api) -> None:
    destination = {"OnFailure": {"Destination": "arn:aws:s3:::dead"}}
    uuid = mapped.create_mapping(DestinationConfig=destination)["UUID"]
    mapped.call("UpdateEventSourceMapping", UUID=uuid, BatchSize=2)
    assert mapped.call("GetEventSourceMapping", UUID=uuid)["DestinationConfig"] == destination
    mapped.call("UpdateEventSourceMapping", UUID=uuid, DestinationConfig={"OnFailure": {}})
    assert mapped.call("GetEventSourceMapping", UUID=uuid)["DestinationConfig"] == {"OnFailure": {}}


def test_delete_shows_the_mapping_once_more_and_forgets_it(mapped: Api) -> None:
    created = mapped.create_mapping()
    answer = mapped.call("DeleteEventSourceMapping", UUID=created["UUID"])
    assert answer == {**created, "State": "Deleting"}
    assert mapped.mappings.told[-1] == ("forget", created["UUID"])
    refusal(mapped, ResourceNotFoundException, "GetEventSourceMapping", UUID=created["UUID"])
    mapped.create_mapping()


def test_deleting_the_function_or_the_stream_leaves_the_mapping_enabled(mapped: Api) -> None:
    """Recorded: it stays listed as Enabled, and deleting it afterwards works as usual."""
    uuid = mapped.create_mapping()["UUID"]
    mapped.call("DeleteFunction", FunctionName="handle-orders")
    mapped.streams.arns.clear()
    (listed,) = mapped.call("ListEventSourceMappings", EventSourceArn=STREAM)["EventSourceMappings"]
    assert (listed["UUID"], listed["State"]) == (uuid, "Enabled")
    assert mapped.mappings.told[1:] == []
    mapped.call("DeleteEventSourceMapping", UUID=uuid)


# -- list ------------------------------------------------------------------------------------------------------------


def test_mappings_are_listed_by_source_and_function_in_pages(mapped: Api) -> None:
    mapped.create_function("other")
    mapped.streams.arns.add(OTHER_STREAM)
    one = mapped.create_mapping()["UUID"]
    two = mapped.create_mapping("other")["UUID"]
    three = mapped.create_mapping(EventSourceArn=OTHER_STREAM)["UUID"]

    def listed(**members: Any) -> list[str]:
        return [each["UUID"] for each in mapped.call("ListEventSourceMappings", **members)["EventSourceMappings"]]

    assert listed() == [one, two, three]
    assert listed(EventSourceArn=STREAM) == [one, two]
    assert listed(FunctionName="handle-orders") == listed(FunctionName=FUNCTION_ARN) == [one, three]
    assert listed(FunctionName="handle-orders", EventSourceArn=OTHER_STREAM) == [three]
    assert listed(FunctionName="none") == listed(EventSourceArn=f"{STREAM}9") == []
    first = mapped.call("ListEventSourceMappings", MaxItems=2)
    assert listed(Marker=first["NextMarker"]) == [three]


def test_an_update_keeps_a_mappings_place_in_the_list(mapped: Api) -> None:
    mapped.create_function("other")
    one = mapped.create_mapping()["UUID"]
    two = mapped.create_mapping("other")["UUID"]
    mapped.call("UpdateEventSourceMapping", UUID=one, BatchSize=1)
    listed = mapped.call("ListEventSourceMappings")["EventSourceMappings"]
    assert [each["UUID"] for each in listed] == [one, two]


def test_encrypted_filters_are_not_listed(mapped: Api) -> None:
    uuid = mapped.create_mapping(FilterCriteria={"Filters": [{"Pattern": "{}"}]}, KMSKeyArn="arn:aws:kms:::key")["UUID"]
    (listed,) = mapped.call("ListEventSourceMappings")["EventSourceMappings"]
    assert "FilterCriteria" not in listed
    assert "FilterCriteria" in mapped.call("GetEventSourceMapping", UUID=uuid)


# -- tags ------------------------------------------------------------------------------------------------------------


def test_tags_of_functions_and_mappings(mapped: Api) -> None:
    mapping_arn = mapped.create_mapping(Tags={"a": "1"})["EventSourceMappingArn"]
    for arn, before in ((FUNCTION_ARN, {}), (mapping_arn, {"a": "1"})):
        assert mapped.call("ListTags", Resource=arn)["Tags"] == before
        assert mapped.call("TagResource", Resource=arn, Tags={"a": "2", "b": "3"}) is None
        assert mapped.call("UntagResource", Resource=arn, TagKeys=["a", "not-there"]) is None
        assert mapped.call("ListTags", Resource=arn)["Tags"] == {"b": "3"}


def test_a_deleted_mappings_tags_are_gone(mapped: Api) -> None:
    created = mapped.create_mapping(Tags={"a": "1"})
    mapped.call("DeleteEventSourceMapping", UUID=created["UUID"])
    assert mapped.scope.store.tags.get(created["EventSourceMappingArn"]) == {}


@pytest.mark.parametrize(
    ("operation", "members"),
    [("TagResource", {"Tags": {"a": "b"}}), ("UntagResource", {"TagKeys": ["a"]}), ("ListTags", {})],
)
def test_tags_of_what_is_not_there(mapped: Api, operation: str, members: dict[str, Any]) -> None:
    def told(fault: type[ApiFault], resource: str) -> str:
        return refusal(mapped, fault, operation, Resource=resource, **members)

    mapping_arn = "arn:aws:lambda:eu-west-1:123456789012:event-source-mapping:11111111-2222-3333-4444-555555555555"
    assert told(ResourceNotFoundException, mapping_arn) == f"Event source mapping not found: {mapping_arn}"
    assert told(ResourceNotFoundException, f"{FUNCTION_ARN}2") == f"Function not found: {FUNCTION_ARN}2"
    elsewhere = FUNCTION_ARN.replace("eu-west-1", "us-east-1")
    assert told(ResourceNotFoundException, elsewhere) == f"Function not found: {elsewhere}"
    assert told(InvalidParameterValueException, f"{FUNCTION_ARN}:1") == (
        "Tags on function aliases and versions are not supported. Please specify a function ARN."
    )
    for wrong in (f"{mapping_arn}:alias", FUNCTION_ARN.replace("function", "foo")):
        assert told(ValidationException, wrong).startswith(
            f"1 validation error detected: Value '{wrong}' at 'resource' failed to satisfy constraint: "
            "Member must satisfy regular expression pattern: arn:(aws[a-zA-Z-]*):lambda:"
        )


def test_fifty_tags_are_enough(mapped: Api) -> None:
    mapped.call("TagResource", Resource=FUNCTION_ARN, Tags={f"k{n}": "" for n in range(50)})
    mapped.call("TagResource", Resource=FUNCTION_ARN, Tags={"k0": "again"})
    refusal(mapped, InvalidParameterValueException, "TagResource", Resource=FUNCTION_ARN, Tags={"one": "more"})
