"""Read WHERE clauses and the right-hand sides of SET, without recursion.

Nesting is kept on a list of levels, one for each open parenthesis or call, and operators wait on a stack until one
that binds no closer comes: eight kilobytes of parentheses cost no stack.

Source: dynamodb-exact §17; the developer guide's pages on PartiQL operators and functions. Precedence is that of SQL.
"""

from typing import Literal, cast

from sandbox.dynamodb.expressions.paths import ResolvedPath, resolve
from sandbox.dynamodb.expressions.syntax import (
    Arithmetic,
    Between,
    Call,
    Comparator,
    Comparison,
    ConditionTree,
    Not,
    Operand,
    Path,
    Sign,
    Value,
)
from sandbox.dynamodb.faults import ValidationException
from sandbox.dynamodb.partiql.keywords import FUNCTIONS
from sandbox.dynamodb.partiql.literals import LiteralReader, starts_literal, unsupported_operator
from sandbox.dynamodb.partiql.paths import PathReader
from sandbox.dynamodb.partiql.tokens import Token, Tokens, expect, not_well_formed, unexpected
from sandbox.dynamodb.partiql.truth import (
    CONDITION_FUNCTIONS,
    OPERATORS_MAX,
    Comparisons,
    Node,
    as_argument,
    as_condition,
    as_operand,
    joined,
    refuse_truth,
    too_many_operators,
)

__all__ = ["ExpressionReader"]

IN_OPERANDS_MAX = 100
LEVELS_MAX = 2 * OPERATORS_MAX
UPDATE_FUNCTIONS = frozenset({"if_not_exists", "list_append", "set_add", "set_delete"})

_TYPES = {
    "NULL": "NULL",
    "BOOL": "BOOL",
    "BOOLEAN": "BOOL",
    "NUMERIC": "N",
    "STRING": "S",
    "BLOB": "B",
    "LIST": "L",
    "STRUCT": "M",
    "TUPLE": "M",
}
"""PartiQL's types that are one of DynamoDB's; others, such as INT and BAG, are refused."""
_UNSUPPORTED = frozenset({"*", "/", "%", "||", "LIKE"})
"""PartiQL has them, DynamoDB does not."""
_COMPARATORS = {"=": "=", "<>": "<>", "!=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_UNFINISHED = frozenset({"BETWEEN", "NOT BETWEEN"})
_BETWEEN_AND = "BETWEEN AND"
"""On the stack of operators: a BETWEEN whose AND has been read."""
_EQUALITY = 4
"""IS and IN have it too."""
_SUM = 6
_PRECEDENCE = {
    "OR": 1,
    "AND": 2,
    "NOT": 3,
    "=": _EQUALITY,
    "<>": _EQUALITY,
    **dict.fromkeys(("<", "<=", ">", ">=", "BETWEEN", "NOT BETWEEN", _BETWEEN_AND, f"NOT {_BETWEEN_AND}"), 5),
    "+": _SUM,
    "-": _SUM,
}
"""Source: AWS's published parser. Operators of one rank go from left to right."""
_IN_CLOSERS = {"(": ")", "[": "]", "<<": ">>"}


class _Level:
    """What has been read since one opening parenthesis (or since the start)."""

    __slots__ = ("arguments", "closer", "function", "kind", "nodes", "operators")

    def __init__(self, kind: Literal["text", "group", "call", "in", "not in"], *, function: str = "") -> None:
        self.kind = kind
        self.function = function
        self.closer = ")"
        self.nodes: list[Node] = []
        self.operators: list[str] = []
        self.arguments: list[Node] = []


class ExpressionReader(PathReader):
    """A position in the tokens of one statement, for everything in it that is made of paths, values and operators.

    Attributes:
        paths: every path read by conditions and operands, in the order of the text.
    """

    def __init__(self, tokens: Tokens, literals: LiteralReader) -> None:
        super().__init__(tokens)
        self.literals = literals
        self._comparisons = Comparisons(literals)
        self.paths: list[ResolvedPath] = []
        self._operators = 0
        self._functions: frozenset[str] = frozenset()

    def condition(self) -> ConditionTree:
        """Read a WHERE clause's condition, up to the first token that does not continue it."""
        self._functions = CONDITION_FUNCTIONS | {"size"}
        return as_condition(self._expression())

    def operand(self) -> Operand:
        """Read the right-hand side of an assignment."""
        self._functions = UPDATE_FUNCTIONS
        return as_operand(self._expression())

    # -- operands and operators --------------------------------------------------------------------------------------

    def _expression(self) -> Node:
        levels = [_Level("text")]
        while True:
            level = levels[-1]
            opened = self._open_or_operand(level)
            if opened is not None:
                levels.append(opened)
                if len(levels) > LEVELS_MAX:
                    raise too_many_operators()
                continue
            while not self._operator(levels):
                # A parenthesis was closed, or the outermost level is complete.
                if len(levels) == 1:
                    return self._complete(level)
                self._close(levels)
                level = levels[-1]

    def _open_or_operand(self, level: _Level) -> _Level | None:
        """Step over NOTs, then read a path or value into *level*, or an opening parenthesis as a new level."""
        while True:
            token = self.tokens[self.at]
            if token.is_("NOT"):
                self.at += 1
                self._count_operator()
                level.operators.append("NOT")
                continue
            if token.is_("("):
                self.at += 1
                return _Level("group")
            if token.is_("+", "-"):
                self._refuse_signed_term()
            if starts_literal(token) or (token.is_("LIST", "BAG") and self.tokens[self.at + 1].is_("(")):
                value, self.at = self.literals.read(self.tokens, self.at)
                level.nodes.append(value)
                return None
            if (token.kind == "name" or token.is_(*FUNCTIONS)) and self.tokens[self.at + 1].is_("("):
                return self._call(token)
            path = self.path()
            self.paths.append(resolve(path, {}))
            level.nodes.append(path)
            return None

    def _refuse_signed_term(self) -> None:
        """Signs stand before numbers only; before anything else the innermost is an operator with one operand.

        Source: floci-io/floci, its PartiQL parser, checked there on AWS; what SET says is that of expressions.
        """
        at = self.at
        while self.tokens[at].is_("+", "-"):
            at += 1
        if self.tokens[at].kind == "number":
            return
        sign = self.tokens[at - 1].text
        if self._functions is not UPDATE_FUNCTIONS:
            raise unsupported_operator(sign)
        raise ValidationException(
            f"Incorrect number of operands for operator or function; operator or function: {sign}, number of operands: 1"
        )

    def _call(self, token: Token) -> _Level:
        function = token.text.lower()
        if function not in self._functions:
            raise ValidationException(f"Unrecognized function: {function}")
        self.at += 2
        self._count_operator()
        if self.tokens[self.at].is_(")"):
            raise ValidationException(
                "Incorrect number of operands for operator or function; "
                f"operator or function: {function}, number of operands: 0"
            )
        return _Level("call", function=function)

    def _operator(self, levels: list[_Level]) -> bool:
        """Read what joins the operand just read to the next; ``False`` if the level ends here."""
        level, token = levels[-1], self.tokens[self.at]
        if token.kind not in {"keyword", "symbol"}:
            return False
        word = token.text
        if word == "," and level.kind in {"call", "in", "not in", "group"}:
            self._end_argument(level)
        elif word == "IS":
            self._is(level)
            return self._operator(levels)
        elif word == "IN" or (word == "NOT" and self.tokens[self.at + 1].is_("IN")):
            levels.append(self._in(level, negated=word == "NOT"))
            return True
        elif word in {"AND", "OR"}:
            self._join(level, word)
        elif word == "NOT" and self.tokens[self.at + 1].is_("BETWEEN"):
            self.at += 1
            self._push(level, "NOT BETWEEN")
        elif word in _COMPARATORS or word in {"BETWEEN", "+", "-"}:
            self._push(level, _COMPARATORS.get(word, word))
        elif word in _UNSUPPORTED or (word == "NOT" and self.tokens[self.at + 1].is_("LIKE")):
            operator = "like" if word == "NOT" else word.lower()
            raise unsupported_operator(operator, "Update" if self._functions is UPDATE_FUNCTIONS else "Condition")
        else:
            return False
        self.at += 1
        return True

    def _need_operand(self) -> None:
        if self.tokens[self.at + 1].kind == "end":
            raise not_well_formed("Missing right-hand side expression of infix operator")

    def _push(self, level: _Level, operator: str) -> None:
        self._need_operand()
        self._compare_with(level, _PRECEDENCE[operator])
        if operator in _UNFINISHED:
            refuse_truth(operator, level.nodes[-1])
        elif operator not in _COMPARATORS:
            as_operand(level.nodes[-1])
        self._count_operator()
        level.operators.append(operator)

    def _compare_with(self, level: _Level, precedence: int) -> None:
        """Finish what binds closer than an operator, or as close."""
        self._reduce(level, _SUM)
        if precedence == _SUM:
            return
        if level.operators and level.operators[-1] in _UNFINISHED:
            raise _no_and()
        self._reduce(level, precedence)

    def _join(self, level: _Level, word: str) -> None:
        self._reduce(level, _SUM)
        if word == "AND" and level.operators and level.operators[-1] in _UNFINISHED:
            if self.tokens[self.at + 1].kind == "end" or self.tokens[self.at + 1].is_(";"):
                raise not_well_formed("Expected expression after AND")
            level.operators[-1] += " AND"
            return
        self._need_operand()
        self._reduce(level, _PRECEDENCE[word])
        as_condition(level.nodes[-1], beside=word)
        self._count_operator()
        level.operators.append(word)

    def _is(self, level: _Level) -> None:
        """``path IS [NOT]`` MISSING or a type.

        NULL means a stored NULL only, and a missing attribute IS NOT NULL. Source: floci pull request 3798, checked there
        on AWS; the developer guide's page on PartiQL operators: "TRUE if the operand is a given, PartiQL data type".
        """
        self._compare_with(level, _EQUALITY)
        path = level.nodes.pop()
        if not isinstance(path, Path) and not (isinstance(path, Value) and self.literals.is_plain(path)):
            raise not_well_formed("Unexpected term")
        self._count_operator()
        self.at += 1
        negated = self.tokens[self.at].is_("NOT")
        self.at += negated
        token = self.tokens[self.at]
        node: ConditionTree
        if token.is_("MISSING"):
            node = Call("attribute_exists" if negated else "attribute_not_exists", (path,))
            if isinstance(path, Value):
                node = Call("attribute_not_exists", (path,))  # which refuses it
        elif token.is_("NULL") and isinstance(path, Path):
            # An equality, also where a key is looked for. Source: DynamoDB Local 3.3.1, asked 2026-11.
            node = Comparison("<>" if negated else "=", path, self.literals.keep({"NULL": True}))
        elif token.kind == "keyword" and token.text in _TYPES:
            node = Call("attribute_type", (path, self.literals.keep({"S": _TYPES[token.text]})))
            node = Not(node) if negated else node
        else:
            raise unexpected(token)
        self.at += 1
        level.nodes.append(node)

    def _in(self, level: _Level, *, negated: bool) -> _Level:
        self.at += negated
        self._need_operand()
        self._compare_with(level, _EQUALITY)
        self._count_operator()
        self.at += 1
        opener = self.tokens[self.at]
        if not opener.is_(*_IN_CLOSERS):
            raise not_well_formed("Expected LEFT_PAREN")
        self.at += 1
        opened = _Level("not in" if negated else "in")
        opened.closer = _IN_CLOSERS[opener.text]
        return opened

    def _end_argument(self, level: _Level) -> None:
        self._reduce(level, 0)
        node = level.nodes.pop()
        if level.kind == "group":
            node = self._listed(node)
        elif level.kind == "call":
            node = as_argument(level.function, node)
        level.arguments.append(node)
        if level.kind in {"in", "not in"} and len(level.arguments) > IN_OPERANDS_MAX:
            # All of them are counted, the rest without a look at what they are. Source: floci-io/floci, its PartiQL parser.
            count = len(level.arguments) + self.tokens.count_commas(self.at)
            raise ValidationException(
                f"The IN operator is provided with too many operands; number of operands: {count}"
            )

    def _close(self, levels: list[_Level]) -> None:
        """Close the innermost parenthesis and hand what it held to the level around it."""
        level = levels.pop()
        around = levels[-1]
        node: Node
        if level.kind == "group" and not level.arguments:
            node = self._complete(level)
        else:
            self._end_argument(level)
            if level.kind == "call":
                node = Call(level.function, tuple([as_operand(argument) for argument in level.arguments]))
            elif level.kind == "group":
                members = [self.literals.constant(value) for value in level.arguments if isinstance(value, Value)]
                node = self.literals.keep({"L": [member for member in members if member is not None]})
            else:
                node = self._comparisons.listed(around.nodes.pop(), level.arguments)
                node = Not(node) if level.kind == "not in" else node
        self.at = expect(self.tokens, self.at, level.closer)
        if level.kind == "group" and isinstance(node, Path) and len(node.elements) == 1:
            node = self._picked_from(node)
        around.nodes.append(node)

    def _picked_from(self, path: Path) -> Path:
        """What is picked of a name in parentheses."""
        picked = self.rest_of([*resolve(path, {})])
        if picked != path:
            self.paths[-1] = resolve(picked, {})
        return picked

    def _listed(self, node: Node) -> Value:
        """A member of a list in parentheses."""
        if not isinstance(node, Value) or self.literals.constant(node) is None:
            raise not_well_formed("Expected RIGHT_PAREN")
        return node

    def _complete(self, level: _Level) -> Node:
        self._reduce(level, 0)
        return level.nodes[-1]

    def _reduce(self, level: _Level, precedence: int) -> None:
        """Build the nodes of all operators on the stack that bind at least as strongly."""
        operators, nodes = level.operators, level.nodes
        while operators and _PRECEDENCE[operators[-1]] >= precedence:
            operator = operators.pop()
            right = nodes.pop()
            if operator == "NOT":
                nodes.append(Not(as_condition(right, beside="NOT")))
            elif operator in _UNFINISHED:
                raise _no_and()
            elif operator in {"AND", "OR"}:
                left = as_condition(nodes.pop(), beside=operator)
                nodes.append(joined(operator, left, as_condition(right, beside=operator)))
            elif operator.endswith(_BETWEEN_AND):
                refuse_truth("BETWEEN", nodes[-1])
                refuse_truth("BETWEEN", right)
                low = as_operand(nodes.pop())
                between = Between(as_operand(nodes.pop()), low, as_operand(right))
                nodes.append(Not(between) if operator.startswith("NOT") else between)
            elif operator in {"+", "-"}:
                if self._functions is not UPDATE_FUNCTIONS:
                    raise unsupported_operator(operator)
                nodes.append(Arithmetic(cast("Sign", operator), as_operand(nodes.pop()), as_operand(right)))
            else:
                nodes.append(self._comparisons.compared(cast("Comparator", operator), nodes.pop(), right))

    def _count_operator(self) -> None:
        self._operators += 1
        if self._operators > OPERATORS_MAX:
            raise too_many_operators()


def _no_and() -> ValidationException:
    return not_well_formed("Expected AND keyword")
