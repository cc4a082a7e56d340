"""Read a statement as AWS's published parser does, and say what it says of one that it cannot read.

It takes more than DynamoDB does: joins, aliases, subqueries. So a statement that is refused is asked after once more: where
that parser refuses it, its words are AWS's; what it takes is looked at further. Only refused statements come here.

Source: the grammar of partiql/partiql-lang-kotlin, its SqlParser.
"""

from typing import Final

from sandbox.dynamodb.partiql.grammar_calls import CallReader
from sandbox.dynamodb.partiql.grammar_terms import NAMES, FaultError, UnexploredError
from sandbox.dynamodb.partiql.terms import LITERALS, NOWHERE, Clauses, Term
from sandbox.dynamodb.partiql.tokens import Tokens
from sandbox.dynamodb.partiql.words import Word, words_of

__all__ = ["read_statement"]

WORDS_MAX = 500
"""Of longer statements nobody is told more precisely what is wrong."""

_SELECT: Final = 6
_STATEMENTS: Final = frozenset({"select", "update", "delete", "insert_into"})
_CHANGES: Final = frozenset({"insert_into", "set", "remove"})
_RETURNED: Final = frozenset({"modified_old", "modified_new", "all_old", "all_new"})
_JOINS: Final = frozenset({"join", "inner_join", "left_join", "right_join", "outer_join", "full_join"})
_HALF_JOINS: Final = frozenset({"left", "right", "inner", "outer", "full", "cross"})


def read_statement(tokens: Tokens) -> Clauses | None:
    """Read a statement; ``None`` where that is not worked out.

    Raises:
        FaultError: it cannot be read.
        ValidationException: there is something in it that is no token.
    """
    if len(tokens) > WORDS_MAX:
        return None
    grammar = _Grammar(_without_parentheses(words_of(tokens), tokens.parentheses))
    try:
        grammar.statement()
    except UnexploredError:
        return None
    return grammar.clauses


def _without_parentheses(words: list[Word], count: int) -> list[Word]:
    """A statement without those around all of it."""
    end = -3 if len(words) > 1 and words[-2].type == "SEMICOLON" else -2
    closers = [word.type for word in words[end - count + 1 : end + 1 or None]]
    if not count or words[count].text not in _STATEMENTS or closers != ["RIGHT_PAREN"] * count:
        return words
    return [*words[count : end - count + 1], *words[end + 1 :]]


class _Grammar(CallReader):
    """A position in the words of one statement.

    Attributes:
        clauses: what the statement read last is made of; that of the whole is read after all within it.
    """

    def __init__(self, words: list[Word]) -> None:
        super().__init__(words)
        self.clauses: Clauses | None = None
        self._misplaced = ""

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
        if self._misplaced:
            raise FaultError(f"Keyword {self._misplaced} only expected at the top level in the query")

    def clause(self, text: str) -> None:
        """Read a statement or a part of one."""
        at = self.head.at
        if self.is_within and text not in {"select", "values"}:
            # Source: partiql/partiql-lang-kotlin issue 465.
            self._misplaced = self._misplaced or ("delete" if text == "delete" else "null")
        if text in _CHANGES:
            self.clauses = self._inserted(at)
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
        self.clauses = read(at)

    # -- SELECT ------------------------------------------------------------------------------------------------------

    def _select(self, at: int) -> Clauses:
        form = self.head.text.upper() if self.head.text in {"distinct", "all", "value"} else ""
        self.at += bool(form)
        if form != "VALUE" and self.skip("value"):
            form = form if form == "DISTINCT" else "VALUE"
            self.expression()
            columns = None
        elif form == "VALUE":
            self.expression()
            columns = None
        else:
            columns = self._select_list()
        if not self.skip("from"):
            raise FaultError("Expected FROM after SELECT list")
        targets, has_alias = self._source(_SELECT)
        where, where_at = self._where(_SELECT)
        order: list[Term] = []
        unsupported: tuple[tuple[str, Term | None], ...] = ()
        if self.skip("order"):
            self.expect("BY")
            order = self.several(self._ordered)
        if self.skip("group"):
            self.skip("partial")
            self.expect("BY")
            self.several(self._grouped)
            unsupported += (("GROUP BY", None),)
        for clause in ("having", "limit"):
            if self.skip(clause):
                unsupported += ((clause.upper(), self.expression(_SELECT)),)
        return Clauses(
            verb="select",
            at=at,
            targets=tuple(targets),
            has_alias=has_alias,
            columns=columns,
            form=form,
            unsupported=unsupported,
            where=where,
            where_at=where_at,
            order=tuple(order),
        )

    def _select_list(self) -> tuple[tuple[Term, bool], ...] | None:
        columns = self.several(self._column)
        if None not in columns:
            return tuple([column for column in columns if column is not None])
        if len(columns) > 1:
            raise FaultError(
                "Other expressions may not be present in the select list when '*' is used without dot notation."
            )
        return None

    def _column(self) -> tuple[Term, bool] | None:
        if self.head.type == "STAR":
            self.at += 1
            return None
        term = self.expression()
        if term.kind == "path":
            _refuse_stars(term.parts[1:])
        return term, self._alias()

    def _alias(self) -> bool:
        if self.head.type == "AS":
            self.at += 1
            if self.head.type not in NAMES:
                raise FaultError("Expected identifier for AS-alias")
            self.at += 1
        elif self.head.type in NAMES:
            self.at += 1
        else:
            return False
        return True

    def _aliases(self) -> bool:
        has_alias = self._alias()
        for type_ in ("AT", "BY"):
            if self.head.type == type_:
                self.at += 1
                if self.head.type not in NAMES:
                    raise FaultError(f"Expected identifier for {type_}-alias")
                self.at += 1
                has_alias = True
        return has_alias

    def _ordered(self) -> Term:
        term = self.expression()
        if self.head.type in {"ASC", "DESC"}:
            self.at += 1
        return term

    def _grouped(self) -> None:
        if self.expression(_SELECT).kind in {"missing", *LITERALS}:
            raise FaultError("Literals (including ordinals) not supported in GROUP BY")
        self._alias()

    def _source(self, precedence: int, *, alone: bool = False) -> tuple[list[Term], bool]:
        """What is named, and whether any of it has another name."""
        is_unpivoted = self.skip("unpivot")
        if self.head.type == "LEFT_PAREN" and self.next.type != "LITERAL" and self.next.text != "select":
            self.enter()
            self.at += 1
            targets, has_alias = self._source(precedence)
            self.expect("RIGHT_PAREN")
            self.leave()
        else:
            targets, has_alias = [self.expression(precedence)], False
        if is_unpivoted:
            targets *= 2  # as little of one table as a join is
        has_alias = self._aliases() or has_alias
        while not alone:
            joined = self.head.text
            if joined in _JOINS and self.next.type == "LEFT_PAREN":
                raise UnexploredError
            if joined in _HALF_JOINS:
                raise UnexploredError
            if self.head.type != "COMMA" and joined not in _JOINS and joined != "cross_join":
                break
            self.at += 1
            targets += self._source(precedence, alone=True)[0]
            if joined in _JOINS:
                if not self.skip("on"):
                    raise FaultError("Expected 'ON'")
                self.expression(precedence)
        return targets, has_alias

    def _values(self, at: int) -> Clauses:
        self.several(self._row)
        return Clauses(verb="values", at=at, targets=(), has_alias=False)

    def _row(self) -> None:
        if self.head.type != "LEFT_PAREN":
            raise FaultError("Expected LEFT_PAREN for row value constructor")
        self.at += 1
        self.several(self.expression)
        self.expect("RIGHT_PAREN")

    # -- changes -----------------------------------------------------------------------------------------------------

    def _inserted(self, at: int) -> Clauses:
        """An INSERT by itself; SET and REMOVE have no table then, and nothing is said of them."""
        text = self.head.text
        if text != "insert_into":
            self._change()
            return self._unexplored(at)
        self.at += 1
        target = self.path(simple=True)
        value: Term | None = None
        extras: list[str] = []
        if not self.skip("value"):
            self.expression()
        else:
            value = self.expression()
            if self.head.text == "at":
                self.at += 1
                self.expression()
                extras.append("AT")
            if self.skip("on_conflict"):
                if not self.skip("where"):
                    raise FaultError("invalid ON CONFLICT syntax")
                self.expression()
                if not self.skip("do_nothing"):
                    raise FaultError("invalid ON CONFLICT syntax")
                extras.append("ON CONFLICT")
            self._returning()
        return Clauses(verb="insert", at=at, targets=(target,), has_alias=False, value=value, extras=tuple(extras))

    def _change(self) -> list[tuple[Term, Term | None] | None]:
        """What is changed, and to what; ``None`` for an INSERT."""
        text = self.head.text
        if text == "insert_into":
            self._inserted(self.head.at)
            return [None]
        self.at += 1
        if text == "set":
            return list(self.several(self._assignment))
        return [(self.path(simple=True), None)]

    def _assignment(self) -> tuple[Term, Term | None]:
        path = self.path(simple=True)
        if not self.skip("="):
            raise FaultError("Expected '='")
        return path, self.expression()

    def _changes(self) -> list[tuple[Term, Term | None] | None]:
        if self.head.text not in _CHANGES:
            raise FaultError("Expected data manipulation")
        changes: list[tuple[Term, Term | None] | None] = []
        while self.head.text in _CHANGES:
            changes += self._change()
        return changes

    def _update(self, at: int) -> Clauses:
        target = self.path(simple=True)
        has_alias = self._aliases()
        changes_at = self.head.at
        changes = self._changes()
        where, where_at = self._where()
        self._returning()
        return Clauses(
            verb="update",
            at=at,
            targets=(target,),
            has_alias=has_alias,
            where=where,
            where_at=where_at,
            changes=tuple([change for change in changes if change is not None]),
            changes_at=changes_at,
            inserts=(changes.count(None), changes[0] is None),
        )

    def _delete(self, at: int) -> Clauses:
        if not self.skip("from"):
            raise FaultError("Expected FROM after DELETE")
        target = self.path(simple=True)
        has_alias = self._aliases()
        where, where_at = self._where()
        self._returning()
        return Clauses(verb="delete", at=at, targets=(target,), has_alias=has_alias, where=where, where_at=where_at)

    def _where(self, precedence: int = -1) -> tuple[Term | None, int]:
        """The condition, and the number of the token that it begins with."""
        if not self.skip("where"):
            return None, NOWHERE
        at = self.head.at
        return self.expression(precedence), at

    def _from(self, at: int) -> Clauses:
        self._source(-1)
        if self.skip("where"):
            self.expression()
        self._changes()
        self._returning()
        return self._unexplored(at)

    def _unexplored(self, at: int) -> Clauses:
        """Go on after what nobody looks at further, if it stands where it may not."""
        if not self.is_within:
            raise UnexploredError
        return Clauses(verb="from", at=at, targets=(), has_alias=False)

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
        term = self.expression()
        if term.kind == "path":
            if len(term.parts) > 2:
                raise FaultError("More than two paths in RETURNING columns.")
        elif term.kind not in {"name", "missing", *LITERALS}:
            raise FaultError("Unsupported syntax in RETURNING columns.")


def _refuse_stars(parts: tuple[Term, ...]) -> None:
    kinds = [part.kind for part in parts]
    if "wildcard" in kinds or "unpivot" in kinds[:-1]:
        raise FaultError("Invalid use of * in select list")
    if kinds[-1] == "unpivot" and "index" in kinds:
        raise FaultError("Cannot use [] and * together in SELECT list expression")
