"""Pages of the List operations: an opaque marker that names the last element given."""

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import TypeVar

from sandbox.awslambda.faults import InvalidParameterValueException

__all__ = ["page_of"]

ElementT = TypeVar("ElementT")


def page_of(
    elements: Sequence[ElementT], name: Callable[[ElementT], str], *, marker: str | None, size: int
) -> tuple[Sequence[ElementT], str | None]:
    """Give the elements after *marker*, at most *size*, and the marker of the next page (``None`` at the end).

    An element that was removed meanwhile still marks a place where elements are ordered by name; elsewhere the list
    begins anew, which repeats elements but skips none.

    Raises:
        InvalidParameterValueException: the marker is none of ours.
    """
    start = 0
    if marker is not None:
        last = _read(marker)
        names = [name(element) for element in elements]
        if last in names:
            start = names.index(last) + 1
        elif names == sorted(names):
            start = sum(1 for other in names if other <= last)
    page = elements[start : start + size]
    more = start + size < len(elements)
    return page, _written(name(page[-1])) if more and page else None


def _written(name: str) -> str:
    return base64.urlsafe_b64encode(name.encode()).decode()


def _read(marker: str) -> str:
    try:
        return base64.b64decode(marker.encode(), altchars=b"-_", validate=True).decode()
    except (binascii.Error, UnicodeError) as error:
        raise InvalidParameterValueException("The marker is not valid.") from error
