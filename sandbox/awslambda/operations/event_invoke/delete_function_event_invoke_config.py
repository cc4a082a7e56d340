"""DeleteFunctionEventInvokeConfig."""

from sandbox.awslambda.event_invoke_configuration import configured_function, kept_settings
from sandbox.awslambda.scope import LambdaScope
from sandbox.awslambda.shapes import NamespacedFunctionName, Qualifier
from sandbox.wire.operation import RequestShape, operation

__all__ = ["delete_function_event_invoke_config"]


class Request(RequestShape):
    """DeleteFunctionEventInvokeConfig's members."""

    function_name: NamespacedFunctionName
    qualifier: Qualifier | None = None


@operation("DeleteFunctionEventInvokeConfig", Request, success_status=204)
def delete_function_event_invoke_config(scope: LambdaScope, request: Request) -> None:
    """Treat events of a function, version or alias by the defaults again.

    Raises:
        ResourceNotFoundException: there is no such function, or nothing was set for it.
    """
    reference = configured_function(scope, request.function_name, request.qualifier)
    kept_settings(scope, reference)
    with scope.store.change():
        scope.store.attachments.delete(
            scope.account_id, scope.region, reference.name, kind="event-invoke", qualifier=reference.version
        )
