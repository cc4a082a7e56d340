"""Ion structs are told apart wherever their lines end."""

import random

import pytest

from sandbox.dynamodb.lifecycle.input_lines import Unreadable, lines_of
from sandbox.dynamodb.lifecycle.ion_records import ion_records
from sandbox.dynamodb.lifecycle.line_readers import read_ion


def records(text: str) -> list[bytes]:
    """All records, of text that comes line by line; nothing is lost."""
    whole = text.encode()
    found = [
        record for some in ion_records(iter([[line] for line in whole.splitlines(keepends=True)])) for record in some
    ]
    assert b"".join(found) == whole
    return found


def values(text: str) -> list[object]:
    """The attribute ``a`` of each item."""
    asked = [read_ion(record) for record in records(text)]
    return [one.item["a"] for one in asked if one is not None]


ONE, TWO = {"N": "1"}, {"N": "2"}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("{Item:{a:1}}\n{Item:{a:2}}\n", id="one to a line"),
        pytest.param("$ion_1_0 {Item:{a:1}}\n$ion_1_0 {Item:{a:2}}\n", id="each with its marker"),
        pytest.param("$ion_1_0 {Item:{a:1}} {Item:{a:2}}", id="in one line"),
        pytest.param("$ion_1_0\n{\n  Item: {\n    a: 1\n  }\n}\n\n{\n  Item: {\n    a: 2\n  }\n}\n", id="over lines"),
        pytest.param("// } of mine\n{Item:{a:1 /* }}\n */}} {Item:{a:2}} // the end", id="with comments"),
    ],
)
def test_a_sequence_of_structs(text: str) -> None:
    assert values(text) == [ONE, TWO]


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ('"}"', {"S": "}"}),
        ('"\\"}"', {"S": '"}'}),
        ("'''}\n'\n'''", {"S": "}\n'\n"}),
        ("[{'}}':1}]", {"L": [{"M": {"}}": {"N": "1"}}}]}),
        ("{{ AP8= }}", {"B": "AP8="}),
        ("{{ AP\n8= }}", {"B": "AP8="}),
    ],
)
def test_braces_within_values_end_nothing(value: str, read: object) -> None:
    assert values(f"{{Item:{{a:{value}}}}}\n{{Item:{{a:2}}}}\n") == [read, TWO]


def test_what_has_no_end_is_one_record() -> None:
    """Which is no Ion text: nothing behind it can be told apart."""
    assert records('{Item:{a:1}}\n{Item:{a:"x}}\n{Item:{a:2}}\n') == [
        b"{Item:{a:1}}",
        b'\n{Item:{a:"x}}\n{Item:{a:2}}\n',
    ]
    with pytest.raises(Unreadable):
        values('{Item:{a:1}}\n{Item:{a:"x}}\n')


def test_a_struct_without_end_is_given_up() -> None:
    """An object of such lines would fill the memory otherwise."""
    with pytest.raises(Unreadable, match="too long"):
        list(ion_records(lines_of(b"[" + b"1,\n" * 2_000_000, "NONE")))


def test_any_bytes_come_out_as_they_went_in() -> None:
    """Whatever they mean."""
    picks = random.Random(5)
    for _ in range(300):
        text = "".join(
            picks.choices(["{", "}", "[", '"', "'", "'''", "\\", "//", "/*", "*/", "{{", "}}", "\n", "x"], k=40)
        )
        records(text)
        body = text.encode()
        assert b"".join(record for some in ion_records(lines_of(body, "NONE")) for record in some) == body
