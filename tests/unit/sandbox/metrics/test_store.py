"""Values by the minute, joined to the periods that are asked for."""

import pytest

from sandbox.metrics.statistics import statistic
from sandbox.metrics.store import MINUTES_MAX, SERIES_MAX, VALUES_MAX, AccountMetrics, Bucket, Metric, Series


def bucket(*values: float) -> Bucket:
    one = Bucket()
    for value in values:
        one.add(value)
    return one


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("SampleCount", 4),
        ("Sum", 10),
        ("Average", 2.5),
        ("Minimum", 1),
        ("Maximum", 4),
        ("p0", 1),
        ("p50", 2.5),
        ("p100", 4),
        ("p99.9", 3.997),
    ],
)
def test_statistics(name: str, expected: float) -> None:
    compute = statistic(name)
    assert compute is not None
    assert compute(bucket(3, 1, 4, 2)) == pytest.approx(expected)


@pytest.mark.parametrize("name", ["", "Median", "p101", "p", "tm90", "sum"])
def test_what_is_no_statistic(name: str) -> None:
    assert statistic(name) is None


def test_periods_begin_at_multiples_of_their_length_and_hold_the_start_but_not_the_end() -> None:
    series = Series(unit="Count")
    for at in (0, 59, 60, 299, 300, 600):
        series.add(1, at)
    assert {start: one.count for start, one in series.periods(70, 600, 60).items()} == {60: 1, 240: 1, 300: 1}
    assert {start: one.count for start, one in series.periods(70, 601, 300).items()} == {0: 4, 300: 1, 600: 1}


def test_what_is_late_belongs_to_its_minute() -> None:
    """An invocation counts when it began, and long ones end after shorter ones that began later."""
    series = Series(unit="Count")
    series.add(1, 120)
    series.add(2, 30)
    assert [(start, one.total) for start, one in series.periods(0, 180, 60).items()] == [(0, 2), (120, 1)]


def test_joined_buckets_count_all_and_keep_values_within_bounds() -> None:
    many = bucket(*([1.0] * (VALUES_MAX - 1)))
    many.join(bucket(2.0, 3.0))
    assert (many.count, many.maximum, len(many.values)) == (VALUES_MAX + 1, 3.0, VALUES_MAX)


def test_minutes_and_metrics_are_bounded() -> None:
    series = Series(unit="Count")
    for minute in range(MINUTES_MAX + 2):
        series.add(1, minute * 60)
    assert (len(series.minutes), min(series.minutes)) == (MINUTES_MAX, 120)
    account = AccountMetrics()
    for number in range(SERIES_MAX + 1):
        account.series(Metric("n", str(number)), "Count").add(1, 0)
    assert len(list(account.everything())) == SERIES_MAX
