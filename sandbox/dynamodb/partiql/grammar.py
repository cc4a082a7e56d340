"""What AWS's published parser says of a statement that it cannot read.

It takes more than DynamoDB does: joins, aliases, subqueries. So a statement that is refused here is asked after once more:
where that parser would have refused it first, its words are AWS's. Only refused statements come here.

Source: the grammar of partiql/partiql-lang-kotlin, its SqlParser.
"""

from typing import Final

from sandbox.dynamodb.partiql.grammar_terms import NAMES, FaultError, TermReader, UnexploredError
from sandbox.dynamodb.partiql.tokens import Tokens
from sandbox.dynamodb.partiql.words import words_of

__all__ = ["find_fault"]

WORDS_MAX = 500
"""Of longer statements nobody is told more precisely what is wrong."""

_SELECT: Final = 6
_CHANGES: Final = frozenset({"insert_into", "set", "remove"})
_RETURNED: Final = frozenset({"modified_old", "modified_new", "all_old", "all_new"})
_JOINS: Final = frozenset({"join", "inner_join", "left_join", "right_join", "outer_join", "full_join"})
_HALF_JOINS: Final = frozenset({"left", "right", "inner", "outer", "full", "cross"})


def find_fault(tokens: Tokens) -> str | None:
    """Say why a statement cannot be read; ``None`` where it can, or where that is not worked out.

    Raises:
        ValidationException: there is something in it that is no token.
    """
    if len(tokens) > WORDS_MAX:
        return None
    try:
        _Grammar(words_of(tokens)).statement()
    except FaultError as fault:
        return str(fault)
    except UnexploredError:
        return None
    return None


class _Grammar(TermReader):
    """A position in the words of one statement."""

    def statement(self) -> None:
        """Read the whole text."""
        self.expression()
        rest = [word.type for word in self.words[self.at :]]
        if rest not in (["EOF"], ["SEMICOLON", "EOF"]):
            raise FaultError(
                "Unexpected token after semicolon. (Only one query is allowed.)"
                if rest[0] == "SEMICOLON"
                else "Unexpected token after expression"
            )

    def clause(self, text: str) -> None:
        """Read a statement or a part of one."""
        if text in _CHANGES:
            self._change()
            return
        read = {
            "select": self._select,
            "update": self._update,
            "delete": self._delete,
            "from": self._from,
            "values": self._values,
        }.get(text)
        if read is None:
            raise FaultError("Unexpected keyword")
        self.at += 1
        read()

    # -- SELECT ------------------------------------------------------------------------------------------------------

    def _select(self) -> None:
        if self.head.text in {"distinct", "all"}:
            self.at += 1
        if self.skip("value"):
            self.expression()
        else:
            self._select_list()
        if not self.skip("from"):
            raise FaultError("Expected FROM after SELECT list")
        self._source(_SELECT)
        if self.skip("where"):
            self.expression(_SELECT)
        if self.skip("order"):
            self.expect("BY")
            self.several(self._ordered)
        if self.skip("group"):
            self.skip("partial")
            self.expect("BY")
            self.several(self._grouped)
        for clause in ("having", "limit"):
            if self.skip(clause):
                self.expression(_SELECT)

    def _select_list(self) -> None:
        has_star = False

        def item() -> None:
            nonlocal has_star
            if self.head.type == "STAR":
                has_star = True
                self.at += 1
                return
            kind = self.expression()
            if kind.startswith("PATH:"):
                _refuse_stars(kind.removeprefix("PATH:").split())
            self._alias()

        if self.several(item) > 1 and has_star:
            raise FaultError(
                "Other expressions may not be present in the select list when '*' is used without dot notation."
            )

    def _alias(self) -> None:
        if self.head.type == "AS":
            self.at += 1
            if self.head.type not in NAMES:
                raise FaultError("Expected identifier for AS-alias")
            self.at += 1
        elif self.head.type in NAMES:
            self.at += 1

    def _aliases(self) -> None:
        self._alias()
        for type_ in ("AT", "BY"):
            if self.head.type == type_:
                self.at += 1
                if self.head.type not in NAMES:
                    raise FaultError(f"Expected identifier for {type_}-alias")
                self.at += 1

    def _ordered(self) -> None:
        self.expression()
        if self.head.type in {"ASC", "DESC"}:
            self.at += 1

    def _grouped(self) -> None:
        if self.expression(_SELECT) == "LITERAL":
            raise FaultError("Literals (including ordinals) not supported in GROUP BY")
        self._alias()

    def _source(self, precedence: int, *, alone: bool = False) -> None:
        self.skip("unpivot")
        if self.head.type == "LEFT_PAREN" and self.next.type != "LITERAL" and self.next.text != "select":
            self.enter()
            self.at += 1
            self._source(precedence)
            self.expect("RIGHT_PAREN")
            self.leave()
        else:
            self.expression(precedence)
        self._aliases()
        while not alone:
            joined = self.head.text
            if joined in _JOINS and self.next.type == "LEFT_PAREN":
                raise UnexploredError
            if joined in _HALF_JOINS:
                raise UnexploredError
            if self.head.type != "COMMA" and joined not in _JOINS and joined != "cross_join":
                return
            self.at += 1
            self._source(precedence, alone=True)
            if joined in _JOINS:
                if not self.skip("on"):
                    raise FaultError("Expected 'ON'")
                self.expression(precedence)

    def _values(self) -> None:
        self.several(self._row)

    def _row(self) -> None:
        if self.head.type != "LEFT_PAREN":
            raise FaultError("Expected LEFT_PAREN for row value constructor")
        self.at += 1
        self.several(self.expression)
        self.expect("RIGHT_PAREN")

    # -- changes -----------------------------------------------------------------------------------------------------

    def _change(self) -> None:
        text = self.head.text
        self.at += 1
        if text == "set":
            self.several(self._assignment)
            return
        self.path(simple=True)
        if text == "remove":
            return
        if not self.skip("value"):
            self.expression()
            return
        self.expression()
        if self.head.text == "at":
            self.at += 1
            self.expression()
        if self.skip("on_conflict"):
            if not self.skip("where"):
                raise FaultError("invalid ON CONFLICT syntax")
            self.expression()
            if not self.skip("do_nothing"):
                raise FaultError("invalid ON CONFLICT syntax")
        self._returning()

    def _assignment(self) -> None:
        self.path(simple=True)
        if not self.skip("="):
            raise FaultError("Expected '='")
        self.expression()

    def _changes(self) -> None:
        if self.head.text not in _CHANGES:
            raise FaultError("Expected data manipulation")
        while self.head.text in _CHANGES:
            self._change()

    def _update(self) -> None:
        self.path(simple=True)
        self._aliases()
        self._changes()
        self._where_and_returning()

    def _delete(self) -> None:
        if not self.skip("from"):
            raise FaultError("Expected FROM after DELETE")
        self.path(simple=True)
        self._aliases()
        self._where_and_returning()

    def _from(self) -> None:
        self._source(-1)
        if self.skip("where"):
            self.expression()
        self._changes()
        self._returning()

    def _where_and_returning(self) -> None:
        if self.skip("where"):
            self.expression()
        self._returning()

    def _returning(self) -> None:
        if self.skip("returning"):
            self.several(self._returned)

    def _returned(self) -> None:
        if self.head.text not in _RETURNED:
            raise FaultError("Expected ( MODIFIED | ALL ) ( NEW | OLD ) in each returning element.")
        self.at += 1
        if self.head.type == "STAR":
            self.at += 1
            return
        kind = self.expression()
        if kind.startswith("PATH:"):
            if len(kind.split()) > 1:
                raise FaultError("More than two paths in RETURNING columns.")
        elif kind not in {"NAME", "LITERAL"}:
            raise FaultError("Unsupported syntax in RETURNING columns.")


def _refuse_stars(parts: list[str]) -> None:
    if "[*]" in parts or ".*" in parts[:-1]:
        raise FaultError("Invalid use of * in select list")
    if parts[-1] == ".*" and "[]" in parts:
        raise FaultError("Cannot use [] and * together in SELECT list expression")
