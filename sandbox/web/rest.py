"""Method and path -> which Lambda operation, and the members that stand in path, query string and headers.

The table is the service model's, one line per operation. Source: the Lambda service model 2015-03-31.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qs, unquote

__all__ = ["ROUTES", "Found", "Route", "find_route"]


@dataclass(frozen=True)
class Route:
    """Where one operation lives.

    Attributes:
        path: segments, ``{Member}`` for those that hold a member.
        fixed: a query parameter and its value that tell this operation from another on the same path.
        query: ``Member`` or ``parameter=Member``, parted by blanks.
        headers: ``Header=Member``, parted by blanks.
        payload: the member that is the whole body, as bytes.
        document: the member that is the whole body, as JSON.
    """

    method: str
    path: str
    operation: str
    fixed: tuple[str, str] | None = field(default=None, kw_only=True)
    query: str = field(default="", kw_only=True)
    headers: str = field(default="", kw_only=True)
    payload: str | None = field(default=None, kw_only=True)
    document: str | None = field(default=None, kw_only=True)


@dataclass(frozen=True, kw_only=True)
class Found:
    """A route, and the text members of one request."""

    route: Route
    texts: Mapping[str, list[str]]


ROUTES: Final = (
    Route("POST", "/2014-11-13/functions/{FunctionName}/invoke-async", "InvokeAsync", payload="InvokeArgs"),
    Route(
        "GET",
        "/2015-03-31/event-source-mappings",
        "ListEventSourceMappings",
        query="EventSourceArn FunctionName Marker MaxItems",
    ),
    Route("POST", "/2015-03-31/event-source-mappings", "CreateEventSourceMapping"),
    Route("DELETE", "/2015-03-31/event-source-mappings/{UUID}", "DeleteEventSourceMapping"),
    Route("GET", "/2015-03-31/event-source-mappings/{UUID}", "GetEventSourceMapping"),
    Route("PUT", "/2015-03-31/event-source-mappings/{UUID}", "UpdateEventSourceMapping"),
    Route("GET", "/2015-03-31/functions", "ListFunctions", query="MasterRegion FunctionVersion Marker MaxItems"),
    Route("POST", "/2015-03-31/functions", "CreateFunction"),
    Route("DELETE", "/2015-03-31/functions/{FunctionName}", "DeleteFunction", query="Qualifier"),
    Route("GET", "/2015-03-31/functions/{FunctionName}", "GetFunction", query="Qualifier"),
    Route(
        "GET", "/2015-03-31/functions/{FunctionName}/aliases", "ListAliases", query="FunctionVersion Marker MaxItems"
    ),
    Route("POST", "/2015-03-31/functions/{FunctionName}/aliases", "CreateAlias"),
    Route("DELETE", "/2015-03-31/functions/{FunctionName}/aliases/{Name}", "DeleteAlias"),
    Route("GET", "/2015-03-31/functions/{FunctionName}/aliases/{Name}", "GetAlias"),
    Route("PUT", "/2015-03-31/functions/{FunctionName}/aliases/{Name}", "UpdateAlias"),
    Route("PUT", "/2015-03-31/functions/{FunctionName}/code", "UpdateFunctionCode"),
    Route("GET", "/2015-03-31/functions/{FunctionName}/configuration", "GetFunctionConfiguration", query="Qualifier"),
    Route("PUT", "/2015-03-31/functions/{FunctionName}/configuration", "UpdateFunctionConfiguration"),
    Route(
        "POST",
        "/2015-03-31/functions/{FunctionName}/invocations",
        "Invoke",
        query="Qualifier",
        headers="X-Amz-Invocation-Type=InvocationType X-Amz-Log-Type=LogType X-Amz-Client-Context=ClientContext X-Amz-Durable-Execution-Name=DurableExecutionName X-Amz-Tenant-Id=TenantId",
        payload="Payload",
    ),
    Route("GET", "/2015-03-31/functions/{FunctionName}/policy", "GetPolicy", query="Qualifier"),
    Route("POST", "/2015-03-31/functions/{FunctionName}/policy", "AddPermission", query="Qualifier"),
    Route(
        "DELETE",
        "/2015-03-31/functions/{FunctionName}/policy/{StatementId}",
        "RemovePermission",
        query="Qualifier RevisionId",
    ),
    Route("GET", "/2015-03-31/functions/{FunctionName}/versions", "ListVersionsByFunction", query="Marker MaxItems"),
    Route("POST", "/2015-03-31/functions/{FunctionName}/versions", "PublishVersion"),
    Route("GET", "/2016-08-19/account-settings", "GetAccountSettings"),
    Route("DELETE", "/2017-03-31/tags/{Resource}", "UntagResource", query="tagKeys=TagKeys"),
    Route("GET", "/2017-03-31/tags/{Resource}", "ListTags"),
    Route("POST", "/2017-03-31/tags/{Resource}", "TagResource"),
    Route("DELETE", "/2017-10-31/functions/{FunctionName}/concurrency", "DeleteFunctionConcurrency"),
    Route("PUT", "/2017-10-31/functions/{FunctionName}/concurrency", "PutFunctionConcurrency"),
    Route("GET", "/2018-10-31/layers", "GetLayerVersionByArn", fixed=("find", "LayerVersion"), query="Arn"),
    Route("GET", "/2018-10-31/layers", "ListLayers", query="CompatibleArchitecture CompatibleRuntime Marker MaxItems"),
    Route(
        "GET",
        "/2018-10-31/layers/{LayerName}/versions",
        "ListLayerVersions",
        query="CompatibleArchitecture CompatibleRuntime Marker MaxItems",
    ),
    Route("POST", "/2018-10-31/layers/{LayerName}/versions", "PublishLayerVersion"),
    Route("DELETE", "/2018-10-31/layers/{LayerName}/versions/{VersionNumber}", "DeleteLayerVersion"),
    Route("GET", "/2018-10-31/layers/{LayerName}/versions/{VersionNumber}", "GetLayerVersion"),
    Route("GET", "/2018-10-31/layers/{LayerName}/versions/{VersionNumber}/policy", "GetLayerVersionPolicy"),
    Route(
        "POST",
        "/2018-10-31/layers/{LayerName}/versions/{VersionNumber}/policy",
        "AddLayerVersionPermission",
        query="RevisionId",
    ),
    Route(
        "DELETE",
        "/2018-10-31/layers/{LayerName}/versions/{VersionNumber}/policy/{StatementId}",
        "RemoveLayerVersionPermission",
        query="RevisionId",
    ),
    Route(
        "DELETE",
        "/2019-09-25/functions/{FunctionName}/event-invoke-config",
        "DeleteFunctionEventInvokeConfig",
        query="Qualifier",
    ),
    Route(
        "GET",
        "/2019-09-25/functions/{FunctionName}/event-invoke-config",
        "GetFunctionEventInvokeConfig",
        query="Qualifier",
    ),
    Route(
        "POST",
        "/2019-09-25/functions/{FunctionName}/event-invoke-config",
        "UpdateFunctionEventInvokeConfig",
        query="Qualifier",
    ),
    Route(
        "PUT",
        "/2019-09-25/functions/{FunctionName}/event-invoke-config",
        "PutFunctionEventInvokeConfig",
        query="Qualifier",
    ),
    Route(
        "GET",
        "/2019-09-25/functions/{FunctionName}/event-invoke-config/list",
        "ListFunctionEventInvokeConfigs",
        query="Marker MaxItems",
    ),
    Route("GET", "/2019-09-30/functions/{FunctionName}/concurrency", "GetFunctionConcurrency"),
    Route(
        "DELETE",
        "/2019-09-30/functions/{FunctionName}/provisioned-concurrency",
        "DeleteProvisionedConcurrencyConfig",
        query="Qualifier",
    ),
    Route(
        "GET",
        "/2019-09-30/functions/{FunctionName}/provisioned-concurrency",
        "GetProvisionedConcurrencyConfig",
        query="Qualifier",
    ),
    Route(
        "GET",
        "/2019-09-30/functions/{FunctionName}/provisioned-concurrency",
        "ListProvisionedConcurrencyConfigs",
        fixed=("List", "ALL"),
        query="Marker MaxItems",
    ),
    Route(
        "PUT",
        "/2019-09-30/functions/{FunctionName}/provisioned-concurrency",
        "PutProvisionedConcurrencyConfig",
        query="Qualifier",
    ),
    Route("GET", "/2020-04-22/code-signing-configs", "ListCodeSigningConfigs", query="Marker MaxItems"),
    Route("POST", "/2020-04-22/code-signing-configs", "CreateCodeSigningConfig"),
    Route("DELETE", "/2020-04-22/code-signing-configs/{CodeSigningConfigArn}", "DeleteCodeSigningConfig"),
    Route("GET", "/2020-04-22/code-signing-configs/{CodeSigningConfigArn}", "GetCodeSigningConfig"),
    Route("PUT", "/2020-04-22/code-signing-configs/{CodeSigningConfigArn}", "UpdateCodeSigningConfig"),
    Route(
        "GET",
        "/2020-04-22/code-signing-configs/{CodeSigningConfigArn}/functions",
        "ListFunctionsByCodeSigningConfig",
        query="Marker MaxItems",
    ),
    Route("DELETE", "/2020-06-30/functions/{FunctionName}/code-signing-config", "DeleteFunctionCodeSigningConfig"),
    Route("GET", "/2020-06-30/functions/{FunctionName}/code-signing-config", "GetFunctionCodeSigningConfig"),
    Route("PUT", "/2020-06-30/functions/{FunctionName}/code-signing-config", "PutFunctionCodeSigningConfig"),
    Route(
        "GET",
        "/2021-07-20/functions/{FunctionName}/runtime-management-config",
        "GetRuntimeManagementConfig",
        query="Qualifier",
    ),
    Route(
        "PUT",
        "/2021-07-20/functions/{FunctionName}/runtime-management-config",
        "PutRuntimeManagementConfig",
        query="Qualifier",
    ),
    Route("DELETE", "/2021-10-31/functions/{FunctionName}/url", "DeleteFunctionUrlConfig", query="Qualifier"),
    Route("GET", "/2021-10-31/functions/{FunctionName}/url", "GetFunctionUrlConfig", query="Qualifier"),
    Route("POST", "/2021-10-31/functions/{FunctionName}/url", "CreateFunctionUrlConfig", query="Qualifier"),
    Route("PUT", "/2021-10-31/functions/{FunctionName}/url", "UpdateFunctionUrlConfig", query="Qualifier"),
    Route("GET", "/2021-10-31/functions/{FunctionName}/urls", "ListFunctionUrlConfigs", query="Marker MaxItems"),
    Route(
        "POST",
        "/2021-11-15/functions/{FunctionName}/response-streaming-invocations",
        "InvokeWithResponseStream",
        query="Qualifier",
        headers="X-Amz-Log-Type=LogType X-Amz-Client-Context=ClientContext X-Amz-Tenant-Id=TenantId X-Amz-Invocation-Type=InvocationType",
        payload="Payload",
    ),
    Route("GET", "/2024-08-31/functions/{FunctionName}/recursion-config", "GetFunctionRecursionConfig"),
    Route("PUT", "/2024-08-31/functions/{FunctionName}/recursion-config", "PutFunctionRecursionConfig"),
    Route("GET", "/2025-11-30/capacity-providers", "ListCapacityProviders", query="State Marker MaxItems"),
    Route("POST", "/2025-11-30/capacity-providers", "CreateCapacityProvider"),
    Route("DELETE", "/2025-11-30/capacity-providers/{CapacityProviderName}", "DeleteCapacityProvider"),
    Route("GET", "/2025-11-30/capacity-providers/{CapacityProviderName}", "GetCapacityProvider"),
    Route("PUT", "/2025-11-30/capacity-providers/{CapacityProviderName}", "UpdateCapacityProvider"),
    Route(
        "GET",
        "/2025-11-30/capacity-providers/{CapacityProviderName}/function-versions",
        "ListFunctionVersionsByCapacityProvider",
        query="Marker MaxItems",
    ),
    Route(
        "GET",
        "/2025-11-30/functions/{FunctionName}/function-scaling-config",
        "GetFunctionScalingConfig",
        query="Qualifier",
    ),
    Route(
        "PUT",
        "/2025-11-30/functions/{FunctionName}/function-scaling-config",
        "PutFunctionScalingConfig",
        query="Qualifier",
    ),
    Route(
        "POST",
        "/2025-12-01/durable-execution-callbacks/{CallbackId}/fail",
        "SendDurableExecutionCallbackFailure",
        document="Error",
    ),
    Route(
        "POST",
        "/2025-12-01/durable-execution-callbacks/{CallbackId}/heartbeat",
        "SendDurableExecutionCallbackHeartbeat",
    ),
    Route(
        "POST",
        "/2025-12-01/durable-execution-callbacks/{CallbackId}/succeed",
        "SendDurableExecutionCallbackSuccess",
        payload="Result",
    ),
    Route("DELETE", "/2025-12-01/durable-executions/{DurableExecutionArn}", "DeleteDurableExecution"),
    Route(
        "GET",
        "/2025-12-01/durable-executions/{DurableExecutionArn}",
        "GetDurableExecution",
        query="IncludeExecutionData",
    ),
    Route("POST", "/2025-12-01/durable-executions/{DurableExecutionArn}/checkpoint", "CheckpointDurableExecution"),
    Route(
        "GET",
        "/2025-12-01/durable-executions/{DurableExecutionArn}/history",
        "GetDurableExecutionHistory",
        query="IncludeExecutionData MaxItems Marker ReverseOrder",
    ),
    Route("POST", "/2025-12-01/durable-executions/{DurableExecutionArn}/pause", "PauseDurableExecution"),
    Route("POST", "/2025-12-01/durable-executions/{DurableExecutionArn}/resume", "ResumeDurableExecution"),
    Route(
        "GET",
        "/2025-12-01/durable-executions/{DurableExecutionArn}/state",
        "GetDurableExecutionState",
        query="CheckpointToken Marker MaxItems",
    ),
    Route(
        "POST", "/2025-12-01/durable-executions/{DurableExecutionArn}/stop", "StopDurableExecution", document="Error"
    ),
    Route(
        "GET",
        "/2025-12-01/functions/{FunctionName}/durable-executions",
        "ListDurableExecutionsByFunction",
        query="Qualifier DurableExecutionName Statuses StartedAfter StartedBefore ReverseOrder Marker MaxItems",
    ),
    Route("DELETE", "/2026-07-09/resource-policy/{ResourceArn}", "DeleteResourcePolicy", query="RevisionId"),
    Route("GET", "/2026-07-09/resource-policy/{ResourceArn}", "GetResourcePolicy"),
    Route("PUT", "/2026-07-09/resource-policy/{ResourceArn}", "PutResourcePolicy"),
)


def find_route(method: str, path: str, query: str, headers: Mapping[str, str]) -> Found | None:
    """Find the operation of a request; *path* and *query* as sent, still percent-encoded.

    A trailing slash is tolerated: older SDKs send one. ``None`` where no operation lives there.
    """
    segments = tuple(path.strip("/").split("/"))
    for route, pattern in _BY_SIZE.get((method, len(segments)), ()):
        members = _match(pattern, segments)
        if members is None:
            continue
        parameters = parse_qs(query, keep_blank_values=True)
        if route.fixed is not None and parameters.get(route.fixed[0]) != [route.fixed[1]]:
            continue
        for parameter, member in _named(route.query):
            if parameter in parameters:
                members[member] = parameters[parameter]
        for header, member in _named(route.headers):
            if header in headers:
                members[member] = [headers[header]]
        return Found(route=route, texts=members)
    return None


def _match(pattern: tuple[str, ...], segments: tuple[str, ...]) -> dict[str, list[str]] | None:
    members: dict[str, list[str]] = {}
    for part, segment in zip(pattern, segments, strict=True):
        if part.startswith("{"):
            members[part[1:-1]] = [unquote(segment)]
        elif part != segment:
            return None
    return members


def _named(places: str) -> list[tuple[str, str]]:
    return [(place, member or place) for place, _, member in (text.partition("=") for text in places.split())]


def _by_size() -> dict[tuple[str, int], list[tuple[Route, tuple[str, ...]]]]:
    """Group the routes by method and number of segments; those with a fixed parameter are tried first."""
    groups: dict[tuple[str, int], list[tuple[Route, tuple[str, ...]]]] = {}
    for route in sorted(ROUTES, key=lambda route: route.fixed is None):
        pattern = tuple(route.path.strip("/").split("/"))
        groups.setdefault((route.method, len(pattern)), []).append((route, pattern))
    return groups


_BY_SIZE: Final = _by_size()
