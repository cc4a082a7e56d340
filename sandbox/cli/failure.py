"""A start that failed, for a person: one clear sentence, the next step, an exit code."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

import click

from sandbox.config import Settings

__all__ = ["StartFailure", "explained"]


class StartFailure(click.ClickException):
    """Ends the command with exit code 1.

    Attributes:
        next_step: what to do, an imperative sentence.
    """

    def __init__(self, sentence: str, next_step: str) -> None:
        super().__init__(sentence)
        self.next_step = next_step

    def show(self, file: IO[Any] | None = None) -> None:
        """Write both to standard error."""
        click.echo(f"{click.style('sandbox:', fg='red', bold=True)} {self.message}", file=file, err=True)
        if self.next_step:
            click.echo(f"  {self.next_step}", file=file, err=True)


@contextmanager
def explained(settings: Settings, command: str) -> Iterator[None]:
    """Turn what can go wrong while a sandbox starts into a ``StartFailure``; *command* is ``dev`` or ``serve``."""
    try:
        yield
    except StartFailure:
        raise
    except Exception as error:
        failure = _explanation(error, settings, command)
        if failure is None:
            raise
        raise failure from error


def _explanation(error: Exception, settings: Settings, command: str) -> StartFailure | None:
    """``None`` for what no user can do anything about: a bug, which keeps its traceback."""
    # Imported here, because a start that goes well needs none of it.
    from runtimes.contract import RuntimeUnavailable  # noqa: PLC0415 - see above
    from sandbox.dynamodb.storage.database import DatabaseUnusable  # noqa: PLC0415 - see above
    from sandbox.project.problem import TemplateFault  # noqa: PLC0415 - see above

    match error:
        case TemplateFault():
            return StartFailure(f"The template cannot be used.\n{error}", "")
        case DatabaseUnusable() | RuntimeUnavailable():
            return StartFailure(*_parted(str(error)))
        case OSError():
            return _of_os_error(error, settings, command)
        case _:
            return None


def _parted(text: str) -> tuple[str, str]:
    """``What is wrong. What to do.`` as the two sentences that it is."""
    sentence, _, next_step = text.partition(". ")
    return (f"{sentence}.", next_step) if next_step else (text, "")


def _of_os_error(error: OSError, settings: Settings, command: str) -> StartFailure:
    address = f"{settings.host}:{settings.port}"
    match error.errno:
        case errno.EADDRINUSE:
            return StartFailure(
                f"Port {settings.port} on {settings.host} is taken by another program.",
                f"Stop that program, or take a free port: sandbox {command} --port 0",
            )
        case errno.EADDRNOTAVAIL:
            return StartFailure(
                f"{settings.host} is not an address of this machine.", "Leave --host out, or use 127.0.0.1."
            )
        case errno.EACCES if settings.port and settings.port < 1024 and error.filename is None:
            return StartFailure(
                f"Listening on {address} is not allowed.", "Use a port from 1024 up, for example --port 4566."
            )
        case errno.EACCES | errno.EROFS | errno.EPERM if error.filename is not None:
            return StartFailure(
                f"{error.filename} cannot be written: {os.strerror(error.errno)}.", "Choose another folder."
            )
        case _:
            if error.filename is None and "getaddrinfo" in type(error).__name__.lower() + str(error).lower():
                return StartFailure(f"There is no host {settings.host}.", "Leave --host out, or use 127.0.0.1.")
            where = f"{error.filename}: " if error.filename else ""
            return StartFailure(f"{where}{error.strerror or error}.", "")
