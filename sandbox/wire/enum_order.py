"""The order in which AWS lists the values that a text may have.

It is that of a Java hash table of 32 buckets without any spreading of ``String.hashCode``, where of values in one bucket
the one that the service model has last comes first.

Source: worked out in 2026-11 from the lists that were seen of AWS (dynamodb-exact §3.4, ack-api-quirks DDB-TABLE-457,
recorded-answers §3 and what code cites for the others). Sixteen lists of two to thirteen values have this order, all that
are known and the thirteen comparison operators among them; no other number of buckets and no spreading gives more than ten.
That the other lists have it is an assumption.
"""

from collections.abc import Iterable

__all__ = ["hash_code", "printed_order"]

_BUCKETS = 32


def printed_order(values: Iterable[str]) -> list[str]:
    """Put the values of an enumeration into AWS's order; of two in one bucket the first given comes first."""
    return sorted(values, key=lambda value: hash_code(value) % _BUCKETS)


def hash_code(text: str) -> int:
    """Work out ``String.hashCode``, taken as a number from 0 to 2**32 - 1."""
    value = 0
    units = text.encode("utf-16-be", errors="surrogatepass")
    for high, low in zip(units[::2], units[1::2], strict=True):
        value = (31 * value + 256 * high + low) & 0xFFFFFFFF
    return value
