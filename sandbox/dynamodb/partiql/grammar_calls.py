"""Calls, and what else begins with a keyword within an expression, as AWS's published parser reads them.

Source: the grammar of partiql/partiql-lang-kotlin, its SqlParser.
"""

import re
from abc import abstractmethod
from datetime import date, time
from typing import Final

from sandbox.dynamodb.partiql.grammar_terms import FaultError, TermReader, UnexploredError
from sandbox.dynamodb.partiql.keywords import AGGREGATES, FUNCTIONS
from sandbox.dynamodb.partiql.terms import Kind, Term, told
from sandbox.dynamodb.partiql.words import Word

__all__ = ["CallReader"]

_AGGREGATES: Final = frozenset([name.lower() for name in AGGREGATES])
_FUNCTIONS: Final = frozenset([name.lower() for name in FUNCTIONS])
_UNEXPLORED: Final = frozenset({"pivot", "create", "drop", "exec", "execute"})
_CALLED_WITH_KEYWORDS: Final = {
    "substring": frozenset({"from", "for"}),
    "trim": frozenset({"from"}),
    "extract": frozenset({"from"}),
}
"""Functions whose arguments a keyword may part."""
_SIDES: Final = frozenset({"both", "leading", "trailing"})
_DATE_PARTS: Final = frozenset({"year", "month", "day", "hour", "minute", "second", "timezone_hour", "timezone_minute"})
_OF_DATES: Final = frozenset({"extract", "date_add", "date_diff"})
_COLLECTIONS: Final[dict[str, Kind]] = {"list": "list", "bag": "bag", "sexp": "sexp"}
_TIME: Final = re.compile(r"(\d\d:\d\d:\d\d)(?:\.\d+)?([+-]\d\d:\d\d)?", re.ASCII)
_UNEXPECTED: Final = "Unexpected keyword"
"""For what that parser is known to refuse, in words that are not known."""


class CallReader(TermReader):
    """A position in the words of one statement."""

    def keyword(self, word: Word) -> Term:
        """Read what begins with a keyword."""
        text = word.text
        if text in _UNEXPLORED:
            raise UnexploredError
        if text in _FUNCTIONS or text in _CALLED_WITH_KEYWORDS or text == "cast":
            self.at += 1
            if self.head.type != "LEFT_PAREN":
                raise FaultError("Unexpected keyword")
            self.at += 1
            return self._cast() if text == "cast" else self.call(text, word)
        if text == "case":
            return self._case(word)
        if text in {"date", "time"}:
            return self._date(text)
        self.clause(text)
        return Term("select", word.at, "SELECT")

    def _cast(self) -> Term:
        opener = self.words[self.at - 1]
        term = self.expression()
        if self.head.type != "AS":
            raise FaultError(_UNEXPECTED)
        self.at += 1
        self.type_name()
        self.expect("RIGHT_PAREN")
        return Term("cast", opener.at, "cast", (term,))

    def _case(self, word: Word) -> Term:
        self.at += 1
        text = "CASE"
        if self.head.text != "when":
            text = f"CASE {told(self.expression())}"
        if self.head.text != "when":
            raise FaultError(_UNEXPECTED)
        while self.skip("when"):
            self.expression()
            if not self.skip("then"):
                raise FaultError(_UNEXPECTED)
            self.expression()
        if self.skip("else"):
            self.expression()
        if not self.skip("end"):
            raise FaultError(_UNEXPECTED)
        return Term("case", word.at, text)

    def _date(self, text: str) -> Term:
        self.at += 1
        if text == "time":
            if self.head.type == "LEFT_PAREN":
                self.at += 1
                if self.expression().kind != "number":
                    raise FaultError(_UNEXPECTED)
                self.expect("RIGHT_PAREN")
            if self.skip("with") and not (self.skip("time") and self.skip("zone")):
                raise FaultError(_UNEXPECTED)
        word = self.head
        if word.kind != "string" or not _is_date(text, word.name):
            raise FaultError(_UNEXPECTED)
        self.at += 1
        return Term("date", word.at, "UNKNOWN")

    @abstractmethod
    def clause(self, text: str) -> None:
        """Read what begins with a keyword and is a statement by itself, or within parentheses."""

    def call(self, name: str, word: Word) -> Term:
        """Read the arguments of a call."""
        head = self.head
        is_aggregate = name in _AGGREGATES and word.kind == "keyword"
        if is_aggregate and head.text in {"distinct", "all"}:
            self.at += 1
            head = self.head
        if head.type == "STAR":
            if name != "count":
                raise FaultError(f"{name}(*) is not allowed")
            self.at += 1
            self.expect("RIGHT_PAREN")
            return Term("aggregate", word.at, name)
        arguments: list[Term] = []
        if name in _OF_DATES and head.name.lower() in _DATE_PARTS and head.type == "IDENTIFIER":
            arguments.append(Term("part", head.at, "SYMBOL"))
            self.at += 1
            if self.head.type != "COMMA" and self.head.text != "from":
                raise UnexploredError
            self.at += 1
        if self.head.type != "RIGHT_PAREN":
            arguments += self._arguments(_CALLED_WITH_KEYWORDS.get(name, frozenset()))
        self.expect("RIGHT_PAREN")
        if is_aggregate:
            if not arguments or (name != "count" and len(arguments) > 1):
                raise FaultError("Aggregate functions are always unary")
            return Term("aggregate", word.at, name)
        kind: Kind = _COLLECTIONS.get(name, "call") if word.kind == "keyword" else "call"
        return Term(kind, word.at, name, tuple(arguments))

    def _arguments(self, keywords: frozenset[str]) -> list[Term]:
        if not keywords:
            return self.several(self.expression)
        if self.head.name.lower() in _SIDES:
            raise UnexploredError
        arguments = [self.expression()]
        while self.head.type == "COMMA" or self.head.name in keywords:
            self.at += 1
            arguments.append(self.expression())
        return arguments


def _is_date(text: str, written: str) -> bool:
    """Whether what is written is a date, or a time."""
    try:
        if text == "date":
            return len(written) == len("2020-01-01") and date.fromisoformat(written) is not None
        found = _TIME.fullmatch(written)
        return found is not None and time.fromisoformat(found[1] + (found[2] or "")) is not None
    except ValueError:
        return False
