"""ListFunctionEventInvokeConfigs."""

from typing import Annotated

from msgspec import Meta

from sandbox.awslambda.event_invoke_configuration import EventInvokeConfig, configured_function
from sandbox.awslambda.paging import page_of
from sandbox.awslambda.scope import LambdaScope
from sandbox.awslambda.shapes import NamespacedFunctionName
from sandbox.wire.operation import RequestShape, ResponseShape, operation

__all__ = ["list_function_event_invoke_configs"]

PAGE_CONFIGS_MAX = 50


class Request(RequestShape):
    """ListFunctionEventInvokeConfigs' members."""

    function_name: NamespacedFunctionName
    marker: str | None = None
    max_items: Annotated[int, Meta(ge=1, le=PAGE_CONFIGS_MAX)] | None = None


class Response(ResponseShape):
    """One page."""

    function_event_invoke_configs: list[EventInvokeConfig]
    next_marker: str | None = None


@operation("ListFunctionEventInvokeConfigs", Request)
def list_function_event_invoke_configs(scope: LambdaScope, request: Request) -> Response:
    """List how events of a function's versions and aliases are treated, 50 a page.

    Raises:
        ResourceNotFoundException: there is no such function.
    """
    reference = configured_function(scope, request.function_name, None)
    stored = scope.store.attachments.of_function("event-invoke", scope.account_id, scope.region, reference.name)
    size = request.max_items or PAGE_CONFIGS_MAX
    page, next_marker = page_of(stored, lambda each: each.qualifier, marker=request.marker, size=size)
    configs = [EventInvokeConfig.of(each.document) for each in page]
    return Response(function_event_invoke_configs=configs, next_marker=next_marker)
