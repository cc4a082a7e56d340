"""Cut a statement into tokens that know where they stand.

Source: dynamodb-exact §17 (literals, names); comments and the words for unreadable characters follow AWS's published parser.
"""

import re
from collections.abc import Sequence
from typing import Literal, TypeAlias

from msgspec import Struct

from sandbox.dynamodb.faults import ValidationException
from sandbox.dynamodb.partiql.keywords import KEYWORDS

__all__ = ["Token", "TokenKind", "expect", "not_well_formed", "place", "tokenise", "unexpected"]

TokenKind: TypeAlias = Literal["name", "quoted", "keyword", "string", "number", "symbol", "end"]

_TOKEN = re.compile(
    r"""
      (?P<blank>   [ \t\r\n\f]+ | --[^\n]* | /\*(?:[^*]|\*(?!/))*\*/ )
    | (?P<string>  '[^']*(?:''[^']*)*' )
    | (?P<quoted>  "[^"]*(?:""[^"]*)*" )
    | (?P<number>  (?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)? )
    | (?P<name>    [A-Za-z_$][A-Za-z0-9_$]* )
    | (?P<symbol>  << | >> | <> | <= | >= | != | [-+*=<>()\[\]{},.:?;] )
    """,
    re.VERBOSE,
)


class Token(Struct, frozen=True):
    """One token.

    Attributes:
        text: a keyword in capitals, a name or string without its quotes, anything else as written.
        start: where it begins in the statement, in characters.
        length: characters of the statement it takes, quotes included.
    """

    kind: TokenKind
    text: str
    start: int
    length: int

    def is_(self, *texts: str) -> bool:
        """Whether it is one of these keywords or symbols."""
        return self.text in texts and self.kind in {"keyword", "symbol"}


def tokenise(statement: str) -> list[Token]:
    """Cut *statement* into tokens, with one of kind ``end`` behind the last.

    Raises:
        ValidationException: a character begins no token, or a quote or comment has no end.
    """
    tokens: list[Token] = []
    at = 0
    while at < len(statement):
        match = _TOKEN.match(statement, at)
        if match is None:
            raise not_well_formed("Invalid character")
        kind, text = match.lastgroup, match.group()
        match kind:
            case "name" if text.upper() in KEYWORDS:
                tokens.append(Token("keyword", text.upper(), at, len(text)))
            case "name" | "number" | "symbol":
                tokens.append(Token(kind, text, at, len(text)))
            case "string":
                tokens.append(Token("string", text[1:-1].replace("''", "'"), at, len(text)))
            case "quoted":
                tokens.append(Token("quoted", text[1:-1].replace('""', '"'), at, len(text)))
        at = match.end()
    tokens.append(Token("end", "", at, 0))
    return tokens


def not_well_formed(detail: str) -> ValidationException:
    """The refusal of a statement that cannot be read. Source: dynamodb-exact §17."""
    return ValidationException(f"Statement wasn't well formed, can't be processed: {detail}")


def place(statement: str, token: Token) -> str:
    """Print where a token stands: ``line:column:length``, from 1."""
    line_start = statement.rfind("\n", 0, token.start) + 1
    line = statement.count("\n", 0, token.start) + 1
    return f"{line}:{token.start - line_start + 1}:{token.length}"


_TOKEN_TYPES = {
    "(": "LEFT_PAREN",
    ")": "RIGHT_PAREN",
    "[": "LEFT_BRACKET",
    "]": "RIGHT_BRACKET",
    ">>": "RIGHT_DOUBLE_ANGLE_BRACKET",
    "}": "RIGHT_CURLY",
    ",": "COMMA",
    ":": "COLON",
    "*": "STAR",
}


def expect(tokens: Sequence[Token], at: int, text: str) -> int:
    """Step over a symbol or keyword that must be here. The words are those of AWS's published parser."""
    if not tokens[at].is_(text):
        raise not_well_formed(f"Expected {_TOKEN_TYPES.get(text, text)}")
    return at + 1


def unexpected(token: Token) -> ValidationException:
    """The refusal of a token that continues nothing. The words are those of AWS's published parser."""
    return not_well_formed("Unexpected keyword" if token.kind == "keyword" else "Unexpected term")
