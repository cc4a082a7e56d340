"""The first screen of ``sandbox dev``: what runs, where, and what to type in the other terminal."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from sandbox import __version__
from sandbox.cli.change import shortened
from sandbox.project.project import CodeFolder, CodeImage, EventSource, Function, Notice, Project, Table

__all__ = ["Banner", "export_lines"]

_MARGIN = 12
_VIEWS = {"KEYS_ONLY": "keys", "NEW_IMAGE": "new", "OLD_IMAGE": "old", "NEW_AND_OLD_IMAGES": "new+old"}
"""View types in a word: a line has 80 columns."""

_SERVICE_KINDS = {
    "AWS::Events::EventBus": "event bus",
    "AWS::Events::Rule": "rule",
    "AWS::Kinesis::Stream": "kinesis",
    "AWS::S3::Bucket": "bucket",
    "AWS::SNS::Topic": "topic",
    "AWS::SQS::Queue": "queue",
    "AWS::SSM::Parameter": "parameter",
    "AWS::SecretsManager::Secret": "secret",
}


@dataclass(frozen=True, kw_only=True)
class Banner:
    """Everything the first screen shows.

    Attributes:
        started_ms: from the command's start to the endpoint's first answer.
        data_folder: ``None`` where all is in memory.
        interpreter: where handlers run, in words.
        watching: handlers reload when saved.
        urls: where functions answer HTTP requests, parallel to the project's URLs.
        secret_access_key: what requests must be signed with; ``None`` where anything will do.
    """

    project: Project
    endpoint_url: str
    started_ms: float
    data_folder: Path | None
    interpreter: str
    watching: bool
    notices: tuple[Notice, ...]
    urls: tuple[str, ...] = ()
    secret_access_key: str | None = None

    def lines(self, width: int, environment: Mapping[str, str] = os.environ) -> Iterator[str]:
        """The screen, line by line, none wider than *width* columns."""
        place = f"{self.project.region}, account {self.project.account_id}"
        data = f"kept in {self.data_folder}" if self.data_folder is not None else "in memory; --data DIR keeps it"
        name = click.style(f"sandbox {__version__}", bold=True)
        yield f"{name}  {self.project.template.name}  ready in {self.started_ms / 1000:.1f} s"
        yield ""
        yield from _block(
            "endpoint", [click.style(self.endpoint_url, fg="cyan", bold=True), shortened(place, width - _MARGIN)]
        )
        yield from _block("data", [shortened(data, width - _MARGIN)])
        if any(function.request.get("Runtime", "").startswith("python") for function in self.project.functions):
            yield from _block("python", [shortened(self.interpreter, width - _MARGIN)])
        yield from _block(
            "tables", [shortened(line, width - _MARGIN) for line in _aligned(map(_table, self.project.tables))]
        )
        functions = _aligned(_function(function, self.project.template.parent) for function in self.project.functions)
        yield from _block("functions", [shortened(line, width - _MARGIN) for line in functions])
        yield from _block("urls", list(self._urls(width - _MARGIN)))
        kinds: dict[str, list[str]] = {}
        for resource in self.project.services:
            kinds.setdefault(_SERVICE_KINDS.get(resource.type, ""), []).append(resource.name)
        services = _aligned([kind, ", ".join(names)] for kind, names in kinds.items() if kind)
        yield from _block("services", [shortened(line, width - _MARGIN) for line in services])
        mappings = [line for source in self.project.event_sources for line in _mapping(source)]
        yield from _block("mappings", [shortened(line, width - _MARGIN) for line in mappings])
        notices = [_notice(notice, self.project.template.name) for notice in self.notices]
        yield from _block("notes", [click.style(shortened(notice, width - _MARGIN), fg="yellow") for notice in notices])
        yield ""
        yield "In another terminal:"
        keys = None if self.secret_access_key is None else (self.project.account_id, self.secret_access_key)
        for line in export_lines(self.endpoint_url, self.project.region, environment, keys):
            yield f"  {click.style(line, fg='cyan')}"
        yield ""
        folders = len(self.project.code_folders)
        watched = f"Watching {folders} folder{'s' if folders != 1 else ''}: save a handler, the next batch runs it. "
        yield f"{watched if self.watching and folders else ''}Ctrl-C stops."

    def _urls(self, width: int) -> Iterator[str]:
        """Whole addresses: one that is cut off is none. A name that does not fit beside goes above."""
        for declared, url in zip(self.project.urls, self.urls, strict=True):
            line = f"{declared.function_name}  {url}"
            yield from [line] if len(line) <= width else [shortened(declared.function_name, width), url]


def export_lines(
    endpoint_url: str,
    region: str,
    environment: Mapping[str, str] = os.environ,
    keys: tuple[str, str] | None = None,
) -> Iterator[str]:
    """What a shell needs so that boto3 and the AWS CLI talk to the sandbox; only what is not there already.

    *keys*: the access key and the secret to sign with; ``None`` where any will do.
    """
    yield f"export AWS_ENDPOINT_URL={endpoint_url}"
    if keys is not None:
        yield f"export AWS_ACCESS_KEY_ID={keys[0]}"
        yield f"export AWS_SECRET_ACCESS_KEY={keys[1]}"
    elif (
        not environment.get("AWS_ACCESS_KEY_ID")
        and not environment.get("AWS_PROFILE")
        and not _has_credentials_file(environment)
    ):
        yield "export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local"
    if not environment.get("AWS_DEFAULT_REGION"):
        yield f"export AWS_DEFAULT_REGION={region}"


def _has_credentials_file(environment: Mapping[str, str]) -> bool:
    return Path(environment.get("AWS_SHARED_CREDENTIALS_FILE") or "~/.aws/credentials").expanduser().is_file()


def _block(title: str, lines: list[str]) -> Iterator[str]:
    for number, line in enumerate(lines):
        label = click.style(f"{title:<{_MARGIN - 2}}", dim=True) if number == 0 else " " * (_MARGIN - 2)
        yield f"  {label}{line}"


def _aligned(rows: Any) -> list[str]:
    """Columns as wide as their widest cell."""
    table = [list(row) for row in rows]
    widths = [
        max((len(row[column]) for row in table if column < len(row)), default=0)
        for column in range(max(map(len, table), default=0))
    ]
    return ["  ".join(cell.ljust(widths[column]) for column, cell in enumerate(row)).rstrip() for row in table]


def _table(table: Table) -> list[str]:
    request = table.request
    keys = ", ".join(key["AttributeName"] for key in request.get("KeySchema", []))
    stream = request.get("StreamSpecification", {}).get("StreamViewType")
    indexes = sum(
        len(request.get(member, [])) for member in ("GlobalSecondaryIndexes", "LocalSecondaryIndexes", "VectorIndexes")
    )
    traits = [f"stream {_VIEWS.get(stream, stream)}"] if stream else []
    traits += [f"{indexes} index{'es' if indexes != 1 else ''}"] if indexes else []
    traits += ["ttl"] if table.time_to_live and table.time_to_live.get("Enabled") else []
    return [table.name, keys, ", ".join(traits)]


def _function(function: Function, folder: Path) -> list[str]:
    if isinstance(function.code, CodeImage):
        return [function.name, function.code.uri, "image"]
    if isinstance(function.code, CodeFolder):
        root = folder.resolve()
        where = (
            str(function.code.path.relative_to(root))
            if function.code.path.is_relative_to(root)
            else str(function.code.path)
        )
    else:
        where = "(inline)"
    return [function.name, where, str(function.request.get("Handler", ""))]


def _mapping(source: EventSource) -> Iterator[str]:
    request = source.request
    state = "" if request.get("Enabled", True) else ", disabled"
    arn = str(request["EventSourceArn"])
    if arn.startswith("arn:aws:sqs:"):
        origin, begin, batch = arn.rpartition(":")[2], "", request.get("BatchSize", 10)
    else:
        origin, begin = source.table_name or arn, f"from {request.get('StartingPosition')}, "
        batch = request.get("BatchSize", 100)
    yield f"{origin} -> {source.function_name}  {begin}batches of up to {batch}{state}"
    for filter_ in request.get("FilterCriteria", {}).get("Filters", []):
        yield f"  only {' '.join(filter_.get('Pattern', '').split())}"


def _notice(notice: Notice, template: str) -> str:
    return f"{template}:{notice.line} {notice.text}" if notice.line else notice.text
