"""``sandbox serve``: the endpoint alone, for CI and scripts."""

import json
import os
from pathlib import Path
from typing import Any

import click

from sandbox import __version__
from sandbox.cli.failure import explained
from sandbox.cli.options import open_host_warning, server_options, settings_of
from sandbox.cli.ready_file import forget_ready_file, write_ready_file
from sandbox.cli.running import calm_collector, run, stop_signals
from sandbox.compose import Sandbox
from sandbox.config import Settings

__all__ = ["command"]


@click.command("serve")
@server_options
@click.option("--json", "as_json", is_flag=True, help="Print one line of JSON instead of text.")
def command(ready_file: Path | None, *, as_json: bool, **options: Any) -> None:
    """Run the endpoint alone, quietly; stop with Ctrl-C or SIGTERM.

    Functions may be created from folders below the current one:
    Code={"S3Bucket": "hot-reload", "S3Key": "/absolute/folder"}.
    """
    settings = settings_of(options)
    run(_serve(settings, ready_file, as_json=as_json))


async def _serve(settings: Settings, ready_file: Path | None, *, as_json: bool) -> None:
    if ready_file is not None:
        forget_ready_file(ready_file)
    with stop_signals() as stop:
        with explained(settings, "serve"):
            sandbox = Sandbox(settings)
        try:
            with explained(settings, "serve"):
                await sandbox.start()
            calm_collector()
            if ready_file is not None:
                write_ready_file(ready_file, sandbox.endpoint_url)
            _announce(sandbox.endpoint_url, settings, as_json=as_json)
            if warning := open_host_warning(settings):
                click.echo(warning, err=True)
            await stop.wait()
        finally:
            await sandbox.close()


def _announce(endpoint_url: str, settings: Settings, *, as_json: bool) -> None:
    if as_json:
        data = str(settings.data_folder) if settings.data_folder is not None else None
        click.echo(
            json.dumps(
                {"endpoint_url": endpoint_url, "data_folder": data, "pid": os.getpid(), "version": __version__}
                | ({"secret_access_key": settings.secret_access_key} if settings.signatures == "strict" else {})
            )
        )
        return
    click.echo(f"sandbox {__version__} answers at {endpoint_url}")
    click.echo(f"export AWS_ENDPOINT_URL={endpoint_url}")
    if settings.signatures == "strict":
        click.echo(f"export AWS_ACCESS_KEY_ID={settings.default_account_id}")
        click.echo(f"export AWS_SECRET_ACCESS_KEY={settings.secret_access_key}")
