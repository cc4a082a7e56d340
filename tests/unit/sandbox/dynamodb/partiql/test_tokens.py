import pytest

from sandbox.dynamodb.faults import ValidationException
from sandbox.dynamodb.partiql.tokens import Token, Tokens


def cut(statement: str) -> list[tuple[str, str]]:
    tokens = Tokens(statement)
    found: list[tuple[str, str]] = []
    while (token := tokens[len(found)]).kind != "end":
        found.append((token.kind, token.text))
    return found


@pytest.mark.parametrize(
    ("statement", "tokens"),
    [
        ("", []),
        (" \t\r\n", []),
        ("select Name", [("keyword", "SELECT"), ("name", "Name")]),
        ("year month _a $b c1", [("name", name) for name in ("year", "month", "_a", "$b", "c1")]),
        ("'it''s' ''", [("string", "it's"), ("string", "")]),
        ('"a ""b"" c" ""', [("quoted", 'a "b" c'), ("quoted", "")]),
        ("'SELECT' \"SELECT\"", [("string", "SELECT"), ("quoted", "SELECT")]),
        ("1 1.5 .5 5. 1e3 1.5E-7", [("number", text) for text in ("1", "1.5", ".5", "5.", "1e3", "1.5E-7")]),
        (
            "a<>b!=c<=d>=e",
            [(kind, text) for kind, text in zip(["name", "symbol"] * 5, "a <> b != c <= d >= e".split(), strict=False)],
        ),
        ("<<1>>", [("symbol", "<<"), ("number", "1"), ("symbol", ">>")]),
        ("a -- b\nc /* d * / e */ f", [("name", "a"), ("name", "c"), ("name", "f")]),
        ("'-- no' \"/* no */\"", [("string", "-- no"), ("quoted", "/* no */")]),
        (
            "a.b[0]?",
            [
                ("name", "a"),
                ("symbol", "."),
                ("name", "b"),
                ("symbol", "["),
                ("number", "0"),
                ("symbol", "]"),
                ("symbol", "?"),
            ],
        ),
    ],
)
def test_tokens(statement: str, tokens: list[tuple[str, str]]) -> None:
    assert cut(statement) == tokens


@pytest.mark.parametrize("statement", ["'open", '"open', "a ` b", "\u00e9", "#a", "a /* open", "a /*/", "\x00"])
def test_unreadable_characters(statement: str) -> None:
    with pytest.raises(ValidationException, match=r"^Statement wasn't well formed, can't be processed: $"):
        cut(statement)


def test_a_character_nobody_gets_to_is_no_fault_yet() -> None:
    """Tokens are looked at one by one, so that a hostile statement costs no more than what is read of it."""
    assert Tokens("SELECT `")[0] == Token("keyword", "SELECT")


def test_a_quoted_word_is_no_keyword_or_symbol() -> None:
    tokens = Tokens("'*' \"SELECT\" * SELECT")
    assert [tokens[number].is_("*", "SELECT") for number in range(4)] == [False, False, True, True]


def test_places() -> None:
    tokens = Tokens("SELECT a,\n /* c */ 'x''y'\n\n  b")
    assert [tokens.place(number) for number in range(5)] == ["1:1:6", "1:8:1", "1:9:1", "2:10:6", "4:3:1"]
