"""Read document paths.

Source: dynamodb-exact §17 (names).
"""

from sandbox.dynamodb.expressions.paths import INDEX_MAX
from sandbox.dynamodb.expressions.syntax import Path
from sandbox.dynamodb.faults import ValidationException
from sandbox.dynamodb.partiql.tokens import Token, Tokens, expect, not_well_formed, unexpected

__all__ = ["PathReader"]

_INDEX_DIGITS_MAX = 100
"""Longer ones are refused without looking at their zeros."""


class PathReader:
    """A position in the tokens of one statement.

    Attributes:
        at: the index of the next token.
    """

    def __init__(self, tokens: Tokens) -> None:
        self.tokens = tokens
        self.at = 0

    def path(self, *, simple: bool = False) -> Path:
        """Read a document path: names joined by dots, indexes and map keys in brackets.

        *simple* where nothing else can stand: the words are then others.
        """
        self.at += self.tokens[self.at].is_("@") and not simple
        return self.rest_of([self._name("Expected identifier for simple path" if simple else None)])

    def rest_of(self, elements: list[str | int]) -> Path:
        """Read what is picked of a path that begins with *elements*."""
        while True:
            token = self.tokens[self.at]
            if token.is_("."):
                self.at += 1
                elements.append(self._name("Invalid path dot component"))
            elif token.is_("["):
                elements.append(self._bracketed(self.tokens[self.at + 1]))
            else:
                return Path(tuple(elements))

    def _name(self, refusal: str | None) -> str:
        token = self.tokens[self.at]
        if token.kind not in {"name", "quoted"}:
            raise unexpected(token) if refusal is None else not_well_formed(refusal)
        if not token.text:
            raise ValidationException("Path component cannot be an empty string")
        self.at += 1
        return token.text

    def _bracketed(self, token: Token) -> str | int:
        element: str | int
        if token.kind == "number" and token.text.isdigit():
            if len(token.text) > _INDEX_DIGITS_MAX or (element := int(token.text)) > INDEX_MAX:
                raise self._bad_index(token.text, self.at + 1)
        elif token.kind in {"string", "name", "quoted"}:
            if not token.text:
                raise ValidationException("Path component cannot be an empty string")
            element = token.text  # a name is one, whether quoted or not: DynamoDB Local 3.3.1, asked 2026-11
        else:
            digits = self.tokens[self.at + 2].text
            if token.is_("-") and digits.isdigit():
                raise self._bad_index(f"-{digits}", self.at + 2)
            raise not_well_formed("Invalid path component")
        self.at = expect(self.tokens, self.at + 2, "]")
        return element

    def _bad_index(self, index: str, at: int) -> ValidationException:
        """The place is that of the digits. Source: floci pull request 3798, checked there on AWS."""
        return ValidationException(
            f"List index is not within the allowable range; index: [{index}] at {self.tokens.place(at)}"
        )
