"""What AWS says of the expressions of a statement that can be read, and that DynamoDB does not take.

AWS reads a statement with its published parser and then translates what that gives: each operator, call and value in turn,
what is inside before what is around it. This is that walk, for statements that are known to be refused; it builds nothing.

Source: DynamoDB Local 3.3.1, asked 2026-11, which has AWS's own PartiQL; places in lists as in floci pull request 3798.
"""

from collections.abc import Sequence
from typing import Final

from sandbox.dynamodb.expressions.paths import INDEX_MAX, ResolvedPath
from sandbox.dynamodb.faults import ValidationException
from sandbox.dynamodb.partiql.ion import ion_type
from sandbox.dynamodb.partiql.literals import NESTING_LEVELS_MAX, NO_ITEM, SETS, set_of, too_deep, unsupported_in_set
from sandbox.dynamodb.partiql.terms import LITERALS, NOWHERE, Term, told, type_of_node
from sandbox.dynamodb.partiql.tokens import Tokens, not_well_formed
from sandbox.values.attribute import AttributeValue, normalise_value, type_of

__all__ = ["TOO_FEW_PARAMETERS", "Translation"]

TOO_FEW_PARAMETERS: Final = "Number of parameters in request and statement don't match."
IN_CONDITIONS: Final = frozenset(
    {"attribute_exists", "attribute_not_exists", "attribute_type", "begins_with", "contains", "size"}
)
IN_UPDATES: Final = frozenset({"if_not_exists", "list_append"})
_IS_TYPES: Final = ("MISSING", "NULL", "BOOLEAN", "BLOB", "STRING", "NUMERIC", "STRUCT", "TUPLE", "LIST")
_ION_NAMES: Final = {"string": "STRING", "bool": "BOOL", "null": "NULL"}
_CONDITIONS: Final = frozenset({"operation", "call", "is"})
"""What may stand beside AND and behind NOT."""
_COMPARISONS: Final = frozenset({"=", "<>", "<", "<=", ">", ">=", "between"})


class Translation:
    """The walk over one statement.

    Its methods return where nothing is refused.

    Raises:
        ValidationException: something is.
        InvalidValue: a value is no item's.
    """

    def __init__(self, tokens: Tokens, parameters: Sequence[AttributeValue] | None) -> None:
        self._tokens = tokens
        self._parameters = parameters
        self._is_update = False

    def placed(self, words: str, term: Term) -> ValidationException:
        """A refusal that tells the place of a term, if it has one."""
        return ValidationException(words if term.at == NOWHERE else f"{words} at {self._tokens.place(term.at)}")

    # -- expressions -------------------------------------------------------------------------------------------------

    def condition(self, term: Term) -> None:
        """Look at a WHERE clause."""
        self._is_update = False
        self._operand(term)
        if term.kind not in _CONDITIONS or (term.kind == "call" and term.text == "size"):
            raise ValidationException("WHERE clause must contain an expression that resolves to a boolean")

    def assignment(self, target: Term, term: Term) -> None:
        """Look at what stands on the right of an ``=`` in SET."""
        self._is_update = True
        if term.kind == "call" and term.text in {"set_add", "set_delete"}:
            self._changed_set(target, term)
        else:
            self._operand(term)

    def _changed_set(self, target: Term, call: Term) -> None:
        name = call.text.upper()
        if len(call.parts) != 2:
            raise self.placed(f"{name} must have exactly two arguments", call)
        for argument in call.parts:
            self._operand(argument)
        found, value = call.parts
        if found.kind not in {"name", "path"} or self.path(found) != self.path(target):
            raise self.placed(f"The first argument to {name} must equal the assignment value", call)
        if not self._may_be_set(value):
            raise self.placed(f"The second argument to {name} must be a value with type SET", found)

    def _may_be_set(self, term: Term) -> bool:
        if term.kind == "parameter" and self._parameters is not None:
            return type_of(self._parameters[int(term.text) - 1]) in SETS
        return term.kind in {"bag", "parameter"}

    def _operand(self, term: Term) -> None:
        match term.kind:
            case "name" | "path":
                self.path(term)
            case "string" | "number" | "bool" | "null" | "ion" | "list" | "bag" | "sexp" | "struct":
                normalise_value(self.value(term))
            case "missing":
                raise ValidationException("MISSING must be compared using IS operator")
            case "parameter":
                self._parameter(term)
            case "part":
                raise self.placed("Unsupported data type: SYMBOL under key root", term)
            case "call":
                self._call(term)
            case "is":
                self._is(term)
            case "operation":
                self._operation(term)
            case _:
                raise self.placed(f"Unsupported token in expression: {term.text}", term)

    def _parameter(self, term: Term) -> None:
        if self._parameters is not None and int(term.text) > len(self._parameters):
            raise ValidationException(TOO_FEW_PARAMETERS)

    def _call(self, term: Term) -> None:
        for argument in term.parts:
            self._operand(argument)
        name = term.text
        if name in (IN_CONDITIONS if self._is_update else IN_UPDATES):
            kind = "an update" if self._is_update else "a condition"
            raise ValidationException(f"The function is not allowed in {kind} expression; function: {name}")
        if name not in IN_CONDITIONS | IN_UPDATES:
            raise ValidationException(f"Unrecognized function: {name}")

    def _is(self, term: Term) -> None:
        if self._is_update:
            raise ValidationException("IS operator is not supported in update expressions")
        (tested,) = term.parts
        if tested.kind not in {"name", "path", *LITERALS}:
            raise ValidationException(
                "The left hand side argument to IS must be a Variable Reference, Literal, or Path"
            )
        self._operand(tested)
        if term.text not in _IS_TYPES and term.text != "BOOL":
            raise self.placed(
                f"Unsupported data type for IS operator: {term.text}. Supported data types are [{', '.join(_IS_TYPES)}]",
                term,
            )

    def _operation(self, term: Term) -> None:
        operator = term.text
        if self._is_update:
            if operator not in {"+", "-", "="}:
                raise ValidationException(f"Unsupported operator in Update Expression. Operator: {operator}")
        elif operator == "in":
            if term.parts[1].kind not in {"list", "bag", "sexp"} or not term.parts[1].parts:
                raise ValidationException(
                    "IN operator must have a left hand argument of type Variable Reference "
                    "and right hand argument of type Seq with at least one member"
                )
        elif operator not in {"and", "or", "not", *_COMPARISONS}:
            raise ValidationException(f"Unsupported operator in Condition Expression. Operator: {operator}")
        if operator == "in":
            self._operand(term.parts[0])
        for part in term.parts[1].parts if operator == "in" else term.parts:
            self._operand(part)
        if operator in {"and", "or", "not"} and any(part.kind not in _CONDITIONS for part in term.parts):
            raise ValidationException(
                "The argument to NOT must be a Type or Expression"
                if operator == "not"
                else "The arguments to AND/OR must be Expressions"
            )

    # -- paths -------------------------------------------------------------------------------------------------------

    def path(self, term: Term) -> ResolvedPath:
        """Look at a document path."""
        if term.kind == "name":
            return (_named(term),)
        root, *components = term.parts if term.kind == "path" else (term,)
        if root.kind in {"list", "bag", "sexp"} and components:
            raise self.placed("A path cannot start with a list index", root)
        if root.kind != "name":
            raise self.placed("Unexpected path component", root)
        return (_named(root), *[self.component(component) for component in components])

    def component(self, term: Term) -> str | int:
        """Look at what is picked by one part of a path."""
        if term.kind == "wildcard":
            raise self.placed("Wildcard path component like a[*].b are not supported", term)
        if term.kind == "unpivot":
            raise self.placed("Unpivot path component like a.*.b are not supported", term)
        picked = term.parts[0] if term.kind == "index" else term
        if picked.kind in {"name", "string", "dot"}:
            return _named(picked)
        digits = picked.text.removeprefix("-")
        if picked.kind != "number" or not digits.isdigit():
            raise self.placed("Unexpected path component", picked)
        index = int(digits) if len(digits) < 20 else INDEX_MAX + 1
        if index > INDEX_MAX or (index and picked.text.startswith("-")):
            raise self.placed(f"List index is not within the allowable range; index: [{picked.text}]", picked)
        return index

    # -- values ------------------------------------------------------------------------------------------------------

    def item(self, term: Term) -> None:
        """Look at what is inserted."""
        if term.kind != "struct":
            raise self.placed(NO_ITEM, term)
        names: set[str] = set()
        for key, value in zip(term.parts[::2], term.parts[1::2], strict=True):
            name = self._key(key, "root")
            if value.kind == "parameter":
                self._parameter(value)
            else:
                if value.kind not in _VALUES:
                    raise self.placed(f"Unsupported data type: {_told_in_item(value)} under key root", value)
                normalise_value(self.value(value), 0)
            if name in names:
                raise self.placed(f"Duplicate keys in tuple. Key: {name} under root", key)
            names.add(name)

    def value(self, term: Term, place: str = "root", level: int = 1) -> AttributeValue:
        """Look at a value; the answer is not in normal form."""
        if level > NESTING_LEVELS_MAX:
            raise too_deep(place)
        match term.kind:
            case "string":
                return {"S": term.text}
            case "number":
                return {"N": term.text}
            case "bool":
                return {"BOOL": term.text == "true"}
            case "null":
                return {"NULL": True}
            case "ion":
                raise self._ion(term, place)
            case "list":
                return {"L": [self._member(part, place, number, level) for number, part in enumerate(term.parts)]}
            case "bag":
                return self._bag(term, place, level)
            case "struct":
                return self._struct(term, place, level)
            case "sexp":
                raise self.placed(f"Unsupported data type: Seq under key {place}", term)
            case _:
                raise self.placed(f"Unsupported data type: {type_of_node(term)} under key {place}", term)

    def _ion(self, term: Term, place: str) -> ValidationException:
        type_ = ion_type(term.text)
        if type_ is None:
            return not_well_formed("")
        return self.placed(f"Ion Literals are not supported: {type_} under key {place}", term)

    def _member(self, term: Term, place: str, number: int, level: int) -> AttributeValue:
        return self.value(term, f"{place}[{number}]", level + 1)

    def _bag(self, term: Term, place: str, level: int) -> AttributeValue:
        members: list[AttributeValue] = []
        for part in term.parts:
            if not members and part.kind not in {"parameter", *_VALUES}:
                raise unsupported_in_set()
            members.append(self.value(part, place, level + 1))
            if members[-1].keys() != members[0].keys():
                raise unsupported_in_set()
        return set_of(members)

    def _struct(self, term: Term, place: str, level: int) -> AttributeValue:
        members: dict[str, AttributeValue] = {}
        for key, value in zip(term.parts[::2], term.parts[1::2], strict=True):
            name = self._key(key, place)
            found = self.value(value, f"{place}.{name}", level + 1)
            if name in members:
                raise self.placed(f"Duplicate keys in tuple. Key: {name} under {place}", term)
            members[name] = found
        return {"M": members}

    def _key(self, term: Term, place: str) -> str:
        if term.kind == "ion":
            raise self._ion(term, place)
        if term.kind != "string":
            type_ = "INT" if term.text.removeprefix("-").isdigit() else "DECIMAL"
            found = type_ if term.kind == "number" else _ION_NAMES.get(term.kind, type_of_node(term))
            raise self.placed(f"Tuple keys must be of type String. Actual type: {found} under {place}", term)
        return _named(term)


_VALUES: Final = frozenset({"list", "bag", "sexp", "struct", *LITERALS})


def _told_in_item(term: Term) -> str:
    return told(term)


def _named(term: Term) -> str:
    if not term.text:
        raise ValidationException("Path component cannot be an empty string")
    return term.text
