"""The options that ``dev`` and ``serve`` share, and the settings made of them."""

import os
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import click

from sandbox.config import Settings

__all__ = ["folder_as_named", "open_host_warning", "server_options", "settings_of"]

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_DELAY_MAX_SECONDS = 86_400.0

CommandT = TypeVar("CommandT", bound=Callable[..., Any])


def _images(values: Sequence[str]) -> dict[str, str]:
    images: dict[str, str] = {}
    for value in values:
        runtime, equals, image = value.partition("=")
        if not (runtime and equals and image):
            raise click.BadParameter(f"{value!r} is not RUNTIME=IMAGE, as in python3.12=my-image:latest.")
        images[runtime] = image
    return images


_DELAYS = ("create", "update", "delete", "index")


def _delays(values: Sequence[str]) -> dict[str, float]:
    """The settings that ``CHANGE=SECONDS`` are about."""
    settings: dict[str, float] = {}
    for value in values:
        change, _, text = value.partition("=")
        seconds = float(text) if re.fullmatch(r"[0-9]+(\.[0-9]+)?", text) else -1.0
        if change not in _DELAYS or not 0.0 <= seconds <= _DELAY_MAX_SECONDS:
            raise click.BadParameter(
                f"{value!r} is not CHANGE=SECONDS, as in create=5; changes are {', '.join(_DELAYS)}."
            )
        settings[f"{change}_delay_seconds"] = seconds
    return settings


_ORIGIN = re.compile(r"\*|null|[a-z][a-z0-9+.-]*://(?:[^/?#@\s,]+)?", re.IGNORECASE)


def _origin(value: str) -> str:
    if _ORIGIN.fullmatch(value) is None:
        raise click.BadParameter(f"{value!r} is not an origin, as in http://localhost:3000, without a path.")
    return value


_OPTIONS = (
    click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen."),
    click.option("--port", type=click.IntRange(0, 65535), default=4566, show_default=True, help="0 takes a free one."),
    click.option(
        "--data",
        type=click.Path(path_type=Path),
        metavar="DIR",
        help="Keep everything in this folder. Without it all is in memory and gone at the end.",
    ),
    click.option(
        "--durability",
        type=click.Choice(["full", "normal"]),
        default="full",
        help="With --data: survive loss of power, or be faster and survive only crashes.",
    ),
    click.option(
        "--runtime",
        type=click.Choice(["process", "in-process", "docker"]),
        default="process",
        show_default=True,
        help="Run handlers in worker processes, in this one (breakpoints work), or in containers of AWS's base images.",
    ),
    click.option(
        "--image",
        multiple=True,
        metavar="RUNTIME=IMAGE",
        callback=lambda _context, _parameter, values: _images(values),
        help="With --runtime docker: another image for a runtime, as in python3.12=my-image:latest.",
    ),
    click.option(
        "--python",
        type=click.Path(path_type=Path),
        metavar="PATH",
        help="The interpreter for handlers. Without it: .venv, VIRTUAL_ENV, then this one.",
    ),
    click.option(
        "--debug-port",
        type=click.IntRange(1, 65535),
        metavar="PORT",
        help="Let a debugger (debugpy) attach to workers or containers: the first function's here, the next one's at the next port.",
    ),
    click.option("--debug-wait", is_flag=True, help="With --debug-port: load a handler when a debugger is attached."),
    click.option(
        "--ready-file",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Write the endpoint's URL to this file once it answers.",
    ),
    click.option("--no-watch", is_flag=True, help="Do not reload handlers when their files change."),
    click.option(
        "--ignore",
        multiple=True,
        metavar="NAME",
        help="Reload nothing when a file or folder of this name changes; with wildcards, as in '*.json'.",
    ),
    click.option(
        "--code-folder",
        multiple=True,
        type=click.Path(path_type=Path),
        metavar="DIR",
        help="A further folder that functions may be created from.",
    ),
    click.option(
        "--table-delay",
        multiple=True,
        metavar="CHANGE=SECONDS",
        callback=lambda _context, _parameter, values: _delays(values),
        help="How long tables take to create, update or delete, or an index takes, as in create=5. Without it they are ready at once.",
    ),
    click.option(
        "--stream-shards",
        type=click.IntRange(1, 1000),
        default=1,
        show_default=True,
        help="How many shards a new stream begins with.",
    ),
    click.option(
        "--split-at",
        type=click.IntRange(1),
        metavar="N",
        help="Split a shard in two that takes N records within a second. Without it only time closes shards.",
    ),
    click.option("--no-loop-guard", is_flag=True, help="Do not pause a mapping whose function feeds its own table."),
    click.option("--allow-host", multiple=True, metavar="NAME", help="A further Host name to answer."),
    click.option(
        "--signatures",
        type=click.Choice(["shape", "strict", "off"]),
        default="shape",
        show_default=True,
        help="shape: requests must be signed, with any keys. strict: with the keys shown at the start, or the secret in "
        "SANDBOX_SECRET_ACCESS_KEY, and within 15 minutes. off: they may be unsigned.",
    ),
    click.option(
        "--allow-origin",
        multiple=True,
        metavar="ORIGIN",
        callback=lambda _context, _parameter, values: tuple(map(_origin, values)),
        help="A web page's origin to answer, as in http://localhost:3000; 'null' is a page from a file, '*' any page.",
    ),
)


def server_options(command: CommandT) -> CommandT:
    """Add the options of a server to a command."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def settings_of(options: Mapping[str, Any], environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings that these options and the environment ask for."""
    if options["debug_port"] is not None and options["runtime"] == "in-process":
        raise click.UsageError("--debug-port is for workers and containers; breakpoints in-process need no port.")
    if options["debug_wait"] and options["debug_port"] is None:
        raise click.UsageError("--debug-wait needs --debug-port.")
    python = options["python"]
    data = options["data"]
    settings = Settings(
        host=options["host"],
        port=options["port"],
        data_folder=folder_as_named(data) if data is not None else None,
        durability=options["durability"],
        runtime=options["runtime"],
        images=options["image"],
        python=python.absolute() if python is not None else None,  # not resolved: a venv's python is a link
        debug_port=options["debug_port"],
        debug_wait=options["debug_wait"],
        code_folders=tuple(folder.resolve() for folder in options["code_folder"]),
        watch_code=not options["no_watch"],
        ignored_names=tuple(options["ignore"]),
        **options["table_delay"],
        stream_shards=options["stream_shards"],
        split_records_per_second=options["split_at"],
        pause_loops=not options["no_loop_guard"],
        allowed_hosts=tuple(options["allow_host"]),
        allowed_origins=options["allow_origin"],
        signatures=options["signatures"],
    )
    if environment.get("DYNAMODB_REMOVE_EXPIRED_ITEMS", "").lower() in {"0", "false", "no"}:
        settings = replace(settings, remove_expired_items=False)
    if settings.signatures == "strict":
        secret = environment.get("SANDBOX_SECRET_ACCESS_KEY") or secrets.token_urlsafe(30)
        settings = replace(settings, secret_access_key=secret)
    return replace(settings, **_error_probabilities(environment))


_PROBABILITIES = {
    "DYNAMODB_ERROR_PROBABILITY": "error_probability",
    "DYNAMODB_READ_ERROR_PROBABILITY": "read_error_probability",
    "DYNAMODB_WRITE_ERROR_PROBABILITY": "write_error_probability",
}


def _error_probabilities(environment: Mapping[str, str]) -> dict[str, Any]:
    """The settings of chaos that the environment asks for."""
    settings: dict[str, Any] = {}
    for name, setting in _PROBABILITIES.items():
        text = environment.get(name, "").strip()
        if not text:
            continue
        try:
            settings[setting] = float(text)
        except ValueError:
            settings[setting] = -1.0
        if not 0.0 <= settings[setting] <= 1.0:
            raise click.UsageError(f"{name} is {text!r}; it takes a number from 0.0 to 1.0.")
    seed = environment.get("SANDBOX_CHAOS_SEED", "").strip()
    if seed:
        if not seed.isdecimal():
            raise click.UsageError(f"SANDBOX_CHAOS_SEED is {seed!r}; it takes a whole number.")
        settings["chaos_seed"] = int(seed)
    return settings


def folder_as_named(folder: Path) -> Path:
    """The absolute path, with what leads to it resolved but not *folder* itself: that it is a link is to be seen."""
    return folder.parent.resolve() / folder.name if folder.name not in {"", ".."} else folder.resolve()


def open_host_warning(settings: Settings) -> str | None:
    """What to say of a host that others can reach, ``None`` for loopback."""
    if settings.host in _LOOPBACK:
        return None
    if settings.signatures == "strict":
        return f"warning: whoever reaches {settings.host} and has its secret can run code on this machine"
    return (
        f"warning: whoever reaches {settings.host} can run code on this machine; --signatures strict asks for a secret"
    )
