"""``sandbox mappings``: what every mapping does; pause, resume and rewind one."""

from collections.abc import Mapping
from typing import Any

import click

from sandbox.cli.asking import Endpoint, asking_options, print_json
from sandbox.cli.rows import aligned, clock_time, counted

__all__ = ["command"]

_METRICS = (
    ("polled", "polled_event_count"),
    ("filtered out", "filtered_out_event_count"),
    ("invoked", "invoked_event_count"),
    ("failed", "failed_invoke_event_count"),
    ("dropped", "dropped_event_count"),
    ("sent to the destination", "on_failure_destination_delivered_event_count"),
)


@click.group("mappings")
def command() -> None:
    """See and steer event source mappings.

    MAPPING is a UUID, the beginning of one, or the name of a function that has only one.
    """


@command.command("list")
@asking_options
def list_mappings(endpoint: Endpoint, *, as_json: bool) -> None:
    """One line for each mapping."""
    answer = endpoint.get("mappings")
    if as_json:
        print_json(answer)
        return
    rows = [
        (one["uuid"], one["table_name"], f"-> {one['function_name']}", _state(one), _doing(one))
        for one in answer["mappings"]
    ]
    for line in aligned(rows) if rows else ["There is no mapping."]:
        click.echo(line)


@command.command("show")
@click.argument("mapping")
@click.option("--traces", type=click.IntRange(0, 1000), default=20, show_default=True, help="How many, the latest.")
@asking_options
def show(mapping: str, traces: int, endpoint: Endpoint, *, as_json: bool) -> None:
    """All of one mapping: position, counters, and what it did lately and why."""
    answer = endpoint.get("mappings/show", mapping=mapping, traces=traces)
    if as_json:
        print_json(answer)
        return
    click.echo(f"{answer['uuid']}  {answer['table_name']} -> {answer['function_name']}")
    click.echo(f"  state    {_state(answer)}, {_doing(answer)}")
    click.echo(f"  result   {answer['last_processing_result'] or 'nothing was processed yet'}")
    metrics = answer["metrics"] or {}
    click.echo(f"  records  {', '.join(f'{metrics.get(name, 0)} {word}' for word, name in _METRICS)}")
    if metrics.get("iterator_age_ms") is not None:
        click.echo(f"  age      {metrics['iterator_age_ms']:.0f} ms, of the last record of the last batch")
    for shard_id, position in ((answer["standing"] or {}).get("checkpoints") or {}).items():
        click.echo(f"  shard    {shard_id}  at {position}")
    for trace in answer["traces"]:
        click.echo(f"  {_trace(trace)}")


@command.command("pause")
@click.argument("mapping")
@asking_options
def pause(mapping: str, endpoint: Endpoint, *, as_json: bool) -> None:
    """Stop polling, whatever the API says of its state; writes go on and wait."""
    _report(endpoint.post("mappings/pause", {"mapping": mapping}), "paused", as_json=as_json)


@command.command("resume")
@click.argument("mapping")
@asking_options
def resume(mapping: str, endpoint: Endpoint, *, as_json: bool) -> None:
    """Go on from the checkpoint."""
    _report(endpoint.post("mappings/resume", {"mapping": mapping}), "resumed", as_json=as_json)


@command.command("rewind")
@click.argument("mapping")
@click.option(
    "--to", required=True, metavar="WHERE", help="oldest, latest, a sequence number, or a time (ISO 8601, epoch)."
)
@asking_options
def rewind(mapping: str, to: str, endpoint: Endpoint, *, as_json: bool) -> None:
    """Go on from elsewhere in the stream; a paused mapping stays paused."""
    _report(endpoint.post("mappings/rewind", {"mapping": mapping, "to": to}), f"rewound to {to}", as_json=as_json)


def _report(answer: Mapping[str, Any], done: str, *, as_json: bool) -> None:
    if as_json:
        print_json(answer)
    else:
        click.echo(f"{done}: {answer['table_name']} -> {answer['function_name']}  ({answer['uuid']})")


def _state(mapping: Mapping[str, Any]) -> str:
    standing = mapping["standing"]
    return "paused" if standing is not None and standing["is_paused"] else str(mapping["state"])


def _doing(mapping: Mapping[str, Any]) -> str:
    standing = mapping["standing"]
    if standing is None or standing["pause_reason"] == "paused":
        return "not polling"
    if standing["is_paused"]:
        return str(standing["pause_reason"]).removeprefix("paused: ")
    if standing["waiting"]:
        return f"{'; '.join(standing['waiting'])} ({counted(standing['pending_records'], 'record')} pending)"
    return "caught up" if standing["is_idle"] else f"working on {counted(standing['pending_records'], 'record')}"


def _trace(trace: Mapping[str, Any]) -> str:
    words = [clock_time(trace["at_seconds"]), trace["kind"]]
    if trace["record_count"]:
        first = trace["first_sequence_number"]  # a queue's messages have none, and no lanes
        where = f" from {first}, lane {trace['lane']}" if first else ""
        words.append(f"{counted(trace['record_count'], 'record')}{where}")
    if trace["attempt"]:
        words.append(f"attempt {trace['attempt']}")
    words.append(f"{trace['outcome']} -> {trace['decision']}" if trace["decision"] else trace["outcome"])
    if trace["remark"]:
        words.append(trace["remark"])
    if trace["request_id"]:
        words.append(f"batch {trace['request_id']}")
    return "  ".join(words)
