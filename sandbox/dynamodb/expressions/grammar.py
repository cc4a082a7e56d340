"""Read tokens into syntax trees, without recursion.

Nesting is kept on a list of levels, one per open parenthesis, so that a text of 4096 parentheses costs no stack. The
grammar is that of all expression texts; which functions and operators make sense where is judged afterwards
(``text_checks``, ``checks``), in the order in which AWS reports faults. Doubled parentheses alone are refused while reading.

Source: dynamodb-exact §9.1; where sums may stand, and when parentheses are refused, DynamoDB Local 3.3.1, asked 2026-11.
"""

from typing import Final, Literal, NoReturn, cast

from sandbox.dynamodb.expressions.invalid import ExpressionKind, invalid
from sandbox.dynamodb.expressions.syntax import (
    Alias,
    And,
    Arithmetic,
    Between,
    Call,
    Comparator,
    Comparison,
    ConditionTree,
    Element,
    In,
    Not,
    Operand,
    Or,
    Path,
    Sign,
    Value,
)
from sandbox.dynamodb.expressions.tokens import END, KEYWORDS, NAME_START, syntax_error, tokenise

__all__ = ["Reader"]

_COMPARATORS = frozenset({"=", "<>", "<", "<=", ">", ">="})
_BETWEEN_AND = "BETWEEN AND"
"""On the stack of operators: a BETWEEN whose AND has been read."""
_PRECEDENCE = {
    "OR": 1,
    "AND": 2,
    "NOT": 3,
    "BETWEEN": 4,
    _BETWEEN_AND: 4,
    **dict.fromkeys(_COMPARATORS, 4),
    "+": 5,
    "-": 5,
}
_TAKES_OPERANDS = frozenset({*_COMPARATORS, "BETWEEN", _BETWEEN_AND, "+", "-"})

_COMPARES = frozenset({*_COMPARATORS, "BETWEEN", "IN"})
_JOINS = frozenset({"AND", "OR"})
_ENDS_COMPARISON = frozenset({"AND", "OR", ")", END})
_GOES_DEEPER = frozenset({".", "["})

_Node = Operand | ConditionTree
_OPERANDS: Final = (Path, Value, Call, Arithmetic)
_CONDITIONS: Final = (Comparison, Between, In, And, Or, Not, Call)


class _Level:
    """What has been read since one opening parenthesis (or since the start)."""

    __slots__ = (
        "arguments",
        "around",
        "doubled",
        "from_group",
        "function",
        "kind",
        "nodes",
        "operands_only",
        "operators",
    )

    def __init__(
        self, kind: Literal["text", "group", "call", "in"], *, operands_only: bool, function: str = ""
    ) -> None:
        self.kind = kind
        self.function = function
        self.operands_only = operands_only
        self.nodes: list[_Node] = []
        self.operators: list[str] = []
        self.arguments: list[Operand] = []
        self.from_group: _Node | None = None
        """The latest node that stood in parentheses of its own; if nothing else joins it, these are doubled."""
        self.around = 0
        """How many parentheses were opened directly around this one; they become levels when it is closed."""
        self.doubled = False
        """Doubled parentheses were met that count once the call, or the left side of a comparison, is read."""


class Reader:
    """A position in the tokens of one text, and what was noticed on the way.

    Attributes:
        aliases, slots: the placeholders used, each once, in the order of the text.
        paths: every path, in the order of the text.
        operators: how many operators and functions were read.
    """

    def __init__(self, kind: ExpressionKind, text: str) -> None:
        self.kind: ExpressionKind = kind
        self.text = text
        self.tokens = tokenise(text)
        self.at = 0
        self.aliases: dict[str, Alias] = {}
        self.slots: dict[str, Value] = {}
        self.paths: list[Path] = []
        self.operators = 0
        self._call: _Level | None = None
        """The outermost call that is being read."""

    def fail(self) -> NoReturn:
        """Refuse the token at hand."""
        raise syntax_error(self.kind, self.text, self.tokens, self.at)

    def expect(self, symbol: str) -> None:
        """Step over a token that must be here."""
        if self.tokens[self.at] != symbol:
            self.fail()
        self.at += 1

    def finish(self) -> None:
        """Require the end of the text."""
        if self.tokens[self.at] != END:
            self.fail()

    def path(self) -> Path:
        """Read a document path."""
        tokens = self.tokens
        symbol = tokens[self.at]
        first: Element = symbol
        # Most paths are one name written out; that it is one is seen here, which saves a call.
        if symbol[:1] in NAME_START and not _is_keyword(symbol):
            self.at += 1
        else:
            first = self._name()
        if tokens[self.at] not in _GOES_DEEPER:
            path = Path((first,))
            self.paths.append(path)
            return path
        elements = [first]
        while True:
            symbol = tokens[self.at]
            if symbol == ".":
                self.at += 1
                elements.append(self._name(placeholders="#:"))
            elif symbol == "[":
                self.at += 1
                index = tokens[self.at]
                if not (index.isdigit() and index.isascii()):
                    self.fail()
                self.at += 1
                self.expect("]")
                elements.append(int(index))
            else:
                path = Path(tuple(elements))
                self.paths.append(path)
                return path

    def value(self) -> Value:
        """Read a placeholder for a value."""
        symbol = self.tokens[self.at]
        if symbol[:1] != ":" or len(symbol) == 1:
            self.fail()
        self.at += 1
        return self.slots.setdefault(symbol, Value(symbol))

    def condition(self) -> ConditionTree:
        """Read a whole condition, to the end of the text."""
        node = self._expression(_Level("text", operands_only=False))
        self.finish()
        return self._as_condition(node)

    def operand(self) -> Operand:
        """Read the right-hand side of an assignment: an operand, or a sum or difference of two."""
        symbol = self.tokens[self.at]
        if symbol[:1] == ":" and self.tokens[self.at + 1] not in {"+", "-"}:
            return self.value()  # as most are
        return self._as_operand(self._expression(_Level("text", operands_only=True)))

    def _name(self, *, placeholders: str = "#") -> Element:
        """Read a name. Behind a dot AWS also reads the placeholder of a value, which no name is ever defined for."""
        symbol = self.tokens[self.at]
        first = symbol[:1]
        if first in NAME_START and not _is_keyword(symbol):
            self.at += 1
            return symbol
        if not first or first not in placeholders or len(symbol) == 1:
            self.fail()
        self.at += 1
        return self.aliases.setdefault(symbol, Alias(symbol))

    def _expression(self, level: _Level) -> _Node:
        """Read until a token that continues nothing at the outermost level."""
        levels = [level]
        while True:
            level = levels[-1]
            opened = self._open_or_operand(level)
            if opened is not None:
                levels.append(opened)
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
            symbol = self.tokens[self.at]
            first = symbol[:1]
            if first == ":":
                level.nodes.append(self.value())
                return None
            operands_only = level.operands_only or bool(level.operators and level.operators[-1] in _TAKES_OPERANDS)
            if symbol == "(":
                opened = _Level("group", operands_only=operands_only)
                opened.around = self._step_over_opened() - 1
                return opened
            if first in NAME_START and self.tokens[self.at + 1] == "(" and symbol.upper() not in KEYWORDS:
                self.at += 2
                self.operators += 1
                level = _Level("call", operands_only=True, function=symbol)
                self._call = self._call or level
                return level
            if not operands_only and symbol.upper() == "NOT":
                self.at += 1
                self.operators += 1
                level.operators.append("NOT")
                continue
            path = self.path()
            level.nodes.append(path if operands_only else self._compared(path))
            return None

    def _compared(self, path: Path) -> Path | Comparison:
        """Read on where *path* is compared with a value and nothing else, as most are; else give it back."""
        tokens, at = self.tokens, self.at
        operator = tokens[at]
        if operator not in _COMPARATORS:
            return path
        slot = tokens[at + 1]
        if slot[:1] != ":" or len(slot) == 1 or tokens[at + 2].upper() not in _ENDS_COMPARISON:
            return path
        self.operators += 1
        self.at = at + 1
        return Comparison(cast("Comparator", operator), path, self.value())

    def _step_over_opened(self) -> int:
        """Step over all opening parentheses from here on; how many there are."""
        first = self.at
        while self.tokens[self.at] == "(":
            self.at += 1
        return self.at - first

    def _operator(self, levels: list[_Level]) -> bool:
        """Read what joins the operand just read to the next; ``False`` if the level ends here."""
        level = levels[-1]
        symbol = self.tokens[self.at]
        if symbol == ",":
            if level.kind not in {"call", "in"}:
                return False
            level.arguments.append(self._as_operand(level.nodes.pop()))
            self.at += 1
            self._take_values(level)
            return True
        word = symbol if symbol in _COMPARATORS else symbol.upper()
        if word in _COMPARES:
            if level.operands_only or not self._may_compare(level):
                self.fail()
            if level.doubled:
                self._refuse_parentheses()
            self.operators += 1
            if word == "IN":
                self.at += 1
                if self.tokens[self.at] != "(":
                    self.fail()
                levels.append(_Level("in", operands_only=True))
            else:
                level.operators.append(word)
        elif word in _JOINS:
            self._join(level, word)
        elif symbol in {"+", "-"} and self.kind == "UpdateExpression":
            if isinstance(level.nodes[-1], Arithmetic) or any(
                around.kind == "call" or around.operators for around in levels
            ):
                self.fail()  # there is one sum or difference, and it is the whole value
            self.operators += 1
            level.operators.append(symbol)
        else:
            return False
        self.at += 1
        return True

    def _take_values(self, level: _Level) -> None:
        """Take arguments that are values, up to the last of the row: lists of candidates are long, and made of nothing else."""
        tokens = self.tokens
        while len(tokens[self.at]) > 1 and tokens[self.at][0] == ":" and tokens[self.at + 1] == ",":
            level.arguments.append(self.value())
            self.at += 1

    def _join(self, level: _Level, word: str) -> None:
        if word == "AND" and level.operators and level.operators[-1] == "BETWEEN":
            level.operators[-1] = _BETWEEN_AND
            return
        if level.operands_only:
            self.fail()
        self._reduce(level, _PRECEDENCE[word] + 1)  # a chain of one operator waits for its end
        self._as_condition(level.nodes[-1])
        if level.doubled:
            self._refuse_parentheses()
        self.operators += 1
        level.operators.append(word)

    @staticmethod
    def _may_compare(level: _Level) -> bool:
        free = not level.operators or level.operators[-1] not in _TAKES_OPERANDS
        return free and isinstance(level.nodes[-1], _OPERANDS)

    def _close(self, levels: list[_Level]) -> None:
        """Close the innermost parenthesis and hand what it held to the level around it."""
        self.expect(")")
        self.at -= 1  # faults found while completing the level are reported at its closing parenthesis
        level = levels.pop()
        if level.around:
            levels.append(_Level("group", operands_only=level.operands_only))
            levels[-1].around = level.around - 1
        around = levels[-1]
        node: _Node
        if level.kind == "group":
            node = self._complete(level)
            if node is level.from_group:
                self._note_doubled(node, around)
            around.from_group = node
        else:
            if level.doubled:
                self._refuse_parentheses()
            if level is self._call:
                self._call = None
            level.arguments.append(self._as_operand(level.nodes.pop()))
            if level.kind == "call":
                node = Call(level.function, tuple(level.arguments))
            else:
                node = In(self._as_operand(around.nodes.pop()), tuple(level.arguments))
        around.nodes.append(node)
        self.at += 1

    def _note_doubled(self, node: _Node, level: _Level) -> None:
        """Refuse doubled parentheses around *node*, which belongs to *level*, or leave it to what is read next.

        AWS looks ahead to the end of a call, and to what follows the left side of a comparison (or a condition that could be
        one), before it means to have read them; what is wrong up to there comes first.
        """
        starts = not level.operands_only and not (level.operators and level.operators[-1] in _TAKES_OPERANDS)
        if self._call is not None:
            self._call.doubled = True
        elif starts and (
            isinstance(node, Path | Value)
            or (isinstance(node, Call) and level.kind == "group" and not level.nodes and not level.operators)
        ):
            level.doubled = True
        else:
            self._refuse_parentheses()

    def _refuse_parentheses(self) -> NoReturn:
        raise invalid(self.kind, "The expression has redundant parentheses;")

    def _complete(self, level: _Level) -> _Node:
        self._reduce(level, 0)
        return level.nodes[-1]

    def _reduce(self, level: _Level, precedence: int) -> None:
        """Build the nodes of all operators on the stack that bind at least as strongly."""
        operators, nodes = level.operators, level.nodes
        while operators and _PRECEDENCE[operators[-1]] >= precedence:
            operator = operators.pop()
            right = nodes.pop()
            if operator in _COMPARATORS:
                left = nodes.pop()
                nodes.append(Comparison(cast("Comparator", operator), self._as_operand(left), self._as_operand(right)))
                continue
            if operator == "NOT":
                nodes.append(Not(self._as_condition(right)))
                continue
            if operator == "BETWEEN":
                self.fail()  # its AND never came
            left = nodes.pop()
            if operator in _JOINS:
                operands = [right, left]
                while operators and operators[-1] == operator:  # side by side, so that a long chain is a flat node
                    operators.pop()
                    operands.append(nodes.pop())
                nodes.append(_joined(operator, [self._as_condition(operand) for operand in reversed(operands)]))
            elif operator == _BETWEEN_AND:
                tested = self._as_operand(nodes.pop())
                nodes.append(Between(tested, self._as_operand(left), self._as_operand(right)))
            else:
                nodes.append(Arithmetic(cast("Sign", operator), self._as_operand(left), self._as_operand(right)))

    def _as_operand(self, node: _Node) -> Operand:
        if not isinstance(node, _OPERANDS):
            self.fail()
        return node

    def _as_condition(self, node: _Node) -> ConditionTree:
        if not isinstance(node, _CONDITIONS):
            self.fail()
        return node


def _is_keyword(symbol: str) -> bool:
    # No keyword has a single letter, or more than seven.
    return 2 <= len(symbol) <= 7 and symbol.upper() in KEYWORDS


def _joined(operator: str, conditions: list[ConditionTree]) -> ConditionTree:
    node = And if operator == "AND" else Or
    flat: list[ConditionTree] = []
    for condition in conditions:
        flat += condition.conditions if isinstance(condition, node) else (condition,)
    return node(tuple(flat))
