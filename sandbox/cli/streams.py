"""``sandbox streams``: split shards on command."""

import click

from sandbox.cli.asking import Endpoint, asking_options, print_json

__all__ = ["command"]


@click.group("streams")
def command() -> None:
    """Change the shards of streams."""


@command.command("split")
@click.argument("table")
@click.option("--shard", metavar="ID", help="Only this shard; without it every open one.")
@click.option("--children", type=click.IntRange(1, 16), default=2, show_default=True, help="1 is a mere rollover.")
@asking_options
def split(table: str, shard: str | None, children: int, endpoint: Endpoint, *, as_json: bool) -> None:
    """Close the open shards of TABLE's stream and open children in their place."""
    answer = endpoint.post("streams/split", {"table": table, "shard": shard, "children": children})
    if as_json:
        print_json(answer)
        return
    for closed in answer["closed"]:
        click.echo(f"closed {closed['shard_id']}")
        for child in closed["children"]:
            click.echo(f"  opened {child}")
