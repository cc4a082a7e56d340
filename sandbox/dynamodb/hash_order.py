"""The order in which Java's hash tables give names: that of many lists AWS prints."""

from collections.abc import Callable, Collection, Iterable
from typing import TypeVar

from sandbox.wire.enum_order import hash_code

__all__ = ["copy_ordered", "hash_ordered", "set_ordered", "table_ordered"]

_BUCKETS_MIN = 16

T = TypeVar("T")


def hash_ordered(names: Iterable[str], buckets: int) -> list[str]:
    """Put *names* into the order in which a Java hash table of *buckets*, a power of two, gives them.

    That AWS prints the attributes of a definition so is worked out from ack-api-quirks DDB-TABLE-127, whose two lists have
    the orders of tables of 8 and of 16 buckets, and from an older quotation (4 and 16) by a user of CloudFormation.
    """
    return sorted(dict.fromkeys(names), key=lambda name: _spread(hash_code(name)) & (buckets - 1))


def _spread(value: int) -> int:
    return value ^ value >> 16


def set_ordered(names: Collection[str]) -> list[str]:
    """Put *names* into the order of a Java ``HashSet`` that they were put into one by one: three quarters full at most."""
    return table_ordered(list(dict.fromkeys(names)), hash_code)


def copy_ordered(names: Collection[str]) -> list[str]:
    """Put *names* into the order of a Java ``HashSet`` that was made of them at once: less than three quarters full."""
    buckets = _BUCKETS_MIN
    while 4 * len(names) >= 3 * buckets:
        buckets *= 2
    return hash_ordered(names, buckets)


def table_ordered(keys: Collection[T], hash_of: Callable[[T], int]) -> list[T]:
    """Put keys into the order of a Java ``HashMap`` that they were put into one by one.

    They differ, and stand in the order in which they were put; *hash_of* gives the ``hashCode`` of one, any number.
    """
    buckets = _BUCKETS_MIN
    while 4 * len(keys) > 3 * buckets:
        buckets *= 2
    return sorted(keys, key=lambda key: _spread(hash_of(key) & 0xFFFFFFFF) & (buckets - 1))
