"""The refusal of an attribute value, before anyone wraps it."""

from typing import Literal

__all__ = ["Family", "InvalidValue"]

Family = Literal["empty", "multiple", "number", "range", "null", "set", "nesting", "blob", "name"]
"""Which rule was broken. Callers choose the wrapper by it: families ``range``, ``null``, ``set``, ``nesting`` and ``name``
carry the ``1 validation error detected: `` prefix on what writes one item, ``blob`` is a SerializationException.
``number`` is what is no number at all, ``range`` one that cannot be stored."""


class InvalidValue(Exception):  # noqa: N818 - it says what is wrong with the value, like the faults of the API
    """A value AWS would refuse.

    Attributes:
        message: AWS's sentence, without any wrapper.
        family: the rule that was broken.

    Source: dynamodb-exact §5.1, §3.5.
    """

    def __init__(self, message: str, family: Family) -> None:
        super().__init__(message)
        self.message = message
        self.family: Family = family
