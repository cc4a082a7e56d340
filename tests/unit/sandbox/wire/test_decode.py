"""The accepting path, and everything that cannot be read at all."""

import math
import time
from typing import Any

import msgspec
import pytest

from sandbox.dynamodb import parameters as p
from sandbox.wire.decode import decode, decode_object
from sandbox.wire.faults import SerializationException, ValidationException
from sandbox.wire.members import from_texts, violations
from sandbox.wire.operation import RequestShape


class Request(RequestShape):
    """Some of everything."""

    return_consumed_capacity: p.ReturnConsumedCapacity | None = None
    table_name: p.TableName
    key: p.KeyMap
    limit: p.PageLimit | None = None
    consistent_read: bool | None = None
    expected: p.ExpectedMap | None = None
    names: p.NamesMap | None = None
    attributes_to_get: p.AttributesToGet | None = None


def test_members_become_fields_and_values_stay_dictionaries() -> None:
    request = decode(Request, b'{"TableName": "music", "Key": {"pk": {"S": "x"}}, "Limit": 5}')
    assert request == Request(table_name="music", key={"pk": {"S": "x"}}, limit=5)


def test_null_counts_as_absent() -> None:
    request = decode(Request, b'{"TableName": "music", "Key": {}, "Limit": null, "ReturnConsumedCapacity": null}')
    assert request == Request(table_name="music", key={})


def test_unknown_members_are_ignored_at_every_level() -> None:
    request = decode(Request, b'{"TableName": "music", "Key": {"pk": {"S": "x", "Q": [1]}}, "Unheard": {"of": []}}')
    assert request == Request(table_name="music", key={"pk": {"S": "x"}})


def test_unknown_members_are_ignored_in_requests_that_had_to_be_read_leniently() -> None:
    request = decode(Request, b'{"TableName": "music", "Key": {"pk": {"S": "x", "Q": [1]}}, "Limit": 1.5, "Z": {}}')
    assert request == Request(table_name="music", key={"pk": {"S": "x"}}, limit=1)


def test_the_last_of_two_equal_keys_counts() -> None:
    assert decode(Request, b'{"TableName": "one", "Key": {}, "TableName": "two"}').table_name == "two"


@pytest.mark.parametrize(
    ("limit", "read"), [(b"2.9", 2), (b"1e3", 1000), (b"7", 7), (b"4.0", 4)], ids=["fraction", "power", "whole", "zero"]
)
def test_a_fraction_for_an_integer_is_rounded_down(limit: bytes, read: int) -> None:
    assert decode(Request, b'{"TableName": "music", "Key": {}, "Limit": %b}' % limit).limit == read


@pytest.mark.parametrize(
    ("word", "read"),
    [(b'"true"', True), (b'"YES"', True), (b'"1"', True), (b'"False"', False), (b'"no"', False), (b'"0"', False)],
)
def test_words_are_booleans(word: bytes, read: bool) -> None:
    assert decode(Request, b'{"TableName": "music", "Key": {}, "ConsistentRead": %b}' % word).consistent_read is read


@pytest.mark.parametrize("limit", [b"5", b"5.5"], ids=["typed", "lenient"])
def test_null_where_a_value_should_stand_is_kept_to_be_refused(limit: bytes) -> None:
    """The second limit is one that only the lenient reading takes."""
    key = b'{"pk": null, "l": {"L": [null]}, "m": {"M": {"a": null}}, "s": {"SS": ["x", null]}, "n": {"NS": [null]}}'
    request = decode(Request, b'{"TableName": "music", "Limit": %b, "Key": %b}' % (limit, key))
    assert request.key == {
        "pk": None,
        "l": {"L": [None]},
        "m": {"M": {"a": None}},
        "s": {"SS": ["x", None]},
        "n": {"NS": [None]},
    }


def test_null_where_a_structure_should_stand_is_a_structure_without_members() -> None:
    class Updates(RequestShape):
        attributes: p.AttributeUpdatesMap

    assert decode(Updates, b'{"Attributes": {"a": null}}').attributes == {"a": p.AttributeValueUpdate()}


def test_null_among_texts_is_dropped_but_for_names_which_are_refused() -> None:
    body = b'{"TableName": "music", "Key": {}, "Names": {"#a": null, "#b": "b"}, "AttributesToGet": ["x", null]}'
    request = decode(Request, body)
    assert request.names == {"#a": None, "#b": "b"}
    assert request.attributes_to_get == ["x"]


def test_null_where_a_list_or_a_map_should_stand_is_an_empty_one() -> None:
    class Batch(RequestShape):
        keys: list[p.KeyMap]
        tables: dict[str, list[str]]

    batch = decode(Batch, b'{"Keys": [null, {"pk": {"S": "x"}}], "Tables": {"music": null}}')
    assert batch == Batch(keys=[{}, {"pk": {"S": "x"}}], tables={"music": []})


UNREADABLE = {
    "nothing": b"",
    "not JSON": b"{'TableName'}",
    "cut off": b'{"TableName": "mus',
    "trailing": b'{"TableName": "music", "Key": {}} x',
    "NaN": b'{"TableName": "music", "Key": {}, "Limit": NaN}',
    "infinity": b'{"TableName": "music", "Key": {}, "Limit": Infinity}',
    "number out of range": b'{"TableName": "music", "Key": {}, "Limit": 1e400}',
    "lone surrogate": b'{"TableName": "music", "Key": {"pk": {"S": "\\ud800"}}}',
    "lone low surrogate": b'{"TableName": "music", "Key": {"pk": {"S": "\\udc00 "}}}',
    "bad UTF-8": b'{"TableName": "music", "Key": {"pk": {"S": "\xff\xfe"}}}',
    "byte order mark": b"\xef\xbb\xbf{}",
    "16 MB of brackets": b"[" * 16_000_000,
    "16 MB of braces": b'{"a":' * 3_200_000,
    "deep value": b'{"TableName": "music", "Key": {"pk": ' + b'{"L": [' * 40_000,
    "a list": b"[]",
    "a string": b'"TableName"',
    "null": b"null",
}


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_what_cannot_be_read_is_refused_without_a_text_and_at_once(body: bytes) -> None:
    """A server is not stopped by a body, however hostile; 50 ms is the bar, measured as CPU time.

    The best of three counts: a garbage collection of all that a test run holds takes ten times as long.
    """
    best = math.inf
    for _ in range(3):
        begun = time.process_time()
        with pytest.raises(SerializationException) as refused:
            decode(Request, body)
        best = min(best, time.process_time() - begun)
        assert refused.value.message is None
    assert best < 0.05


def test_a_deep_value_that_is_closed_is_refused_without_a_text() -> None:
    """How deep is too deep is the interpreter's to say: 3.13 reads ten times as deep as 3.11."""
    body = b'{"TableName": "music", "Key": {"pk": ' + b'{"L": [' * 20_000 + b"]}" * 20_000 + b"}}"
    with pytest.raises(SerializationException) as refused:
        decode(Request, body)
    assert refused.value.message is None


def test_a_value_somewhat_deeper_than_allowed_is_left_to_the_rule_that_counts_levels() -> None:
    body = b'{"TableName": "music", "Key": {"pk": ' + b'{"L": [' * 40 + b"]}" * 40 + b"}}"
    assert decode(Request, body).table_name == "music"


class Blobs(RequestShape):
    """A member whose bytes may be the whole body."""

    payload: bytes | None = None
    function_name: str


def test_blobs_are_base64_text_in_json_and_bytes_from_elsewhere() -> None:
    assert decode(Blobs, b'{"Payload": "eyJ4IjogMX0=", "FunctionName": "f"}').payload == b'{"x": 1}'
    assert decode_object(Blobs, {"Payload": b'{"x": 1}', "FunctionName": "f"}).payload == b'{"x": 1}'


def test_bytes_survive_a_request_that_is_refused_for_another_reason() -> None:
    with pytest.raises(ValidationException, match="functionName"):
        decode_object(Blobs, {"Payload": b"\xff"})


def test_violations_can_be_asked_for_without_the_envelope() -> None:
    assert violations(Request, {"TableName": "music", "Limit": 0}) == [
        "Value null at 'key' failed to satisfy constraint: Member must not be null",
        "Value '0' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1",
    ]


class Listed(RequestShape):
    """Members that stand in query strings."""

    max_items: int | None = None
    reverse: bool | None = None
    keys: list[str] | None = None
    name: str | None = None


@pytest.mark.parametrize(
    ("texts", "members"),
    [
        ({"MaxItems": ["50"]}, {"MaxItems": 50}),
        ({"MaxItems": ["-1"]}, {"MaxItems": -1}),
        ({"MaxItems": ["fifty"]}, {"MaxItems": "fifty"}),
        ({"Reverse": ["True"]}, {"Reverse": True}),
        ({"Keys": ["a", "b"]}, {"Keys": ["a", "b"]}),
        ({"Name": ["50"]}, {"Name": "50"}),
        ({"Unknown": ["x"]}, {}),
    ],
)
def test_texts_take_the_type_of_their_place(texts: dict[str, list[str]], members: dict[str, Any]) -> None:
    assert from_texts(Listed, texts) == members


def test_a_text_that_does_not_fit_is_refused_with_the_rest() -> None:
    with pytest.raises(SerializationException, match="STRING_VALUE cannot be converted to Integer"):
        decode_object(Listed, from_texts(Listed, {"MaxItems": ["fifty"]}))


def test_every_request_type_has_a_shape() -> None:
    """A member whose type no service model has would only be noticed when a request is refused."""

    class Odd(RequestShape):
        either: int | str

    with pytest.raises(TypeError, match="one type"):
        decode(Odd, b"{}")


def test_plain_structs_are_read_too() -> None:
    class Plain(msgspec.Struct):
        name: str

    assert decode(Plain, b'{"name": "x"}').name == "x"
    with pytest.raises(ValidationException, match="'name'"):
        decode(Plain, b"{}")
