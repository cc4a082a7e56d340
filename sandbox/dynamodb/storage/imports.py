"""Imports: what was asked for, when, and what came of it; they are remembered whatever became of their table."""

from typing import Any

import msgspec

from sandbox.dynamodb.storage.jobs import Failure

__all__ = ["Import"]


class Import(msgspec.Struct, kw_only=True, frozen=True):
    """An import.

    Attributes:
        table_id: that the table has, once it is made.
        started, ended: epoch seconds; ``ended`` is ``None`` while it is under way.
        asked: the members of the request by their wire names, but for the token.
        failure: why it failed, once it has.
        processed_size_bytes: what was read, unpacked.
        processed_item_count: what was read, the items in error included.
    """

    arn: str
    table_arn: str
    table_id: str
    token: str
    started: float
    asked: dict[str, Any]
    ended: float | None = None
    failure: Failure | None = None
    processed_size_bytes: int = 0
    processed_item_count: int = 0
    imported_item_count: int = 0
    error_count: int = 0
