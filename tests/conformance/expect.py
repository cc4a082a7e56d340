"""What every conformance test says in the same words: this call is refused, with this code and this text."""

import contextlib
import re
from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

__all__ = ["Refusal", "refused"]


class Refusal:
    """The refusal a block ended with; filled in when it has."""

    def __init__(self) -> None:
        self.response: dict[str, Any] = {}

    @property
    def message(self) -> str:
        """The text as sent, whichever member carried it."""
        error = self.response["Error"]
        return str(error.get("Message") or error.get("message") or "")


@contextlib.contextmanager
def refused(code: str, message: "str | re.Pattern[str] | None" = None, *, status: int = 400) -> Iterator[Refusal]:
    """Expect the block to be refused with *code*.

    *message* is the exact text, or a pattern that the whole text must match; ``None`` where the text is not known.
    """
    refusal = Refusal()
    try:
        yield refusal
    except ClientError as error:
        refusal.response = dict(error.response)
    else:
        raise AssertionError(f"accepted, but {code} was expected")
    assert refusal.response["Error"]["Code"] == code, refusal.response["Error"]
    assert refusal.response["ResponseMetadata"]["HTTPStatusCode"] == status
    if isinstance(message, str):
        assert refusal.message == message
    elif message is not None:
        assert message.fullmatch(refusal.message), refusal.message
