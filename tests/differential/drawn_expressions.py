"""Random expressions: well formed, of any meaning; now and then broken in one place."""

from random import Random

from tests.differential.stage import NAMES, any_value
from tests.model.values import Value

__all__ = ["Expressions"]

_COMPARATORS = ("=", "<>", "<", "<=", ">", ">=")
_RUBBISH = ("", ",", "(", ")", "[", "]", ".", "#", ":", "AND", "SET", "a", "1", "-", "'", "\n", "é", "=", "BETWEEN")


class Expressions:
    """Draws the expressions of one request, with the placeholders they need.

    Attributes:
        names, values: what stands behind the placeholders so far.
    """

    def __init__(self, random: Random) -> None:
        self._random = random
        self.names: dict[str, str] = {}
        self.values: dict[str, Value] = {}

    def placeholders(self) -> dict[str, object]:
        """The two members of a request, without those that are empty; now and then one too many or too few."""
        if self.values and self._random.random() < 0.02:
            self.values.popitem()
        if self._random.random() < 0.02:
            self.values[":unused"] = {"S": "x"}
        found = {"ExpressionAttributeNames": self.names, "ExpressionAttributeValues": self.values}
        return {member: content for member, content in found.items() if content}

    def broken(self, text: str) -> str:
        """The text as it is, or, one time in ten, with one token dropped, doubled or put in."""
        if self._random.random() > 0.1:
            return text
        words = text.split(" ")
        place = self._random.randrange(len(words))
        words[place] = self._random.choice(
            ("", f"{words[place]} {words[place]}", f"{words[place]} {self._random.choice(_RUBBISH)}")
        )
        return " ".join(words)

    def path(self) -> str:
        """A document path, some of its names as placeholders."""
        text = self._name()
        while self._random.random() < 0.3:
            text += f".{self._name()}" if self._random.random() < 0.5 else f"[{self._random.randrange(4)}]"
        return text

    def _name(self) -> str:
        name = self._random.choice(NAMES)
        if self._random.random() < 0.3:
            self.names[f"#{name}"] = name
            return f"#{name}"
        return name

    def value(self, value: Value | None = None) -> str:
        """A placeholder for *value*, or for any."""
        slot = f":v{len(self.values)}"
        self.values[slot] = any_value(self._random, 1) if value is None else value
        return slot

    def condition(self, depth: int = 2) -> str:
        """A condition."""
        random = self._random
        match random.randrange(9 if depth else 7):
            case 0:
                return f"{self._operand()} {random.choice(_COMPARATORS)} {self._operand()}"
            case 1:
                return f"{self._operand()} BETWEEN {self._operand()} AND {self._operand()}"
            case 2:
                return f"{self._operand()} IN ({', '.join(self._operand() for _ in range(random.randint(1, 3)))})"
            case 3:
                return f"{random.choice(('attribute_exists', 'attribute_not_exists'))}({self.path()})"
            case 4:
                types = ("S", "N", "B", "BOOL", "NULL", "SS", "NS", "BS", "L", "M", "X")
                return f"attribute_type({self.path()}, {self.value({'S': random.choice(types)})})"
            case 5:
                return f"{random.choice(('begins_with', 'contains'))}({self.path()}, {self._operand()})"
            case 6:
                return (
                    f"size({self.path()}) {random.choice(_COMPARATORS)} {self.value({'N': str(random.randrange(4))})}"
                )
            case 7:
                return f"NOT {self._inner(depth)}"
            case _:
                return f"{self._inner(depth)} {random.choice(('AND', 'OR'))} {self._inner(depth)}"

    def _inner(self, depth: int) -> str:
        text = self.condition(depth - 1)
        return f"({text})" if self._random.random() < 0.3 else text

    def _operand(self) -> str:
        return self.path() if self._random.random() < 0.5 else self.value()

    def projection(self) -> str:
        """A projection."""
        return ", ".join(self.path() for _ in range(self._random.randint(1, 4)))

    def update(self) -> str:
        """An update of one to three clauses."""
        random = self._random
        text = []
        for clause in random.sample(("SET", "REMOVE", "ADD", "DELETE"), random.randint(1, 2)):
            actions = [self._action(clause) for _ in range(random.randint(1, 2))]
            text.append(f"{clause} {', '.join(actions)}")
        return " ".join(text)

    def _action(self, clause: str) -> str:
        match clause:
            case "SET":
                return f"{self.path()} = {self._result()}"
            case "REMOVE":
                return self.path()
            case _:
                return f"{self.path()} {self.value()}"

    def _result(self) -> str:
        match self._random.randrange(5):
            case 0:
                return f"{self._operand()} {self._random.choice('+-')} {self._operand()}"
            case 1:
                return f"if_not_exists({self.path()}, {self._operand()})"
            case 2:
                return f"list_append({self._operand()}, {self._operand()})"
            case _:
                return self._operand()
