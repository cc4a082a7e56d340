"""ListEventSourceMappings."""

from sandbox.awslambda.answers import EventSourceMappingConfiguration
from sandbox.awslambda.mappings import mapping_answer
from sandbox.awslambda.paging import page_of
from sandbox.awslambda.scope import LambdaScope
from sandbox.awslambda.shapes import Arn, MaxItems, NamespacedFunctionName
from sandbox.wire.operation import RequestShape, ResponseShape, operation

__all__ = ["list_event_source_mappings"]

PAGE_MAPPINGS_MAX = 100


class Request(RequestShape):
    """ListEventSourceMappings' members."""

    event_source_arn: Arn | None = None
    function_name: NamespacedFunctionName | None = None
    marker: str | None = None
    max_items: MaxItems | None = None


class Response(ResponseShape):
    """One page."""

    next_marker: str | None = None
    event_source_mappings: list[EventSourceMappingConfiguration]


@operation("ListEventSourceMappings", Request)
def list_event_source_mappings(scope: LambdaScope, request: Request) -> Response:
    """List mappings, oldest first, 100 a page; an unknown function or source is no error.

    Source: recorded-answers §3; esm §1.1.
    """
    mappings = scope.store.mappings.of_account(scope.account_id, scope.region)
    if request.event_source_arn is not None:
        mappings = [each for each in mappings if each.configuration["EventSourceArn"] == request.event_source_arn]
    if request.function_name is not None:
        wanted = scope.reference(request.function_name).qualified_arn
        mappings = [each for each in mappings if each.configuration["FunctionArn"] == wanted]
    size = min(request.max_items or PAGE_MAPPINGS_MAX, PAGE_MAPPINGS_MAX)
    page, next_marker = page_of(mappings, lambda mapping: mapping.uuid, marker=request.marker, size=size)
    return Response(
        next_marker=next_marker,
        event_source_mappings=[mapping_answer(scope, mapping, listed=True) for mapping in page],
    )
