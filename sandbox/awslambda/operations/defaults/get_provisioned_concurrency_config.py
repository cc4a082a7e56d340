"""GetProvisionedConcurrencyConfig."""

from sandbox.awslambda.faults import ProvisionedConcurrencyConfigNotFoundException
from sandbox.awslambda.scope import LambdaScope
from sandbox.awslambda.shapes import FunctionName, Qualifier
from sandbox.wire.operation import RequestShape, operation

__all__ = ["get_provisioned_concurrency_config"]


class Request(RequestShape):
    """GetProvisionedConcurrencyConfig's members."""

    function_name: FunctionName
    qualifier: Qualifier


@operation("GetProvisionedConcurrencyConfig", Request)
def get_provisioned_concurrency_config(scope: LambdaScope, request: Request) -> None:
    """Tell that no concurrency is provisioned; the words are recalled.

    Raises:
        ResourceNotFoundException: there is no such function, version or alias.
        ProvisionedConcurrencyConfigNotFoundException: always.
    """
    scope.function(scope.reference(request.function_name, request.qualifier))
    raise ProvisionedConcurrencyConfigNotFoundException("No Provisioned Concurrency Config found for this function")
