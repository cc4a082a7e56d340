"""UpdateFunctionUrlConfig."""

from sandbox.awslambda.configuration import timestamp
from sandbox.awslambda.scope import LambdaScope
from sandbox.awslambda.urls.configuration import (
    AuthType,
    InvokeMode,
    UrlConfiguration,
    UrlCors,
    UrlOfFunction,
    configuration_of,
    cors_document,
    found_configuration,
    keep_configuration,
    urls_function,
)
from sandbox.wire.operation import operation

__all__ = ["update_function_url_config"]


class Request(UrlOfFunction):
    """UpdateFunctionUrlConfig's members."""

    auth_type: AuthType | None = None
    cors: UrlCors | None = None
    invoke_mode: InvokeMode | None = None


@operation("UpdateFunctionUrlConfig", Request)
def update_function_url_config(scope: LambdaScope, request: Request) -> UrlConfiguration:
    """Change the settings of a URL; ``Cors`` is replaced whole, and taken away where it is empty.

    Raises:
        ResourceNotFoundException: there is no such function or alias, or it has no URL.
    """
    reference = urls_function(scope, request)
    before = found_configuration(scope, reference)
    given = {
        "AuthType": request.auth_type,
        "Cors": cors_document(request.cors),
        "InvokeMode": request.invoke_mode,
        "LastModifiedTime": timestamp(scope.clock.now()),
    }
    settings = {**before.settings, **{name: value for name, value in given.items() if value is not None}}
    return configuration_of(scope, keep_configuration(scope, reference, settings))
