"""``sandbox logs``: what a function printed."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import click

from sandbox.cli.asking import Endpoint, asking_options, print_json
from sandbox.cli.rows import clock_time
from sandbox.web.refusal import there_are

__all__ = ["command"]

_INDENT: Final = " " * 14


@click.command("logs")
@click.argument("name")
@click.option("--follow", is_flag=True, help="Go on with what it prints next; Ctrl-C ends it.")
@asking_options
def command(name: str, endpoint: Endpoint, *, follow: bool, as_json: bool) -> None:
    """Show the latest output of the function NAME."""
    after, has_told = 0, as_json
    while True:
        answer = endpoint.get("logs", function=name, after=after, wait_seconds=15 if follow else 0)
        after = answer["after"]
        for line in answer["lines"]:
            if as_json:
                print_json(line)
            else:
                for text in _shown(line):
                    click.echo(text)
        if not answer["lines"] and not after and not has_told:
            click.echo(f"{name} has printed nothing. {there_are(answer['others'])}", err=True)
            has_told = True
        if not follow:
            return


def _shown(line: Mapping[str, Any]) -> Iterator[str]:
    """A log event as lines: Lambda parts those of a traceback by carriage returns."""
    first, *others = line["message"].rstrip().splitlines() or [""]
    yield f"{clock_time(line['timestamp_ms'] / 1000)}  {first}"
    for text in others:
        yield f"{_INDENT}{text}"
