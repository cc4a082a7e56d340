"""Vectors in one byte for each dimension, and the products of one vector with many of them at once.

To work out a score exactly, Python has to take a vector apart into numbers: some fifty microseconds for 400 dimensions.
Sketches are never taken apart. What a block of them has in one dimension is every n-th byte of the block; spread to lanes
of 32 bits it is one large integer, and one multiplication by a whole number weights that dimension of all sketches, one
addition sums it up. A product worked out so is off by no more than a known amount, which is enough to tell the few
vectors that are worth an exact score.
"""

import struct
from collections.abc import Sequence
from math import fsum, hypot
from typing import NamedTuple

__all__ = ["Sketch", "SketchQuery", "sketch_of"]

_LEVELS = 127
"""A component of the greatest magnitude has this level, or its negative."""
_ZERO = 128
_LANE_BYTES = 4
_LANE_MAX = (1 << 8 * _LANE_BYTES) - 1
_BYTE_MAX = 255
_ROUNDING = 1 + 1e-9
"""More than floating point loses in the few steps from a sketch to a bound."""


class Sketch(NamedTuple):
    """A vector in little.

    Attributes:
        levels: for each dimension a byte, 128 for zero.
        step: what one level stands for; 0 where the vector is zero.
        length: the vector's own length, not that of its sketch.
    """

    levels: bytes
    step: float
    length: float


def sketch_of(components: Sequence[float]) -> Sketch:
    """Make the sketch of a vector; each component is at most half a step away from its level."""
    greatest = max(map(abs, components))
    if greatest == 0:
        return Sketch(bytes([_ZERO]) * len(components), 0.0, 0.0)
    scale = _LEVELS / greatest
    middle = _ZERO + 0.5  # int() cuts off, so that this rounds
    levels = bytes([int(component * scale + middle) for component in components])
    return Sketch(levels, greatest / _LEVELS, hypot(*components))


class SketchQuery:
    """One vector, ready to be multiplied with sketches.

    Attributes:
        length: its own length.
    """

    __slots__ = ("_offset", "_slack", "_unit", "_weights", "length")

    def __init__(self, components: Sequence[float]) -> None:
        self.length = hypot(*components)
        greatest = max(map(abs, components))
        # The sum of all positive products has to fit into a lane, and so has that of the negative ones.
        weight_max = _LANE_MAX // (_BYTE_MAX * len(components))
        self._unit = greatest / weight_max or 1.0
        self._weights = [round(component / self._unit) for component in components]
        self._offset = _ZERO * sum(self._weights)
        of_levels = fsum(map(abs, components)) / 2
        of_weights = _LEVELS * len(components) * self._unit / 2
        self._slack = (of_levels + of_weights) * _ROUNDING

    def products(self, levels: Sequence[bytes], steps: Sequence[float]) -> list[float]:
        """The products with many vectors, by their sketches; each is off by no more than ``slack`` says."""
        dimensions, count = len(self._weights), len(levels)
        block = b"".join(levels)
        lanes = bytearray(_LANE_BYTES * count)
        positive = negative = 0
        for dimension, weight in enumerate(self._weights):
            if weight == 0:
                continue
            lanes[::_LANE_BYTES] = block[dimension::dimensions]
            of_all = int.from_bytes(lanes, "little")
            if weight > 0:
                positive += weight * of_all
            else:
                negative -= weight * of_all
        offset, unit = self._offset, self._unit
        return [
            (more - less - offset) * unit * step
            for more, less, step in zip(_apart(positive, count), _apart(negative, count), steps, strict=True)
        ]

    def slack(self, step: float) -> float:
        """How far the product with a vector whose sketch has this *step* may be off."""
        return self._slack * step


def _apart(lanes: int, count: int) -> Sequence[int]:
    """The numbers in the lanes of an integer."""
    return struct.unpack(f"<{count}I", lanes.to_bytes(_LANE_BYTES * count, "little"))
