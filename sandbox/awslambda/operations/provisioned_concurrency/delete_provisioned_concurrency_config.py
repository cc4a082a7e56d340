"""DeleteProvisionedConcurrencyConfig."""

from sandbox.awslambda.provisioned_concurrency import provisioned_function
from sandbox.awslambda.scope import LambdaScope
from sandbox.awslambda.shapes import FunctionName, Qualifier
from sandbox.wire.operation import RequestShape, operation

__all__ = ["delete_provisioned_concurrency_config"]


class Request(RequestShape):
    """DeleteProvisionedConcurrencyConfig's members."""

    function_name: FunctionName
    qualifier: Qualifier


@operation("DeleteProvisionedConcurrencyConfig", Request, success_status=204)
def delete_provisioned_concurrency_config(scope: LambdaScope, request: Request) -> None:
    """Provision nothing for a version or alias; it is no error where nothing was.

    Raises:
        ResourceNotFoundException: there is no such function, version or alias.
    """
    reference = provisioned_function(scope, request.function_name, request.qualifier)
    with scope.store.change():
        scope.store.attachments.delete(
            scope.account_id, scope.region, reference.name, kind="provisioned", qualifier=reference.version
        )
