"""GetMetricStatistics: one metric, several statistics."""

from typing import Annotated, Final

from msgspec import Meta

from sandbox.metrics.faults import (
    InvalidParameterCombinationException,
    InvalidParameterValueException,
    MissingRequiredParameterException,
)
from sandbox.metrics.scope import OWN_NAMESPACES, MetricsScope
from sandbox.metrics.shapes import Dimension, MetricName, Namespace, Period, Unit, metric_of
from sandbox.metrics.statistics import SIMPLE, statistic
from sandbox.metrics.store import Bucket
from sandbox.wire.operation import RequestShape, ResponseShape, operation
from sandbox.wire.raw_reply import DECLINED, Declined

__all__ = ["get_metric_statistics"]

DATAPOINTS_MAX: Final = 1_440


class Request(RequestShape):
    """GetMetricStatistics as it is sent; times in epoch seconds."""

    namespace: Namespace
    metric_name: MetricName
    dimensions: Annotated[list[Dimension], Meta(max_length=30)] | None = None
    start_time: float
    end_time: float
    period: Period
    statistics: Annotated[list[str], Meta(min_length=1, max_length=5)] | None = None
    extended_statistics: Annotated[list[str], Meta(min_length=1, max_length=10)] | None = None
    unit: Unit | None = None


class Datapoint(ResponseShape):
    """One period; the time in epoch seconds."""

    timestamp: float
    sample_count: float | None = None
    average: float | None = None
    sum: float | None = None
    minimum: float | None = None
    maximum: float | None = None
    unit: str
    extended_statistics: dict[str, float] | None = None


class Response(ResponseShape):
    """The periods in which there was something, the oldest first."""

    label: str
    datapoints: list[Datapoint]


@operation("GetMetricStatistics", Request)
def get_metric_statistics(scope: MetricsScope, request: Request) -> Response | Declined:
    """Read one metric of functions; other namespaces are declined.

    Raises:
        InvalidParameterValueException: the end is not behind the start, an unknown statistic.
        MissingRequiredParameterException: no statistic is asked for.
        InvalidParameterCombinationException: more than 1,440 periods.
    """
    if request.namespace not in OWN_NAMESPACES:
        return DECLINED
    start, end = request.start_time, request.end_time
    _check(request, start, end)
    scope.up_to_date()
    series = scope.metrics.find(metric_of(request.namespace, request.metric_name, request.dimensions or ()))
    if series is None or request.unit not in (None, series.unit):
        return Response(label=request.metric_name, datapoints=[])
    return Response(
        label=request.metric_name,
        datapoints=[
            _datapoint(request, time, bucket, series.unit)
            for time, bucket in series.periods(start, end, request.period).items()
        ],
    )


def _check(request: Request, start: float, end: float) -> None:
    if not request.statistics and not request.extended_statistics:
        raise MissingRequiredParameterException("Must specify either Statistics or ExtendedStatistics.")
    for name in request.statistics or ():
        if name not in SIMPLE:
            raise InvalidParameterValueException(f"The value {name} for parameter Statistics is not supported.")
    for name in request.extended_statistics or ():
        if statistic(name) is None:
            raise InvalidParameterValueException(f"The value {name} for parameter ExtendedStatistics is not supported.")
    if start >= end:
        raise InvalidParameterValueException("The parameter StartTime must be less than the parameter EndTime.")
    count = int((end - start) // request.period)
    if count > DATAPOINTS_MAX:
        raise InvalidParameterCombinationException(
            f"You have requested up to {count} datapoints, which exceeds the limit of 1,440. You may reduce the "
            "datapoints requested by increasing Period, or decreasing the time range."
        )


def _datapoint(request: Request, time: int, bucket: Bucket, unit: str) -> Datapoint:
    simple = {name: SIMPLE[name](bucket) for name in request.statistics or ()}
    extended = {
        name: compute(bucket) for name in request.extended_statistics or () if (compute := statistic(name)) is not None
    }
    return Datapoint(
        timestamp=float(time),
        sample_count=simple.get("SampleCount"),
        average=simple.get("Average"),
        sum=simple.get("Sum"),
        minimum=simple.get("Minimum"),
        maximum=simple.get("Maximum"),
        unit=unit,
        extended_statistics=extended or None,
    )
