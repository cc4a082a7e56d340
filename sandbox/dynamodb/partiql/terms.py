"""What AWS's published parser makes of a statement, for as long as it takes to say what is refused of it.

Source: the syntax tree of partiql/partiql-lang-kotlin, whose names of nodes stand in refusals.
"""

from typing import Final, Literal, NamedTuple, TypeAlias

__all__ = ["LITERALS", "NOWHERE", "Clauses", "Kind", "Term", "told", "type_of_node"]

Kind: TypeAlias = Literal[
    "name", "string", "number", "bool", "null", "ion", "missing", "parameter", "path", "dot", "index", "unpivot",
    "wildcard", "operation", "call", "part", "aggregate", "list", "bag", "sexp", "struct", "case", "cast", "is", "date",
    "select",
]  # fmt: skip
LITERALS: Final = frozenset({"string", "number", "bool", "null", "ion"})
NOWHERE: Final = -1

_NODES: Final[dict[Kind, str]] = {
    "name": "VariableReference",
    **dict.fromkeys(("string", "number", "bool", "null", "ion"), "Literal"),
    "missing": "LiteralMissing",
    "parameter": "Parameter",
    "path": "Path",
    "aggregate": "CallAgg",
    **dict.fromkeys(("list", "bag", "sexp"), "Seq"),
    "struct": "Struct",
    **dict.fromkeys(("cast", "is"), "Typed"),
    "date": "Date",
    "select": "Select",
}


class Term(NamedTuple):
    """A piece of a statement that stands for a value.

    Attributes:
        at: the number of the token that is its place, ``NOWHERE`` for paths.
        text: a name, a literal, an operator or function in small letters, or a type, by *kind*; of a parameter its number
            from 1; of a CASE all that its place is told with.
        parts: what it is made of: operands, arguments, members (of a map each name before its value); the parts of a path
            are what it begins with and then its components.
    """

    kind: Kind
    at: int
    text: str = ""
    parts: "tuple[Term, ...]" = ()


class Clauses(NamedTuple):
    """The clauses of a statement that are looked at for what DynamoDB refuses of them.

    Attributes:
        verb: ``select``, ``insert``, ``update`` or ``delete``.
        targets: what FROM, UPDATE or INTO name; several where tables are joined.
        has_alias: a target has another name, or a number beside it.
        columns: what a SELECT lists, each with whether it has another name; ``None`` for ``*``.
        form: ``""``, or DISTINCT, VALUE or PIVOT behind SELECT.
        unsupported: a clause that DynamoDB has none of, and the term within that is its place.
        where: its condition.
        where_at: the number of the token that it begins with.
        order: what is sorted by.
        changes: for each SET and REMOVE what is changed, and to what.
        changes_at: the number of the token that they begin with.
        inserts: how many INSERTs stand among the changes of an UPDATE, and whether the first of them is one.
        value: what is inserted; ``None`` for several items.
        extras: further clauses of an INSERT.
    """

    verb: str
    at: int
    targets: tuple[Term, ...]
    has_alias: bool
    columns: tuple[tuple[Term, bool], ...] | None = None
    form: str = ""
    unsupported: tuple[tuple[str, Term | None], ...] = ()
    where: Term | None = None
    where_at: int = NOWHERE
    order: tuple[Term, ...] = ()
    changes: tuple[tuple[Term, Term | None], ...] = ()
    changes_at: int = NOWHERE
    inserts: tuple[int, bool] = (0, False)
    value: Term | None = None
    extras: tuple[str, ...] = ()


def type_of_node(term: Term) -> str:
    """What AWS calls a piece that is no value."""
    if term.kind == "case":
        return "SearchedCase" if term.text == "CASE" else "SimpleCase"
    return _NODES.get(term.kind, "NAry")


def told(term: Term) -> str:
    """How AWS prints a piece that stands where only a name can."""
    match term.kind:
        case "string":
            return f'"{term.text}"'
        case "path" | "parameter" | "list" | "bag" | "sexp" | "struct" | "select":
            return term.kind.upper()
        case "is":
            return "is"
        case "case":
            return "CASE"
        case _:
            return term.text
