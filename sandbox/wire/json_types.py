"""Stage one of a refusal: does every member have a JSON type AWS can read?

Also the place where AWS is more lenient than the typed decoder: a fraction for an integer is rounded down, ``"yes"``
is a boolean, ``null`` is absent. What comes out is the request as AWS reads it, unknown members dropped.

Source: dynamodb-exact §2.
"""

import math
from binascii import Error as Base64Error
from binascii import a2b_base64, b2a_base64
from typing import Any, Literal, assert_never

from sandbox.wire.faults import SerializationException
from sandbox.wire.shape import (
    BlobShape,
    BooleanShape,
    DocumentShape,
    ListShape,
    MapShape,
    Member,
    NumberShape,
    Shape,
    StringShape,
    StructureShape,
)

__all__ = ["as_read"]

Position = Literal["member", "element", "value"]
"""Where a value stands: in a structure, in a list, in a map. AWS words the refusals differently."""

_STRUCTURE_FOUND = "Start of structure or map found where not expected"
_CLASS_CAST = (
    "class sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl cannot be cast to class java.lang.Class "
    "(sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl and java.lang.Class are in module java.base of "
    "loader 'bootstrap')"
)
_TRUE_WORDS = frozenset({"true", "1", "yes"})
_FALSE_WORDS = frozenset({"false", "0", "no"})


def as_read(shape: Shape, value: Any, position: Position = "member") -> Any:
    """Give *value* as AWS reads it into *shape*.

    Raises:
        SerializationException: the first member whose JSON type does not fit, members in the order of their shapes.
    """
    match shape:
        case DocumentShape():
            return value
        case StringShape():
            return _string(value)
        case BooleanShape():
            return _boolean(value)
        case NumberShape():
            return _number(value, shape.java)
        case BlobShape():
            return _blob(value)
        case ListShape():
            return _list(shape, value, position)
        case MapShape():
            return _map(shape, value, position)
        case StructureShape():
            return _structure(shape, value, position)
        case _:
            assert_never(shape)


def _refuse(message: str) -> SerializationException:
    return SerializationException(message)


def _scalar_token(value: Any) -> str:
    """Name a scalar as the server's JSON parser names its token."""
    if value is True:
        return "TRUE_VALUE"
    if value is False:
        return "FALSE_VALUE"
    if isinstance(value, str):
        return "STRING_VALUE"
    return "NUMBER_VALUE" if isinstance(value, int) else "DECIMAL_VALUE"


def _refuse_collection(value: Any, java: str) -> None:
    if isinstance(value, list):
        raise _refuse(f"Unrecognized collection type class {java}")
    if isinstance(value, dict):
        raise _refuse(_STRUCTURE_FOUND)


def _string(value: Any) -> str:
    if isinstance(value, str):
        return value
    _refuse_collection(value, "java.lang.String")
    raise _refuse(f"{_scalar_token(value)} cannot be converted to String")


def _boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    _refuse_collection(value, "java.lang.Boolean")
    if not isinstance(value, str):
        raise _refuse(f"{_scalar_token(value)} cannot be converted to Boolean")
    word = value.lower()
    if word in _TRUE_WORDS:
        return True
    if word in _FALSE_WORDS:
        return False
    raise _refuse("Unexpected token received from parser")


def _number(value: Any, java: str) -> float:
    _refuse_collection(value, f"java.lang.{java}")
    if isinstance(value, bool | str):
        raise _refuse(f"{_scalar_token(value)} cannot be converted to {java}")
    number: float = value
    return number if java == "Double" else math.floor(number)


def _blob(value: Any) -> str | bytes:
    if isinstance(value, bytes):
        return value  # not from JSON: a payload that is the whole body
    _refuse_collection(value, "java.nio.ByteBuffer")
    if not isinstance(value, str):
        raise _refuse("only base-64-encoded strings are convertible to bytes")
    if len(value) % 4:
        raise _refuse(f"Base64 encoded length is expected a multiple of 4 bytes but found: {len(value)}")
    try:
        if b2a_base64(a2b_base64(value), newline=False) == value.encode():
            return value
    except (Base64Error, ValueError):
        pass  # refused in the same words as base64 that is not canonical
    raise _refuse("Invalid last non-pad Base64 character dectected")


def _list(shape: ListShape, value: Any, position: Position) -> list[Any]:
    if isinstance(value, dict):
        raise _refuse(_STRUCTURE_FOUND)
    if not isinstance(value, list):
        raise _refuse("Unexpected field type" if position == "member" else _CLASS_CAST)
    return [
        None if element is None else as_read(shape.member.shape, element, "element")
        for element in _present(shape.member, value)
    ]


def _present(member: Member, elements: list[Any]) -> list[Any]:
    """Elements without ``null``, but where the operation refuses it."""
    if None not in elements or member.keeps_null:
        return elements
    return [
        _empty(member.shape) if element is None else element
        for element in elements
        if element is not None or _empty(member.shape) is not None
    ]


def _empty(shape: Shape) -> Any:
    """What a ``null`` counts as in a list or map: one of *shape* with nothing in it, ``None`` where it is dropped.

    Assumption: unverified.
    """
    match shape:
        case StructureShape() | MapShape():
            return {}
        case ListShape():
            return []
        case _:
            return None


def _map(shape: MapShape, value: Any, position: Position) -> dict[str, Any]:
    if isinstance(value, list):
        raise _refuse(f"Unrecognized collection type {_java(shape)}")
    if not isinstance(value, dict):
        raise _refuse("Unexpected field type" if position == "member" else _CLASS_CAST)
    inner = shape.value.shape
    if None in value.values() and not shape.value.keeps_null:
        value = {
            name: _empty(inner) if member is None else member
            for name, member in value.items()
            if member is not None or _empty(inner) is not None
        }
    return {name: None if member is None else as_read(inner, member, "value") for name, member in value.items()}


def _structure(shape: StructureShape, value: Any, position: Position) -> dict[str, Any]:
    if isinstance(value, list):
        raise _refuse(f"Unrecognized collection type class {shape.java}")
    if not isinstance(value, dict):
        raise _refuse("Unexpected field type" if position == "member" else "Unexpected value type in payload")
    return {
        member.name: as_read(member.shape, value[member.name])
        for member in shape.members
        if value.get(member.name) is not None
    }


def _java(shape: Shape) -> str:
    """Spell a Java type as it stands inside the brackets of a generic one."""
    match shape:
        case StringShape():
            return "java.lang.String"
        case BooleanShape():
            return "java.lang.Boolean"
        case NumberShape():
            return f"java.lang.{shape.java}"
        case BlobShape():
            return "java.nio.ByteBuffer"
        case ListShape():
            return f"java.util.List<{_java(shape.member.shape)}>"
        case MapShape():
            return f"java.util.Map<java.lang.String, {_java(shape.value.shape)}>"
        case StructureShape():
            return shape.java
        case DocumentShape():
            return "java.lang.Object"
        case _:
            assert_never(shape)
