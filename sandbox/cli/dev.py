"""``sandbox dev``: the template's tables, functions and mappings, running, with a live line per batch."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import click

from sandbox.cli.banner import Banner
from sandbox.cli.edited_template import EditedTemplate
from sandbox.cli.failure import StartFailure, explained
from sandbox.cli.function_python import function_python
from sandbox.cli.live import LiveLog, echo, terminal_columns
from sandbox.cli.options import open_host_warning, server_options, settings_of
from sandbox.cli.ready_file import forget_ready_file, write_ready_file
from sandbox.cli.running import calm_collector, run, stop_signals
from sandbox.compose import Sandbox
from sandbox.config import Settings
from sandbox.project.apply import apply
from sandbox.project.find import TEMPLATE_NAMES, account_id, find_template, region
from sandbox.project.follow import FollowedProject
from sandbox.project.load import load_project
from sandbox.project.project import Notice, Project
from sandbox.project.references import Surroundings
from sandbox.project.samconfig import parsed_overrides, read_samconfig

__all__ = ["command"]


@click.command("dev")
@click.argument("template", required=False, type=click.Path(path_type=Path))
@server_options
@click.option(
    "--parameter-overrides",
    multiple=True,
    metavar="NAME=VALUE",
    help='Values for the template\'s parameters; may be repeated, or several in one: "A=1 B=2".',
)
@click.option(
    "--region", "wanted_region", metavar="REGION", help="Where the tables are. Without it: as boto3 would choose."
)
@click.option(
    "--delete-removed",
    is_flag=True,
    help="Delete a table, with its data, when you take it out of the template. Without it the table is kept.",
)
def command(
    template: Path | None,
    parameter_overrides: tuple[str, ...],
    wanted_region: str | None,
    delete_removed: bool,
    ready_file: Path | None,
    **options: Any,
) -> None:
    """Run your SAM or CloudFormation TEMPLATE (or a folder): create, serve, watch.

    Without TEMPLATE: the one samconfig.toml names, else template.yaml,
    template.yml or template.json in the current folder.
    """
    started = time.perf_counter()
    settings = settings_of(options)
    with explained(settings, "dev"):
        found, folder = _find(template), _folder(template)
        read = partial(_project, found, folder, parameter_overrides, wanted_region)
        edited = EditedTemplate((found, folder / "samconfig.toml"), read)
        project = read()
    settings = replace(
        settings,
        project_folder=project.template.parent.resolve(),
        code_folders=project.code_folders,
        hold_unloadable_code=True,
        default_account_id=project.account_id,
        default_region=project.region,
    )
    run(_dev(settings, project, edited, ready_file, started, delete_removed=delete_removed))


def _folder(template: Path | None) -> Path:
    """Where samconfig.toml is."""
    if template is None:
        return Path()
    return template if template.is_dir() else template.parent


def _find(template: Path | None) -> Path:
    folder = _folder(template)
    found = template if template is not None and template != folder else find_template(folder, read_samconfig(folder))
    if found is None:
        names = ", ".join(TEMPLATE_NAMES)
        raise StartFailure(
            f"There is no template in {folder.resolve()}: looked for {names} and samconfig.toml.",
            "Name one (sandbox dev PATH), see it work on an example (sandbox demo),\n"
            "  or run the endpoint without one (sandbox serve).",
        )
    return found


def _project(found: Path, folder: Path, overrides: tuple[str, ...], wanted_region: str | None) -> Project:
    config = read_samconfig(folder)
    given = {name: value for text in overrides for name, value in parsed_overrides(text).items()}
    surroundings = Surroundings(
        account_id=account_id(),
        region=wanted_region or region(config),
        stack_name=config.stack_name or "sandbox",
    )
    return load_project(found, overrides={**config.parameters, **given}, surroundings=surroundings)


async def _dev(
    settings: Settings,
    project: Project,
    edited: EditedTemplate,
    ready_file: Path | None,
    started: float,
    *,
    delete_removed: bool,
) -> None:
    if ready_file is not None:
        forget_ready_file(ready_file)
    with stop_signals() as stop:
        with explained(settings, "dev"):
            sandbox = Sandbox(settings)
        live = LiveLog(
            source=sandbox,
            account_id=project.account_id,
            region=project.region,
            now=sandbox.clock.now,
            folder=settings.project_folder,
        )
        printer: asyncio.Task[None] | None = None
        following: asyncio.Task[None] | None = None
        try:
            with explained(settings, "dev"):
                await sandbox.start()
                sandbox.subscribe(live.take)
                sandbox.logs.subscribe(live.take_output)
                applied = await apply(project, sandbox)
            calm_collector()
            if ready_file is not None:
                write_ready_file(ready_file, sandbox.endpoint_url)
            banner = Banner(
                project=project,
                endpoint_url=sandbox.endpoint_url,
                started_ms=(time.perf_counter() - started) * 1000,
                data_folder=settings.data_folder,
                interpreter=function_python(settings, project),
                watching=settings.watch_code,
                urls=applied.urls,
                secret_access_key=settings.secret_access_key if settings.signatures == "strict" else None,
                notices=(*project.notices, *applied.notices, *_fleeting(settings, project)),
            )
            for line in banner.lines(terminal_columns()):
                echo(line)
            if warning := open_host_warning(settings):
                echo(warning)
            echo("")
            printer = asyncio.create_task(live.run())
            if settings.watch_code:
                followed = FollowedProject(project, applied, sandbox, delete_removed=delete_removed, tell=live.take)
                following = asyncio.create_task(edited.follow(followed, live.take))
            stopping = asyncio.create_task(stop.wait())
            # The printer ends by itself when nobody reads its lines any more: `sandbox dev | head`.
            await asyncio.wait({stopping, printer}, return_when=asyncio.FIRST_COMPLETED)
            stopping.cancel()
        finally:
            if following is not None:
                following.cancel()
                await asyncio.gather(following, return_exceptions=True)
            if printer is not None:
                printer.cancel()
                with suppress(asyncio.CancelledError, BrokenPipeError):
                    await printer
            await sandbox.close()


def _fleeting(settings: Settings, project: Project) -> Iterator[Notice]:
    """Other services are in memory, whatever ``--data`` says; better heard at the start than found out."""
    if settings.data_folder is not None and project.services:
        yield Notice(line=None, text="queues, buckets and other services are not kept: empty at every start")
