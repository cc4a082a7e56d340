"""How long the worst expressions of legal size take to be refused or read: each 4 KB, nothing remembered.

The loop that reads them serves everyone, so that the slowest one is a bound on what one caller can do to the others.
"""

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass

from sandbox.dynamodb.expressions import (
    InvalidExpression,
    Placeholders,
    condition,
    parse_condition,
    parse_key_condition,
    parse_projection,
    parse_update,
    projection,
    update,
)

__all__ = ["ExpressionCost", "measure_expressions"]

TARGET_MS = 2.0
_BYTES = 4096
_ROUNDS = 20

_PLACEHOLDERS = {":v": {"N": "1"}, ":w": {"S": "x"}}
_REPEATED = {
    "parentheses": "(",
    "negations": "NOT ",
    "sizes": "size(",
    "comparisons": "a = :v AND ",
    "alternatives": "a=:v OR ",
    "levels": "a.",
    "indexes": "a[0]",
    "paths": "a,",
    "operands": ":v,",
    "sums": "a+",
    "bangs": "!",
    "names": "#n ",
    "letters": "a",
    "digits": "9",
    "signs": "\u00e9",
}
_AROUND = {
    "many candidates": ("a IN (", ":v,", ":v)"),
    "many assignments": ("SET a = :v", ", b{} = :v", ""),
    "many removals": ("REMOVE a", ", b{}", ""),
    "many paths": ("a", ", b{}", ""),
    "a long index": ("a[", "9", "]"),
    "fallbacks": ("SET a = ", "if_not_exists(a,", ":v"),
}


@dataclass(frozen=True, kw_only=True)
class ExpressionCost:
    """The slowest reading of one text, in milliseconds, and which of the four readers it was."""

    name: str
    reader: str
    milliseconds: float


def _texts() -> dict[str, str]:
    texts = {name: (piece * _BYTES).encode()[:_BYTES].decode(errors="ignore") for name, piece in _REPEATED.items()}
    for name, (start, piece, end) in _AROUND.items():
        text, number = start, 0
        while len(text) + len(piece) + len(end) + 6 < _BYTES:
            text += piece.replace("{}", str(number))
            number += 1
        texts[name] = text + end
    return texts


def _forget() -> None:
    for read in (condition.read_condition, update._read, projection._read):  # noqa: SLF001 - a repeated text costs nothing
        read.cache_clear()


def measure_expressions() -> list[ExpressionCost]:
    """Measure every text in every reader: the best of some rounds, which a busy machine disturbs least."""
    readers: dict[str, Callable[[str, Placeholders], object]] = {
        "condition": parse_condition,
        "key condition": parse_key_condition,
        "projection": parse_projection,
        "update": parse_update,
    }
    costs = []
    for name, text in _texts().items():
        slowest = ExpressionCost(name=name, reader="", milliseconds=0.0)
        for reader, parse in readers.items():
            best = float("inf")
            for _ in range(_ROUNDS):
                _forget()
                placeholders = Placeholders({"#n": "n"}, _PLACEHOLDERS)
                before = time.perf_counter()
                with contextlib.suppress(InvalidExpression):
                    parse(text, placeholders)
                best = min(best, time.perf_counter() - before)
            if best * 1000 > slowest.milliseconds:
                slowest = ExpressionCost(name=name, reader=reader, milliseconds=best * 1000)
        costs.append(slowest)
    return costs
