"""``rate(5 minutes)`` and ``cron(0 12 * * ? *)``: when is it due next?

Everything is in UTC. Source: Amazon EventBridge user guide, "Creating an Amazon EventBridge rule that runs on a schedule"
(fields, wildcards, and that one of the two fields for days must be ``?``).
"""

import calendar
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

__all__ = ["Cron", "InvalidSchedule", "Rate", "Schedule", "read_schedule"]

_RATE: Final = re.compile(r"rate\((?P<count>[1-9][0-9]*) (?P<unit>minute|hour|day)(?P<plural>s?)\)")
_CRON: Final = re.compile(r"cron\((?P<fields>[^()]+)\)")
_UNIT_SECONDS: Final = {"minute": 60, "hour": 3_600, "day": 86_400}
_MONTHS: Final = {name.upper(): number for number, name in enumerate(calendar.month_abbr) if number}
_WEEKDAYS: Final = {"SUN": 1, "MON": 2, "TUE": 3, "WED": 4, "THU": 5, "FRI": 6, "SAT": 7}
_YEAR_MAX: Final = 2199
_DAYS_AHEAD_MAX: Final = 366 * 28
"""No day of the calendar and the week stays away longer: a 29 February on a given weekday comes within 28 years."""

DayTest = Callable[[date], bool]


class InvalidSchedule(ValueError):  # noqa: N818 - a state of the user's rule
    """The text is no schedule; it says why."""


@dataclass(frozen=True, kw_only=True)
class Rate:
    """Every so many seconds, counted from when the rule was made."""

    seconds: int

    def after(self, instant: float, *, since: float) -> float | None:
        """The first time it is due after *instant*; *since* is when counting began. Both are epoch seconds."""
        return since + (int((instant - since) // self.seconds) + 1) * self.seconds


@dataclass(frozen=True, kw_only=True)
class Cron:
    """At given minutes of given hours of given days."""

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    is_day: DayTest
    months: frozenset[int]
    years: frozenset[int]

    def after(self, instant: float, *, since: float) -> float | None:  # noqa: ARG002 - a rate's matter
        """The first time it is due after *instant*, ``None`` where it never is again."""
        moment = datetime.fromtimestamp(instant, UTC)
        for ahead in range(_DAYS_AHEAD_MAX):
            day = moment.date() + timedelta(days=ahead)
            if day.year > _YEAR_MAX:
                return None
            if day.year in self.years and day.month in self.months and self.is_day(day):
                due = self._first_of(day, instant)
                if due is not None:
                    return due
        return None

    def _first_of(self, day: date, instant: float) -> float | None:
        for hour in self.hours:
            for minute in self.minutes:
                due = datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC).timestamp()
                if due > instant:
                    return due
        return None


Schedule = Rate | Cron


def read_schedule(text: str) -> Schedule:
    """Read a ScheduleExpression.

    Raises:
        InvalidSchedule: it is neither a rate nor a cron expression as EventBridge has them.
    """
    rate = _RATE.fullmatch(text.strip())
    if rate is not None:
        count = int(rate["count"])
        if (count == 1) == bool(rate["plural"]):
            raise InvalidSchedule(f"{text}: a unit is singular after 1 and plural after anything else")
        return Rate(seconds=count * _UNIT_SECONDS[rate["unit"]])
    cron = _CRON.fullmatch(text.strip())
    if cron is None:
        raise InvalidSchedule(f"{text} is neither rate(value unit) nor cron(fields)")
    fields = cron["fields"].split()
    if len(fields) != 6:
        raise InvalidSchedule(f"{text}: a cron expression has six fields")
    minutes, hours, day_of_month, month, day_of_week, year = (field.upper() for field in fields)
    if (day_of_month == "?") == (day_of_week == "?"):
        raise InvalidSchedule(f"{text}: one of day-of-month and day-of-week is ?, the other is not")
    return Cron(
        minutes=tuple(sorted(_numbers(minutes, 0, 59))),
        hours=tuple(sorted(_numbers(hours, 0, 23))),
        is_day=_day_of_month(day_of_month) if day_of_week == "?" else _day_of_week(day_of_week),
        months=_numbers(month, 1, 12, _MONTHS),
        years=_numbers(year, 1970, _YEAR_MAX),
    )


def _numbers(field: str, lowest: int, highest: int, names: Mapping[str, int] | None = None) -> frozenset[int]:
    """``*``, ``5``, ``1-5``, ``0/15``, ``MON-FRI``, and lists of them."""
    found: set[int] = set()
    for part in field.split(","):
        span, slash, step_text = part.partition("/")
        first_text, dash, last_text = span.partition("-")
        if span == "*":
            first, last = lowest, highest
        else:
            first = _number(first_text, lowest, highest, names)
            last = _number(last_text, lowest, highest, names) if dash else (highest if slash else first)
        step = _number(step_text, 1, highest, None) if slash else 1
        # A span of weekdays or months may pass the end: FRI-MON.
        wrapped = last if last >= first else last + highest - lowest + 1
        found |= {(number - lowest) % (highest - lowest + 1) + lowest for number in range(first, wrapped + 1, step)}
    return frozenset(found)


def _number(text: str, lowest: int, highest: int, names: Mapping[str, int] | None) -> int:
    number = (names or {}).get(text)
    if number is None and text.isascii() and text.isdigit():
        number = int(text)
    if number is None or not lowest <= number <= highest:
        raise InvalidSchedule(f"{text or 'nothing'} is not between {lowest} and {highest}")
    return number


def _day_of_month(field: str) -> DayTest:
    if field == "L":
        return lambda day: day.day == _last_day(day)
    if field == "LW":
        return lambda day: day == _nearest_weekday(day, _last_day(day))
    if field.endswith("W"):
        wanted = _number(field[:-1], 1, 31, None)
        return lambda day: wanted <= _last_day(day) and day == _nearest_weekday(day, wanted)
    days = _numbers(field, 1, 31)
    return lambda day: day.day in days


def _day_of_week(field: str) -> DayTest:
    """Sunday is 1. ``L`` is Saturday, ``5L`` the last Thursday of the month, ``3#2`` its second Tuesday."""
    if "#" in field:
        name, _, nth_text = field.partition("#")
        weekday, nth = _number(name, 1, 7, _WEEKDAYS), _number(nth_text, 1, 5, None)
        return lambda day: _weekday(day) == weekday and (day.day - 1) // 7 + 1 == nth
    if field.endswith("L"):
        weekday = _number(field[:-1] or "7", 1, 7, _WEEKDAYS)
        in_last_week = len(field) > 1
        return lambda day: _weekday(day) == weekday and (not in_last_week or day.day + 7 > _last_day(day))
    weekdays = _numbers(field, 1, 7, _WEEKDAYS)
    return lambda day: _weekday(day) in weekdays


def _weekday(day: date) -> int:
    return day.isoweekday() % 7 + 1


def _last_day(day: date) -> int:
    return calendar.monthrange(day.year, day.month)[1]


def _nearest_weekday(day: date, wanted: int) -> date:
    """The Monday to Friday nearest to the day *wanted* of *day*'s month, in the same month."""
    meant = day.replace(day=wanted)
    match meant.isoweekday():
        case 6:
            return meant - timedelta(days=1) if wanted > 1 else meant + timedelta(days=2)
        case 7:
            return meant + timedelta(days=1) if wanted < _last_day(day) else meant - timedelta(days=2)
        case _:
            return meant
