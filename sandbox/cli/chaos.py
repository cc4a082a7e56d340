"""``sandbox chaos``: have things go wrong on purpose, per mapping and per table."""

from collections.abc import Mapping
from typing import Any

import click

from sandbox.cli.asking import Endpoint, asking_options, print_json
from sandbox.cli.rows import aligned

__all__ = ["command"]

_PROBABILITY = click.FloatRange(0, 1)


@click.group("chaos")
def command() -> None:
    """Have things go wrong on purpose, to see that your code bears it.

    Off until set. Each kind is a probability from 0 to 1; a seed repeats the choices.
    """


@command.command("set")
@click.option("--mapping", metavar="MAPPING", help="A UUID, the beginning of one, or the name of a function.")
@click.option("--table", metavar="TABLE", help="Or a table.")
@click.option("--twice", type=_PROBABILITY, help="Mapping: hand a finished batch over once more.")
@click.option("--fail", type=_PROBABILITY, help="Mapping: fail instead of running the function.")
@click.option(
    "--throttle", type=_PROBABILITY, help="Mapping: refuse to run it. Table: refuse requests and stream reads."
)
@click.option("--delay", type=_PROBABILITY, help="Mapping: run the function later. Table: answer later.")
@click.option("--delay-seconds", type=click.FloatRange(0, 86_400), help="How much later; 1 unless told.")
@click.option("--trim", type=_PROBABILITY, help="Table: records leave the stream just before they are read.")
@click.option("--expire", type=_PROBABILITY, help="Table: stream iterators expire at once.")
@click.option("--seed", type=click.IntRange(0), help="Repeats the choices; without it one is chosen, and told.")
@asking_options
def set_chaos(endpoint: Endpoint, *, as_json: bool, **wanted: Any) -> None:
    """Set the chaos of one mapping or table, in place of any it had."""
    answer = endpoint.post("chaos/set", wanted)
    if as_json:
        print_json(answer)
    else:
        click.echo(" ".join(_row(answer)))


@command.command("list")
@asking_options
def list_chaos(endpoint: Endpoint, *, as_json: bool) -> None:
    """What is set, and how often it has struck."""
    answer = endpoint.get("chaos")
    if as_json:
        print_json(answer)
        return
    for line in aligned([_row(one) for one in answer["chaos"]]) if answer["chaos"] else ["There is no chaos."]:
        click.echo(line)


@command.command("clear")
@click.option("--mapping", metavar="MAPPING", help="Only this mapping.")
@click.option("--table", metavar="TABLE", help="Only this table.")
@asking_options
def clear(mapping: str | None, table: str | None, endpoint: Endpoint, *, as_json: bool) -> None:
    """End it: of one mapping or table, or all."""
    answer = endpoint.post("chaos/clear", {"mapping": mapping, "table": table})
    if as_json:
        print_json(answer)
        return
    for one in answer["cleared"]:
        click.echo(f"cleared: {one['target']} {one['label']}")
    if not answer["cleared"]:
        click.echo("There is no chaos.")


def _row(one: Mapping[str, Any]) -> tuple[str, ...]:
    kinds = []
    for kind, probability in one["probabilities"].items():
        length = f" by {one['delay_seconds']:g} s" if kind == "delay" else ""
        kinds.append(f"{kind}{length} {probability:g} (struck {one['struck'].get(kind, 0)})")
    return one["target"], one["label"], f"seed {one['seed']}", ", ".join(kinds) or "nothing"
