"""From the bytes of an object to items, and what is told of bytes that hold none."""

import gzip
import json
import os
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from sandbox.dynamodb.faults import ValidationException
from sandbox.dynamodb.lifecycle.import_lines import (
    CsvReader,
    PutLines,
    Unreadable,
    lines_of,
    put_lines,
    read_ion,
    read_json,
    slices_of,
)
from sandbox.dynamodb.operations.tables.create_table import create_table
from sandbox.dynamodb.scope import Scope
from sandbox.dynamodb.storage.keys import Range

Call = Callable[..., Any]
_ALL = Range(b"", None)


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
    assert read_json(b'{"Item":{"a":{"S":"x"}}}\r\n') == {"a": {"S": "x"}}
    assert read_json(b"  \n") is None


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
    assert read_ion(b'$ion_1_0 {Item:{a:"x"}}\r\n') == {"a": {"S": "x"}}
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
        {"id": {"N": "1"}, "text": {"S": 'a "b", c'}},
        None,
        {"id": {"N": "2"}, "text": {"S": ""}},
    ]


@pytest.mark.parametrize("line", [b"1\n", b"1,2,3\n", b'1,"open\n', b'1,"a"b\n'])
def test_a_csv_line_that_does_not_fit(line: bytes) -> None:
    read = CsvReader(delimiter=",", header=["a", "b"], key_types={})
    with pytest.raises(ValidationException):
        read(line)
    assert read(b"1,2\n") == {"a": {"S": "1"}, "b": {"S": "2"}}


def test_a_csv_file_in_another_encoding() -> None:
    with pytest.raises(Unreadable):
        CsvReader(delimiter=",", header=["a"], key_types={})("ö\n".encode("latin-1"))


@pytest.fixture
def put_all(call: Call, scope: Scope) -> Callable[..., PutLines]:
    """Put items into a table with an index on the number ``n``."""
    call(
        create_table,
        TableName="things",
        AttributeDefinitions=[
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "n", "AttributeType": "N"},
        ],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        GlobalSecondaryIndexes=[
            {
                "IndexName": "by-n",
                "KeySchema": [{"AttributeName": "n", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
    )

    def put(*items: Any) -> PutLines:
        lines = [json.dumps({"Item": item}).encode() for item in items]
        return put_lines(scope.store, scope.table("things"), lines, read_json, scope.clock.now())

    return put


def test_of_two_items_with_one_key_the_later_stays(put_all: Callable[..., PutLines], scope: Scope) -> None:
    """In one slice and in the next; in the index too."""
    done = put_all({"pk": {"S": "a"}, "n": {"N": "1"}}, {"pk": {"S": "a"}, "n": {"N": "2"}})
    assert (done.imported, done.refused) == (2, [])
    put_all({"pk": {"S": "a"}, "n": {"N": "3.0"}})
    table = scope.table("things")
    assert table.items.totals()[0] == table.indexes["by-n"].entries.totals()[0] == 1
    (entry,) = table.indexes["by-n"].entries.fetch(_ALL, descending=False, limit=2)
    assert json.loads(entry[2])["n"] == {"N": "3"}


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        ({"n": {"N": "1"}}, "Missing the key pk in the item"),
        ({"pk": {"N": "1"}}, "Type mismatch for key pk expected: S actual: N"),
        ({"pk": {"S": ""}}, "cannot contain an empty string value. Key: pk"),
        ({"pk": {"S": "a"}, "n": {"S": "x"}}, "Type mismatch for Index Key n Expected: N Actual: S IndexName: by-n"),
        ({"pk": {"S": "a"}, "m": {"N": "x"}}, "cannot be converted to a numeric value: x"),
        ({"pk": {"S": "a"}, "s": {"SS": []}}, "An string set  may not be empty"),
        ({"pk": {"S": "a"}, "b": {"B": "?"}}, "Base64"),
        ({"pk": {"S": "a"}, "t": {"S": "x" * 410_000}}, "Item size has exceeded the maximum allowed size"),
    ],
)
def test_an_item_that_a_put_would_refuse(put_all: Callable[..., PutLines], item: Any, reason: str) -> None:
    """It is told by its line, and those around it are put."""
    done = put_all({"pk": {"S": "before"}}, item, {"pk": {"S": "behind"}})
    assert done.imported == 2
    ((line, told),) = done.refused
    assert line == 1
    assert reason in told
