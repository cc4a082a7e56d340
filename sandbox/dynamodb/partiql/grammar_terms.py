"""Expressions as AWS's published parser reads them: only whether it can, and what of.

Source: the grammar of partiql/partiql-lang-kotlin, its SqlParser.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Final

from sandbox.dynamodb.partiql.keywords import AGGREGATES, FUNCTIONS
from sandbox.dynamodb.partiql.words import END, Word

__all__ = ["FaultError", "TermReader", "UnexploredError"]

LEVELS_MAX = 40
"""Deeper nested text is not judged."""
_BETWEEN: Final = 50
_PRECEDENCE: Final = {
    **dict.fromkeys(("union", "union_all", "except", "except_all", "intersect", "intersect_all"), 5),
    "or": 10,
    "and": 20,
    "not": 30,
    **dict.fromkeys(("=", "<>", "!=", "is", "is_not", "in", "not_in"), 40),
    **dict.fromkeys(("<", "<=", ">", ">=", "between", "not_between", "like", "not_like"), _BETWEEN),
    **dict.fromkeys(("+", "-", "||"), 60),
    **dict.fromkeys(("/", "%"), 70),
}
_TIMES: Final = 70
_NO_OPERATOR: Final = -2
NAMES: Final = frozenset({"IDENTIFIER", "QUOTED_IDENTIFIER"})
_AGGREGATES: Final = frozenset([name.lower() for name in AGGREGATES])
_FUNCTIONS: Final = frozenset([name.lower() for name in FUNCTIONS])
_UNEXPLORED: Final = frozenset(
    {"case", "cast", "pivot", "create", "drop", "substring", "trim", "extract", "date", "time", "exec", "execute"}
)
_TYPES: Final = frozenset(
    """
    missing null bool boolean smallint int integer float real double_precision decimal dec numeric timestamp date time char
    character varchar character_varying string symbol clob blob struct tuple list sexp bag
    """.split()
)


class FaultError(Exception):
    """The statement cannot be read; its argument says why."""


class UnexploredError(Exception):
    """The statement leads where nobody follows here, so that nothing is known of it."""


class TermReader(ABC):
    """A position in the words of one statement.

    The methods that read an expression say of what kind it is: ``NAME``, ``LITERAL``, ``PATH:`` with its parts, or ``OTHER``.
    """

    def __init__(self, words: list[Word]) -> None:
        self.words = words
        self.at = 0
        self._levels = 0

    @property
    def head(self) -> Word:
        """The word to read."""
        return self.words[self.at] if self.at < len(self.words) else END

    @property
    def next(self) -> Word:
        """The word behind it."""
        return self.words[self.at + 1] if self.at + 1 < len(self.words) else END

    def expect(self, type_: str) -> None:
        """Go past a word of a type that must be here."""
        if self.head.type != type_:
            raise FaultError(f"Expected {type_}")
        self.at += 1

    def skip(self, text: str) -> bool:
        """Go past a keyword or operator, if it is the next."""
        if self.head.text != text:
            return False
        self.at += 1
        return True

    def several(self, item: Callable[[], object]) -> int:
        """Read one or more, with commas between them."""
        item()
        count = 1
        while self.head.type == "COMMA":
            self.at += 1
            item()
            count += 1
        return count

    def enter(self) -> None:
        """Go one level deeper; whoever does comes back with ``leave``."""
        self._levels += 1
        if self._levels > LEVELS_MAX:
            raise UnexploredError

    def leave(self) -> None:
        """Come back from one level."""
        self._levels -= 1

    def expression(self, precedence: int = -1) -> str:
        """Read an expression up to an operator that binds no closer than *precedence*."""
        self.enter()
        kind = self._unary()
        while precedence < self._infix_precedence():
            kind = "OTHER"
            self._operation(self.head.text)
        self.leave()
        return kind

    def _infix_precedence(self) -> int:
        head = self.head
        if head.type == "STAR":
            return _TIMES
        is_infix = head.type == "OPERATOR" and head.text != "not"
        return _PRECEDENCE[head.text] if is_infix else _NO_OPERATOR

    def _operation(self, operator: str) -> None:
        precedence = self._infix_precedence()
        if operator in {"is", "is_not"}:
            self.at += 1
            self._type()
        elif operator in {"in", "not_in"} and self.next.type == "LEFT_PAREN" and not self._is_subquery(2):
            self.at += 2
            self.several(self.expression)
            self.expect("RIGHT_PAREN")
        else:
            if len(self.words) - self.at < 3:
                raise FaultError("Missing right-hand side expression of infix operator")
            self.at += 1
            self.expression(precedence)
        if operator in {"between", "not_between"}:
            if not self.skip("and"):
                raise FaultError("Expected AND keyword")
            self._third("AND")
        elif operator in {"like", "not_like"} and self.skip("escape"):
            self._third("ESCAPE")

    def _third(self, keyword: str) -> None:
        if self.head.type == "EOF" or (self.head.type == "SEMICOLON" and self.next.type == "EOF"):
            raise FaultError(f"Expected expression after {keyword}")
        self.expression(_BETWEEN)

    def _is_subquery(self, ahead: int) -> bool:
        return self.words[min(self.at + ahead, len(self.words) - 1)].text in {"select", "values"}

    def _type(self) -> None:
        if self.head.text not in _TYPES:
            raise FaultError("Expected type name")
        self.at += 1
        if self.head.type == "LEFT_PAREN":
            raise UnexploredError

    def _unary(self) -> str:
        signs = 0
        while self.head.type == "OPERATOR" and self.head.text in {"+", "-"}:
            self.at += 1
            signs += 1
        if self.head.type == "OPERATOR" and self.head.text == "not":
            self.at += 1
            self.expression(_PRECEDENCE["not"])
            return "OTHER"
        kind = self.path()
        return kind if not signs or kind == "LITERAL" else "OTHER"

    def path(self, *, simple: bool = False) -> str:
        """Read a term and what is picked of it; *simple* where nothing but a document path can stand."""
        if not simple:
            kind = self._term()
        elif self.head.type in NAMES:
            self.at += 1
            kind = "NAME"
        else:
            raise FaultError("Expected identifier for simple path")
        parts: list[str] = []
        while self.head.type in {"DOT", "LEFT_BRACKET"}:
            self.at += 1
            parts.append(
                self._dotted(simple=simple) if self.words[self.at - 1].type == "DOT" else self._bracketed(simple=simple)
            )
        if not parts:
            return kind
        return "PATH:" + " ".join(parts)

    def _dotted(self, *, simple: bool) -> str:
        type_ = self.head.type
        if type_ == "STAR" and simple:
            raise FaultError("Invalid path dot component for simple path")
        if type_ != "STAR" and type_ not in NAMES:
            raise FaultError("Invalid path dot component")
        self.at += 1
        return ".*" if type_ == "STAR" else "."

    def _bracketed(self, *, simple: bool) -> str:
        is_star = self.head.type == "STAR"
        if is_star:
            self.at += 1
            kind = "STAR"
        else:
            kind = self.expression()
        self.expect("RIGHT_BRACKET")
        if simple and kind not in {"NAME", "LITERAL"}:
            raise FaultError("Invalid path component for simple path")
        return "[*]" if is_star else "[]"

    def _term(self) -> str:
        head = self.head
        match head.type:
            case "OPERATOR":
                raise FaultError("Unexpected operator")
            case "KEYWORD":
                self._keyword(head.text)
                return "OTHER"
            case "LEFT_PAREN":
                self.at += 1
                kind = self.expression()
                more = self.head.type == "COMMA"
                while self.head.type == "COMMA":
                    self.at += 1
                    self.expression()
                self.expect("RIGHT_PAREN")
                return "OTHER" if more else kind
            case "LEFT_BRACKET":
                self._collection("RIGHT_BRACKET", self.expression)
            case "LEFT_DOUBLE_ANGLE_BRACKET":
                self._collection("RIGHT_DOUBLE_ANGLE_BRACKET", self.expression)
            case "LEFT_CURLY":
                self._collection("RIGHT_CURLY", self._member)
            case "IDENTIFIER" | "QUOTED_IDENTIFIER":
                self.at += 1
                if self.head.type != "LEFT_PAREN":
                    return "NAME"
                self.at += 1
                self._call(head.name)
            case "LITERAL" | "NULL" | "MISSING":
                self.at += 1
                return "LITERAL"
            case "QUESTION_MARK":
                self.at += 1
            case _:
                raise FaultError("Unexpected term")
        return "OTHER"

    def _collection(self, closer: str, item: Callable[[], object]) -> None:
        self.at += 1
        if self.head.type != closer:
            self.several(item)
        self.expect(closer)

    def _member(self) -> None:
        self.expression()
        self.expect("COLON")
        self.expression()

    def _keyword(self, text: str) -> None:
        if text in _UNEXPLORED:
            raise UnexploredError
        if text in _FUNCTIONS:
            self.at += 1
            if self.head.type != "LEFT_PAREN":
                raise FaultError("Unexpected keyword")
            self.at += 1
            self._call(text)
            return
        self.clause(text)

    @abstractmethod
    def clause(self, text: str) -> None:
        """Read what begins with a keyword and is a statement by itself, or within parentheses."""

    def _call(self, name: str) -> None:
        """The arguments of a call."""
        head = self.head
        if name in _AGGREGATES and head.text in {"distinct", "all"}:
            raise UnexploredError
        if head.type == "STAR":
            if name != "count":
                raise FaultError(f"{name}(*) is not allowed")
            self.at += 1
            self.expect("RIGHT_PAREN")
            return
        count = 0
        if head.type != "RIGHT_PAREN":
            count = self.several(self.expression)
        self.expect("RIGHT_PAREN")
        if name in _AGGREGATES and (not count or (name != "count" and count > 1)):
            raise FaultError("Aggregate functions are always unary")
