from collections.abc import Mapping
from typing import Any

import pytest

from pollers.decide.filtering import InvalidPattern, compile_filters, validate_pattern
from tests.fakes.stream import STREAM_ARN, FakeStream


def passes(pattern: str, image: Mapping[str, Any] | None = None, **record: Any) -> bool:
    test = compile_filters([pattern], STREAM_ARN)
    assert test is not None
    return test(FakeStream().put("key", image=image, **record)) == 0


RECORDED = [
    ('{"eventName": ["INSERT"]}', {}, {"event_name": "INSERT"}, True),
    ('{"eventName": ["INSERT"]}', {}, {"event_name": "MODIFY"}, False),
    ('{"eventName": ["INSERT", "MODIFY"]}', {}, {"event_name": "MODIFY"}, True),
    ('{"eventName": ["INSERT"], "eventSource": ["aws:dynamodb"]}', {}, {}, True),
    ('{"eventName": ["INSERT"], "eventSource": ["aws:dynamodb"]}', {}, {"event_name": "MODIFY"}, False),
    ('{"dynamodb": {"NewImage": {"a": {"S": ["present"]}}}}', {"a": {"S": "present"}}, {}, True),
    ('{"dynamodb": {"NewImage": {"a": {"S": ["present"]}}}}', {}, {}, False),
    ('{"dynamodb": {"NewImage": {"a": {"S": [{"exists": true}]}}}}', {"a": {"S": "x"}}, {}, True),
    ('{"dynamodb": {"NewImage": {"a": {"S": [{"exists": true}]}}}}', {}, {}, False),
    ('{"dynamodb": {"NewImage": {"a": [{"exists": false}]}}}', {}, {}, True),
    ('{"dynamodb": {"NewImage": {"a": [{"exists": false}]}}}', {"a": {"S": "x"}}, {}, True),
    (
        '{"dynamodb": {"NewImage": {"n": {"N": [{"numeric": [">", 100]}, {"anything-but": "101"}]}}}}',
        {"n": {"N": "42"}},
        {},
        True,
    ),
    (
        '{"dynamodb": {"NewImage": {"n": {"N": [{"numeric": [">", 100]}, {"anything-but": "101"}]}}}}',
        {"n": {"N": "101"}},
        {},
        False,
    ),
    ('{"dynamodb": {"NewImage": {"p": {"S": [{"prefix": "us-1"}]}}}}', {"p": {"S": "us-1-other-suffix"}}, {}, True),
    ('{"dynamodb": {"NewImage": {"p": {"S": [{"prefix": "us-1"}]}}}}', {"p": {"S": "other-suffix"}}, {}, False),
    ('{"dynamodb": {"ApproximateCreationDateTime": [{"numeric": [">", 0]}]}}', {}, {}, True),
]


@pytest.mark.parametrize(("pattern", "image", "record", "expected"), RECORDED)
def test_every_filter_recorded_on_aws(
    pattern: str, image: dict[str, Any], record: dict[str, Any], expected: bool
) -> None:
    """The rows of aws-recorded-answers §5, each with its item that matches and its item that does not."""
    assert passes(pattern, image, **record) is expected


@pytest.mark.parametrize(
    ("condition", "value", "expected"),
    [
        ('"x"', "x", True),
        ('""', "", True),
        ('""', "x", False),
        ("null", None, True),
        ("null", "null", False),
        ("true", True, True),
        ("1", True, False),
        ("true", 1, False),
        ("5", 5.0, True),
        ('"5"', 5, False),
        ('{"suffix": "ng"}', "string", True),
        ('{"suffix": "ng"}', "strings", False),
        ('{"suffix": "1"}', 1, False),
        ('{"equals-ignore-case": "HeLLo"}', "hEllO", True),
        ('{"equals-ignore-case": "hello"}', "hallo", False),
        ('{"anything-but": ["a", "b"]}', "c", True),
        ('{"anything-but": ["a", "b"]}', "a", False),
        ('{"anything-but": 5}', 5.0, False),
        ('{"anything-but": 5}', "5", True),
        ('{"numeric": ["=", 5]}', 5, True),
        ('{"numeric": [">=", 0, "<", 5]}', 4.9, True),
        ('{"numeric": [">=", 0, "<", 5]}', 5, False),
        ('{"numeric": [">", 100]}', "101", False),
        ('{"numeric": [">=", 0]}', True, False),
        ('{"exists": false}', "x", False),
        ('{"exists": true}', None, True),
    ],
)
def test_conditions_on_a_leaf(condition: str, value: object, expected: bool) -> None:
    """The value stands under a key of the image that DynamoDB would not send so, to reach every JSON type."""
    assert passes(f'{{"dynamodb": {{"NewImage": {{"v": [{condition}]}}}}}}', {"v": value}) is expected


@pytest.mark.parametrize(
    "condition", ['"x"', '{"prefix": ""}', '{"anything-but": "x"}', '{"numeric": [">", 0]}', "null"]
)
def test_only_exists_matches_what_is_not_there(condition: str) -> None:
    assert not passes(f'{{"dynamodb": {{"NewImage": {{"v": {{"S": [{condition}]}}}}}}}}', {})
    assert not passes(f'{{"dynamodb": {{"NewImage": {{"v": [{condition}]}}}}}}', {"v": {"S": "x"}})


def test_a_path_through_a_missing_image_leads_nowhere() -> None:
    """A REMOVE record has no new image at all; ``exists: false`` below it holds all the same."""
    assert passes('{"dynamodb": {"OldImage": {"a": {"S": [{"exists": false}]}}}}')
    assert not passes('{"dynamodb": {"OldImage": {"a": {"S": [{"exists": true}]}}}}')


def test_a_path_through_a_scalar_leads_nowhere() -> None:
    assert not passes('{"dynamodb": {"SizeBytes": {"deeper": ["x"]}}}')
    assert not passes('{"dynamodb": {"NewImage": {"a": {"S": {"deeper": ["x"]}}}}}', {"a": {"S": "x"}})


def test_sets_and_lists_match_by_one_element() -> None:
    tags = {"tags": {"SS": ["red", "blue"]}, "lines": {"L": [{"S": "one"}, {"N": "2"}]}}
    assert passes('{"dynamodb": {"NewImage": {"tags": {"SS": ["blue"]}}}}', tags)
    assert not passes('{"dynamodb": {"NewImage": {"tags": {"SS": ["green"]}}}}', tags)
    assert passes('{"dynamodb": {"NewImage": {"tags": {"SS": [{"anything-but": "red"}]}}}}', tags)
    assert passes('{"dynamodb": {"NewImage": {"lines": {"L": {"N": ["2"]}}}}}', tags)
    assert not passes('{"dynamodb": {"NewImage": {"lines": {"L": {"N": ["3"]}}}}}', tags)


def test_an_empty_list_is_no_leaf() -> None:
    assert passes('{"dynamodb": {"NewImage": {"l": {"L": [{"exists": false}]}}}}', {"l": {"L": []}})


def test_or_at_every_level() -> None:
    top = '{"$or": [{"eventName": ["REMOVE"]}, {"dynamodb": {"NewImage": {"a": {"S": ["x"]}}}}]}'
    assert passes(top, {"a": {"S": "x"}})
    assert passes(top, event_name="REMOVE")
    assert not passes(top, {"a": {"S": "y"}})
    inside = '{"dynamodb": {"NewImage": {"$or": [{"a": {"S": ["x"]}}, {"b": {"S": ["x"]}}], "c": {"S": ["z"]}}}}'
    assert passes(inside, {"b": {"S": "x"}, "c": {"S": "z"}})
    assert not passes(inside, {"b": {"S": "x"}})
    below = '{"dynamodb": {"$or": [{"NewImage": {"a": {"S": ["x"]}}}, {"Keys": {"pk": {"S": ["key"]}}}]}}'
    assert passes(below)


def test_keys_are_anded_and_patterns_are_ored() -> None:
    test = compile_filters(
        ['{"eventName": ["REMOVE"]}', '{"dynamodb": {"Keys": {"pk": {"S": ["a"]}}}}', "{}"], STREAM_ARN
    )
    assert test is not None
    stream = FakeStream()
    assert [test(stream.put("a")), test(stream.put("b", event_name="REMOVE")), test(stream.put("b"))] == [1, 0, 2]


def test_metadata_and_the_sweepers_identity_can_be_filtered() -> None:
    by_sweeper = '{"userIdentity": {"principalId": ["dynamodb.amazonaws.com"]}}'
    assert passes(by_sweeper, by_service=True)
    assert not passes(by_sweeper)
    assert passes('{"userIdentity": {"type": [{"exists": false}]}}')
    assert passes(
        f'{{"eventSourceARN": ["{STREAM_ARN}"], "eventVersion": ["1.1"], "awsRegion": [{{"prefix": "us-"}}]}}'
    )
    assert passes('{"eventID": [{"anything-but": ["nothing"]}], "unheardOf": [{"exists": false}]}')


def test_the_last_of_two_equal_keys_wins() -> None:
    assert passes('{"eventName": ["REMOVE"], "eventName": ["INSERT"]}')


def test_no_patterns_let_everything_through() -> None:
    assert compile_filters([], STREAM_ARN) is None


@pytest.mark.parametrize(
    "pattern",
    [
        "single-string",
        '[{"eventName": ["INSERT"=123}]',
        "[]",
        '"text"',
        '{"eventName": "INSERT"}',
        '{"eventName": []}',
        '{"dynamodb": {}}',
        '{"dynamodb": {"NewImage": {}}}',
        '{"eventName": [["INSERT"]]}',
        '{"eventName": [{"wildcard": "*"}]}',
        '{"eventName": [{"cidr": "10.0.0.0/8"}]}',
        '{"eventName": [{"prefix": "a", "suffix": "b"}]}',
        '{"eventName": [{}]}',
        '{"eventName": [{"prefix": 1}]}',
        '{"eventName": [{"suffix": null}]}',
        '{"eventName": [{"equals-ignore-case": ["a"]}]}',
        '{"eventName": [{"exists": "true"}]}',
        '{"eventName": [{"anything-but": []}]}',
        '{"eventName": [{"anything-but": {"prefix": "a"}}]}',
        '{"eventName": [{"anything-but": [true]}]}',
        '{"eventName": [{"numeric": [">"]}]}',
        '{"eventName": [{"numeric": ["~", 1]}]}',
        '{"eventName": [{"numeric": [">", "1"]}]}',
        '{"eventName": [{"numeric": ["<", 5, ">", 0]}]}',
        '{"eventName": [{"numeric": [">", 5, "<", 5]}]}',
        '{"eventName": [{"numeric": 5}]}',
        '{"$or": [{"eventName": ["INSERT"]}]}',
        '{"$or": {"eventName": ["INSERT"]}}',
        '{"dynamodb": {"$or": [{"Keys": []}, {}]}}',
        "",
    ],
)
def test_patterns_that_are_refused(pattern: str) -> None:
    """The API answers each of these with ``Invalid filter pattern definition.`` and nothing more."""
    with pytest.raises(InvalidPattern):
        validate_pattern(pattern)
