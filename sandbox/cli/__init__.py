"""The command line: one file per command, each imported only when it is called.

Given the user's words, gives a running sandbox and lines on a terminal. What goes wrong at the start is one sentence
and the next step (``failure``), never a traceback. It must not know how anything works.
"""

import gc
import importlib
from contextlib import AbstractContextManager, nullcontext
from typing import Final

import click

import sandbox

__all__ = ["main", "root"]

_COMMANDS: Final = {
    "dev": "Run your template: create, serve, watch, show every batch.",
    "serve": "Run the endpoint alone, quietly; for CI and scripts.",
    "demo": "Watch it work on the example, from the first write to a reload.",
    "attach": "Hand the records of any DynamoDB stream to a function.",
    "env": "Print the variables by which SDKs find the sandbox.",
    "mappings": "See, pause, resume and rewind event source mappings.",
    "tail": "Follow the stream of a table.",
    "logs": "Show what a function printed.",
    "replay": "Hand a past batch to today's code.",
    "dead": "See and retry batches that were discarded.",
    "chaos": "Have things go wrong on purpose.",
    "clock": "Move the sandbox's time forward.",
    "streams": "Split the shards of a stream.",
}
"""Name and one line of help; ``sandbox --help`` needs no command's module."""

_SERVERS: Final = frozenset({"dev", "serve"})


def _certificates_later() -> AbstractContextManager[None]:
    from sandbox.certificates import certificates_later  # noqa: PLC0415 - most commands need no TLS

    return certificates_later()


class _LazyCommands(click.Group):
    """A group whose commands live in ``sandbox.cli.NAME`` and are imported on use."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        if cmd_name not in _COMMANDS:
            return None
        # What an import makes stays: to look for garbage in it would take a tenth of the start.
        gc.disable()
        try:
            with _certificates_later() if cmd_name in _SERVERS else nullcontext():
                command: click.Command = importlib.import_module(f"sandbox.cli.{cmd_name}").command
        finally:
            gc.freeze()  # or it would all be looked at once after all
            gc.enable()
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.group(cls=_LazyCommands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80})
@click.version_option(sandbox.__version__, prog_name="sandbox", message="%(prog)s %(version)s")
def root() -> None:
    """DynamoDB, DynamoDB Streams and Lambda on your machine."""


def main() -> None:
    """Run the command line; ends the process with its exit code."""
    root(prog_name="sandbox")
