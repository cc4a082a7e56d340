"""What an operation is: a wire name, a request shape and one function.

An operation file declares its request as a ``msgspec.Struct`` (field order = the order in which AWS lists
violations), its response as another, and decorates one function::

    @operation("PutItem", Request)
    def put_item(scope: Scope, request: Request) -> Response: ...

The decorator only builds a value; ``sandbox/catalog.py`` lists them. There is no registration by import.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import msgspec

__all__ = ["Operation", "RequestShape", "ResponseShape", "operation"]

RequestT = TypeVar("RequestT", bound=msgspec.Struct)


class RequestShape(msgspec.Struct, kw_only=True, rename="pascal"):
    """Base of every request: snake-case fields here, Pascal-case members on the wire; ``null`` counts as absent."""


class ResponseShape(msgspec.Struct, kw_only=True, rename="pascal", omit_defaults=True):
    """Base of every response: a member that is ``None`` is not sent. Stored JSON goes through as ``msgspec.Raw``."""


@dataclass(frozen=True, kw_only=True)
class Operation(Generic[RequestT]):
    """One API call.

    Attributes:
        name: the wire name, ``PutItem``.
        request: its request shape.
        run: ``(scope, request) -> response``; the response is a ``ResponseShape``, ``None`` (empty body) or, for
            Lambda operations only, an awaitable of one.
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
