"""Read statements: SELECT, INSERT, UPDATE, DELETE and EXISTS.

Source: dynamodb-exact §17 (grammar, and the refusals that come before any table is looked up); the developer guide's
pages on the four statements.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache

from sandbox.dynamodb.expressions.paths import refuse_bad_paths, refuse_overlap, resolve
from sandbox.dynamodb.expressions.syntax import Path
from sandbox.dynamodb.faults import ValidationException
from sandbox.dynamodb.partiql.actions import read_actions
from sandbox.dynamodb.partiql.checks import bare, depends_on_contents
from sandbox.dynamodb.partiql.conditions import ExpressionReader
from sandbox.dynamodb.partiql.explain import SEVERAL_NAMES, explain, refuse_columns, refuse_target
from sandbox.dynamodb.partiql.literals import LiteralReader
from sandbox.dynamodb.partiql.memory import Memory
from sandbox.dynamodb.partiql.select_list import read_select_list
from sandbox.dynamodb.partiql.syntax import (
    Delete,
    Exists,
    Insert,
    Ordering,
    Parsed,
    Returning,
    Select,
    Statement,
    Target,
    Update,
    Where,
)
from sandbox.dynamodb.partiql.tokens import NOT_WELL_FORMED, Token, Tokens, expect, not_well_formed, unexpected
from sandbox.values.attribute import AttributeValue
from sandbox.values.invalid import InvalidValue

__all__ = ["is_unreadable", "parse", "reads"]

STATEMENTS_MAX = 512
REMEMBERED_LENGTH_MAX = 2048
"""Longer statements are legal, but not worth remembering: they could fill the memory."""


def parse(text: str, parameters: Sequence[AttributeValue] | None = None, *, takes_exists: bool = False) -> Parsed:
    """Read a statement; the one before, if it was the same, is remembered.

    *parameters* are those that come with it; they only tell what is refused first, and are brought into normal form then.
    EXISTS is a statement of transactions only, which *takes_exists* tells.

    Raises:
        ValidationException: it is not well formed, or asks for what no table could give.
        InvalidValue: a value written in it is refused.
    """
    try:
        parsed = _remembered(text) if len(text) <= REMEMBERED_LENGTH_MAX else _parse(text)
    except _UnreadError as refused:
        tokens, fault = refused.args
    else:
        if isinstance(parsed.statement, Exists) and not takes_exists:
            raise _exists_elsewhere()
        return parsed
    told = explain(tokens, parameters) if tokens is not None else None
    with bare():
        if (
            tokens is not None
            and tokens[tokens.parentheses].is_("EXISTS")
            and not takes_exists
            and not is_unreadable(told)
        ):
            raise _exists_elsewhere()
        raise told or fault


def reads(text: str) -> bool | None:
    """Whether a statement that can be read, even though it is refused, is a SELECT; ``None`` for EXISTS."""
    tokens = Tokens(text)
    first = tokens[tokens.parentheses]
    return None if first.is_("EXISTS") else first.is_("SELECT")


def is_unreadable(fault: Exception | None) -> bool:
    """Whether a statement that ``parse`` refused cannot be read at all."""
    return isinstance(fault, ValidationException) and (fault.message or "").startswith(NOT_WELL_FORMED)


def _exists_elsewhere() -> ValidationException:
    """Source: moriyoshi/winterbaume and floci-io/floci, both checked on AWS; its turn: DynamoDB Local 3.3.1, asked 2026-11."""
    return ValidationException("EXISTS can only be used in ExecuteTransaction write requests.")


class _UnreadError(Exception):
    """A statement is refused; its arguments are its tokens, if it is one, and why."""


def _parse(text: str) -> Parsed:
    reader = _StatementReader(Tokens(text))
    try:
        with bare():
            statement = reader.statement()
    except (ValidationException, InvalidValue) as fault:
        raise _UnreadError(reader.tokens if reader.is_statement else None, fault) from None
    literals = reader.literals.finish()
    return Parsed(statement, literals, depends_on_contents(statement), Memory())


_remembered = lru_cache(maxsize=STATEMENTS_MAX)(_parse)


class _StatementReader:
    """A position in one statement.

    Attributes:
        is_statement: it begins like one; AWS's published parser would take other things.
    """

    def __init__(self, tokens: Tokens) -> None:
        self.tokens = tokens
        self.literals = LiteralReader()
        self.expressions = ExpressionReader(self.tokens, self.literals)
        self.is_statement = True

    @property
    def token(self) -> Token:
        """The next token."""
        return self.tokens[self.expressions.at]

    def step(self) -> None:
        """Go past the next token."""
        self.expressions.at += 1

    def expect(self, text: str) -> None:
        """Go past a token that must be here."""
        self.expressions.at = expect(self.tokens, self.expressions.at, text)

    def statement(self) -> Statement:
        """Read the whole text."""
        read: Callable[[], Statement]
        self.expressions.at = parentheses = (
            self.tokens.parentheses
        )  # which AWS takes: DynamoDB Local 3.3.1, asked 2026-11
        match self.token.text if self.token.kind == "keyword" else "":
            case "SELECT":
                read = self._select
            case "INSERT" if self.tokens[parentheses + 1].is_("INTO"):  # the two are one word to AWS's published parser
                read = self._insert
            case "UPDATE":
                read = self._update
            case "DELETE":
                read = self._delete
            case "EXISTS":
                read = self._exists
            case _:
                self.is_statement = False
                raise not_well_formed("Expected data manipulation")
        self.step()
        statement = read()
        for _ in range(parentheses):
            self.expect(")")
        if self.token.is_(";"):
            self.step()
        if self.token.kind != "end":
            raise not_well_formed("Unexpected token after expression")
        return statement

    # -- clauses -----------------------------------------------------------------------------------------------------

    def _target(
        self, refusal: str | None = "Expected identifier for simple path", *, is_inserted: bool = False
    ) -> Target:
        parts = [self._part(refusal)]
        while self.token.is_("."):
            self.step()
            parts.append(self._part("Invalid path dot component"))
        bracketed = self.tokens[self.expressions.at + 1]
        if len(parts) == 1 and self.token.is_("[") and bracketed.kind in {"string", "name", "quoted"}:
            self.expressions.at += 2
            self.expect("]")
            parts.append(bracketed.text)
        if not is_inserted:  # one name is told of only, when the item has been looked at
            refuse_target(tuple(parts))
        return Target(*parts[:2])

    def _part(self, refusal: str | None) -> str:
        token = self.token
        if token.kind not in {"name", "quoted"}:
            raise unexpected(token) if refusal is None else not_well_formed(refusal)
        if not token.text:
            raise ValidationException("Path component cannot be an empty string")
        self.step()
        return token.text

    def _where(self) -> Where | None:
        if not self.token.is_("WHERE"):
            return None
        self.step()
        before = len(self.expressions.paths)
        tree = self.expressions.condition()
        paths = tuple(self.expressions.paths[before:])
        refuse_bad_paths("ConditionExpression", map(Path, paths))
        return Where(tree, paths)

    def _returning(self) -> Returning | None:
        if not self.token.is_("RETURNING"):
            return None
        self.step()
        found = self._returned()
        while self.token.is_(","):
            self.step()
            self._returned()
            found = Returning(found.is_whole, found.is_old, "several")
        return found

    def _returned(self) -> Returning:
        scope, image = self._word(), self._word()
        if scope not in {"ALL", "MODIFIED"} or image not in {"OLD", "NEW"}:
            raise not_well_formed("Expected ( MODIFIED | ALL ) ( NEW | OLD ) in each returning element.")
        if self.token.is_("*"):
            self.step()
            return Returning(scope == "ALL", image == "OLD")
        if self.token.kind in {"string", "number"}:
            self.step()
        else:
            self.expressions.path()
        return Returning(scope == "ALL", image == "OLD", "others")

    def _word(self) -> str:
        token = self.token
        if token.kind not in {"keyword", "name"}:
            return ""
        self.step()
        return token.text.upper()

    # -- statements --------------------------------------------------------------------------------------------------

    def _select(self) -> Select:
        if self.token.is_("ALL"):
            self.step()
        paths = read_select_list(self.expressions)
        if paths is not None:
            refuse_columns([*paths])
        if not self.token.is_("FROM"):
            raise not_well_formed("Expected FROM after SELECT list")
        self.step()
        depth = 0
        while self.token.is_("("):
            self.step()
            depth += 1
        if self.token.is_("@"):
            self.step()
        target = self._target(None)
        for _ in range(depth):
            self.expect(")")
        where = self._where()
        order = self._order()
        if self.token.is_("GROUP", "HAVING", "LIMIT"):
            raise self._unsupported_clause()
        return Select(target, paths, where, order)

    def _unsupported_clause(self) -> ValidationException:
        """AWS tells where a clause's expression stands. Source: DynamoDB Local 3.3.1, asked 2026-11."""
        clause = self.token.text
        if clause == "LIMIT":
            self.step()
        if self.token.kind == "end":
            return unexpected(self.token)
        place = self.tokens.place(self.expressions.at)
        return ValidationException(f"Unsupported clause: {clause} at {place}")

    def _order(self) -> tuple[Ordering, ...]:
        if not self.token.is_("ORDER"):
            return ()
        self.step()
        self.expect("BY")
        keys = [self._ordering()]
        while self.token.is_(","):
            self.step()
            keys.append(self._ordering())
        return tuple(keys)

    def _ordering(self) -> Ordering:
        path = resolve(self.expressions.path(), {})
        name = ".".join(map(str, path))
        is_descending = self.token.is_("DESC")
        if self.token.is_("ASC", "DESC"):
            self.step()
        return Ordering(name, is_descending, len(path) > 1)

    def _insert(self) -> Insert:
        self.expect("INTO")
        first = self.expressions.at
        target = self._target(is_inserted=True)
        if not self.token.is_("VALUE"):
            # AWS's published parser takes any expression here; the words are recalled from AWS's answers, not looked up.
            raise ValidationException(
                "Unsupported operation: Inserting multiple items in a single statement is not supported, "
                'use "INSERT INTO tableName VALUE item" instead'
            )
        self.step()
        value, self.expressions.at = self.literals.read_item(self.tokens, self.expressions.at)
        if target.index_name is not None:
            raise ValidationException(f"{SEVERAL_NAMES} at {self.tokens.place(first)}")
        return Insert(target, value.slot, self._returning() is not None)

    def _update(self) -> Update:
        target = self._target()
        actions = read_actions(self.expressions)
        if not actions:
            raise not_well_formed("Expected data manipulation")
        read_paths = tuple(self.expressions.paths)
        where = self._where()
        returning = self._returning()
        refuse_bad_paths("UpdateExpression", [*(action.path for action in actions), *map(Path, read_paths)])
        refuse_overlap("UpdateExpression", [resolve(action.path, {}) for action in reversed(actions)])
        _refuse_index(target)
        return Update(target, actions, read_paths, where, returning)

    def _delete(self) -> Delete:
        if not self.token.is_("FROM"):
            raise not_well_formed("Expected FROM after DELETE")
        self.step()
        target = self._target()
        where = self._where()
        returning = self._returning()
        _refuse_index(target)
        return Delete(target, where, returning)

    def _exists(self) -> Exists:
        self.expect("(")
        if not self.token.is_("SELECT"):
            raise unexpected(self.token)
        self.step()
        select = self._select()
        self.expect(")")
        return Exists(select)


def _refuse_index(target: Target) -> None:
    if target.index_name is not None:
        raise ValidationException("This operation is not supported on an index")
