"""GetFunctionUrlConfig."""

from sandbox.awslambda.scope import LambdaScope
from sandbox.awslambda.urls.configuration import (
    UrlConfiguration,
    UrlOfFunction,
    configuration_of,
    found_configuration,
    urls_function,
)
from sandbox.wire.operation import operation

__all__ = ["get_function_url_config"]


class Request(UrlOfFunction):
    """GetFunctionUrlConfig's members."""


@operation("GetFunctionUrlConfig", Request)
def get_function_url_config(scope: LambdaScope, request: Request) -> UrlConfiguration:
    """Tell the URL of a function or alias.

    Raises:
        ResourceNotFoundException: there is no such function or alias, or it has no URL.
    """
    return configuration_of(scope, found_configuration(scope, urls_function(scope, request)))
