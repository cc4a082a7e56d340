"""Expressions as AWS's published parser reads them.

Source: the grammar of partiql/partiql-lang-kotlin, its SqlParser.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Final, TypeVar

from sandbox.dynamodb.partiql.terms import LITERALS, NOWHERE, Kind, Term
from sandbox.dynamodb.partiql.words import END, Word

__all__ = ["FaultError", "TermReader", "UnexploredError"]

ReadT = TypeVar("ReadT")

LEVELS_MAX = 60
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
_TYPES: Final = frozenset(
    """
    missing null bool boolean smallint int integer float real double_precision decimal dec numeric timestamp date time char
    character varchar character_varying string symbol clob blob struct tuple list sexp bag
    """.split()
)
_TYPE_NAMES: Final = {
    "int": "INTEGER",
    "dec": "DECIMAL",
    "char": "CHARACTER",
    "varchar": "CHARACTER_VARYING",
}
_KINDS_OF_LITERALS: Final[dict[str, Kind]] = {
    "string": "string",
    "number": "number",
    "ion": "ion",
    "keyword": "bool",
}


class FaultError(Exception):
    """The statement cannot be read; its argument says why."""


class UnexploredError(Exception):
    """The statement leads where nobody follows here, so that nothing is known of it."""


class TermReader(ABC):
    """A position in the words of one statement."""

    def __init__(self, words: list[Word]) -> None:
        self.words = words
        self.at = 0
        self._levels = 0
        self._parameters = 0

    @property
    def head(self) -> Word:
        """The word to read."""
        return self.words[self.at] if self.at < len(self.words) else END

    @property
    def next(self) -> Word:
        """The word behind it."""
        return self.words[self.at + 1] if self.at + 1 < len(self.words) else END

    @property
    def is_within(self) -> bool:
        """Whether what is read is within an expression."""
        return self._levels > 1

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

    def several(self, item: Callable[[], ReadT]) -> list[ReadT]:
        """Read one or more, with commas between them."""
        found = [item()]
        while self.head.type == "COMMA":
            self.at += 1
            found.append(item())
        return found

    def enter(self) -> None:
        """Go one level deeper; whoever does comes back with ``leave``."""
        self._levels += 1
        if self._levels > LEVELS_MAX:
            raise UnexploredError

    def leave(self) -> None:
        """Come back from one level."""
        self._levels -= 1

    def expression(self, precedence: int = -1) -> Term:
        """Read an expression up to an operator that binds no closer than *precedence*."""
        self.enter()
        term = self._unary()
        while precedence < self._infix_precedence():
            term = self._operation(term)
        self.leave()
        return term

    def _infix_precedence(self) -> int:
        head = self.head
        if head.type == "STAR":
            return _TIMES
        is_infix = head.type == "OPERATOR" and head.text in _PRECEDENCE and head.text != "not"
        return _PRECEDENCE[head.text] if is_infix else _NO_OPERATOR

    def _operation(self, left: Term) -> Term:
        precedence = self._infix_precedence()
        word = self.head
        operator = word.text or "*"
        if operator in {"is", "is_not"}:
            self.at += 1
            found = Term("is", word.at, self.type_name(), (left,))
            return found if operator == "is" else Term("operation", word.at, "not", (found,))
        if operator in {"in", "not_in"} and self.next.type == "LEFT_PAREN" and not self._is_subquery(2):
            self.at += 2
            opener = self.words[self.at - 1].at
            right = Term("list", opener, "", tuple(self.several(self.expression)))
            self.expect("RIGHT_PAREN")
        else:
            if len(self.words) - self.at < 3:
                raise FaultError("Missing right-hand side expression of infix operator")
            self.at += 1
            right = self.expression(precedence)
        operands = [left, right]
        if operator in {"between", "not_between"}:
            if not self.skip("and"):
                raise FaultError("Expected AND keyword")
            operands.append(self._third("AND"))
        elif operator in {"like", "not_like"} and self.skip("escape"):
            operands.append(self._third("ESCAPE"))
        plain = operator.removeprefix("not_")
        found = Term("operation", word.at, "<>" if plain == "!=" else plain, tuple(operands))
        return found if plain == operator else Term("operation", word.at, "not", (found,))

    def _third(self, keyword: str) -> Term:
        if self.head.type == "EOF" or (self.head.type == "SEMICOLON" and self.next.type == "EOF"):
            raise FaultError(f"Expected expression after {keyword}")
        return self.expression(_BETWEEN)

    def _is_subquery(self, ahead: int) -> bool:
        return self.words[min(self.at + ahead, len(self.words) - 1)].text in {"select", "values"}

    def type_name(self) -> str:
        """Read a type, and give it as AWS prints it."""
        name = self.head.text
        if name not in _TYPES:
            raise FaultError("Expected type name")
        self.at += 1
        if self.head.type == "LEFT_PAREN":
            self.at += 1
            if any(term.kind != "number" for term in self.several(self.expression)):
                raise UnexploredError
            self.expect("RIGHT_PAREN")
        return _TYPE_NAMES.get(name, name.upper())

    def _unary(self) -> Term:
        signs: list[Word] = []
        while self.head.type == "OPERATOR" and self.head.text in {"+", "-"}:
            signs.append(self.head)
            self.at += 1
        head = self.head
        if head.type == "OPERATOR" and head.text == "not":
            self.at += 1
            term = Term("operation", head.at, "not", (self.expression(_PRECEDENCE["not"]),))
        else:
            term = self.path()
        for sign in reversed(signs):
            if term.kind == "number":
                minuses = (sign.text == "-") + term.text.count("-")
                term = term._replace(text="-" * (minuses % 2) + term.text.lstrip("-"))
            else:
                term = Term("operation", sign.at, sign.text, (term,))
        return term

    def path(self, *, simple: bool = False) -> Term:
        """Read a term and what is picked of it; *simple* where nothing but a document path can stand."""
        first = self.head
        if not simple:
            root = self._term()
        elif first.type in NAMES:
            root = self._name()
        else:
            raise FaultError("Expected identifier for simple path")
        parts: list[Term] = []
        while self.head.type in {"DOT", "LEFT_BRACKET"}:
            self.at += 1
            is_dot = self.words[self.at - 1].type == "DOT"
            parts.append(self._dotted(simple=simple) if is_dot else self._bracketed(simple=simple))
        if not parts:
            return root
        return Term("path", NOWHERE, "", (root._replace(at=first.at) if root.kind == "path" else root, *parts))

    def _name(self) -> Term:
        word = self.head
        self.at += 1
        return Term("name", word.at, word.name)

    def _dotted(self, *, simple: bool) -> Term:
        word = self.head
        if word.type == "STAR" and simple:
            raise FaultError("Invalid path dot component for simple path")
        if word.type != "STAR" and word.type not in NAMES:
            raise FaultError("Invalid path dot component")
        self.at += 1
        return Term("unpivot", word.at) if word.type == "STAR" else Term("dot", word.at, word.name)

    def _bracketed(self, *, simple: bool) -> Term:
        word = self.head
        if word.type == "STAR":
            self.at += 1
            found = Term("wildcard", word.at)
        else:
            found = Term("index", word.at, "", (self.expression(),))
        self.expect("RIGHT_BRACKET")
        if simple and (found.kind == "wildcard" or found.parts[0].kind not in {"name", "missing", *LITERALS}):
            raise FaultError("Invalid path component for simple path")
        return found

    def _term(self) -> Term:
        head = self.head
        match head.type:
            case "OPERATOR" if head.name == "@":
                self.at += 1
                if self.head.type not in NAMES:
                    raise FaultError("Identifier must follow @-operator")
                return self._name()
            case "OPERATOR":
                raise FaultError("Unexpected operator")
            case "KEYWORD":
                return self.keyword(head)
            case "LEFT_PAREN":
                self.at += 1
                terms = self.several(self.expression)
                self.expect("RIGHT_PAREN")
                return terms[0] if len(terms) == 1 else Term("list", head.at, "", tuple(terms))
            case "LEFT_BRACKET":
                return self._collection("list", "RIGHT_BRACKET", lambda: (self.expression(),))
            case "LEFT_DOUBLE_ANGLE_BRACKET":
                return self._collection("bag", "RIGHT_DOUBLE_ANGLE_BRACKET", lambda: (self.expression(),))
            case "LEFT_CURLY":
                return self._collection("struct", "RIGHT_CURLY", self._member)
            case "IDENTIFIER" | "QUOTED_IDENTIFIER":
                name = self._name()
                if self.head.type != "LEFT_PAREN":
                    return name
                self.at += 1
                return self.call(name.text.lower(), head)
        self.at += 1
        match head.type:
            case "LITERAL":
                return Term(_KINDS_OF_LITERALS[head.kind], head.at, head.name)
            case "NULL":
                return Term("null", head.at, "null")
            case "MISSING":
                return Term("missing", head.at, "MISSING")
            case "QUESTION_MARK":
                self._parameters += 1
                return Term("parameter", head.at, str(self._parameters))
        raise FaultError("Unexpected term")

    def _collection(self, kind: Kind, closer: str, item: Callable[[], tuple[Term, ...]]) -> Term:
        opener = self.head
        self.at += 1
        members = self.several(item) if self.head.type != closer else []
        self.expect(closer)
        return Term(kind, opener.at, "", tuple([term for member in members for term in member]))

    def _member(self) -> tuple[Term, Term]:
        name = self.expression()
        self.expect("COLON")
        return name, self.expression()

    @abstractmethod
    def keyword(self, word: Word) -> Term:
        """Read what begins with a keyword, which is the next word."""

    @abstractmethod
    def call(self, name: str, word: Word) -> Term:
        """Read the arguments of a call of a function, the name of which is *word*, behind the parenthesis."""
