"""Page tokens: a line's number, or a name, behind a mark that says what it is for."""

import base64
import binascii
import re

from sandbox.logs.faults import InvalidParameterException

__all__ = ["event_token", "name_of_token", "name_token", "number_of_token", "number_token", "read_event_token"]

_EVENT_TOKEN = re.compile(r"(?P<direction>[fb])/(?P<number>\d{1,56})/s")
_INVALID = "The specified nextToken is invalid."


def event_token(direction: str, number: int) -> str:
    """A GetLogEvents token: ``f``: what comes after line *number*; ``b``: what comes before it."""
    return f"{direction}/{number:056d}/s"


def read_event_token(token: str) -> tuple[str, int]:
    """Direction and number of a GetLogEvents token.

    Raises:
        InvalidParameterException: it is none.
    """
    found = _EVENT_TOKEN.fullmatch(token)
    if found is None:
        raise InvalidParameterException(_INVALID)
    return found["direction"], int(found["number"])


def number_token(number: int) -> str:
    """A FilterLogEvents token: what comes after line *number*."""
    return f"{number:056d}"


def number_of_token(token: str) -> int:
    """The number of a FilterLogEvents token.

    Raises:
        InvalidParameterException: it is none.
    """
    if not (token.isascii() and token.isdigit()):
        raise InvalidParameterException(_INVALID)
    return int(token)


def name_token(name: str) -> str:
    """A token of the Describe calls: what comes after *name*."""
    return base64.urlsafe_b64encode(name.encode()).decode()


def name_of_token(token: str) -> str:
    """The name of a Describe call's token.

    Raises:
        InvalidParameterException: it is none.
    """
    try:
        return base64.b64decode(token.encode(), altchars=b"-_", validate=True).decode()
    except (binascii.Error, UnicodeError) as error:
        raise InvalidParameterException(_INVALID) from error
