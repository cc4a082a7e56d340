"""Exports: what was asked for, when, and what came of it; they are remembered when their table has gone."""

from typing import Any

import msgspec

from sandbox.dynamodb.storage.jobs import Failure

__all__ = ["Export", "ExportParameters", "ExportPeriod"]


class ExportPeriod(msgspec.Struct, kw_only=True, frozen=True):
    """What an incremental export was asked to cover, in epoch seconds; see ``Export.period_end`` for no ``end``."""

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
        started, ended: epoch seconds; ``ended`` is ``None`` while it is under way.
        failure: why it failed, once it has.
        manifest: the key of its summary; this and the figures below ``None`` unless it has come to its end.
    """

    arn: str
    table_id: str
    token: str
    started: float
    parameters: ExportParameters
    ended: float | None = None
    failure: Failure | None = None
    manifest: str | None = None
    item_count: int | None = None
    billed_size_bytes: int | None = None

    @property
    def instant(self) -> float:
        """The moment a full export shows, in epoch seconds."""
        return self.started if self.parameters.export_time is None else self.parameters.export_time

    @property
    def period_end(self) -> float:
        """When the period of an incremental export ends, in epoch seconds: with its start where nothing else was asked."""
        period = self.parameters.period
        return self.started if period is None or period.end is None else period.end

    @property
    def is_incremental(self) -> bool:
        """Whether it shows the changes of a period instead."""
        return self.parameters.period is not None
