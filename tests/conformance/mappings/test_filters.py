"""FilterCriteria: operators, AWS's oddities, and where filters stand in the order of things.

Source: lambda-event-source-mappings §3.7; aws-recorded-answers §5. What was recorded on AWS itself is in
``awslambda/test_delivery.py``.
"""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.conformance.awslambda.conftest import settled
from tests.conformance.awslambda.test_delivery import Setup
from tests.conformance.expect import refused

SetUp = Callable[..., Setup]
END = '{"dynamodb": {"Keys": {"pk": {"S": ["end"]}}}}'


def of_word(*conditions: str) -> str:
    """A pattern that puts these conditions on the attribute ``word``."""
    return f'{{"dynamodb": {{"NewImage": {{"word": {{"S": [{", ".join(conditions)}]}}}}}}}}'


def filters(*patterns: str) -> dict[str, Any]:
    return {"Filters": [{"Pattern": pattern} for pattern in patterns]}


PATTERNS = [
    pytest.param([of_word('"red"')], ["red"], id="text", marks=pytest.mark.rule("3.7 exact values")),
    pytest.param([of_word('""')], [""], id="empty text", marks=pytest.mark.rule("3.7 exact values")),
    pytest.param([of_word("null")], [], id="null is no text", marks=pytest.mark.rule("3.7 exact values")),
    pytest.param(
        ['{"dynamodb": {"NewImage": {"nothing": {"NULL": [true]}}}}'],
        ["blue"],
        id="an attribute that is NULL",
        marks=pytest.mark.rule("3.7 exact values", "3.7 type key"),
    ),
    pytest.param([of_word('"red"', '"blue"')], ["red", "blue"], id="list", marks=pytest.mark.rule("3.7 or and and")),
    pytest.param(
        [of_word('"red"'), of_word('"blue"')], ["red", "blue"], id="filters", marks=pytest.mark.rule("3.7 or and and")
    ),
    pytest.param(
        ['{"eventName": ["MODIFY"], "dynamodb": {"NewImage": {"word": {"S": ["red"]}}}}'],
        [],
        id="keys",
        marks=pytest.mark.rule("3.7 or and and"),
    ),
    pytest.param(
        [of_word('{"equals-ignore-case": "RED"}')],
        ["red", "Red"],
        id="ignoring case",
        marks=pytest.mark.rule("3.7 equals-ignore-case"),
    ),
    pytest.param(
        ['{"dynamodb": {"NewImage": {"$or": [{"word": {"S": ["red"]}}, {"nothing": {"NULL": [true]}}]}}}'],
        ["red", "blue"],
        id="$or inside",
        marks=pytest.mark.rule("3.7 $or"),
    ),
    pytest.param(
        ['{"$or": [{"eventName": ["REMOVE"]}, {"dynamodb": {"NewImage": {"word": {"S": ["red"]}}}}]}'],
        ["red"],
        id="$or at the top",
        marks=pytest.mark.rule("3.7 $or"),
    ),
    pytest.param(
        [of_word('{"anything-but": "red"}')],
        ["Red", "", "blue"],
        id="anything but one",
        marks=pytest.mark.rule("3.7 anything-but"),
    ),
    pytest.param(
        [of_word('{"anything-but": ["red", ""]}')],
        ["Red", "blue"],
        id="anything but some",
        marks=pytest.mark.rule("3.7 anything-but"),
    ),
    pytest.param([of_word('{"prefix": "re"}')], ["red"], id="prefix", marks=pytest.mark.rule("3.7 prefix and suffix")),
    pytest.param(
        [of_word('{"suffix": "ed"}')], ["red", "Red"], id="suffix", marks=pytest.mark.rule("3.7 prefix and suffix")
    ),
    pytest.param(
        ['{"dynamodb": {"NewImage": {"n": {"N": [{"numeric": [">", 0, "<", 100]}]}}}}'],
        [],
        id="numeric on N",
        marks=pytest.mark.rule("C 9", "3.7 numeric"),
    ),
    pytest.param(
        ['{"dynamodb": {"NewImage": {"n": {"N": ["2"]}}}}'],
        ["Red"],
        id="a number as text",
        marks=pytest.mark.rule("3.7 numeric"),
    ),
    pytest.param(
        ['{"dynamodb": {"NewImage": {"nothing": {"NULL": [{"exists": false}]}}}}'],
        ["red", "Red", ""],
        id="exists false",
        marks=pytest.mark.rule("3.7 exists"),
    ),
    pytest.param(
        ['{"dynamodb": {"NewImage": {"word": ["red"]}}}'],
        [],
        id="without its type",
        marks=pytest.mark.rule("3.7 type key"),
    ),
    pytest.param(
        ['{"eventName": ["REMOVE"], "eventName": ["INSERT"], "dynamodb": {"NewImage": {"word": {"S": ["red"]}}}}'],
        ["red"],
        id="the last of two keys",
        marks=pytest.mark.rule("3.7 duplicate keys"),
    ),
    pytest.param(
        [
            '{"eventID": [{"anything-but": ["x"]}], "userIdentity": {"type": [{"exists": false}]}, "eventVersion": ["1.1"]}'
        ],
        ["red", "Red", "", "blue"],
        id="metadata",
        marks=pytest.mark.rule("3.7 metadata"),
    ),
]


@pytest.mark.parametrize(("patterns", "expected"), PATTERNS)
def test_patterns(set_up: SetUp, patterns: list[str], expected: list[str]) -> None:
    """Four items and an end that every mapping lets through."""

    def write(setup: Setup) -> None:
        setup.put("1", word={"S": "red"}, n={"N": "1"})
        setup.put("2", word={"S": "Red"}, n={"N": "2"})
        setup.put("3", word={"S": ""})
        setup.put("4", word={"S": "blue"}, nothing={"NULL": True})
        setup.put("end", word={"S": "end of all words"})

    setup = set_up(before=write, FilterCriteria=filters(*patterns, END))
    setup.wait(lambda events: any("end" in _keys(event) for event in events))
    words = [record["dynamodb"]["NewImage"]["word"]["S"] for event in setup.events() for record in event["Records"]]
    assert words == [*expected, "end of all words"]


def _keys(event: dict[str, Any]) -> list[str]:
    return [record["dynamodb"]["Keys"]["pk"]["S"] for record in event["Records"]]


@pytest.mark.rule("3.7 before batching")
def test_a_batch_is_counted_after_the_filter(set_up: SetUp) -> None:
    """Two of three records are filtered out; the batches are full all the same."""

    def write(setup: Setup) -> None:
        for number in range(12):
            setup.put(str(number), kind={"S": "wanted" if number % 3 == 0 else "other"})

    pattern = '{"dynamodb": {"NewImage": {"kind": {"S": ["wanted"]}}}}'
    setup = set_up(before=write, BatchSize=2, FilterCriteria=filters(pattern))
    setup.wait_for_records(4)
    assert setup.delivered() == [["0", "3"], ["6", "9"]]


@pytest.mark.rule("3.7 processed")
def test_what_is_filtered_out_is_done_with(set_up: SetUp, awslambda: Any) -> None:
    """No invocation, and it does not come when the filter is taken away later."""
    setup = set_up(FilterCriteria=filters(END))
    setup.put("x")
    setup.put("end")
    setup.wait_for_records(1)
    awslambda.update_event_source_mapping(UUID=setup.uuid, FilterCriteria={"Filters": []})
    settled(awslambda, setup.uuid)
    setup.put("y")
    setup.wait_for_records(2)
    assert setup.delivered() == [["end"], ["y"]]


@pytest.mark.rule("3.7 metadata", "2.1 userIdentity", "4.4 expiry")
def test_expired_items_can_be_told_apart(set_up: SetUp, dynamodb: Any, records_of: Callable[[str], Any]) -> None:
    """The event spells the service's identity in small letters, the Streams API does not."""
    pattern = '{"userIdentity": {"type": ["Service"], "principalId": ["dynamodb.amazonaws.com"]}}'

    def write(setup: Setup) -> None:
        dynamodb.update_time_to_live(
            TableName=setup.table, TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires"}
        )
        setup.put("deleted")
        dynamodb.delete_item(TableName=setup.table, Key={"pk": {"S": "deleted"}})
        setup.put("expired", expires={"N": str(int(time.time()) - 10)})

    setup = set_up(before=write, FilterCriteria=filters(pattern))
    (record,) = setup.wait_for_records(1)
    assert (record["eventName"], record["dynamodb"]["Keys"]) == ("REMOVE", {"pk": {"S": "expired"}})
    assert record["userIdentity"] == {"type": "Service", "principalId": "dynamodb.amazonaws.com"}
    identities = [
        (one["dynamodb"]["Keys"]["pk"]["S"], one.get("userIdentity"))
        for one in records_of(setup.stream)
        if one["eventName"] == "REMOVE"
    ]
    assert identities == [
        ("deleted", None),
        ("expired", {"Type": "Service", "PrincipalId": "dynamodb.amazonaws.com"}),
    ]


@pytest.mark.rule("1.5 bad filter")
@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param('{"eventName": [{"wildcard": "*"}]}', marks=pytest.mark.rule("3.7 event bus only")),
        pytest.param(
            '{"dynamodb": {"Keys": {"pk": {"S": [{"cidr": "10.0.0.0/8"}]}}}}',
            marks=pytest.mark.rule("3.7 event bus only"),
        ),
        pytest.param(
            '{"eventName": [{"anything-but": {"prefix": "a"}}]}', marks=pytest.mark.rule("3.7 event bus only")
        ),
        '{"eventName": "INSERT"}',
        '{"eventName": [{"no-operator": 1}]}',
        '{"eventName": [{"numeric": ["~", 1]}]}',
        '["eventName"]',
        "",
    ],
)
def test_patterns_that_are_refused(
    awslambda: Any, make_mapping: Callable[..., dict[str, Any]], function: str, own_stream: str, pattern: str
) -> None:
    """By Create and by Update alike."""
    sentence = "Invalid filter pattern definition."
    with refused("InvalidParameterValueException", sentence):
        make_mapping(function, own_stream, FilterCriteria=filters(pattern))
    uuid = make_mapping(function, own_stream, Enabled=False)["UUID"]
    settled(awslambda, uuid)
    with refused("InvalidParameterValueException", sentence):
        awslambda.update_event_source_mapping(UUID=uuid, FilterCriteria=filters(json.dumps("text"), pattern))
