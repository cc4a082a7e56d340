"""What may be declared about a member, and the sentences AWS uses when it is broken.

Most declarations are plain ``msgspec.Meta`` bounds, which the decoder tests and ``explain`` puts into words. Where AWS
tests or says something else than the plain bound, the member carries one of the annotations below beside it::

    QueryLimit = Annotated[int, Meta(ge=1), Stated(check=bounds(Meta(ge=1)), named_as_on_wire=True, value_shown=False)]

Source: dynamodb-exact §3.2, §3.6.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

__all__ = [
    "NOT_NULL",
    "Check",
    "Java",
    "Stated",
    "Upfront",
    "bounds",
    "in_enum",
    "length_at_least",
    "length_at_most",
    "matches",
    "value_at_least",
    "value_at_most",
    "whole",
]

Check = Callable[[Any], Iterable[str]]
"""A value of the right JSON type -> the constraints it breaks, in AWS's words and order."""

NOT_NULL = "Member must not be null"


@dataclass(frozen=True, kw_only=True)
class Stated:
    """Put the refusal into the words of *check* instead of those of the ``Meta`` bounds.

    The bounds stay the test of the accepting path, so the checks of a member must find fault with whatever they refuse.

    Attributes:
        check: finds the broken constraints.
        named_as_on_wire: the path keeps the capitals of the wire (``Limit``), where AWS has it so.
        value_shown: ``Value '0' at …``, or only ``Value at …``.
    """

    check: Check
    named_as_on_wire: bool = False
    value_shown: bool = True


@dataclass(frozen=True, kw_only=True)
class Upfront:
    """Refuse with a bare sentence before any constraint is listed.

    *check* gets the value, ``None`` where the member is absent, and gives the whole message or ``None``.
    """

    check: Callable[[Any], str | None]


@dataclass(frozen=True, kw_only=True)
class Java:
    """The Java type that AWS names in a SerializationException: ``Long`` on an ``int`` that is not an ``Integer``."""

    name: str


def whole(pattern: str) -> str:
    r"""Make a service model's pattern match the whole text, as Java's ``matches`` does (and not a text plus ``\n``)."""
    return rf"^(?:{pattern})\Z"


def _printed(pattern: str) -> str:
    return pattern.removeprefix("^(?:").removesuffix(r")\Z")


def length_at_least(length: int) -> str:
    """Say that a text, list or map is too short."""
    return f"Member must have length greater than or equal to {length}"


def length_at_most(length: int) -> str:
    """Say that a text, list or map is too long."""
    return f"Member must have length less than or equal to {length}"


def value_at_least(bound: float) -> str:
    """Say that a number is too small."""
    return f"Member must have value greater than or equal to {bound}"


def value_at_most(bound: float) -> str:
    """Say that a number is too large."""
    return f"Member must have value less than or equal to {bound}"


def matches(pattern: str) -> str:
    """Say that a text does not match."""
    return f"Member must satisfy regular expression pattern: {pattern}"


def in_enum(values: Iterable[str]) -> str:
    """Say that a text is none of *values*."""
    return f"Member must satisfy enum value set: [{', '.join(values)}]"


def bounds(meta: msgspec.Meta) -> Check:
    """Make the check of one ``Meta``: pattern before minimum before maximum. Source: dynamodb-exact §3.3."""
    pattern = re.compile(meta.pattern) if meta.pattern is not None else None

    def check(value: Any) -> Iterator[str]:
        if pattern is not None and not pattern.search(value):
            yield matches(_printed(pattern.pattern))
        if meta.min_length is not None and len(value) < meta.min_length:
            yield length_at_least(meta.min_length)
        if meta.max_length is not None and len(value) > meta.max_length:
            yield length_at_most(meta.max_length)
        if meta.ge is not None and value < meta.ge:
            yield value_at_least(meta.ge)
        if meta.le is not None and value > meta.le:
            yield value_at_most(meta.le)

    return check
