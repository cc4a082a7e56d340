"""The type of an Ion literal is all that is told of it."""

import pytest

from sandbox.dynamodb.partiql.ion import ion_type


@pytest.mark.parametrize(
    ("text", "type_"),
    [
        ("1", "INT"),
        ("-0x1F", "INT"),
        ("1.5", "DECIMAL"),
        ("1d3", "DECIMAL"),
        ("1e0", "FLOAT"),
        ("nan", "FLOAT"),
        ("true", "BOOL"),
        ("null", "NULL"),
        ("null.int", "INT"),
        ("abc", "SYMBOL"),
        ("'a b'", "SYMBOL"),
        ('"abc"', "STRING"),
        ("'''abc'''", "STRING"),
        ("2020-01-01T", "TIMESTAMP"),
        ("2020T", "TIMESTAMP"),
        ("[1, 2]", "LIST"),
        ("(a b)", "SEXP"),
        ("{x: 1}", "STRUCT"),
        ("{{AQID}}", "BLOB"),
        ('{{"abc"}}', "CLOB"),
        ("unit::'of'::5", "INT"),
        ("", None),
        ("(((", None),
        ("1 2", None),
    ],
)
def test_types(text: str, type_: str | None) -> None:
    """Source: DynamoDB Local 3.3.1, asked 2026-11, for the most part of them."""
    assert ion_type(text) == type_
