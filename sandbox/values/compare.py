"""Equality and order of normalised values.

Numbers in normal form and canonical base64 are equal exactly when their texts are.
"""

from binascii import a2b_base64
from decimal import Decimal

from sandbox.values.attribute import AttributeValue, Item

__all__ = ["equal", "items_equal", "less_than"]


def equal(a: AttributeValue, b: AttributeValue) -> bool:
    """Tell whether two values are the same: deep, lists in order, maps and sets without order.

    Source: dynamodb-exact §10.
    """
    if a == b:
        return True
    [(type_a, content_a)] = a.items()
    [(type_b, content_b)] = b.items()
    if type_a != type_b:
        return False
    match type_a:
        case "SS" | "NS" | "BS":
            return len(content_a) == len(content_b) and set(content_a) == set(content_b)
        case "L":
            return len(content_a) == len(content_b) and all(map(equal, content_a, content_b))
        case "M":
            return items_equal(content_a, content_b)
        case _:
            return False


def items_equal(a: Item, b: Item) -> bool:
    """Tell whether two items have the same attributes with equal values."""
    return len(a) == len(b) and all(name in b and equal(value, b[name]) for name, value in a.items())


def less_than(a: AttributeValue, b: AttributeValue) -> bool:
    """Tell whether *a* sorts before *b*: false unless both are S, both N or both B.

    Source: dynamodb-exact §10: strings by their UTF-8 bytes (which is the order of their code points), blobs by unsigned
    bytes, numbers by value.
    """
    [(type_a, content_a)] = a.items()
    [(type_b, content_b)] = b.items()
    if type_a != type_b:
        return False
    match type_a:
        case "S":
            return bool(content_a < content_b)
        case "N":
            return Decimal(content_a) < Decimal(content_b)
        case "B":
            return a2b_base64(content_a) < a2b_base64(content_b)
        case _:
            return False
