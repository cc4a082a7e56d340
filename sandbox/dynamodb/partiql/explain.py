"""Say why a statement is refused that is known to be.

First come the words of AWS's published parser; where that takes the statement, what AWS says when it translates what was
read, clause by clause in AWS's order.

Source: the grammar of partiql/partiql-lang-kotlin; DynamoDB Local 3.3.1, asked 2026-11 (what comes first).
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeVar

from sandbox.dynamodb.expressions import InvalidExpression
from sandbox.dynamodb.expressions.checks import leaves
from sandbox.dynamodb.expressions.paths import ResolvedPath, refuse_overlap
from sandbox.dynamodb.expressions.syntax import Leaf
from sandbox.dynamodb.faults import ValidationException
from sandbox.dynamodb.partiql.actions import read_actions
from sandbox.dynamodb.partiql.checks import refuse_actions, refuse_condition
from sandbox.dynamodb.partiql.conditions import ExpressionReader
from sandbox.dynamodb.partiql.grammar import read_statement
from sandbox.dynamodb.partiql.grammar_terms import FaultError
from sandbox.dynamodb.partiql.literals import LiteralReader, normalise_parameters
from sandbox.dynamodb.partiql.projection import label
from sandbox.dynamodb.partiql.terms import Clauses, Term, told
from sandbox.dynamodb.partiql.tokens import Tokens, not_well_formed
from sandbox.dynamodb.partiql.translation import Translation
from sandbox.values.attribute import AttributeValue
from sandbox.values.invalid import InvalidValue

__all__ = ["SEVERAL_NAMES", "explain", "refuse_columns", "refuse_target"]

_NAME: Final = re.compile(r"[a-zA-Z0-9_.-]{3,255}")

ALIASED = "Aliasing is not supported"
PieceT = TypeVar("PieceT")
SEVERAL_NAMES = "FROM clause may only contain a single table name in data manipulation statements"


def explain(
    tokens: Tokens, parameters: Sequence[AttributeValue] | None = None
) -> ValidationException | InvalidValue | InvalidExpression | None:
    """Find AWS's refusal of a statement; ``None`` where it is not known.

    *parameters* are those that came with it, ``None`` to leave them out of account.
    """
    try:
        clauses = read_statement(tokens)
        if clauses is not None:
            normalise_parameters(parameters or ())
            _Explanation(tokens, parameters).of(clauses)
    except FaultError as fault:
        return not_well_formed(str(fault))
    except (ValidationException, InvalidValue, InvalidExpression) as fault:
        return fault
    return None


class _Explanation:
    def __init__(self, tokens: Tokens, parameters: Sequence[AttributeValue] | None) -> None:
        self._tokens = tokens
        self._parameters = parameters
        self._translation = Translation(tokens, parameters)

    def of(self, clauses: Clauses) -> None:
        """Look at a whole statement.

        Raises:
            ValidationException: here is what is refused.
            InvalidValue: a value is no item's.
        """
        match clauses.verb:
            case "select":
                self._select(clauses)
            case "insert":
                self._insert(clauses)
            case "update":
                self._update(clauses)
            case "delete":
                self._where(clauses)
                self._target(clauses)

    def _where(self, clauses: Clauses) -> None:
        if clauses.where is not None:
            self._translation.condition(clauses.where)
            refuse_condition(*self._read(clauses.where_at, _read_leaves))

    def _read(
        self, at: int, read: Callable[[ExpressionReader], Sequence[PieceT]]
    ) -> tuple[Sequence[PieceT], Mapping[str, AttributeValue]]:
        """Read the clause that begins at a token, and the values for it; nothing where DynamoDB would take more than is read."""
        if self._parameters is None:
            return (), {}
        literals = LiteralReader(self._tokens.count_parameters(at))
        reader = ExpressionReader(self._tokens, literals)
        reader.at = at
        try:
            return read(reader), literals.finish().fill(self._parameters)
        except (ValidationException, InvalidValue, InvalidExpression):
            return (), {}

    def _target(self, clauses: Clauses) -> None:
        if clauses.has_alias:
            raise ValidationException(ALIASED)
        (target,) = clauses.targets
        if target.kind not in {"name", "path"}:
            raise ValidationException("Unexpected from source")
        refuse_target(self._translation.path(target))

    def _select(self, clauses: Clauses) -> None:
        for clause, term in clauses.unsupported:
            words = f"Unsupported clause: {clause}"
            raise ValidationException(words) if term is None else self._translation.placed(words, term)
        if clauses.form == "DISTINCT":
            raise ValidationException("Unsupported token in expression: DISTINCT")
        if len(clauses.targets) > 1:
            raise ValidationException("Only select from a single table or index is supported.")
        self._target(clauses)
        if clauses.form == "VALUE":
            raise ValidationException("Select projection doesn't support value or pivot keywords")
        if clauses.columns is not None:
            refuse_columns([self._column(term, has_alias) for term, has_alias in clauses.columns])
        self._where(clauses)
        if clauses.order and clauses.where is None:
            raise ValidationException("Must have WHERE clause in the statement when using ORDER BY clause.")
        for term in clauses.order:
            if term.kind != "name":
                raise ValidationException(f"Argument to ORDER BY must be of type VariableReference. Type: {told(term)}")

    def _column(self, term: Term, has_alias: bool) -> ResolvedPath:
        if has_alias:
            raise ValidationException(ALIASED)
        if term.kind == "path" and term.parts[-1].kind == "unpivot":
            raise ValidationException("Changing item's hierarchy while reading isn't supported")
        return self._translation.path(term)

    def _insert(self, clauses: Clauses) -> None:
        if clauses.value is None:
            return
        if "AT" in clauses.extras:
            raise self._translation.placed(
                "AT is not supported in insert statements.", clauses.value._replace(at=clauses.at)
            )
        if "ON CONFLICT" in clauses.extras:
            raise ValidationException("Unsupported clause: ON CONFLICT")
        self._translation.item(clauses.value)
        (target,) = clauses.targets
        if target.kind == "path":
            raise self._translation.placed(SEVERAL_NAMES, target.parts[0])

    def _update(self, clauses: Clauses) -> None:
        insert_count, is_first = clauses.inserts
        if is_first and insert_count:
            raise self._translation.placed(
                "Unsupported FROM ... WHERE ... clause in INSERT statement.", clauses.targets[0]._replace(at=clauses.at)
            )
        if insert_count:
            raise ValidationException("Only SET and REMOVE are supported in update expressions at this time")
        self._where(clauses)
        changed: list[ResolvedPath] = []
        for path, value in clauses.changes:
            changed.append(self._translation.path(path))
            if value is not None:
                self._translation.assignment(path, value)
        refuse_overlap("UpdateExpression", changed[::-1])
        refuse_actions(*self._read(clauses.changes_at, read_actions))
        self._target(clauses)


def _read_leaves(reader: ExpressionReader) -> Sequence[Leaf]:
    return [*leaves(reader.condition())]


def refuse_target(path: ResolvedPath) -> None:
    """Refuse what can name neither a table nor a table and its index.

    Raises:
        ValidationException: for its first fault. Source of the words about names: DynamoDB Local 3.3.1, asked 2026-11, which
            takes no ARN either.
    """
    if len(path) > 2:
        raise ValidationException("A path may contain at most 2 components in the FROM clause")
    for name in path:
        if isinstance(name, str) and not _NAME.fullmatch(name) and not name.startswith("arn:"):
            raise ValidationException(
                "Table name should be within the length [3, 255] and only contain 'a-z', 'A-Z', '0-9', '-', '_', '.'."
            )
    if isinstance(path[-1], int):
        raise ValidationException("Invalid list expression in source.")


def refuse_columns(paths: list[ResolvedPath]) -> None:
    """Refuse to show two values under one name, or a value and a part of it.

    Raises:
        ValidationException: a name is given twice.
        InvalidExpression: a path leads through another; of the two the later is path one.
    """
    names: set[str] = set()
    for path in paths:
        name = label(path)
        if name in names:
            raise ValidationException(f"Duplicate identifiers in select clause: {name}")
        names.add(name)
    refuse_overlap("ProjectionExpression", paths[::-1])
