"""ListProvisionedConcurrencyConfigs."""

from typing import Annotated

from msgspec import Meta

from sandbox.awslambda.paging import page_of
from sandbox.awslambda.provisioned_concurrency import ProvisionedConcurrency, told_provisioned
from sandbox.awslambda.scope import LambdaScope
from sandbox.awslambda.shapes import FunctionName
from sandbox.wire.operation import RequestShape, ResponseShape, operation

__all__ = ["list_provisioned_concurrency_configs"]

PAGE_CONFIGS_MAX = 50


class Request(RequestShape):
    """ListProvisionedConcurrencyConfigs' members."""

    function_name: FunctionName
    marker: str | None = None
    max_items: Annotated[int, Meta(ge=1, le=PAGE_CONFIGS_MAX)] | None = None


class Response(ResponseShape):
    """One page."""

    provisioned_concurrency_configs: list[ProvisionedConcurrency]
    next_marker: str | None = None


@operation("ListProvisionedConcurrencyConfigs", Request)
def list_provisioned_concurrency_configs(scope: LambdaScope, request: Request) -> Response:
    """List what is provisioned for a function's versions and aliases, 50 a page.

    Raises:
        ResourceNotFoundException: there is no such function.
        InvalidParameterValueException: a version or alias is named, or the marker is none of ours.
    """
    reference = scope.unqualified(request.function_name)
    scope.function(reference)
    stored = scope.store.attachments.of_function("provisioned", scope.account_id, scope.region, reference.name)
    size = request.max_items or PAGE_CONFIGS_MAX
    page, marker = page_of(stored, lambda kept: kept.qualifier, marker=request.marker, size=size)
    configs = [told_provisioned(kept.document, function_arn=f"{reference.arn}:{kept.qualifier}") for kept in page]
    return Response(provisioned_concurrency_configs=configs, next_marker=marker)
