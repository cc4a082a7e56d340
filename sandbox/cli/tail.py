"""``sandbox tail``: a table's stream as it is written."""

import json
from collections.abc import Mapping
from typing import Any

import click

from sandbox.cli.asking import Endpoint, asking_options, print_json
from sandbox.cli.change import Change
from sandbox.cli.live import terminal_columns
from sandbox.cli.rows import clock_time

__all__ = ["command"]


@click.command("tail")
@click.argument("table")
@click.option("--oldest", is_flag=True, help="Begin with the oldest record kept, not with what comes next.")
@click.option("--no-follow", is_flag=True, help="End once there is nothing more.")
@click.option("--images", is_flag=True, help="Show each record whole.")
@asking_options
def command(table: str, endpoint: Endpoint, *, oldest: bool, no_follow: bool, images: bool, as_json: bool) -> None:
    """Follow the stream records of TABLE, a name or a stream's ARN; Ctrl-C ends it.

    With --json one record a line.
    """
    # --no-follow without --oldest would never show anything: what is there is meant.
    oldest = oldest or no_follow
    after: int | None = None
    while True:
        answer = endpoint.get(
            "tail",
            table=table,
            after=after,
            oldest=oldest if after is None else None,
            wait_seconds=0 if no_follow else 15,
        )
        after = answer["after"]
        for record in answer["records"]:
            if as_json:
                print_json(record)
            else:
                click.echo(_line(record))
                if images:
                    click.echo(f"  {json.dumps(record['dynamodb'], ensure_ascii=False)}")
        if answer["is_ended"] or (no_follow and not answer["records"]):
            return


def _line(record: Mapping[str, Any]) -> str:
    head = f"{clock_time(record['created_seconds'])}  {record['sequence_number']}  "
    tail = "  (expired)" if record["by_service"] else ""
    return f"{head}{Change.of(record).words(max(20, terminal_columns() - len(head) - len(tail)))}{tail}"
