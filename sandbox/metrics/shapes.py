"""Members that several requests share. Source: the CloudWatch service model 2010-08-01."""

from collections.abc import Sequence
from typing import Annotated

from msgspec import Meta

from sandbox.metrics.store import Metric
from sandbox.wire.operation import RequestShape

__all__ = ["Dimension", "MetricName", "Namespace", "Period", "Unit", "metric_of"]

Namespace = Annotated[str, Meta(min_length=1, max_length=255)]
MetricName = Annotated[str, Meta(min_length=1, max_length=255)]
Period = Annotated[int, Meta(ge=1)]
Unit = str


class Dimension(RequestShape):
    """One name and value."""

    name: Annotated[str, Meta(min_length=1, max_length=255)]
    value: Annotated[str, Meta(min_length=1, max_length=1024)]


def metric_of(namespace: str, name: str, dimensions: Sequence[Dimension]) -> Metric:
    """The metric that is meant."""
    return Metric(namespace, name, tuple(sorted((one.name, one.value) for one in dimensions)))
