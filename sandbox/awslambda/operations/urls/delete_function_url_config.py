"""DeleteFunctionUrlConfig."""

from sandbox.awslambda.scope import LambdaScope
from sandbox.awslambda.urls.configuration import UrlOfFunction, found_configuration, urls_function
from sandbox.wire.operation import operation

__all__ = ["delete_function_url_config"]


class Request(UrlOfFunction):
    """DeleteFunctionUrlConfig's members."""


@operation("DeleteFunctionUrlConfig", Request, success_status=204)
def delete_function_url_config(scope: LambdaScope, request: Request) -> None:
    """Answer no more at the URL of a function or alias.

    Raises:
        ResourceNotFoundException: there is no such function or alias, or it has no URL.
    """
    reference = urls_function(scope, request)
    url = found_configuration(scope, reference)
    with scope.store.change():
        scope.store.attachments.delete(url.account_id, url.region, url.name, kind="url", qualifier=url.qualifier)
