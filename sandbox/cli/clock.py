"""``sandbox clock``: let the sandbox's time pass at once."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import click

from sandbox.cli.asking import Endpoint, asking_options, print_json

__all__ = ["command"]


@click.group("clock")
def command() -> None:
    """Move the sandbox's time forward; windows, retries, ages, expiry and retention follow at once."""


@command.command("advance")
@click.argument("seconds", type=click.FloatRange(0))
@asking_options
def advance(seconds: float, endpoint: Endpoint, *, as_json: bool) -> None:
    """Let SECONDS pass."""
    _report(endpoint.post("clock", {"advance_seconds": seconds}), as_json=as_json)


@command.command("set")
@click.argument("time")
@asking_options
def set_time(time: str, endpoint: Endpoint, *, as_json: bool) -> None:
    """Let time pass until TIME, ISO 8601 (UTC where it names no zone) or epoch seconds."""
    _report(endpoint.post("clock", {"set_seconds": _instant(time)}), as_json=as_json)


def _instant(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        pass
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise click.UsageError(f"{text!r} is no time such as 2030-05-01T12:00:00Z.") from None
    return (moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)).timestamp()


def _report(answer: Mapping[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(answer)
    else:
        click.echo(datetime.fromtimestamp(answer["now"], UTC).isoformat(timespec="seconds"))
