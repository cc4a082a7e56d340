"""What the shape of a request says beside the typed decode: its broken constraints, and the types of members sent as text."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from sandbox.wire import violations as constraint_violations
from sandbox.wire.json_types import as_read
from sandbox.wire.shape import BooleanShape, ListShape, NumberShape, Shape, shape_of

__all__ = ["from_texts", "violations"]


def violations(request_type: type[msgspec.Struct], members: Mapping[str, Any]) -> list[str]:
    """List the declared constraints that *members* break, as ``Value '…' at '…' failed to satisfy constraint: …``.

    Raises:
        SerializationException: a member has the wrong JSON type.
    """
    shape = shape_of(request_type)
    return list(constraint_violations.violations(shape, as_read(shape, dict(members))))


def from_texts(request_type: type[msgspec.Struct], texts: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Give members that came as text, from a path, a query string or a header, the JSON type their place has.

    A text that does not fit its place stays as it is, to be refused with the rest.
    """
    shapes = {member.name: member.shape for member in shape_of(request_type).members}
    return {name: _from_texts(shapes[name], found) for name, found in texts.items() if name in shapes and found}


def _from_texts(shape: Shape, texts: Sequence[str]) -> Any:
    match shape:
        case ListShape():
            return list(texts)
        case NumberShape():
            text = texts[-1].removeprefix("-")
            return int(texts[-1]) if text.isascii() and text.isdigit() else texts[-1]
        case BooleanShape():
            return {"true": True, "false": False}.get(texts[-1].lower(), texts[-1])
        case _:
            return texts[-1]
