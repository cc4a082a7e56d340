"""CreateFunctionUrlConfig."""

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
    keep_configuration,
    refuse_second_url,
    urls_function,
)
from sandbox.wire.operation import operation

__all__ = ["create_function_url_config"]


class Request(UrlOfFunction):
    """CreateFunctionUrlConfig's members."""

    auth_type: AuthType
    cors: UrlCors | None = None
    invoke_mode: InvokeMode | None = None


@operation("CreateFunctionUrlConfig", Request, success_status=201)
def create_function_url_config(scope: LambdaScope, request: Request) -> UrlConfiguration:
    """Give a function, or an alias of it, an address that answers HTTP requests.

    Raises:
        ResourceNotFoundException: there is no such function or alias.
        ResourceConflictException: it has one.

    Source: API reference, CreateFunctionUrlConfig.
    """
    reference = urls_function(scope, request)
    refuse_second_url(scope, reference)
    now = timestamp(scope.clock.now())
    settings = {
        "AuthType": request.auth_type,
        "Cors": cors_document(request.cors),
        "InvokeMode": request.invoke_mode or "BUFFERED",
        "CreationTime": now,
        "LastModifiedTime": now,
    }
    return configuration_of(scope, keep_configuration(scope, reference, settings), is_new=True)
