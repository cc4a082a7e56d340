"""Metrics by the minute, in memory, within bounds."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

__all__ = ["MINUTE_SECONDS", "AccountMetrics", "Bucket", "Metric", "MetricStore", "Series"]

MINUTE_SECONDS: Final = 60
"""Lambda's metrics have a resolution of a minute. Source: AWS Lambda developer guide, "Using CloudWatch metrics with Lambda"."""
MINUTES_MAX: Final = 24 * 60
"""Per metric, of those in which there was something; the oldest go first."""
SERIES_MAX: Final = 5_000
"""Per account and region; further metrics are not kept."""
VALUES_MAX: Final = 1_000
"""Per minute or period: percentiles are of the first thousand values."""


class Metric(NamedTuple):
    """What identifies a metric; *dimensions* are sorted by name."""

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...] = ()


@dataclass(kw_only=True, slots=True)
class Bucket:
    """The values of a minute, or of several."""

    count: int = 0
    total: float = 0.0
    minimum: float = float("inf")
    maximum: float = float("-inf")
    values: list[float] = field(default_factory=list)

    def add(self, value: float) -> None:
        """Take a value."""
        self.count += 1
        self.total += value
        self.minimum = min(self.minimum, value)
        self.maximum = max(self.maximum, value)
        if len(self.values) < VALUES_MAX:
            self.values.append(value)

    def join(self, other: "Bucket") -> None:
        """Take all values of another."""
        self.count += other.count
        self.total += other.total
        self.minimum = min(self.minimum, other.minimum)
        self.maximum = max(self.maximum, other.maximum)
        self.values += other.values[: VALUES_MAX - len(self.values)]


@dataclass(kw_only=True, slots=True)
class Series:
    """One metric: its unit, and its buckets by the epoch second at which their minute begins, oldest first."""

    unit: str
    minutes: dict[int, Bucket] = field(default_factory=dict)

    def add(self, value: float, at_seconds: float) -> None:
        """Take a value of that instant; the oldest minute goes where there are too many."""
        self._bucket(int(at_seconds // MINUTE_SECONDS) * MINUTE_SECONDS).add(value)

    def join(self, other: "Series") -> None:
        """Take all values of another."""
        for minute, bucket in other.minutes.items():
            self._bucket(minute).join(bucket)

    def _bucket(self, minute: int) -> Bucket:
        bucket = self.minutes.get(minute)
        if bucket is None:
            bucket = self.minutes[minute] = Bucket()
            if len(self.minutes) > MINUTES_MAX:
                del self.minutes[next(iter(self.minutes))]
        return bucket

    def periods(self, start: float, end: float, period_seconds: int) -> dict[int, Bucket]:
        """The buckets from *start* to before *end*, joined to periods, by the epoch second at which they begin.

        Periods begin at whole multiples of their length, the first with the one that holds *start*; those without any
        value are left out.
        """
        first = int(start // period_seconds) * period_seconds
        joined: dict[int, Bucket] = {}
        for minute, bucket in sorted(self.minutes.items()):
            if first <= minute < end:
                joined.setdefault(minute // period_seconds * period_seconds, Bucket()).join(bucket)
        return joined


class AccountMetrics:
    """The metrics of one account and region."""

    def __init__(self) -> None:
        self._series: dict[Metric, Series] = {}

    def series(self, metric: Metric, unit: str) -> Series:
        """One metric, to add to; where there are too many, what is added to a new one is lost."""
        series = self._series.get(metric)
        if series is None:
            series = Series(unit=unit)
            if len(self._series) < SERIES_MAX:
                self._series[metric] = series
        return series

    def find(self, metric: Metric) -> Series | None:
        """One metric, or ``None`` where it has no value."""
        return self._series.get(metric)

    def everything(self) -> Iterator[Metric]:
        """Every metric, in the order in which they began."""
        return iter(list(self._series))


class MetricStore:
    """The metrics of all accounts and regions."""

    def __init__(self) -> None:
        self._accounts: dict[tuple[str, str], AccountMetrics] = {}

    def of(self, account_id: str, region: str) -> AccountMetrics:
        """Those of one account and region."""
        return self._accounts.setdefault((account_id, region), AccountMetrics())
