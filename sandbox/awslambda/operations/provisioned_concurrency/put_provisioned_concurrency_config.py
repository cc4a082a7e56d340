"""PutProvisionedConcurrencyConfig."""

from typing import Annotated

from msgspec import Meta

from sandbox.awslambda.provisioned_concurrency import (
    ProvisionedConcurrency,
    keep_provisioned,
    provisioned_function,
)
from sandbox.awslambda.scope import LambdaScope
from sandbox.awslambda.shapes import FunctionName, Qualifier
from sandbox.wire.operation import RequestShape, operation

__all__ = ["put_provisioned_concurrency_config"]


class Request(RequestShape):
    """PutProvisionedConcurrencyConfig's members."""

    function_name: FunctionName
    qualifier: Qualifier
    provisioned_concurrent_executions: Annotated[int, Meta(ge=1)]


@operation("PutProvisionedConcurrencyConfig", Request, success_status=202)
def put_provisioned_concurrency_config(scope: LambdaScope, request: Request) -> ProvisionedConcurrency:
    """Provision concurrency for a version or alias.

    Raises:
        ResourceNotFoundException: there is no such function, version or alias.
        ResourceConflictException: it is provisioned already under another name.
        InvalidParameterValueException: ``$LATEST``, or more than there is.
    """
    reference = provisioned_function(scope, request.function_name, request.qualifier)
    document = keep_provisioned(scope, reference, request.provisioned_concurrent_executions)
    return ProvisionedConcurrency(
        requested_provisioned_concurrent_executions=request.provisioned_concurrent_executions,
        available_provisioned_concurrent_executions=0,
        allocated_provisioned_concurrent_executions=0,
        status="IN_PROGRESS",
        last_modified=document["LastModified"],
    )
