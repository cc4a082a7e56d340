"""Vectors: from a list of numbers to 32-bit floats and back, and how near two of them are.

A vector index keeps what AWS's keeps, 32-bit floats; scores are worked out with twice the precision, and end at the
bounds of a 32-bit float.

Source: *Data synchronization between tables and vector indexes*, Amazon DynamoDB Developer Guide (the precision); the
documentation of SearchVectors (what a score is); nubo-db/dynoxide and ExtendDB/extenddb, whose sources tell what they
measured on AWS in August 2026 (bounds, scores of vectors without a direction, how numbers are written).
"""

import struct
from collections.abc import Sequence
from decimal import Decimal
from math import dist, fsum, hypot
from operator import mul
from typing import Literal, TypeAlias, assert_never

from sandbox.values.attribute import AttributeValue

__all__ = [
    "COMPONENT_BYTES",
    "DistanceFunction",
    "components_of",
    "fits",
    "packed",
    "score",
    "unpacked",
    "vector_of",
]

DistanceFunction: TypeAlias = Literal["COSINE", "DOT_PRODUCT", "EUCLIDEAN"]

COMPONENT_BYTES = 4
_SINGLE = struct.Struct("<f")
_GREATEST: float = _SINGLE.unpack(b"\xff\xff\x7f\x7f")[0]
"""The greatest 32-bit float."""
_LEAST_WHOLE = 2.0**-126
"""What is smaller has fewer than six digits."""
_EXACT_DIGITS = 6
_ENOUGH_DIGITS = 9
"""A decimal of six digits survives as a 32-bit float; with nine, every such float has a decimal of its own."""


def fits(number: str) -> bool:
    """Whether a number in normal form is within the range of 32-bit floats."""
    try:
        _SINGLE.pack(float(number))
    except OverflowError:
        return False
    return True


def components_of(value: AttributeValue, dimensions: int) -> tuple[float, ...] | None:
    """Give the numbers of a vector, rounded to 32-bit floats; ``None`` where *value* is none of so many dimensions."""
    elements = value.get("L")
    return None if elements is None or len(elements) != dimensions else _rounded(elements)


def _rounded(elements: Sequence[AttributeValue]) -> tuple[float, ...] | None:
    try:
        return unpacked(packed([float(element["N"]) for element in elements]))
    except (KeyError, ValueError, OverflowError):
        return None


def packed(components: Sequence[float]) -> bytes:
    """Put components together, four bytes each.

    Raises:
        OverflowError: one is beyond the range.
    """
    return struct.pack(f"<{len(components)}f", *components)


def unpacked(data: bytes) -> tuple[float, ...]:
    """Take ``packed`` components apart."""
    return struct.unpack(f"<{len(data) // COMPONENT_BYTES}f", data)


def vector_of(data: bytes) -> AttributeValue:
    """Give packed components as an attribute value: each the shortest plain decimal that is read as the same float."""
    return {"L": [{"N": _decimal(component)} for component in unpacked(data)]}


def _decimal(component: float) -> str:
    if component == 0:
        return "0"
    kept = _SINGLE.pack(component)
    for digits in range(_EXACT_DIGITS if abs(component) >= _LEAST_WHOLE else 1, _ENOUGH_DIGITS):
        text = f"{component:.{digits}g}"
        if _SINGLE.pack(float(text)) == kept:
            break
    else:
        text = f"{component:.{_ENOUGH_DIGITS}g}"
    plain = f"{Decimal(text):f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def score(function: DistanceFunction, query: Sequence[float], stored: Sequence[float]) -> float:
    """Say how near two vectors are.

    COSINE: 0 for one direction, 2 for opposite ones, 1 where either has none. EUCLIDEAN: their distance. DOT_PRODUCT:
    their product, which is the greater the nearer they are.
    """
    match function:
        case "EUCLIDEAN":
            found = dist(query, stored)
        case "DOT_PRODUCT":
            found = fsum(map(mul, query, stored))
        case "COSINE":
            lengths = hypot(*query) * hypot(*stored)
            if lengths == 0:
                return 1.0
            if query == stored:
                return 0.0
            return min(max(1 - fsum(map(mul, query, stored)) / lengths, 0.0), 2.0)
        case _:
            assert_never(function)
    return min(max(found, -_GREATEST), _GREATEST)
