"""UpdateFunctionConfiguration."""

import msgspec

from sandbox.awslambda.answers import FunctionConfiguration
from sandbox.awslambda.configuration import as_updating, changed, check_revision
from sandbox.awslambda.deployment import deploy
from sandbox.awslambda.images import check_package, with_image_config
from sandbox.awslambda.layers import check_sizes, release_layers, with_layers
from sandbox.awslambda.scope import LambdaScope
from sandbox.awslambda.shapes import FunctionSettings
from sandbox.wire.operation import operation

__all__ = ["update_function_configuration"]


class Request(FunctionSettings):
    """UpdateFunctionConfiguration's members; what is absent stays as it is."""

    revision_id: str | None = None


@operation("UpdateFunctionConfiguration", Request)
def update_function_configuration(scope: LambdaScope, request: Request) -> FunctionConfiguration:
    """Change a function's settings; the next invocation runs with them.

    Raises:
        ResourceNotFoundException: there is no such function.
        PreconditionFailedException: RevisionId is not the latest.
        InvalidParameterValueException: a setting is not acceptable.

    Source: esm §5.1, §5.2.
    """
    reference = scope.unqualified(request.function_name)
    before = scope.function(reference)
    check_revision(before.configuration, request.revision_id)
    check_package(request, before.configuration["PackageType"])
    configuration = changed(before.configuration, request, reference=reference, now=scope.clock.now(), ids=scope.ids)
    configuration = with_image_config(configuration, request)
    configuration = with_layers(scope, configuration, request.layers)
    check_sizes(scope, configuration, before.code)
    function = msgspec.structs.replace(before, configuration=configuration)
    with scope.store.change():
        scope.store.functions.put(function)
        deploy(scope, function)
    release_layers(scope, [layer["Arn"] for layer in before.configuration.get("Layers", ())])
    return FunctionConfiguration.of(as_updating(configuration, scope.ids))
