"""Bring a running sandbox to what a project declares, through its API, and leave alone what is already so.

Idempotent: a table that exists keeps its data, a function gets the new code and settings, a mapping keeps its position,
a queue or bucket keeps what is in it.
What the template no longer declares is left where it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from sandbox.project.api import Api, Caller
from sandbox.project.apply_function import Fill, apply_function, apply_invoke_settings, apply_url
from sandbox.project.apply_layer import apply_layer
from sandbox.project.apply_mapping import apply_mapping
from sandbox.project.apply_table import apply_table
from sandbox.project.late import filled
from sandbox.project.project import Notice, Project, ServiceCall

__all__ = ["Applied", "apply", "apply_call"]


@dataclass(frozen=True, kw_only=True)
class Applied:
    """What became of a project.

    Attributes:
        stream_arns: the current stream of each declared table that has one, by table name.
        layer_arns: the version of each declared layer, by layer name.
        mapping_uuids: parallel to the project's event sources.
        urls: where functions answer HTTP requests, parallel to the project's URLs.
        notices: what could not be done without losing data.
    """

    stream_arns: Mapping[str, str]
    layer_arns: Mapping[str, str]
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
        await apply_call(call, line, caller, fill)
    for function in project.functions:
        await apply_function(function, caller, fill)
    for settings in project.invoke_settings:
        await apply_invoke_settings(settings, caller)
    urls = [await apply_url(url, caller) for url in project.urls]
    uuids = [await apply_mapping(source, caller, fill) for source in project.event_sources]
    return Applied(
        stream_arns=stream_arns,
        layer_arns=layer_arns,
        mapping_uuids=tuple(uuids),
        urls=tuple(urls),
        notices=tuple(caller.notices),
    )


async def apply_call(call: ServiceCall, line: int, caller: Caller, fill: Fill) -> None:
    """Make one call of a hosted service. Raises: TemplateFault."""
    parameters = fill(dict(call.parameters))
    await caller.ensure(call.operation, parameters, line=line, service=call.service, there_already=call.there_already)
