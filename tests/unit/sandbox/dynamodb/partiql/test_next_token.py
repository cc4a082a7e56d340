import pytest

from sandbox.dynamodb.faults import ValidationException
from sandbox.dynamodb.partiql.next_token import NextTokens


def test_there_and_back() -> None:
    tokens = NextTokens("SELECT", [{"S": "a"}])
    for position in (b"\x00", b"key", bytes(range(256))):
        assert tokens.decode(tokens.encode(position)) == position


@pytest.mark.parametrize(
    "other", [NextTokens("SELECT 2", [{"S": "a"}]), NextTokens("SELECT", [{"S": "b"}]), NextTokens("SELECT", [])]
)
def test_a_token_belongs_to_its_statement_and_parameters(other: NextTokens) -> None:
    token = NextTokens("SELECT", [{"S": "a"}]).encode(b"key")
    with pytest.raises(ValidationException) as refused:
        other.decode(token)
    assert refused.value.message == "NextToken does not match request"


def test_what_is_no_token() -> None:
    tokens = NextTokens("SELECT", [])
    token = tokens.encode(b"key")
    changed = ("A" if token[20] != "A" else "B").join((token[:20], token[21:]))
    for text in ("", "x", "====", "\u00e9", "\udfff", token[:-4], changed, token + "AAAA", tokens.encode(b"")):
        with pytest.raises(ValidationException) as refused:
            tokens.decode(text)
        assert refused.value.message == "Invalid NextToken"
