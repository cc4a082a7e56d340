"""Exports: what was asked for, and when; they are remembered when their table has gone."""

from typing import Any

import msgspec

__all__ = ["Export", "ExportParameters", "ExportPeriod"]


class ExportPeriod(msgspec.Struct, kw_only=True, frozen=True):
    """What an incremental export covers, from and to in epoch seconds; ``end`` is ``None`` for up to its start."""

    begin: float
    end: float | None = None
    view_type: str | None = None


class ExportParameters(msgspec.Struct, kw_only=True, frozen=True):
    """What an export was asked to be; the same token with others is a conflict. Times are epoch seconds."""

    table_arn: str
    bucket: str
    bucket_owner: str | None = None
    prefix: str | None = None
    sse_algorithm: str | None = None
    sse_key: str | None = None
    format: str | None = None
    type: str | None = None
    export_time: float | None = None
    period: ExportPeriod | None = None
    filter: dict[str, Any] | None = None


class Export(msgspec.Struct, kw_only=True, frozen=True):
    """An export.

    Attributes:
        started: epoch seconds.
        ends: when its end is known, in epoch seconds.
    """

    arn: str
    table_id: str
    token: str
    started: float
    ends: float
    parameters: ExportParameters
