"""Stage two of a refusal: which declared constraints does a request break, in AWS's words and order?

Source: dynamodb-exact §3.2, §3.3.
"""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from sandbox.wire.constraints import NOT_NULL
from sandbox.wire.faults import ValidationException
from sandbox.wire.shape import ListShape, MapShape, Member, Shape, StructureShape, spelled

__all__ = ["refuse_violations", "violations"]

LISTED_MAX = 10
PRINTED_CHARACTERS_MAX = 16_384
"""AWS's own limit is not known; ours keeps a refusal smaller than a hostile request."""

_Path = tuple[str, ...]


def violations(shape: StructureShape, members: Mapping[str, Any]) -> Iterator[str]:
    """Say every constraint that *members*, as read in stage one, break: ``Value '…' at '…' failed to satisfy …``."""
    return _in_structure((), shape, members)


def refuse_violations(shape: StructureShape, members: Mapping[str, Any], reported_alone: tuple[str, ...] = ()) -> None:
    """Raise where a declared constraint is broken.

    *reported_alone* holds wire names: the first violation of the first such member that has one is all that is said; a
    member that is absent is listed with the others.

    Raises:
        ValidationException: with the bare sentence of a member that is refused up front, else with the list.
    """
    for member in shape.members:
        sentence = member.upfront and member.upfront.check(members.get(member.name))
        if sentence:
            raise ValidationException(sentence)
    by_name = {member.name: member for member in shape.members}
    for name in reported_alone:
        if members.get(name) is None:
            continue
        alone = next(_at_member((name,), by_name[name], members[name]), None)
        if alone is not None:
            raise _listed([alone])
    found = list(islice(violations(shape, members), LISTED_MAX))
    if found:
        raise _listed(found)


def _listed(sentences: list[str]) -> ValidationException:
    plural = "" if len(sentences) == 1 else "s"
    return ValidationException(f"{len(sentences)} validation error{plural} detected: {'; '.join(sentences)}")


def _in_structure(path: _Path, shape: StructureShape, members: Mapping[str, Any]) -> Iterator[str]:
    for member in shape.listed:
        yield from _at_member((*path, member.name), member, members.get(member.name))


def _at_member(path: _Path, member: Member, value: Any) -> Iterator[str]:
    if value is None:
        if member.required:
            yield f"Value null at '{_spell(path)}' failed to satisfy constraint: {NOT_NULL}"
        return
    printed: str | None = None
    for constraint in member.constraints:
        for broken in constraint.check(value):
            if printed is None and constraint.value_shown:
                printed = _printed(member.shape, value)
            shown = f" '{printed}'" if constraint.value_shown else ""
            where = ".".join(path) if constraint.named_as_on_wire else _spell(path)
            yield f"Value{shown} at '{where}' failed to satisfy constraint: {broken}"
    match member.shape:
        case StructureShape() as structure if structure.bounded:
            yield from _in_structure(path, structure, value)
        case ListShape(member=element):
            for index, inner in enumerate(value, 1):
                yield from _at_member((*path, str(index), "member"), element, inner)
        case MapShape(value=element):
            for key, inner in value.items():
                yield from _at_member((*path, _Key(key), "member"), element, inner)
        case _:
            pass


class _Key(str):
    """A map's key in a path, which keeps its capitals."""

    __slots__ = ()


def _spell(path: _Path) -> str:
    return ".".join(part if isinstance(part, _Key) else spelled(part) for part in path)


def _printed(shape: Shape, value: Any) -> str:
    """Print a value as Java's ``toString`` does, absent members as ``null``.

    An attribute value is shown as it is, where AWS has its class and a hash: ``AttributeValue@79175931``.

    Source: dynamodb-exact §3.2; risingwavelabs/risingwave issue 17572 (2024-07) for absent members and attribute values.
    """
    text = _java_text(shape, value)
    return text if len(text) <= PRINTED_CHARACTERS_MAX else f"{text[:PRINTED_CHARACTERS_MAX]}…{_end(shape)}"


def _end(shape: Shape) -> str:
    """What closes the text of a value, so that one cut short still ends as a list or map does."""
    match shape:
        case ListShape():
            return "]"
        case MapShape(value=element):
            return _end(element.shape) + "}"
        case StructureShape():
            return ")"
        case _:
            return ""


def _java_text(shape: Shape, value: Any) -> str:
    if value is None:
        return "null"
    match shape:
        case ListShape(member=element):
            return f"[{', '.join(_java_text(element.shape, inner) for inner in value)}]"
        case MapShape(value=element):
            return f"{{{', '.join(f'{key}={_java_text(element.shape, inner)}' for key, inner in value.items())}}}"
        case StructureShape():
            members = (
                f"{_spell((member.name,))}={_java_text(member.shape, value.get(member.name))}"
                for member in shape.members
            )
            return f"{shape.java.rpartition('.')[2]}({', '.join(members)})"
        case _:
            return str(value).lower() if isinstance(value, bool) else str(value)
