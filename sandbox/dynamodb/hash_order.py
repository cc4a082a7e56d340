"""The order in which Java's hash tables give names: that of many lists AWS prints."""

from collections.abc import Collection, Iterable

__all__ = ["hash_ordered", "set_ordered"]

_BUCKETS_MIN = 16


def hash_ordered(names: Iterable[str], buckets: int) -> list[str]:
    """Put *names* into the order in which a Java hash table of *buckets*, a power of two, gives them.

    That AWS prints the attributes of a definition so is worked out from ack-api-quirks DDB-TABLE-127, whose two lists have
    the orders of tables of 8 and of 16 buckets, and from an older quotation (4 and 16) by a user of CloudFormation.
    """
    return sorted(dict.fromkeys(names), key=lambda name: _java_hash(name) & (buckets - 1))


def _java_hash(text: str) -> int:
    """``String.hashCode`` as ``HashMap`` spreads it."""
    value = 0
    units = text.encode("utf-16-be")
    for high, low in zip(units[::2], units[1::2], strict=True):
        value = (31 * value + 256 * high + low) & 0xFFFFFFFF
    return value ^ value >> 16


def set_ordered(names: Collection[str]) -> list[str]:
    """Put *names* into the order of a Java ``HashSet`` that they were put into one by one: three quarters full at most."""
    buckets = _BUCKETS_MIN
    while 4 * len(names) > 3 * buckets:
        buckets *= 2
    return hash_ordered(names, buckets)
