"""Equality and order of normalised values.

Numbers in normal form and canonical base64 are equal exactly when their texts are.
"""

from binascii import a2b_base64
from decimal import Decimal

from sandbox.values.attribute import AttributeValue, Item

__all__ = ["equal", "is_plain", "items_equal", "less_than"]


_PLAIN = frozenset({"S", "N", "B", "BOOL", "NULL"})
"""Types whose values are kept in one form each: those that are not written the same are not the same."""


def equal(a: AttributeValue, b: AttributeValue) -> bool:
    """Tell whether two values are the same: deep, lists in order, maps and sets without order.

    Source: dynamodb-exact §10.
    """
    if a == b:
        return True
    type_ = next(iter(a))
    if type_ in _PLAIN or type_ not in b:
        return False
    content_a, content_b = a[type_], b[type_]
    match type_:
        case "SS" | "NS" | "BS":
            return len(content_a) == len(content_b) and set(content_a) == set(content_b)
        case "L":
            return len(content_a) == len(content_b) and all(map(equal, content_a, content_b))
        case _:
            return items_equal(content_a, content_b)


def is_plain(value: AttributeValue) -> bool:
    """Whether the value has one form only, so that what is not written like it is another value."""
    return next(iter(value)) in _PLAIN


def items_equal(a: Item, b: Item) -> bool:
    """Tell whether two items have the same attributes with equal values."""
    return len(a) == len(b) and all(name in b and equal(value, b[name]) for name, value in a.items())


def less_than(a: AttributeValue, b: AttributeValue) -> bool:
    """Tell whether *a* sorts before *b*: false unless both are S, both N or both B.

    Source: dynamodb-exact §10: strings by their UTF-8 bytes (which is the order of their code points), blobs by unsigned
    bytes, numbers by value.
    """
    type_ = next(iter(a))
    right = b.get(type_)
    if right is None:
        return False
    left = a[type_]
    if type_ == "S":
        return bool(left < right)
    if type_ == "N":
        if left.isdigit() and right.isdigit():  # whole numbers in normal form: the longer one is the greater
            return (len(left), left) < (len(right), right)
        return Decimal(left) < Decimal(right)
    return type_ == "B" and a2b_base64(left) < a2b_base64(right)
