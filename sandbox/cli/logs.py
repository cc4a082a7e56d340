"""``sandbox logs``: what a function printed."""

import click

from sandbox.cli.asking import Endpoint, asking_options, print_json
from sandbox.cli.rows import clock_time

__all__ = ["command"]


@click.command("logs")
@click.argument("name")
@click.option("--follow", is_flag=True, help="Go on with what it prints next; Ctrl-C ends it.")
@asking_options
def command(name: str, endpoint: Endpoint, *, follow: bool, as_json: bool) -> None:
    """Show the latest output of the function NAME."""
    after = 0
    while True:
        answer = endpoint.get("logs", function=name, after=after, wait_seconds=15 if follow else 0)
        after = answer["after"]
        for line in answer["lines"]:
            if as_json:
                print_json(line)
            else:
                click.echo(f"{clock_time(line['timestamp_ms'] / 1000)}  {line['message'].rstrip()}")
        if not follow:
            return
