"""GetFunctionEventInvokeConfig."""

from sandbox.awslambda.event_invoke_configuration import EventInvokeConfig, configured_function, kept_settings
from sandbox.awslambda.scope import LambdaScope
from sandbox.awslambda.shapes import NamespacedFunctionName, Qualifier
from sandbox.wire.operation import RequestShape, operation

__all__ = ["get_function_event_invoke_config"]


class Request(RequestShape):
    """GetFunctionEventInvokeConfig's members."""

    function_name: NamespacedFunctionName
    qualifier: Qualifier | None = None


@operation("GetFunctionEventInvokeConfig", Request)
def get_function_event_invoke_config(scope: LambdaScope, request: Request) -> EventInvokeConfig:
    """Tell how events of a function, version or alias are treated.

    Raises:
        ResourceNotFoundException: there is no such function, or nothing was set for it.
    """
    reference = configured_function(scope, request.function_name, request.qualifier)
    return EventInvokeConfig.of(kept_settings(scope, reference))
