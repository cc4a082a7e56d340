"""UpdateFunctionEventInvokeConfig."""

from sandbox.awslambda.event_invoke_configuration import (
    EventInvokeConfig,
    EventInvokeSettings,
    configured_function,
    keep_settings,
    kept_settings,
)
from sandbox.awslambda.scope import LambdaScope
from sandbox.wire.operation import operation

__all__ = ["update_function_event_invoke_config"]


@operation("UpdateFunctionEventInvokeConfig", EventInvokeSettings)
def update_function_event_invoke_config(scope: LambdaScope, request: EventInvokeSettings) -> EventInvokeConfig:
    """Change how events of a function, version or alias are treated; what is absent stays as it is.

    Raises:
        ResourceNotFoundException: there is no such function, version or alias, or it has no such settings.
        InvalidParameterValueException: nothing is set, or a destination is not acceptable.

    Source: esm §5.3.
    """
    reference = configured_function(scope, request.function_name, request.qualifier)
    return keep_settings(scope, reference, request, before=kept_settings(scope, reference))
