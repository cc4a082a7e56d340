"""DeleteAlias."""

from sandbox.awslambda.aliases import AliasName, aliased_function
from sandbox.awslambda.scope import LambdaScope
from sandbox.awslambda.shapes import FunctionName
from sandbox.wire.operation import RequestShape, operation

__all__ = ["delete_alias"]


class Request(RequestShape):
    """DeleteAlias's members."""

    function_name: FunctionName
    name: AliasName


@operation("DeleteAlias", Request, success_status=204)
def delete_alias(scope: LambdaScope, request: Request) -> None:
    """Remove an alias; one that is not there is no error. Event source mappings that name it stay.

    Raises:
        ResourceNotFoundException: there is no such function.
    """
    function = aliased_function(scope, request.function_name)
    with scope.store.change():
        scope.store.attachments.delete(scope.account_id, scope.region, function.name, qualifier=request.name)
    scope.routing.note_change()
