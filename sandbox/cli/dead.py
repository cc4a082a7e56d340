"""``sandbox dead``: the batches that mappings gave up."""

import click

from sandbox.cli.asking import Endpoint, asking_options, print_json
from sandbox.cli.replay import report_lines
from sandbox.cli.rows import aligned, clock_time, counted

__all__ = ["command"]


@click.group("dead")
def command() -> None:
    """See and retry batches that were discarded; the latest thousand are kept."""


@command.command("list")
@asking_options
def list_dead(endpoint: Endpoint, *, as_json: bool) -> None:
    """One line for each discarded batch, oldest first."""
    answer = endpoint.get("dead")
    if as_json:
        print_json(answer)
        return
    rows = [
        (
            one["batch_id"],
            clock_time(one["at_seconds"]),
            f"{one['stream_arn'].split('/')[1]} -> {one['function_arn'].split(':')[6]}",
            counted(one["record_count"], "record"),
            f"{one['condition']} after {counted(one['invoke_count'], 'invocation')}",
            one["outcome"].partition("\n")[0],
        )
        for one in answer["batches"]
    ]
    for line in aligned(rows) if rows else ["No batch was discarded."]:
        click.echo(line)


@command.command("retry")
@click.argument("batch", required=False)
@click.option("--all", "everything", is_flag=True, help="All of them, oldest first.")
@asking_options
def retry(batch: str | None, endpoint: Endpoint, *, everything: bool, as_json: bool) -> None:
    """Hand discarded batches to today's code; those that it takes are dead no more.

    The exit code is 1 where it does not take them all.
    """
    if (batch is None) != everything:
        raise click.UsageError("Name a BATCH, or say --all.")
    answer = endpoint.post("dead/retry", {"batch": batch})
    if as_json:
        print_json(answer)
    else:
        for report in answer["batches"]:
            for line in report_lines(report):
                click.echo(line)
    if not all(report["delivered"] for report in answer["batches"]):
        raise SystemExit(1)
