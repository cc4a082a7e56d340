"""Bring a running sandbox to what a project declares, through its API, and leave alone what is already so.

Idempotent: a table that exists keeps its data, a function gets the new code and settings, a mapping keeps its position,
a queue or bucket keeps what is in it.
What the template no longer declares is left where it is.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from sandbox.project.api import Api, Caller
from sandbox.project.apply_layer import apply_layer, layers_there
from sandbox.project.apply_table import apply_table
from sandbox.project.code import code_parameters
from sandbox.project.late import filled
from sandbox.project.project import EventSource, Function, FunctionUrl, Notice, Project, ServiceCall

__all__ = ["Applied", "apply"]

Fill = Callable[[Any], Any]
"""Puts the values of this sandbox in place of tokens."""

_NOT_UPDATABLE = ("EventSourceArn", "StartingPosition", "StartingPositionTimestamp", "Tags")
_CONFIGURATION_ONLY = ("Architectures", "FunctionName", "PackageType", "Tags")


@dataclass(frozen=True, kw_only=True)
class Applied:
    """What became of a project.

    Attributes:
        stream_arns: the current stream of each declared table that has one, by table name.
        mapping_uuids: parallel to the project's event sources.
        urls: where functions answer HTTP requests, parallel to the project's URLs.
        notices: what could not be done without losing data.
    """

    stream_arns: Mapping[str, str]
    mapping_uuids: tuple[str, ...]
    urls: tuple[str, ...]
    notices: tuple[Notice, ...]


async def apply(project: Project, sandbox: Api) -> Applied:
    """Create or update every table, layer, function, URL and mapping of *project*, and the resources of other services.

    Raises:
        TemplateFault: an operation refuses what the template asks for; told with its line.
    """
    caller = Caller(api=sandbox, template=project.template, account_id=project.account_id, region=project.region)
    stream_arns: dict[str, str] = {}
    layer_arns: dict[str, str] = {}
    fill = partial(
        filled,
        stream_arn=stream_arns.__getitem__,
        endpoint_url=sandbox.endpoint_url,
        layer_arn=layer_arns.__getitem__,
    )
    for table in project.tables:
        stream_arn = await apply_table(table, caller)
        if stream_arn is not None:
            stream_arns[table.name] = stream_arn
    for layer in project.layers:
        layer_arns[layer.name] = await apply_layer(layer, caller)
    calls = [(call, resource.line) for resource in project.services for call in resource.making]
    calls += [(call, resource.line) for resource in project.services for call in resource.connecting]
    for call, line in calls:  # before functions, which may read them while they are loaded
        await _apply_call(call, line, caller, fill)
    for function in project.functions:
        await _apply_function(function, caller, fill)
    for settings in project.invoke_settings:
        await caller.call("PutFunctionEventInvokeConfig", settings.request, line=settings.line, service="lambda")
    urls = [await _apply_url(url, caller) for url in project.urls]
    uuids = [await _apply_mapping(source, caller, fill) for source in project.event_sources]
    return Applied(stream_arns=stream_arns, mapping_uuids=tuple(uuids), urls=tuple(urls), notices=tuple(caller.notices))


async def _apply_call(call: ServiceCall, line: int, caller: Caller, fill: Fill) -> None:
    parameters = fill(dict(call.parameters))
    await caller.ensure(call.operation, parameters, line=line, service=call.service, there_already=call.there_already)


async def _apply_function(function: Function, caller: Caller, fill: Fill) -> None:
    request = fill(dict(function.request))
    code = code_parameters(function.code)
    name = {"FunctionName": function.name}
    line = function.line
    layers = await layers_there(request.get("Layers", ()), caller, line=line, function_name=function.name)
    request = {**request, "Layers": layers}
    existing = await caller.find("GetFunctionConfiguration", name, line=line, service="lambda")
    if existing is None:
        await caller.call("CreateFunction", {**request, "Code": code}, line=line, service="lambda")
    else:
        configuration = {member: value for member, value in request.items() if member not in _CONFIGURATION_ONLY}
        # What the template no longer says goes back to Lambda's default, as an update by CloudFormation would have it.
        defaults = {"Environment": {"Variables": {}}, "Description": "", "Timeout": 3, "MemorySize": 128}
        await caller.call("UpdateFunctionCode", {**name, **code}, line=line, service="lambda")
        await caller.call(
            "UpdateFunctionConfiguration", {**name, **defaults, **configuration}, line=line, service="lambda"
        )
    if function.reserved_concurrency is not None:
        limit = {**name, "ReservedConcurrentExecutions": function.reserved_concurrency}
        await caller.call("PutFunctionConcurrency", limit, line=line, service="lambda")
    if function.recursive_loop is not None:
        said = {**name, "RecursiveLoop": function.recursive_loop}
        await caller.call("PutFunctionRecursionConfig", said, line=line, service="lambda")


async def _apply_url(url: FunctionUrl, caller: Caller) -> str:
    """Where the function answers now."""
    which = {member: url.request[member] for member in ("FunctionName", "Qualifier") if member in url.request}
    existing = await caller.find("GetFunctionUrlConfig", which, line=url.line, service="lambda")
    operation = "CreateFunctionUrlConfig" if existing is None else "UpdateFunctionUrlConfig"
    defaults = {} if existing is None else {"Cors": {}, "InvokeMode": "BUFFERED"}
    answer = await caller.call(operation, {**defaults, **url.request}, line=url.line, service="lambda")
    return str(answer["FunctionUrl"])


async def _apply_mapping(source: EventSource, caller: Caller, fill: Fill) -> str:
    """The mapping's UUID; one that reads the same stream for the same function is the same mapping."""
    request = fill(dict(source.request))
    which = {"FunctionName": request["FunctionName"], "EventSourceArn": request["EventSourceArn"]}
    listed = await caller.find("ListEventSourceMappings", which, line=source.line, service="lambda")
    existing = (listed or {}).get("EventSourceMappings", [])
    if not existing:
        created = await caller.call("CreateEventSourceMapping", request, line=source.line, service="lambda")
        return str(created["UUID"])
    uuid = str(existing[0]["UUID"])
    settings = {member: value for member, value in request.items() if member not in _NOT_UPDATABLE}
    defaults: dict[str, Any] = {"Enabled": True, "FilterCriteria": {}, "FunctionResponseTypes": []}
    await caller.call(
        "UpdateEventSourceMapping", {**defaults, **settings, "UUID": uuid}, line=source.line, service="lambda"
    )
    return uuid
