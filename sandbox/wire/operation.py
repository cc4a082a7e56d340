"""What an operation is: a wire name, a request shape and one function.

An operation file declares its request as a ``msgspec.Struct`` (field order = the order in which AWS lists
violations, where it is known), its response as another, and decorates one function::

    @operation("PutItem", Request)
    def put_item(scope: Scope, request: Request) -> Response: ...

The decorator only builds a value; ``sandbox/catalog.py`` lists them. There is no registration by import.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar, dataclass_transform

import msgspec

__all__ = ["Operation", "RequestShape", "ResponseShape", "operation"]

RequestT = TypeVar("RequestT", bound=msgspec.Struct)


class ShapeMeta(msgspec.StructMeta):
    """Make every subclass keyword-only: required members may follow optional ones, as AWS's order has it."""

    def __new__(mcls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **options: Any) -> "ShapeMeta":
        """Build the class; a ``msgspec.Struct`` does not inherit ``kw_only``."""
        made: ShapeMeta = super().__new__(mcls, name, bases, namespace, **{"kw_only": True, **options})
        return made


@dataclass_transform(kw_only_default=True, field_specifiers=(msgspec.field,))
class RequestShape(msgspec.Struct, metaclass=ShapeMeta, rename="pascal", omit_defaults=True):
    """Base of every request and of every structure in one: snake-case here, Pascal-case on the wire.

    A member that AWS requires has no default; any other is ``X | None = None``, and JSON ``null`` counts as absent.
    Members stand in the order in which AWS lists their violations, unless ``is_hash_listed``. Written out again
    (``UnprocessedItems``), a member that is ``None`` is not sent.

    Attributes:
        reported_alone: fields whose value, where it breaks a constraint, is the only one reported, in the order in
            which they are looked at, before all others. Source: dynamodb-exact §3.3.
        is_hash_listed: AWS lists violations in the order of a Java hash table: ``sandbox.wire.hash_order``.
        java_package: what stands before the class name where AWS names a structure's Java class.
    """

    reported_alone: ClassVar[tuple[str, ...]] = ()
    is_hash_listed: ClassVar[bool] = False
    java_package: ClassVar[str] = ""


@dataclass_transform(kw_only_default=True, field_specifiers=(msgspec.field,))
class ResponseShape(msgspec.Struct, metaclass=ShapeMeta, rename="pascal", omit_defaults=True):
    """Base of every response: a member that is ``None`` is not sent. Stored JSON goes through as ``msgspec.Raw``."""


@dataclass(frozen=True, kw_only=True)
class Operation(Generic[RequestT]):
    """One API call.

    Attributes:
        name: the wire name, ``PutItem``.
        request: its request shape.
        run: ``(scope, request) -> response``; the response is a ``ResponseShape``, ``None`` (empty body), the bytes of
            an answer that is mostly stored JSON, or, for some Lambda operations and a search of many vectors, an
            awaitable of one of these.
        success_status: the HTTP status of an ordinary answer; 200 but for some Lambda operations.
    """

    name: str
    request: type[RequestT]
    run: Callable[[Any, RequestT], Any]
    success_status: int = 200


def operation(
    name: str, request: type[RequestT], *, success_status: int = 200
) -> Callable[[Callable[[Any, RequestT], Any]], Operation[RequestT]]:
    """Make an ``Operation`` of the function below."""

    def make(run: Callable[[Any, RequestT], Any]) -> Operation[RequestT]:
        return Operation(name=name, request=request, run=run, success_status=success_status)

    return make
