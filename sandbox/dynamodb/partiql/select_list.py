"""Read the list of a SELECT: paths, or ``*``.

What AWS's published parser takes and DynamoDB has no use for is refused in the words captured for COUNT(…).

Source: dynamodb-exact §17.
"""

from sandbox.dynamodb.expressions.paths import ResolvedPath, refuse_bad_paths, resolve
from sandbox.dynamodb.expressions.syntax import Path
from sandbox.dynamodb.faults import ValidationException
from sandbox.dynamodb.partiql.conditions import ExpressionReader
from sandbox.dynamodb.partiql.keywords import FUNCTIONS
from sandbox.dynamodb.partiql.literals import starts_literal
from sandbox.dynamodb.partiql.tokens import Tokens, expect, not_well_formed

__all__ = ["read_select_list"]

_INFIX = tuple("+ - * / % || = <> != < <= > >= AND OR IN IS NOT BETWEEN LIKE".split())


def read_select_list(reader: ExpressionReader) -> tuple[ResolvedPath, ...] | None:
    """Go past the list at *reader*; ``None`` for ``*``.

    Raises:
        ValidationException: it cannot be read, or holds something else than paths.
        InvalidExpression: a path has too many parts.
    """
    tokens = reader.tokens
    if tokens[reader.at].is_("*"):
        reader.at += 1
        if tokens[reader.at].is_(","):
            raise _star_among_others()
        return None
    paths = [_projected(reader)]
    while tokens[reader.at].is_(","):
        reader.at += 1
        if tokens[reader.at].is_("*"):
            raise _star_among_others()
        paths.append(_projected(reader))
    refuse_bad_paths("ProjectionExpression", map(Path, paths))
    return tuple(paths)


def _projected(reader: ExpressionReader) -> ResolvedPath:
    """A path, which may stand in parentheses.

    Every call and value, list, map and sum is refused as was captured for COUNT(…). Source: DynamoDB Local 3.3.1, asked
    2026-11.
    """
    tokens, first = reader.tokens, reader.at
    while tokens[reader.at].is_("("):
        reader.at += 1
    depth = reader.at - first
    token, behind = tokens[reader.at], tokens[reader.at + 1]
    if (token.kind == "name" or token.is_(*FUNCTIONS)) and behind.is_("("):
        raise _no_path(tokens, reader.at)
    if starts_literal(token):
        raise _no_path(tokens, reader.at)
    path = resolve(reader.path(), {})
    for left in range(depth, -1, -1):
        if tokens[reader.at].is_(*_INFIX):
            raise _no_path(tokens, reader.at)
        if left and tokens[reader.at].is_(","):
            raise _no_path(tokens, first + left - 1)
        if left:
            reader.at = expect(tokens, reader.at, ")")
    return path


def _no_path(tokens: Tokens, at: int) -> ValidationException:
    return ValidationException(f"Unexpected path component at {tokens.place(at)}")


def _star_among_others() -> ValidationException:
    return not_well_formed(
        "Other expressions may not be present in the select list when '*' is used without dot notation."
    )
