"""Imports: what was asked for, and when; they are remembered whatever became of their table."""

from typing import Any

import msgspec

__all__ = ["Import"]


class Import(msgspec.Struct, kw_only=True, frozen=True):
    """An import.

    Attributes:
        table_id: that the table would have had.
        started: epoch seconds.
        ends: when its end is known, in epoch seconds.
        asked: the members of the request by their wire names, but for the token.
    """

    arn: str
    table_arn: str
    table_id: str
    token: str
    started: float
    ends: float
    asked: dict[str, Any]
