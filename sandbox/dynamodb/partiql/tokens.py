"""Cut a statement into tokens that know where they stand.

Source: dynamodb-exact §17 (literals, names); comments follow AWS's published parser. It finds no words for what begins no
token or does not end, and AWS passes the nothing on: floci-io/floci, its PartiQL parser, checked there on AWS.
"""

import re
from itertools import islice
from typing import Final, Literal, TypeAlias

from msgspec import Struct

from sandbox.dynamodb.faults import ValidationException
from sandbox.dynamodb.partiql.keywords import KEYWORDS

__all__ = ["NOT_WELL_FORMED", "Token", "TokenKind", "Tokens", "expect", "not_well_formed", "unexpected"]

TokenKind: TypeAlias = Literal["name", "quoted", "keyword", "string", "number", "ion", "symbol", "end"]

_TOKEN = re.compile(
    r"""
      --[^\r\n]* | /\*(?:[^*]|\*(?!/))*(?:\*/)?
    | '[^']*(?:''[^']*)*'
    | "[^"]*(?:""[^"]*)*"
    | `[^`]*`
    | (?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]*)?
    | [A-Za-z_$][A-Za-z0-9_$]*
    | << | >> | <> | <= | >= | != | \|\|
    | [^ \t\r\n\f\v]
    """,
    re.VERBOSE,
)
_COMMENTS = ("--", "/*")
_NAME_START = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_$")
_OPERATORS = frozenset("AND OR IS IN BETWEEN LIKE UNION EXCEPT INTERSECT = < <= > >= <> != / % ||".split())
"""What stands between two operands; a sign or NOT may also begin one, and ``*`` is no operator to AWS's published parser."""
_OPENERS = frozenset({"(", "[", "{", "<<"})
_CLOSERS = frozenset({")", "]", "}", ">>"})
_SYMBOLS = frozenset([*"-+*/%=<>()[]{},.:?;@", "<<", ">>", "<>", "<=", ">=", "!=", "||"])


class Token(Struct, frozen=True):
    """One token.

    Attributes:
        text: a keyword in capitals, a name or string without its quotes, anything else as written.
    """

    kind: TokenKind
    text: str

    def is_(self, *texts: str) -> bool:
        """Whether it is one of these keywords or symbols."""
        return self.text in texts and self.kind in {"keyword", "symbol"}


_END = Token("end", "")
NOT_WELL_FORMED: Final = "Statement wasn't well formed, can't be processed: "
"""Source: dynamodb-exact §17."""


class Tokens:
    """The tokens of a statement, by number; behind the last there is only one of kind ``end``.

    The text is cut at once, but what a piece means is worked out when somebody looks at it: a hostile statement is refused long
    before its end.
    """

    __slots__ = ("_made", "_pieces", "statement")

    def __init__(self, statement: str) -> None:
        self.statement = statement
        pieces = _TOKEN.findall(statement)
        if any(comment in statement for comment in _COMMENTS):
            if pieces[-1].startswith("/*") and not pieces[-1].endswith("*/", 2):
                raise not_well_formed("")
            pieces = [piece for piece in pieces if not piece.startswith(_COMMENTS)]
        self._pieces: list[str] = pieces
        self._made: list[Token | None] = [None] * len(pieces)

    def __getitem__(self, number: int) -> Token:
        """Give a token.

        Raises:
            ValidationException: it is a character that begins no token, or a quote without an end.
        """
        if number >= len(self._made):
            return _END
        token = self._made[number]
        if token is None:
            token = self._made[number] = _token(self._pieces[number])
        return token

    def __len__(self) -> int:
        """How many there are."""
        return len(self._made)

    @property
    def parentheses(self) -> int:
        """How many are opened before anything else."""
        count = 0
        while self[count].is_("("):
            count += 1
        return count

    def count_commas(self, start: int) -> int:
        """How many commas stand from a token on up to the end of what is open there, but in nothing that is opened since."""
        count = depth = 0
        for piece in self._pieces[start:]:
            if piece == ",":
                count += depth == 0
            elif piece in _OPENERS:
                depth += 1
            elif piece in _CLOSERS:
                depth -= 1
                if depth < 0:
                    break
        return count

    def count_parameters(self, end: int) -> int:
        """How many question marks stand before a token."""
        return self._pieces[:end].count("?")

    def place(self, number: int) -> str:
        """Print where a token stands: ``line:column:length``, from 1."""
        matches = (match for match in _TOKEN.finditer(self.statement) if not match.group().startswith(_COMMENTS))
        match = next(islice(matches, number, None))
        line_start = self.statement.rfind("\n", 0, match.start()) + 1
        line = self.statement.count("\n", 0, match.start()) + 1
        return f"{line}:{match.start() - line_start + 1}:{len(match.group())}"


def _token(piece: str) -> Token:
    first = piece[0]
    if first in _NAME_START:
        word = piece.upper()
        return Token("keyword", word) if word in KEYWORDS else Token("name", piece)
    if piece in _SYMBOLS:
        return Token("symbol", piece)
    if first in "0123456789.":
        if piece[-1] in "eE+-":
            raise not_well_formed("")  # an exponent without digits
        return Token("number", piece)
    if len(piece) > 1:
        if first == "'":
            return Token("string", piece[1:-1].replace("''", "'"))
        if first == '"':
            return Token("quoted", piece[1:-1].replace('""', '"'))
        if first == "`":
            return Token("ion", piece[1:-1])
    raise not_well_formed("")


def not_well_formed(detail: str) -> ValidationException:
    """The refusal of a statement that cannot be read. Source: dynamodb-exact §17."""
    return ValidationException(NOT_WELL_FORMED + detail)


_TOKEN_TYPES = {
    "(": "LEFT_PAREN",
    ")": "RIGHT_PAREN",
    "[": "LEFT_BRACKET",
    "]": "RIGHT_BRACKET",
    ">>": "RIGHT_DOUBLE_ANGLE_BRACKET",
    "}": "RIGHT_CURLY",
    ",": "COMMA",
    ":": "COLON",
    "=": "'='",
    "*": "STAR",
}


def expect(tokens: Tokens, at: int, text: str) -> int:
    """Step over a symbol or keyword that must be here. The words are those of AWS's published parser."""
    if not tokens[at].is_(text):
        raise not_well_formed(f"Expected {_TOKEN_TYPES.get(text, text)}")
    return at + 1


def unexpected(token: Token) -> ValidationException:
    """The refusal of a token that continues nothing. The words are those of AWS's published parser."""
    if token.is_(*_OPERATORS):
        return not_well_formed("Unexpected operator")
    return not_well_formed("Unexpected keyword" if token.kind == "keyword" else "Unexpected term")
