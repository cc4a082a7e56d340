"""The order in which Java's hash tables give names: that of many lists AWS prints.

Two of them were worked out here in 2026-11, from lists that were seen of AWS:

- Members whose constraints are broken come in the order of a ``HashMap`` of all members' names. So do the ten of Scan and
  nine of Query that dynalite lists (dynamodb-exact §3.3), and the members of five structures that were measured in 2026-10
  (ack-api-quirks DDB-TABLE-457). The orders that dynalite has of other operations are those of the ``HashMap`` of Java 7.
- The values that a member may have come in the order of a table of 32 buckets without any spreading of ``hashCode``; of
  values in one bucket the one that the service model has last comes first. So do sixteen lists of two to thirteen values,
  all that are known (dynamodb-exact §3.4, ack-api-quirks DDB-TABLE-457, recorded-answers §3 and what code cites).

That the lists which were not seen have these orders is an assumption.
"""

from collections.abc import Callable, Collection, Iterable
from typing import TypeVar

__all__ = ["copy_ordered", "enum_ordered", "hash_code", "hash_ordered", "set_ordered", "table_ordered"]

_BUCKETS_MIN = 16
_ENUM_BUCKETS = 32

T = TypeVar("T")


def hash_ordered(names: Iterable[str], buckets: int) -> list[str]:
    """Put *names* into the order in which a Java hash table of *buckets*, a power of two, gives them.

    That AWS prints the attributes of a definition so is worked out from ack-api-quirks DDB-TABLE-127, whose two lists have
    the orders of tables of 8 and of 16 buckets, and from an older quotation (4 and 16) by a user of CloudFormation.
    """
    return sorted(dict.fromkeys(names), key=lambda name: _spread(hash_code(name)) & (buckets - 1))


def enum_ordered(values: Iterable[str]) -> list[str]:
    """Put the values of an enumeration into AWS's order; of two in one bucket the first given comes first."""
    return sorted(values, key=lambda value: hash_code(value) % _ENUM_BUCKETS)


def hash_code(text: str) -> int:
    """Work out ``String.hashCode``, taken as a number from 0 to 2**32 - 1."""
    value = 0
    units = text.encode("utf-16-be", errors="surrogatepass")
    for high, low in zip(units[::2], units[1::2], strict=True):
        value = (31 * value + 256 * high + low) & 0xFFFFFFFF
    return value


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
