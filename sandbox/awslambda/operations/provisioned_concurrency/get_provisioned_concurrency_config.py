"""GetProvisionedConcurrencyConfig."""

from sandbox.awslambda.faults import ProvisionedConcurrencyConfigNotFoundException
from sandbox.awslambda.provisioned_concurrency import (
    ProvisionedConcurrency,
    provisioned_function,
    told_provisioned,
)
from sandbox.awslambda.scope import LambdaScope
from sandbox.awslambda.shapes import FunctionName, Qualifier
from sandbox.wire.operation import RequestShape, operation

__all__ = ["get_provisioned_concurrency_config"]


class Request(RequestShape):
    """GetProvisionedConcurrencyConfig's members."""

    function_name: FunctionName
    qualifier: Qualifier


@operation("GetProvisionedConcurrencyConfig", Request)
def get_provisioned_concurrency_config(scope: LambdaScope, request: Request) -> ProvisionedConcurrency:
    """Tell how much concurrency is provisioned for a version or alias.

    Raises:
        ResourceNotFoundException: there is no such function, version or alias.
        ProvisionedConcurrencyConfigNotFoundException: nothing is provisioned.
    """
    reference = provisioned_function(scope, request.function_name, request.qualifier)
    place = (scope.account_id, scope.region, reference.name, reference.version)
    document = scope.store.attachments.get("provisioned", *place)
    if document is None:
        raise ProvisionedConcurrencyConfigNotFoundException("No Provisioned Concurrency Config found for this function")
    return told_provisioned(document)
