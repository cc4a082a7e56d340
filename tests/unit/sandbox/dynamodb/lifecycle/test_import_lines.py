"""From the bytes of an object to items, and what is told of bytes that hold none."""

import gzip
import os
from collections.abc import Sequence
from typing import Any

import pytest

from sandbox.dynamodb.faults import ValidationException
from sandbox.dynamodb.lifecycle.import_lines import (
    AskedPut,
    ConditionalPut,
    CsvReader,
    ReadLine,
    Unreadable,
    lines_of,
    read_conditional_ion,
    read_conditional_json,
    read_ion,
    read_json,
    slices_of,
)


def put(**item: Any) -> AskedPut:
    return AskedPut(item=item)


def unpacked(body: bytes, compression: str) -> list[bytes]:
    return [line for lines in lines_of(body, compression) for line in lines]


@pytest.mark.parametrize("compression", ["NONE", "GZIP"])
@pytest.mark.parametrize(
    "lines",
    [
        pytest.param([], id="none"),
        pytest.param([b"a\n"], id="one"),
        pytest.param([b"a\n", b"\n", b"b"], id="the last without an end"),
        pytest.param([b"%d\n" % number for number in range(1000)], id="many"),
        pytest.param([b"x" * 300_000 + b"\n", b"y" * 600_000 + b"\n", b"z"], id="longer than a piece"),
    ],
)
def test_lines_come_out_as_they_went_in(lines: Sequence[bytes], compression: str) -> None:
    body = b"".join(lines)
    packed = gzip.compress(body) if compression == "GZIP" and body else body
    assert unpacked(packed, compression) == list(lines)


def test_a_gzip_file_may_have_several_members() -> None:
    """Which is what ``cat a.gz b.gz`` makes."""
    assert unpacked(gzip.compress(b"a\nb") + gzip.compress(b"c\n"), "GZIP") == [b"a\n", b"bc\n"]


def test_lines_go_in_slices() -> None:
    """Each is put at once, while nothing else happens: few of them, and few bytes."""
    assert [len(some) for some in slices_of([b"a\n"] * 60)] == [25, 25, 10]
    assert [len(some) for some in slices_of([b"x" * 100_000 + b"\n"] * 3)] == [1, 1, 1]
    assert list(slices_of([])) == []


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b'{"Item":{}}\n', id="plain"),
        pytest.param(gzip.compress(os.urandom(5000))[:-100], id="cut off"),
        pytest.param(gzip.compress(b"x" * 100)[:5], id="cut off at the front"),
    ],
)
def test_what_is_no_gzip_file_is_told(body: bytes) -> None:
    with pytest.raises(Unreadable):
        unpacked(body, "GZIP")


def test_what_stands_before_a_fault_is_read() -> None:
    pieces = lines_of(gzip.compress(b"a\nb\n") + b"rubbish", "GZIP")
    assert next(pieces) == [b"a\n", b"b\n"]
    with pytest.raises(Unreadable):
        next(pieces)


def test_a_line_without_end_is_given_up() -> None:
    """An object of zeros would fill the memory otherwise."""
    with pytest.raises(Unreadable):
        unpacked(gzip.compress(bytes(20 << 20), 1), "GZIP")


def test_a_line_of_json() -> None:
    assert read_json(b'{"Item":{"a":{"S":"x"}}}\r\n') == put(a={"S": "x"})
    assert read_json(b"  \n") is None


@pytest.mark.parametrize(
    ("read", "line"),
    [
        pytest.param(
            read_conditional_json,
            b'{"Item":{"a":{"S":"x"}},"ConditionExpression":"#a < :a",'
            b'"ExpressionAttributeNames":{"#a":"a"},"ExpressionAttributeValues":{":a":{"SS":["y"]}}}',
            id="JSON",
        ),
        pytest.param(
            read_conditional_ion,
            b'{Item:{a:"x"},ConditionExpression:"#a < :a",ExpressionAttributeNames:{\'#a\':"a"},'
            b"ExpressionAttributeValues:{':a':$dynamodb_SS::[\"y\"]}}",
            id="Ion",
        ),
    ],
)
def test_a_line_with_a_condition(read: ReadLine, line: bytes) -> None:
    assert read(line) == ConditionalPut(
        item={"a": {"S": "x"}},
        condition_expression="#a < :a",
        expression_attribute_names={"#a": "a"},
        expression_attribute_values={":a": {"SS": ["y"]}},
    )
    assert read(b"\n") is None


@pytest.mark.parametrize(
    ("read", "line"),
    [
        pytest.param(read_conditional_json, b'{"Item":{"a":{"S":"x"}},"ConditionExpression":1}', id="JSON"),
        pytest.param(read_conditional_ion, b'{Item:{a:"x"},ConditionExpression:1}', id="Ion"),
        pytest.param(read_conditional_ion, b"{Item:{a:\"x\"},ExpressionAttributeNames:{'#a':1}}", id="Ion, a name"),
        pytest.param(read_conditional_ion, b'{ConditionExpression:"a = a"}', id="Ion without an item"),
    ],
)
def test_a_condition_of_another_type(read: ReadLine, line: bytes) -> None:
    """Only that line is lost."""
    with pytest.raises(ValidationException):
        read(line)


def test_an_import_reads_no_conditions() -> None:
    assert read_json(b'{"Item":{"a":{"S":"x"}},"ConditionExpression":1}') == put(a={"S": "x"})
    assert read_ion(b'{Item:{a:"x"},ConditionExpression:1}') == put(a={"S": "x"})


@pytest.mark.parametrize("line", [b"{}", b'{"Item":{"a":"x"}}', b'{"Item":{"a":{"N":1}}}', b"[]"])
def test_json_that_holds_no_item(line: bytes) -> None:
    """Only that line is lost."""
    with pytest.raises(ValidationException):
        read_json(line)


@pytest.mark.parametrize("line", [b"rubbish", b'{"Item":', b"\xff\xfe", b'{"Item":{"a":' + b'{"L":[' * 100_000])
def test_what_is_no_json(line: bytes) -> None:
    """Nothing behind it is read."""
    with pytest.raises(Unreadable):
        read_json(line)


def test_a_line_of_ion() -> None:
    assert read_ion(b'$ion_1_0 {Item:{a:"x"}}\r\n') == put(a={"S": "x"})
    assert read_ion(b"$ion_1_0\n") is None


@pytest.mark.parametrize("line", [b"{Item:", b"\xe0\x01\x00\xea", b'{"Item":{"a":' + b"[" * 100_000])
def test_what_is_no_ion_text(line: bytes) -> None:
    """Binary Ion is none."""
    with pytest.raises(Unreadable):
        read_ion(line)


def test_the_first_line_of_a_csv_file_names_the_columns() -> None:
    read = CsvReader(delimiter=",", header=None, key_types={"id": "N"})
    lines = [b"id,text\r\n", b'1,"a ""b"", c"\r\n', b"\r\n", b"2,\n"]
    assert [read(line) for line in lines] == [
        None,
        put(id={"N": "1"}, text={"S": 'a "b", c'}),
        None,
        put(id={"N": "2"}, text={"S": ""}),
    ]


@pytest.mark.parametrize("line", [b"1\n", b"1,2,3\n", b'1,"open\n', b'1,"a"b\n'])
def test_a_csv_line_that_does_not_fit(line: bytes) -> None:
    read = CsvReader(delimiter=",", header=["a", "b"], key_types={})
    with pytest.raises(ValidationException):
        read(line)
    assert read(b"1,2\n") == put(a={"S": "1"}, b={"S": "2"})


def test_a_csv_file_in_another_encoding() -> None:
    with pytest.raises(Unreadable):
        CsvReader(delimiter=",", header=["a"], key_types={})("ö\n".encode("latin-1"))
