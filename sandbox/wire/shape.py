"""A request type seen as AWS's service model sees it: what Java type each member has, and what is declared about it.

Built once per type, and only when a request has to be refused or read leniently; the accepting path never comes here.
"""

import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec

from sandbox.wire.constraints import Check, Java, Stated, Upfront, bounds, in_enum
from sandbox.wire.hash_order import enum_ordered, hash_code, table_ordered

__all__ = [
    "BlobShape",
    "BooleanShape",
    "DocumentShape",
    "ListShape",
    "MapShape",
    "Member",
    "NumberShape",
    "Shape",
    "StringShape",
    "StructureShape",
    "shape_of",
    "spelled",
]


@dataclass(frozen=True)
class StringShape:
    """Java ``String``, with its enum where it has one."""

    enum: tuple[str, ...] = ()


@dataclass(frozen=True)
class BooleanShape:
    """Java ``Boolean``."""


@dataclass(frozen=True)
class NumberShape:
    """Java ``Integer``, ``Long`` or ``Double``."""

    java: str = "Integer"


@dataclass(frozen=True)
class BlobShape:
    """Java ``ByteBuffer``; base64 text on the wire."""


@dataclass(frozen=True)
class DocumentShape:
    """Whatever JSON the client sent."""


@dataclass(frozen=True)
class ListShape:
    """Java ``List`` of one member type."""

    member: "Member"


@dataclass(frozen=True)
class MapShape:
    """Java ``Map`` from ``String`` to one member type."""

    value: "Member"


@dataclass(frozen=True, eq=False)
class StructureShape:
    """A structure.

    Attributes:
        java: its Java class name, with the package.
        read_members: gives its members; called late, because structures may nest in themselves.
        bounded: something is declared about a member, here or deeper.
        is_hash_listed: AWS lists the violations of its members in the order of a hash table.
    """

    java: str
    read_members: "Callable[[], tuple[Member, ...]]"
    bounded: bool = True
    is_hash_listed: bool = False

    @property
    def members(self) -> "tuple[Member, ...]":
        """The members, in the order of declaration."""
        return self.read_members()

    @property
    def listed(self) -> "tuple[Member, ...]":
        """The members, in the order in which AWS lists their violations."""
        if not self.is_hash_listed:
            return self.members
        by_name = {spelled(member.name): member for member in self.members}
        return tuple(by_name[name] for name in table_ordered(list(by_name), hash_code))


Shape = StringShape | BooleanShape | NumberShape | BlobShape | DocumentShape | ListShape | MapShape | StructureShape


@dataclass(frozen=True, kw_only=True)
class Member:
    """One place in a request that holds a value.

    Attributes:
        name: the wire name; empty for list elements and map values.
        shape: what stands there.
        required: AWS refuses its absence.
        constraints: what is declared about the value, in the order in which it is listed.
        upfront: what is refused before constraints are listed.
        keeps_null: a JSON ``null`` among the elements of a list or map is kept, for the operation to refuse it.
    """

    shape: Shape
    name: str = ""
    required: bool = False
    constraints: tuple[Stated, ...] = ()
    upfront: Upfront | None = None
    keeps_null: bool = False


@cache
def shape_of(struct: type[msgspec.Struct]) -> StructureShape:
    """See a request type as a structure, its fields as members in the order of declaration.

    Raises:
        TypeError: a field has a type that a service model cannot have.
    """

    @cache
    def read_members() -> tuple[Member, ...]:
        hints = typing.get_type_hints(struct, include_extras=True)
        return tuple(
            _member(hints[field.name], name=field.encode_name, required=field.required)
            for field in msgspec.structs.fields(struct)
        )

    return StructureShape(
        getattr(struct, "java_package", "") + struct.__name__,
        read_members,
        is_hash_listed=getattr(struct, "is_hash_listed", False),
    )


def spelled(name: str) -> str:
    """Spell a member's name as AWS's sentences do: ``sSESpecification``."""
    return name[:1].lower() + name[1:]


def _member(annotation: Any, *, name: str = "", required: bool = False) -> Member:
    annotation, notes = _without_none(annotation)
    java = next((note.name for note in notes if isinstance(note, Java)), None)
    shape = next((note for note in notes if isinstance(note, Shape)), None) or _shape(annotation, java)
    constraints = [note for note in notes if isinstance(note, Stated)]
    if not constraints:
        constraints = [Stated(check=bounds(note)) for note in notes if isinstance(note, msgspec.Meta)]
    if isinstance(shape, StringShape) and shape.enum:
        constraints.append(Stated(check=_enum_check(shape.enum)))
    return Member(
        name=name,
        shape=shape,
        required=required,
        constraints=tuple(constraints),
        upfront=next((note for note in notes if isinstance(note, Upfront)), None),
    )


def _element(annotation: Any) -> Member:
    """What a list or map holds; ``X | None`` keeps a JSON ``null``."""
    is_union = get_origin(annotation) in (Union, types.UnionType)
    return replace(_member(annotation), keeps_null=is_union and types.NoneType in get_args(annotation))


def _enum_check(allowed: tuple[str, ...]) -> Check:
    sentence = in_enum(enum_ordered(allowed))
    return lambda value: () if value in allowed else (sentence,)


def _without_none(annotation: Any) -> tuple[Any, tuple[Any, ...]]:
    """Peel ``X | None`` and ``Annotated[X, ...]``; give X and everything noted about it."""
    notes: tuple[Any, ...] = ()
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            annotation, *found = get_args(annotation)
            notes = (*found, *notes)
        elif origin in (Union, types.UnionType):
            arms = [arm for arm in get_args(annotation) if arm not in (types.NoneType, msgspec.UnsetType)]
            if len(arms) != 1:
                raise TypeError(f"a member has one type, not {annotation}")
            annotation = arms[0]
        else:
            return annotation, notes


_SCALARS: Mapping[Any, Shape] = {
    str: StringShape(),
    bool: BooleanShape(),
    bytes: BlobShape(),
    Any: DocumentShape(),
    msgspec.Raw: DocumentShape(),
}


def _shape(annotation: Any, java: str | None) -> Shape:
    if annotation in _SCALARS:
        return _SCALARS[annotation]
    if annotation is int:
        return NumberShape(java or "Integer")
    if annotation is float:
        return NumberShape(java or "Double")
    if isinstance(annotation, type) and issubclass(annotation, msgspec.Struct):
        return shape_of(annotation)
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return StringShape(arguments)
    if origin in (list, tuple):
        return ListShape(_element(arguments[0]))
    if origin is dict:
        return MapShape(_element(arguments[1]))
    raise TypeError(f"no service model has a member of type {annotation}")
