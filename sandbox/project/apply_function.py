"""Bring one function, with its settings and URL, to what the template declares; and take them away again."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from sandbox.project.api import Caller
from sandbox.project.apply_layer import layers_there
from sandbox.project.code import code_parameters
from sandbox.project.project import Function, FunctionUrl, InvokeSettings

__all__ = [
    "Fill",
    "apply_function",
    "apply_invoke_settings",
    "apply_url",
    "remove_function",
    "remove_invoke_settings",
    "remove_url",
]

Fill = Callable[[Any], Any]
"""Puts the values of this sandbox in place of tokens."""

_CONFIGURATION_ONLY: Final = ("Architectures", "FunctionName", "PackageType", "Tags")
_WHICH: Final = ("FunctionName", "Qualifier")


async def apply_function(function: Function, caller: Caller, fill: Fill, *, before: Function | None = None) -> None:
    """Create the function or update it; of what is in effect *before*, code that is the same is not sent again.

    Raises:
        TemplateFault: the declaration is refused.
    """
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
        if before is None or before.code != function.code:
            await caller.call("UpdateFunctionCode", {**name, **code}, line=line, service="lambda")
        await caller.call(
            "UpdateFunctionConfiguration", {**name, **_defaults(existing), **configuration}, line=line, service="lambda"
        )
    await _apply_limits(function, before, caller)


async def remove_function(function: Function, caller: Caller) -> None:
    """Delete the function. Raises: TemplateFault."""
    await caller.find("DeleteFunction", {"FunctionName": function.name}, line=function.line, service="lambda")


async def apply_invoke_settings(settings: InvokeSettings, caller: Caller) -> None:
    """Say what becomes of asynchronous events. Raises: TemplateFault."""
    await caller.call("PutFunctionEventInvokeConfig", settings.request, line=settings.line, service="lambda")


async def remove_invoke_settings(settings: InvokeSettings, caller: Caller) -> None:
    """Go back to Lambda's own. Raises: TemplateFault."""
    which = _which(settings.request)
    await caller.find("DeleteFunctionEventInvokeConfig", which, line=settings.line, service="lambda")


async def apply_url(url: FunctionUrl, caller: Caller) -> str:
    """Where the function answers now. Raises: TemplateFault."""
    existing = await caller.find("GetFunctionUrlConfig", _which(url.request), line=url.line, service="lambda")
    operation = "CreateFunctionUrlConfig" if existing is None else "UpdateFunctionUrlConfig"
    defaults = {} if existing is None else {"Cors": {}, "InvokeMode": "BUFFERED"}
    answer = await caller.call(operation, {**defaults, **url.request}, line=url.line, service="lambda")
    return str(answer["FunctionUrl"])


async def remove_url(url: FunctionUrl, caller: Caller) -> None:
    """Answer there no more. Raises: TemplateFault."""
    await caller.find("DeleteFunctionUrlConfig", _which(url.request), line=url.line, service="lambda")


def _defaults(existing: Mapping[str, Any]) -> dict[str, Any]:
    """What the template no longer says goes back to Lambda's default, as an update by CloudFormation would have it."""
    defaults: dict[str, Any] = {"Environment": {"Variables": {}}, "Description": "", "Timeout": 3, "MemorySize": 128}
    if existing.get("DeadLetterConfig"):
        defaults["DeadLetterConfig"] = {"TargetArn": ""}
    if existing.get("EphemeralStorage", {}).get("Size", 512) != 512:
        defaults["EphemeralStorage"] = {"Size": 512}
    return defaults


async def _apply_limits(function: Function, before: Function | None, caller: Caller) -> None:
    name, line = {"FunctionName": function.name}, function.line
    if function.reserved_concurrency is not None:
        limit = {**name, "ReservedConcurrentExecutions": function.reserved_concurrency}
        await caller.call("PutFunctionConcurrency", limit, line=line, service="lambda")
    elif before is not None and before.reserved_concurrency is not None:
        await caller.call("DeleteFunctionConcurrency", name, line=line, service="lambda")
    said = function.recursive_loop
    if said is None and before is not None and before.recursive_loop is not None:
        said = "Terminate"
    if said is not None:
        await caller.call("PutFunctionRecursionConfig", {**name, "RecursiveLoop": said}, line=line, service="lambda")


def _which(request: Mapping[str, Any]) -> dict[str, Any]:
    return {member: request[member] for member in _WHICH if member in request}
