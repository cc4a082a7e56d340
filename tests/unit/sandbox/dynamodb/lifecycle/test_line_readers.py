"""From lines to what they ask for, and what is told of those that hold no item."""

from typing import Any

import pytest

from sandbox.dynamodb.faults import ValidationException
from sandbox.dynamodb.lifecycle.input_lines import Unreadable
from sandbox.dynamodb.lifecycle.line_readers import (
    AskedPut,
    ConditionalPut,
    CsvReader,
    ReadLine,
    read_conditional_ion,
    read_conditional_json,
    read_ion,
    read_json,
)


def put(**item: Any) -> AskedPut:
    return AskedPut(item=item)


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
