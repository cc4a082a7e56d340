"""Bulk operations: what was asked for, how far each is, and what came of it; they are remembered when their table has gone."""

from typing import Any

import msgspec

from sandbox.dynamodb.storage.jobs import Failure

__all__ = ["BulkOperation", "BulkUsage"]


class BulkUsage(msgspec.Struct, kw_only=True, frozen=True):
    """The bytes that were put: into the table, and into each index that was affected, by its name."""

    table_bytes: int = 0
    local_index_bytes: dict[str, int] = {}
    global_index_bytes: dict[str, int] = {}
    vector_index_bytes: dict[str, int] = {}


class BulkOperation(msgspec.Struct, kw_only=True, frozen=True):
    """A bulk put of the objects of a bucket.

    Attributes:
        table_name: the table as it was named, by name or ARN.
        started, ended: epoch seconds; ``ended`` is ``None`` while it is under way.
        asked: the members of the request by their wire names, but for the token.
        is_cancelled: it was asked to end early.
        failure: why it ended before its last object, once it has.
        total_input_bytes: of the objects; ``None`` until they have been found, and nothing was read before.
        processed_item_count: of lines that asked for something, the failed ones and those of unmet conditions included.
    """

    arn: str
    table_name: str
    table_arn: str
    table_id: str
    token: str
    started: float
    asked: dict[str, Any]
    is_cancelled: bool = False
    ended: float | None = None
    failure: Failure | None = None
    total_input_bytes: int | None = None
    processed_input_bytes: int = 0
    processed_item_count: int = 0
    failed_item_count: int = 0
    usage: BulkUsage = BulkUsage()
