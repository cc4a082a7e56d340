"""GetMetricData: several metrics at once."""

from collections.abc import Awaitable
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta

from sandbox.metrics.faults import InvalidParameterCombinationException, InvalidParameterValueException
from sandbox.metrics.scope import OWN_NAMESPACES, MetricsScope
from sandbox.metrics.shapes import Dimension, MetricName, Namespace, Period, Unit, metric_of
from sandbox.metrics.statistics import statistic
from sandbox.wire.operation import RequestShape, ResponseShape, operation
from sandbox.wire.raw_reply import DECLINED, Declined

__all__ = ["get_metric_data"]

DATAPOINTS_MAX: Final = 100_800


class MetricOfQuery(RequestShape):
    """Which metric."""

    namespace: Namespace | None = None
    metric_name: MetricName | None = None
    dimensions: Annotated[list[Dimension], Meta(max_length=30)] | None = None


class MetricStat(RequestShape):
    """Which metric, and what of it."""

    metric: MetricOfQuery
    period: Period
    stat: str
    unit: Unit | None = None


class MetricDataQuery(RequestShape):
    """One metric, or an expression over others."""

    id: Annotated[str, Meta(min_length=1, max_length=255)]
    metric_stat: MetricStat | None = None
    expression: Annotated[str, Meta(min_length=1, max_length=2048)] | None = None
    label: str | None = None
    return_data: bool | None = None
    period: Period | None = None
    account_id: Annotated[str, Meta(min_length=1, max_length=255)] | None = None

    @property
    def is_own(self) -> bool:
        """Whether the sandbox keeps this metric itself."""
        return self.metric_stat is not None and self.metric_stat.metric.namespace in OWN_NAMESPACES


class Request(RequestShape):
    """GetMetricData as it is sent; times in epoch seconds."""

    metric_data_queries: list[MetricDataQuery]
    start_time: float
    end_time: float
    next_token: str | None = None
    scan_by: Literal["TimestampDescending", "TimestampAscending"] | None = None
    max_datapoints: int | None = None


class MetricDataResult(ResponseShape):
    """The values of one query; times in epoch seconds."""

    id: str
    label: str
    timestamps: list[float]
    values: list[float]
    status_code: str


class Response(ResponseShape):
    """One result for each query that wants one, in the order of the queries."""

    metric_data_results: list[Any]
    messages: list[Any]


@operation("GetMetricData", Request)
def get_metric_data(scope: MetricsScope, request: Request) -> Response | Declined | Awaitable[Response]:
    """Read functions' metrics here, those of other namespaces where they are; the newest value first unless told.

    Everything is in one answer: there is never a token.

    Raises:
        InvalidParameterValueException: the end is not behind the start, an unknown statistic.
        InvalidParameterCombinationException: an expression over functions' metrics; those are not computed here.
    """
    own = [query for query in request.metric_data_queries if query.is_own]
    if not own:
        return DECLINED
    if any(query.expression is not None for query in request.metric_data_queries):
        raise InvalidParameterCombinationException(
            "The sandbox computes no expressions over metrics of AWS/Lambda; ask for the metrics themselves."
        )
    start, end = request.start_time, request.end_time
    if start >= end:
        raise InvalidParameterValueException("The parameter StartTime must be less than the parameter EndTime.")
    scope.up_to_date()
    is_ascending = request.scan_by == "TimestampAscending"
    results = {query.id: _result(scope, query, start, end, is_ascending=is_ascending) for query in own}
    if len(own) == len(request.metric_data_queries):
        return _response(request, results)
    return _with_others(scope, request, results)


async def _with_others(scope: MetricsScope, request: Request, results: dict[str, Any]) -> Response:
    foreign = [query for query in request.metric_data_queries if not query.is_own]
    members = msgspec.to_builtins(request) | {"MetricDataQueries": msgspec.to_builtins(foreign)}
    answer = await scope.others("GetMetricData", members)
    return _response(request, {one["Id"]: one for one in answer.get("MetricDataResults", ())} | results)


def _response(request: Request, results: dict[str, Any]) -> Response:
    wanted = [query.id for query in request.metric_data_queries if query.return_data is not False]
    return Response(metric_data_results=[results[one] for one in wanted if one in results], messages=[])


def _result(
    scope: MetricsScope, query: MetricDataQuery, start: float, end: float, *, is_ascending: bool
) -> MetricDataResult:
    asked = query.metric_stat
    assert asked is not None
    compute = statistic(asked.stat)
    if compute is None:
        raise InvalidParameterValueException(f"The value {asked.stat} for parameter Stat is not supported.")
    name = asked.metric.metric_name or ""
    series = scope.metrics.find(metric_of(asked.metric.namespace or "", name, asked.metric.dimensions or ()))
    periods = {} if series is None else series.periods(start, end, asked.period)
    if series is not None and asked.unit not in (None, series.unit):
        periods = {}
    times = sorted(periods, reverse=not is_ascending)[:DATAPOINTS_MAX]
    return MetricDataResult(
        id=query.id,
        label=query.label or name,
        timestamps=[float(time) for time in times],
        values=[compute(periods[time]) for time in times],
        status_code="Complete",
    )
