"""``sandbox replay``: a past batch, handed to today's code."""

from collections.abc import Mapping
from typing import Any

import click

from sandbox.cli.asking import Endpoint, asking_options, print_json

__all__ = ["command", "report_lines"]


@click.command("replay")
@click.argument("batch")
@asking_options
def command(batch: str, endpoint: Endpoint, *, as_json: bool) -> None:
    """Hand the event of BATCH, the request id of an invocation, to today's code.

    The mapping does not move. The exit code is 1 where the function does not take it.
    """
    report = endpoint.post("replay", {"batch": batch})
    if as_json:
        print_json(report)
    else:
        for line in report_lines(report):
            click.echo(line)
    if not report["delivered"]:
        raise SystemExit(1)


def report_lines(report: Mapping[str, Any]) -> list[str]:
    """What became of a batch that was handed over again."""
    name = report["function_arn"].split(":")[6]
    lines = [f"{report['batch']}  -> {name}  {report['outcome']}"]
    return [*lines, f"  {report['answer']}"] if report["answer"] not in ("", "null") else lines
