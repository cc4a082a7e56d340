"""When rates and cron expressions are due. Source: Amazon EventBridge user guide, the tables of cron expressions."""

from datetime import UTC, datetime

import pytest

from sandbox.aws_services.schedule_expression import InvalidSchedule, read_schedule

BEGIN = datetime(2026, 11, 22, 5, 30, 20, tzinfo=UTC)
"""A Sunday."""


def due(expression: str, count: int = 1) -> list[str]:
    """The next times after ``BEGIN``, in minutes."""
    schedule, instant, found = read_schedule(expression), BEGIN.timestamp(), []
    for _ in range(count):
        following = schedule.after(instant, since=BEGIN.timestamp())
        assert following is not None
        assert following > instant
        instant = following
        found.append(datetime.fromtimestamp(instant, UTC).strftime("%Y-%m-%d %H:%M"))
    return found


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("cron(0 10 * * ? *)", ["2026-11-22 10:00", "2026-11-23 10:00"]),
        ("cron(15 12 * * ? *)", ["2026-11-22 12:15"]),
        ("cron(0 18 ? * MON-FRI *)", ["2026-11-23 18:00", "2026-11-24 18:00"]),
        ("cron(0 8 1 * ? *)", ["2026-12-01 08:00", "2027-01-01 08:00"]),
        ("cron(0/15 * * * ? *)", ["2026-11-22 05:45", "2026-11-22 06:00"]),
        ("cron(0/10 * ? * MON-FRI *)", ["2026-11-23 00:00", "2026-11-23 00:10"]),
        ("cron(0/30 20-2 ? * MON-FRI *)", ["2026-11-23 00:00"]),
        ("cron(0 0 L * ? *)", ["2026-11-30 00:00", "2026-12-31 00:00"]),
        ("cron(0 0 1W * ? *)", ["2026-12-01 00:00", "2027-01-01 00:00", "2027-02-01 00:00"]),
        ("cron(0 0 15W 8 ? 2027)", ["2027-08-16 00:00"]),
        ("cron(0 0 LW * ? *)", ["2026-11-30 00:00", "2026-12-31 00:00", "2027-01-29 00:00"]),
        ("cron(0 0 ? * 6L *)", ["2026-11-27 00:00", "2026-12-25 00:00"]),
        ("cron(0 0 ? * L *)", ["2026-11-28 00:00", "2026-12-05 00:00"]),
        ("cron(0 0 ? * 3#2 *)", ["2026-12-08 00:00", "2027-01-12 00:00"]),
        ("cron(0 0 ? * FRI-MON *)", ["2026-11-23 00:00", "2026-11-27 00:00", "2026-11-28 00:00"]),
        ("cron(0 0 29 2 ? *)", ["2028-02-29 00:00"]),
        ("cron(5,35 14 * jan,Dec ? *)", ["2026-12-01 14:05", "2026-12-01 14:35"]),
        ("rate(1 minute)", ["2026-11-22 05:31", "2026-11-22 05:32"]),
        ("rate(12 hours)", ["2026-11-22 17:30", "2026-11-23 05:30"]),
        ("rate(7 days)", ["2026-11-29 05:30"]),
    ],
)
def test_when_it_is_due(expression: str, expected: list[str]) -> None:
    assert due(expression, len(expected)) == expected


def test_a_rate_is_counted_from_its_beginning_whenever_one_asks() -> None:
    rate = read_schedule("rate(5 minutes)")
    assert rate.after(1_000.0, since=100.0) == 1_300.0
    assert rate.after(1_300.0, since=100.0) == 1_600.0


def test_a_year_that_is_past_never_comes() -> None:
    assert read_schedule("cron(0 0 1 1 ? 2020)").after(BEGIN.timestamp(), since=0) is None


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("rate(1 minutes)", "singular after 1"),
        ("rate(5 minute)", "singular after 1"),
        ("rate(0 minutes)", "neither"),
        ("every 5 minutes", "neither"),
        ("cron(0 10 * * *)", "six fields"),
        ("cron(0 10 * * * *)", "one of day-of-month"),
        ("cron(0 10 ? * ? *)", "one of day-of-month"),
        ("cron(60 10 * * ? *)", "60 is not between 0 and 59"),
        ("cron(0 10 ? * XXX *)", "XXX is not between 1 and 7"),
        ("cron(0/0 10 * * ? *)", "0 is not between 1 and 59"),
    ],
)
def test_what_is_no_schedule_says_why(expression: str, reason: str) -> None:
    with pytest.raises(InvalidSchedule, match=reason):
        read_schedule(expression)
