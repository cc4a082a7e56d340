"""ListMetrics: what can be asked for."""

from collections.abc import Awaitable
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from sandbox.metrics.scope import OWN_NAMESPACES, MetricsScope
from sandbox.metrics.shapes import MetricName, Namespace
from sandbox.metrics.store import Metric
from sandbox.wire.operation import RequestShape, ResponseShape, operation
from sandbox.wire.raw_reply import DECLINED, Declined

__all__ = ["list_metrics"]


class DimensionFilter(RequestShape):
    """A dimension that has to be there, with any value where none is said."""

    name: Annotated[str, Meta(min_length=1, max_length=255)]
    value: Annotated[str, Meta(min_length=1, max_length=1024)] | None = None


class Request(RequestShape):
    """ListMetrics as it is sent."""

    namespace: Namespace | None = None
    metric_name: MetricName | None = None
    dimensions: Annotated[list[DimensionFilter], Meta(max_length=10)] | None = None
    next_token: str | None = None


class Response(ResponseShape):
    """The metrics; functions' are never paged."""

    metrics: list[Any]
    next_token: str | None = None


@operation("ListMetrics", Request)
def list_metrics(scope: MetricsScope, request: Request) -> Response | Declined | Awaitable[Response]:
    """List functions' metrics; without a namespace those of others behind them, page by page."""
    if request.namespace is not None and request.namespace not in OWN_NAMESPACES:
        return DECLINED
    if request.next_token is not None:
        return DECLINED  # only others give tokens
    scope.up_to_date()
    own = [_shown(metric) for metric in scope.metrics.everything() if _matches(metric, request)]
    return Response(metrics=own) if request.namespace is not None else _with_others(scope, request, own)


async def _with_others(scope: MetricsScope, request: Request, own: list[Any]) -> Response:
    answer = await scope.others("ListMetrics", msgspec.to_builtins(request))
    return Response(metrics=[*own, *answer.get("Metrics", ())], next_token=answer.get("NextToken"))


def _matches(metric: Metric, request: Request) -> bool:
    if request.metric_name not in (None, metric.name):
        return False
    dimensions = dict(metric.dimensions)
    return all(
        wanted.name in dimensions and wanted.value in (None, dimensions[wanted.name])
        for wanted in request.dimensions or ()
    )


def _shown(metric: Metric) -> dict[str, Any]:
    return {
        "Namespace": metric.namespace,
        "MetricName": metric.name,
        "Dimensions": [{"Name": name, "Value": value} for name, value in metric.dimensions],
    }
