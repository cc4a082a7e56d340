"""FilterCriteria: does a record match one of the mapping's event patterns?

A pattern is compiled once into closures over the members of a record. Several patterns are OR-ed, the keys of one are
AND-ed, the values of a list are OR-ed. What surprises people is kept: numbers in images are strings, so ``numeric`` never
matches them; the attribute's type is a part of the path; ``exists`` sees leaves only. Source: lambda-event-source-mappings
§3.7, aws-recorded-answers §5.

Only what a pattern asks for is looked at: ``{"eventName": ["INSERT"]}`` never decodes the images.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypedDict

import msgspec

from pollers.decide.leaf_conditions import ABSENT, InvalidPattern, LeafTest, leaf_test
from pollers.records import StreamRecord

__all__ = ["InvalidPattern", "RecordFilter", "compile_document_filter", "compile_filters", "validate_pattern"]

RecordFilter = Callable[[StreamRecord], int | None]
"""Gives the index of the first pattern that matches, or ``None``."""

_RecordTest = Callable[[StreamRecord], bool]

_IMAGES: Final = frozenset({"Keys", "NewImage", "OldImage"})
"""The members that are objects of attributes wherever they are present."""

_TTL_IDENTITY: Final = {"type": "Service", "principalId": "dynamodb.amazonaws.com"}


def validate_pattern(text: str) -> None:
    """Accept a filter pattern, as CreateEventSourceMapping and UpdateEventSourceMapping do.

    Raises:
        InvalidPattern: AWS answers ``Invalid filter pattern definition.``; the text says what is wrong with it.
    """
    _record_test(_parsed(text), stream_arn="")


def compile_filters(patterns: Sequence[str], stream_arn: str) -> RecordFilter | None:
    """Compile the patterns of one mapping; ``None`` where there are none and everything passes.

    Raises:
        InvalidPattern: see ``validate_pattern``.
    """
    if not patterns:
        return None
    tests = [_record_test(_parsed(text), stream_arn=stream_arn) for text in patterns]
    if len(tests) == 1:
        only = tests[0]
        return lambda record: 0 if only(record) else None

    def first_match(record: StreamRecord) -> int | None:
        for index, test in enumerate(tests):
            if test(record):
                return index
        return None

    return first_match


def compile_document_filter(patterns: Sequence[str]) -> Callable[[Mapping[str, Any]], bool] | None:
    """Compile patterns for documents that are at hand, such as a message; ``None`` where there are none.

    Raises:
        InvalidPattern: see ``validate_pattern``.
    """
    if not patterns:
        return None
    tests = [_object_test(_parsed(text)) for text in patterns]
    return lambda document: any(test(document) for test in tests)


def _parsed(text: str) -> Mapping[str, Any]:
    try:
        pattern = msgspec.json.decode(text)
    except msgspec.DecodeError as error:
        raise InvalidPattern(f"the pattern is not JSON: {error}") from error
    if not isinstance(pattern, dict):
        raise InvalidPattern("the pattern must be a JSON object")
    return pattern


def _record_test(pattern: Mapping[str, Any], *, stream_arn: str) -> _RecordTest:
    """Compile the top level, where members are attributes of the record rather than keys of a document."""
    tests: list[_RecordTest] = []
    for name, below in pattern.items():
        alternatives = _alternatives(name, below)
        if alternatives is not None:
            tests.append(_any_record([_record_test(one, stream_arn=stream_arn) for one in alternatives]))
        elif name == "dynamodb":
            tests.append(_document_test(below))
        else:
            # Before the document, which alone costs something.
            tests.insert(0, _member(name, _value_test(name, below), stream_arn))
    return _all_record(tests)


def _member(name: str, test: LeafTest, stream_arn: str) -> _RecordTest:
    """Apply *test* to one top-level member of the event record."""
    match name:
        case "eventName":
            # One of three words: ask once per word, not once per record.
            answers = {word: test(word) for word in ("INSERT", "MODIFY", "REMOVE")}
            return lambda record: answers[record.event_name]
        case "eventID":
            return lambda record: test(record.event_id)
        case "awsRegion":
            return lambda record: test(record.aws_region)
        case "userIdentity":
            by_service, by_others = test(_TTL_IDENTITY), test(ABSENT)
            return lambda record: by_service if record.is_service_delete else by_others
        case "eventVersion":
            return _constantly(test("1.1"))
        case "eventSource":
            return _constantly(test("aws:dynamodb"))
        case "eventSourceARN":
            return _constantly(test(stream_arn))
        case _:
            return _constantly(test(ABSENT))


def _document_test(below: Any) -> _RecordTest:
    test, decode = _value_test("dynamodb", below), _decoder_of(below)
    return lambda record: test(decode(record.dynamodb))


def _decoder_of(below: Any) -> Callable[[bytes], Any]:
    """Decode no more of a record's ``dynamodb`` member than a pattern looks at: images may be large."""
    if not isinstance(below, dict) or "$or" in below:
        return msgspec.json.Decoder().decode
    members = {
        name: _keys_of(attributes)
        if name in _IMAGES and isinstance(attributes, dict) and "$or" not in attributes
        else Any
        for name, attributes in below.items()
    }
    return msgspec.json.Decoder(TypedDict("_Document", members, total=False)).decode  # type: ignore[operator] # built from data


def _keys_of(attributes: Mapping[str, Any]) -> Any:
    return TypedDict("_Image", dict.fromkeys(attributes, Any), total=False)  # type: ignore[operator] # built from data


def _value_test(name: str, below: Any) -> LeafTest:
    """Compile what stands under a key: an object goes deeper, an array is a list of conditions on a leaf."""
    if isinstance(below, dict):
        if not below:
            raise InvalidPattern(f"{name!r}: an empty object matches nothing")
        return _object_test(below)
    if isinstance(below, list):
        return leaf_test(name, below)
    raise InvalidPattern(f"{name!r} must be an object or an array, as in [{msgspec.json.encode(below).decode()}]")


def _object_test(pattern: Mapping[str, Any]) -> LeafTest:
    tests = [_key_test(name, below) for name, below in pattern.items()]
    if len(tests) == 1:
        return tests[0]
    return lambda value: all(test(value) for test in tests)


def _key_test(name: str, below: Any) -> LeafTest:
    alternatives = _alternatives(name, below)
    if alternatives is not None:
        choices = [_object_test(one) for one in alternatives]
        return lambda value: any(choice(value) for choice in choices)
    test = _value_test(name, below)

    def step(value: Any) -> bool:
        if type(value) is dict:
            return test(value.get(name, ABSENT))
        if type(value) is list and value:
            # An array on the way matches when one of its elements does.
            return any(step(element) for element in value)
        return test(ABSENT)

    return step


def _alternatives(name: str, below: Any) -> Sequence[Mapping[str, Any]] | None:
    """The patterns under ``$or``, or ``None`` where this is an ordinary key.

    Raises:
        InvalidPattern: ``$or`` without at least two patterns.
    """
    if name != "$or":
        return None
    if not isinstance(below, list) or len(below) < 2 or not all(isinstance(one, dict) and one for one in below):
        raise InvalidPattern("$or needs an array of at least two patterns")
    return below


def _all_record(tests: Sequence[_RecordTest]) -> _RecordTest:
    if len(tests) == 1:
        return tests[0]
    return lambda record: all(test(record) for test in tests)


def _any_record(tests: Sequence[_RecordTest]) -> _RecordTest:
    return lambda record: any(test(record) for test in tests)


def _constantly(answer: bool) -> _RecordTest:
    return lambda _record: answer
