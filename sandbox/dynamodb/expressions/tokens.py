"""Cut an expression into tokens, and say where it stopped making sense."""

import re

from sandbox.dynamodb.expressions.invalid import ExpressionKind, InvalidExpression, invalid

__all__ = ["END", "KEYWORDS", "NAME_START", "refuse_size", "syntax_error", "tokenise"]

EXPRESSION_BYTES_MAX = 4096

END = ""
"""The token after the last one."""

KEYWORDS = frozenset({"AND", "OR", "NOT", "BETWEEN", "IN", "SET", "REMOVE", "ADD", "DELETE"})
"""Recognised in any case, and never the name of an attribute."""

NAME_START = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
"""What a written-out name may begin with; AWS wants a placeholder for one that begins with an underscore.

Source: architect/dynalite issue 147 (``token: "_", near: "__"``).
"""

_TOKEN = re.compile(r"[A-Za-z][A-Za-z0-9_]*|[#:][A-Za-z0-9_]+|0|[1-9][0-9]*|<>|<=|>=|[^ \t\r\n]")
"""A number has no leading zero: what follows one is a token of its own.

Source: aws/aws-sdk-java-v2 issue 2310 (of ``#AMZN_MAPPED_2021-03-03`` AWS says ``near: "#AMZN_MAPPED_2021-0"``).
"""

_BLANKS = " \t\r\n"
_WORD = re.compile(r"[^ \t\r\n]+")


def refuse_size(kind: ExpressionKind, text: str, *, says_size: bool = False) -> None:
    """Refuse a text of more than 4096 bytes, or of none; this comes before any parsing.

    *says_size* puts the size into the refusal, as AWS does for the filter of a Scan and nowhere else; in 2021 it did for
    that of a Query, too (pynamodb/PynamoDB issue 979).

    Source: dynamodb-exact §9.3; floci pull request 3447, checked there on AWS; aws/aws-sdk-java-v2 issue 4597 (UpdateItem).
    """
    size = len(text) if text.isascii() else len(text.encode(errors="surrogatepass"))
    if size > EXPRESSION_BYTES_MAX:
        said = f" expression size: {size}" if says_size else ""
        raise invalid(kind, f"Expression size has exceeded the maximum allowed size;{said}")
    if not text:
        raise invalid(kind, "The expression can not be empty;")


def tokenise(text: str) -> list[str]:
    """Cut a text into tokens, with ``END`` behind the last.

    A character that begins no token of the language is a token by itself, as AWS reports it.
    """
    tokens = _TOKEN.findall(text)
    tokens.append(END)
    return tokens


def syntax_error(kind: ExpressionKind, text: str, tokens: list[str], at: int) -> InvalidExpression:
    """Build the refusal of the token with index *at* among the *tokens* of the text.

    ``near`` is the raw text from the token before to the token behind, with the blanks at the beginning or the end of the
    text where there is none.

    Source: dynamodb-exact §9.3; of the blanks, DynamoDB Local 3.3.1, asked 2026-11.
    """
    start = _find(text, sum(map(len, tokens[: at - 1])) + 1) if at else 0
    end = _find(text, sum(map(len, tokens[: at + 2]))) + 1 if at + 2 < len(tokens) else len(text)
    return _not_understood(kind, tokens[at] or "<EOF>", text[start:end])


def _find(text: str, number: int) -> int:
    """Where the character of that *number* is, from 1 on, among those that are no blanks; only these stand in tokens."""
    behind = len(text) - sum(map(text.count, _BLANKS)) - number
    if behind < number:
        for word in _WORD.finditer(text[::-1]):
            if behind < word.end() - word.start():
                return len(text) - word.start() - behind - 1
            behind -= word.end() - word.start()
    for word in _WORD.finditer(text):
        if number <= word.end() - word.start():
            return word.start() + number - 1
        number -= word.end() - word.start()
    return len(text)


def _not_understood(kind: ExpressionKind, token: str, near: str) -> InvalidExpression:
    return invalid(kind, f'Syntax error; token: "{token}", near: "{near}"')
