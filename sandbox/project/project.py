"""What a template declares, ready to be applied: requests with wire names and the lines they come from."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

__all__ = [
    "CodeBundle",
    "CodeFolder",
    "CodeImage",
    "EventSource",
    "Function",
    "FunctionUrl",
    "InvokeSettings",
    "Layer",
    "Notice",
    "OtherResource",
    "Project",
    "ServiceCall",
    "ServiceResource",
    "Table",
]


@dataclass(frozen=True, kw_only=True)
class Notice:
    """Something a developer should know; nothing is wrong.

    Attributes:
        line: where in the template, or ``None`` where it concerns all of it.
    """

    line: int | None
    text: str


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table.

    Attributes:
        request: the CreateTable request.
        time_to_live: the TimeToLiveSpecification of UpdateTimeToLive, or ``None``.
    """

    logical_id: str
    name: str
    line: int
    request: Mapping[str, Any]
    time_to_live: Mapping[str, Any] | None = None


@dataclass(frozen=True, kw_only=True)
class CodeFolder:
    """A handler's code in a folder of the user's: watched, and run where it lies."""

    path: Path


@dataclass(frozen=True, kw_only=True)
class CodeBundle:
    """A handler's code as a zip archive, made from text in the template or read from a file."""

    zip_bytes: bytes


@dataclass(frozen=True, kw_only=True)
class CodeImage:
    """A function that is a container image."""

    uri: str


@dataclass(frozen=True, kw_only=True)
class Function:
    """A function.

    Attributes:
        request: the CreateFunction request without ``Code``; strings may hold late tokens.
        reserved_concurrency: ReservedConcurrentExecutions, or ``None`` for no limit of its own.
        recursive_loop: RecursiveLoop, or ``None`` where nothing is said.
    """

    logical_id: str
    name: str
    line: int
    code: CodeFolder | CodeBundle | CodeImage
    request: Mapping[str, Any]
    reserved_concurrency: int | None = None
    recursive_loop: str | None = None


@dataclass(frozen=True, kw_only=True)
class Layer:
    """A layer.

    Attributes:
        request: the PublishLayerVersion request without ``Content``.
    """

    logical_id: str
    name: str
    line: int
    code: CodeFolder | CodeBundle
    request: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class FunctionUrl:
    """The URL of a function or an alias.

    Attributes:
        request: the CreateFunctionUrlConfig request.
    """

    line: int
    function_name: str
    request: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class InvokeSettings:
    """How a function's asynchronous events are treated: the PutFunctionEventInvokeConfig request."""

    line: int
    function_name: str
    request: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class EventSource:
    """An event source mapping.

    Attributes:
        label: how people know it: the event's or the resource's logical id.
        table_name: the table whose stream it reads, or ``None`` for a queue, and where a stream is named by its ARN.
        request: the CreateEventSourceMapping request; strings may hold late tokens.
    """

    label: str
    line: int
    function_name: str
    table_name: str | None
    request: Mapping[str, Any]


@dataclass(frozen=True)
class ServiceCall:
    """One API call of a hosted service.

    Attributes:
        service: as boto3 calls it.
        parameters: by wire names; strings may hold late tokens.
        there_already: codes of refusals which say that what is asked for is so already.
    """

    service: str
    operation: str
    parameters: Mapping[str, Any]
    there_already: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ServiceResource:
    """A resource of a hosted service.

    Attributes:
        making: what brings it about, by itself.
        connecting: what needs other resources to be there.
    """

    logical_id: str
    type: str
    name: str
    line: int
    making: tuple[ServiceCall, ...] = ()
    connecting: tuple[ServiceCall, ...] = ()

    def connected(self, calls: Iterable[ServiceCall]) -> "ServiceResource":
        """The same resource, connected by other calls."""
        return replace(self, connecting=tuple(calls))


@dataclass(frozen=True, kw_only=True)
class OtherResource:
    """A resource of a type the sandbox does not create."""

    logical_id: str
    type: str
    line: int


@dataclass(frozen=True, kw_only=True)
class Project:
    """Everything a template declares.

    Attributes:
        template: its path as the user gave it.
        account_id: where tables and functions live; with *region* part of every ARN in the requests.
    """

    template: Path
    account_id: str
    region: str
    tables: tuple[Table, ...]
    functions: tuple[Function, ...]
    layers: tuple[Layer, ...] = ()
    urls: tuple[FunctionUrl, ...] = ()
    event_sources: tuple[EventSource, ...]
    invoke_settings: tuple[InvokeSettings, ...]
    services: tuple[ServiceResource, ...]
    others: tuple[OtherResource, ...]
    notices: tuple[Notice, ...]

    @property
    def code_folders(self) -> tuple[Path, ...]:
        """The folders handlers and layers are run from, each once."""
        declared: tuple[Function | Layer, ...] = (*self.functions, *self.layers)
        return tuple(dict.fromkeys(one.code.path for one in declared if isinstance(one.code, CodeFolder)))
