"""Items as Ion text, there and back."""

import base64
import random
from typing import Any

import pytest

from sandbox.dynamodb.faults import ValidationException
from sandbox.dynamodb.lifecycle.ion import IonUnreadable, ion_struct, item_in, read_ion_line
from sandbox.values.attribute import normalise_item

BOOK: dict[str, Any] = {
    "Authors": {"SS": ["Author1", "Author2"]},
    "Dimensions": {"S": "8.5 x 11.0 x 1.5"},
    "Id": {"N": "103"},
    "InPublication": {"BOOL": False},
    "PageCount": {"N": "600"},
    "Price": {"N": "2000"},
}
BOOK_IN_ION = (
    '{Authors:$dynamodb_SS::["Author1","Author2"],Dimensions:"8.5 x 11.0 x 1.5",'
    "Id:103.,InPublication:false,PageCount:6d2,Price:2d3}"
)
"""Source: *DynamoDB table export output format*, Amazon DynamoDB Developer Guide."""


def read_item(line: str) -> Any:
    """The item in *line*; ``None`` where it holds no value."""
    members = read_ion_line(line)
    return None if members is None else item_in(members)


def read(value: str) -> Any:
    """The attribute value that *value* is read as."""
    return read_item(f"$ion_1_0 {{Item:{{a:{value}}}}}")["a"]


def test_the_documented_example() -> None:
    assert ion_struct(BOOK) == BOOK_IN_ION
    item = read_item(f"$ion_1_0 {{Item:{BOOK_IN_ION}}}")
    normalise_item(item)
    assert item == BOOK


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("0", "0."),
        ("-1", "-1."),
        ("1000000", "1d6"),
        ("12.5", "12.5"),
        ("-0.001", "-0.001"),
        ("100000000000000000000000000000000000010", "10000000000000000000000000000000000001d1"),
    ],
)
def test_numbers(number: str, text: str) -> None:
    assert ion_struct({"n": {"N": number}}) == f"{{n:{text}}}"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("plain_$1", "plain_$1"),
        ("a b", "'a b'"),
        ("o'hara", "'o\\'hara'"),
        ("1st", "'1st'"),
        ("null", "'null'"),
        ("$10", "'$10'"),
        ("ends\n", "'ends\\n'"),
        ("ö", "'ö'"),
    ],
)
def test_names(name: str, text: str) -> None:
    """What is no identifier, or has a meaning of its own, is quoted."""
    assert ion_struct({name: {"BOOL": True}}) == f"{{{text}:true}}"
    assert read_item(f"{{Item:{{{text}:true}}}}") == {name: {"BOOL": True}}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("null", {"NULL": True}),
        ("null.string", {"NULL": True}),
        ("1_000", {"N": "1000"}),
        ("1.d2", {"N": "1E2"}),
        ("{{ aGk= \n}}", {"B": "aGk="}),
        ("{{}}", {"B": ""}),
        ("'''long ''' /* and */ '''longer'''", {"S": "long longer"}),
        (r'"\x41\u00df\U0001F600\"\/\n"', {"S": 'Aß😀"/\n'}),
        ("[1, // the first\n [],]", {"L": [{"N": "1"}, {"L": []}]}),
        ("other::'an annotation'::\"x\"", {"S": "x"}),
        ("$dynamodb_NS::[1,2.5]", {"NS": ["1", "2.5"]}),
        ("$dynamodb_BS::[{{aGk=}}]", {"BS": ["aGk="]}),
        ("{\"quoted\":1, 'symbol':true}", {"M": {"quoted": {"N": "1"}, "symbol": {"BOOL": True}}}),
    ],
)
def test_what_other_writers_write(text: str, value: Any) -> None:
    assert read(text) == value


@pytest.mark.parametrize("text", ["symbol", "nan", "$dynamodb_SS::[1]", '$dynamodb_NS::"x"'])
def test_values_that_no_attribute_has(text: str) -> None:
    """Only that line is lost."""
    with pytest.raises(ValidationException):
        read(text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("1e5", id="float"),
        pytest.param("2020-01-01T", id="timestamp"),
        pytest.param("0x1F", id="hexadecimal"),
        pytest.param("(a b)", id="expression"),
        pytest.param('{{"clob"}}', id="clob"),
        pytest.param('"open', id="open string"),
        pytest.param("[1 2]", id="no comma"),
        pytest.param("{a 1}", id="no colon"),
        pytest.param(r'"\uD800"', id="half a character"),
        pytest.param(r'"\UFFFFFFFF"', id="no character"),
        pytest.param("[" * 100_000, id="deep"),
        pytest.param("1}} {", id="more than one value"),
    ],
)
def test_what_cannot_be_read(text: str) -> None:
    with pytest.raises(IonUnreadable):
        read(text)


@pytest.mark.parametrize("line", ["$ion_1_0 {}", '{"Item":1}', "[{Item:{}}]", "1"])
def test_lines_without_an_item(line: str) -> None:
    with pytest.raises(ValidationException, match="The line holds no Item"):
        read_item(line)


def test_lines_without_a_value() -> None:
    for line in ("", "  ", "$ion_1_0", "$ion_1_0 // nothing"):
        assert read_item(line) is None


def test_any_item_comes_back() -> None:
    """In one line, whatever stands in its texts and names."""
    chance = random.Random(3)
    letters = "aZ09_$ '\"\\/\n\t\r\0\x7fß€😀,:{}[]"

    def text() -> str:
        return "".join(chance.choice(letters) for _ in range(chance.randrange(8)))

    def blob() -> str:
        return base64.b64encode(bytes(chance.randrange(256) for _ in range(chance.randrange(6)))).decode()

    def value(level: int) -> dict[str, Any]:
        simple: list[dict[str, Any]] = [
            {"S": text()},
            {"N": chance.choice(["0", "-600", "1E+125", "1e-130", "12.50", "9" * 38])},
            {"B": blob()},
            {"BOOL": chance.random() < 0.5},
            {"NULL": True},
            {"SS": sorted({text() for _ in range(3)})},
            {"NS": ["1", "2.5", "-600"]},
            {"BS": sorted({blob() for _ in range(2)})},
        ]
        if level < 3 and chance.random() < 0.4:
            members = [value(level + 1) for _ in range(chance.randrange(3))]
            return chance.choice([{"L": members}, {"M": {f"{text()}x": member for member in members}}])
        return chance.choice(simple)

    for _ in range(500):
        item = {f"{text()}{number}": value(0) for number in range(chance.randrange(1, 5))}
        normalise_item(item)
        line = f"$ion_1_0 {{Item:{ion_struct(item)}}}"
        assert "\n" not in line
        back = read_item(line)
        assert back is not None
        normalise_item(back)
        assert back == item
