"""Read document paths.

Source: dynamodb-exact §17 (names).
"""

from sandbox.dynamodb.expressions.paths import INDEX_MAX
from sandbox.dynamodb.expressions.syntax import Path
from sandbox.dynamodb.faults import ValidationException
from sandbox.dynamodb.partiql.keywords import AGGREGATES
from sandbox.dynamodb.partiql.tokens import Token, Tokens, expect, not_well_formed, unexpected

__all__ = ["PathReader"]

_INDEX_DIGITS_MAX = 100
"""Longer ones are refused without looking at their zeros."""
_STAR_WITHIN = "Invalid use of * in select list"


class PathReader:
    """A position in the tokens of one statement.

    Attributes:
        at: the index of the next token.
    """

    def __init__(self, tokens: Tokens) -> None:
        self.tokens = tokens
        self.at = 0

    def path(self, *, simple: bool = False, selected: bool = False) -> Path:
        """Read a document path: names joined by dots, indexes and map keys in brackets.

        *simple* where nothing else can stand, *selected* in the list of a SELECT: the words are then others. They are those
        of AWS's published parser, where it refuses what DynamoDB has no use for.
        """
        elements: list[str | int] = [self._name("Expected identifier for simple path" if simple else None)]
        while True:
            token = self.tokens[self.at]
            if token.is_("."):
                self.at += 1
                star = self.tokens[self.at].is_("*")
                if star and selected and self.tokens[self.at + 1].is_(".", "["):
                    raise not_well_formed(_STAR_WITHIN)
                elements.append(self._name("Invalid path dot component" + " for simple path" * (simple and star)))
            elif token.is_("["):
                elements.append(self._bracketed(self.tokens[self.at + 1], simple=simple, selected=selected))
            else:
                return Path(tuple(elements))

    def refuse_star(self, at: int) -> None:
        """Refuse ``f(*)`` and aggregates of nothing; *at* is where the call begins. The words are those of that parser.

        Raises:
            ValidationException: it is a call of that kind.
        """
        token, argument = self.tokens[at], self.tokens[at + 2]
        name = token.text.lower() if token.kind == "keyword" else token.text
        if argument.is_("*") and name != "count":
            raise not_well_formed(f"{name}(*) is not allowed")
        if argument.is_(")") and token.is_(*AGGREGATES):
            raise not_well_formed("Aggregate functions are always unary")

    def _name(self, refusal: str | None) -> str:
        token = self.tokens[self.at]
        if token.kind not in {"name", "quoted"}:
            raise unexpected(token) if refusal is None else not_well_formed(refusal)
        if not token.text:
            raise ValidationException("Path component cannot be an empty string")
        self.at += 1
        return token.text

    def _bracketed(self, token: Token, *, simple: bool, selected: bool) -> str | int:
        element: str | int
        if token.kind == "number" and token.text.isdigit():
            if len(token.text) > _INDEX_DIGITS_MAX or (element := int(token.text)) > INDEX_MAX:
                raise self._bad_index(token.text, self.at + 1)
        elif token.kind == "string":
            element = token.text
        else:
            digits = self.tokens[self.at + 2].text
            if token.is_("-") and digits.isdigit():
                raise self._bad_index(f"-{digits}", self.at + 2)
            raise _bad_component(token, simple=simple, selected=selected)
        self.at = expect(self.tokens, self.at + 2, "]")
        return element

    def _bad_index(self, index: str, at: int) -> ValidationException:
        """The place is that of the digits. Source: floci pull request 3798, checked there on AWS."""
        return ValidationException(
            f"List index is not within the allowable range; index: [{index}] at {self.tokens.place(at)}"
        )


def _bad_component(token: Token, *, simple: bool, selected: bool) -> ValidationException:
    if token.is_("*") and selected:
        return not_well_formed(_STAR_WITHIN)
    if token.is_("*", "?"):
        return not_well_formed("Invalid path component" + " for simple path" * simple)
    if token.kind == "end" or token.is_("]", ")", "}", ">>", ",", ":", ";", "."):
        return unexpected(token)
    return not_well_formed("Invalid path component")
