"""The size in bytes of values that are in normal form already.

Source: dynamodb-exact §7.1.
"""

from typing import Any

from sandbox.values.attribute import CONTAINER_BYTES, AttributeValue, Item
from sandbox.values.number import number_bytes

__all__ = ["item_bytes", "text_bytes", "value_bytes"]


def text_bytes(text: str) -> int:
    """Count the bytes of a text in UTF-8."""
    return len(text) if text.isascii() else len(text.encode())


def _blob_size(text: str) -> int:
    return len(text) // 4 * 3 - text.count("=", -2)


def value_bytes(value: AttributeValue) -> int:
    """Measure one normalised value."""
    (type_,) = value
    content = value[type_]
    if type_ == "S":
        return len(content) if content.isascii() else len(content.encode())
    if type_ == "N":
        return number_bytes(content)
    return _size_of_rarer(type_, content)


def _size_of_rarer(type_: str, content: Any) -> int:
    match type_:
        case "M":
            return CONTAINER_BYTES + sum(1 + text_bytes(name) + value_bytes(member) for name, member in content.items())
        case "L":
            return CONTAINER_BYTES + sum(1 + value_bytes(member) for member in content)
        case "B":
            return _blob_size(content)
        case "SS":
            return sum(map(text_bytes, content))
        case "NS":
            return sum(map(number_bytes, content))
        case "BS":
            return sum(map(_blob_size, content))
        case _:  # BOOL, NULL
            return 1


def item_bytes(item: Item) -> int:
    """Measure an item: every attribute's name and value."""
    size = 0
    for name, value in item.items():
        size += len(name) if name.isascii() else len(name.encode())
        if (text := value.get("S")) is not None:
            size += len(text) if text.isascii() else len(text.encode())
        else:
            size += value_bytes(value)
    return size
