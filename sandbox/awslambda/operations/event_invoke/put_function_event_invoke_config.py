"""PutFunctionEventInvokeConfig."""

from sandbox.awslambda.event_invoke_configuration import (
    EventInvokeConfig,
    EventInvokeSettings,
    configured_function,
    keep_settings,
)
from sandbox.awslambda.scope import LambdaScope
from sandbox.wire.operation import operation

__all__ = ["put_function_event_invoke_config"]


@operation("PutFunctionEventInvokeConfig", EventInvokeSettings)
def put_function_event_invoke_config(scope: LambdaScope, request: EventInvokeSettings) -> EventInvokeConfig:
    """Set how events of a function, version or alias are treated; what is absent is the default again.

    Raises:
        ResourceNotFoundException: there is no such function, version or alias.
        InvalidParameterValueException: nothing is set, or a destination is not acceptable.

    Source: esm §5.3.
    """
    reference = configured_function(scope, request.function_name, request.qualifier)
    return keep_settings(scope, reference, request, before={})
