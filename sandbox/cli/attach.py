"""``sandbox attach``: only the poller, on someone else's stream."""

import hashlib
import os
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from pollers.clients.lambda_http import HttpLambda, UrlFunction
from pollers.clients.session import open_session
from pollers.clients.signing import Credentials
from pollers.clients.streams_http import HttpStreams
from pollers.ports import Invoker
from pollers.trace import BatchTrace
from sandbox.adapters.mapping_host import PollingMappingHost
from sandbox.cli.asking import Endpoint, asking_options, print_json
from sandbox.cli.failure import StartFailure, explained
from sandbox.cli.lines import trace_lines
from sandbox.cli.live import echo, terminal_columns
from sandbox.cli.options import folder_as_named
from sandbox.cli.running import run, stop_signals
from sandbox.clock import Clock
from sandbox.config import Settings
from sandbox.dynamodb.storage.checkpoints import StoredCheckpoints
from sandbox.dynamodb.storage.database import Database
from sandbox.ids import Ids

__all__ = ["command"]

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@click.command("attach")
@click.option("--source", required=True, metavar="URL", help="An endpoint of DynamoDB Streams; it is only read.")
@click.option("--stream", required=True, metavar="ARN", help="The stream.")
@click.option("--function", metavar="NAME", help="A function of the sandbox at --endpoint-url.")
@click.option("--function-url", metavar="URL", help="Or whatever takes each event as a POST.")
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    default=Path(".sandbox-attach"),
    show_default=True,
    metavar="DIR",
    help="Keeps how far it came; the next attach goes on there.",
)
@click.option("--from", "start", type=click.Choice(["oldest", "latest"]), default="latest", show_default=True)
@click.option("--batch-size", type=click.IntRange(1, 10_000), default=100, show_default=True)
@asking_options
def command(
    source: str,
    stream: str,
    function: str | None,
    function_url: str | None,
    data: Path,
    start: str,
    batch_size: int,
    endpoint: Endpoint,
    *,
    as_json: bool,
) -> None:
    """Hand the records of any DynamoDB stream to a function: of AWS itself, DynamoDB Local, another sandbox.

    Polls four times a second and shard; Ctrl-C stops. With --json one line for each batch.
    """
    if (function is None) == (function_url is None):
        raise click.UsageError("Name either --function or --function-url.")
    if len(stream.split(":")) < 6 or "/stream/" not in stream:
        raise StartFailure(f"{stream} is not the ARN of a stream.", "sandbox tail and ListStreams show such ARNs.")
    name = function or str(function_url)
    configuration = {
        # The same three go on where they were.
        "UUID": hashlib.sha256(f"{source} {stream} {name}".encode()).hexdigest()[:32],
        "EventSourceArn": stream,
        "FunctionArn": name,
        "StartingPosition": "TRIM_HORIZON" if start == "oldest" else "LATEST",
        "BatchSize": batch_size,
    }
    observe = _json if as_json else _lines
    region = _region_of(name, endpoint, otherwise=_part(stream, 3))
    run(_attach(source, function_url, endpoint.url, region, configuration, folder_as_named(data), observe))


def _part(arn: str, number: int) -> str:
    return arn.split(":")[number]


def _region_of(function: str, endpoint: Endpoint, *, otherwise: str) -> str:
    """Where the function is: where its ARN says, else where the sandbox is, whatever region a stream claims to be in.

    DynamoDB Local calls its region ddblocal, and a stream of AWS may be in another region than the sandbox. An endpoint that
    is no sandbox is asked in the stream's region.
    """
    if function.startswith("arn:"):
        return _part(function, 3)
    try:
        return str(endpoint.get("status")["region"])
    except StartFailure:
        return otherwise


async def _attach(
    source: str,
    function_url: str | None,
    lambda_url: str,
    lambda_region: str,
    configuration: dict[str, Any],
    data: Path,
    observe: Callable[[BatchTrace], None],
) -> None:
    clock = Clock()
    region = _part(configuration["EventSourceArn"], 3)
    with explained(Settings(data_folder=data), "attach"):
        database = Database(data)
    try:
        async with open_session() as session:
            streams = HttpStreams(
                session, endpoint_url=source, region=region, credentials=_credentials(source), clock=clock
            )
            invoker: Invoker = (
                UrlFunction(session, function_url)
                if function_url is not None
                else HttpLambda(
                    session,
                    endpoint_url=lambda_url,
                    region=lambda_region,
                    credentials=_credentials(lambda_url),
                    clock=clock,
                )
            )
            host = PollingMappingHost(
                streams=streams,
                invoker=invoker,
                checkpoints=StoredCheckpoints(database),
                clock=clock,
                ids=Ids(),
                observe=observe,
            )
            with stop_signals() as stop:
                host.start(configuration)
                click.echo(f"attached to {configuration['EventSourceArn']} at {source}", err=True)
                await stop.wait()
            await host.close()
    finally:
        database.close()


def _credentials(url: str) -> Callable[[], Credentials]:
    """The user's own for an endpoint elsewhere; any will do for one on this machine, which need not see those."""
    if urlsplit(url).hostname in _LOOPBACK:
        local = Credentials(
            access_key_id=os.environ.get("AWS_ACCESS_KEY_ID") or "local",
            secret_access_key="local",  # noqa: S106 - not one
        )
        return lambda: local
    from botocore.session import get_session  # noqa: PLC0415 - a tenth of a second, and only here

    found = get_session().get_credentials()
    if found is None:
        raise StartFailure(
            f"There are no credentials for {url}.", "Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and its secret."
        )

    def frozen() -> Credentials:
        now = found.get_frozen_credentials()
        return Credentials(access_key_id=now.access_key, secret_access_key=now.secret_key, session_token=now.token)

    return frozen


def _json(trace: BatchTrace) -> None:
    print_json(asdict(trace))


def _lines(trace: BatchTrace) -> None:
    for line in trace_lines(trace, None, width=terminal_columns()):
        echo(line)
