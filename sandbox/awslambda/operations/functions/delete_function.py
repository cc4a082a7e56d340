"""DeleteFunction."""

from sandbox.awslambda.deployment import release
from sandbox.awslambda.faults import InvalidParameterValueException, ResourceConflictException
from sandbox.awslambda.layers import release_layers
from sandbox.awslambda.names import LATEST, FunctionReference
from sandbox.awslambda.scope import LambdaScope
from sandbox.awslambda.shapes import NamespacedFunctionName, Qualifier
from sandbox.awslambda.store.ports import StoredFunction
from sandbox.wire.operation import RequestShape, operation

__all__ = ["delete_function"]


class Request(RequestShape):
    """DeleteFunction's members."""

    function_name: NamespacedFunctionName
    qualifier: Qualifier | None = None


@operation("DeleteFunction", Request, success_status=204)
def delete_function(scope: LambdaScope, request: Request) -> None:
    """Remove a function with its versions and tags, or one version. Its event source mappings stay.

    Raises:
        ResourceNotFoundException: there is no such function.
        InvalidParameterValueException: ``$LATEST`` alone or an alias, which cannot be removed this way.
        ResourceConflictException: an alias names the version.

    Source: esm §1.4, §5.2.
    """
    reference = scope.reference(request.function_name, request.qualifier)
    if reference.qualifier == LATEST:
        raise InvalidParameterValueException("$LATEST version cannot be deleted without deleting the function.")
    function = scope.function(reference)
    if reference.qualifier is not None:
        _refuse_named(scope, reference, function)
    versions = scope.store.functions.versions(scope.account_id, scope.region, reference.name)
    removed = [version for version in versions if reference.qualifier in (None, version.version)]
    with scope.store.change():
        scope.store.functions.delete(scope.account_id, scope.region, reference.name, reference.qualifier)
        if reference.qualifier is None:
            scope.store.tags.remove(reference.arn, None)
        scope.store.attachments.delete(scope.account_id, scope.region, reference.name, qualifier=reference.qualifier)
    for version in removed:
        scope.function_host.remove(version.configuration["FunctionArn"])
    for code in {version.code.path: version for version in removed}.values():
        release(scope, code)
    release_layers(scope, {layer["Arn"] for version in removed for layer in version.configuration.get("Layers", ())})


def _refuse_named(scope: LambdaScope, reference: FunctionReference, function: StoredFunction) -> None:
    """Refuse an alias, and a version that aliases name; both wordings are recalled.

    Raises:
        InvalidParameterValueException, ResourceConflictException: see ``delete_function``.
    """
    if function.version != reference.qualifier:
        raise InvalidParameterValueException("Deletion of aliases is not currently supported.")
    for alias in scope.store.attachments.of_function("alias", scope.account_id, scope.region, reference.name):
        weights = alias.document.get("RoutingConfig", {}).get("AdditionalVersionWeights", {})
        if function.version in (alias.document["FunctionVersion"], *weights):
            raise ResourceConflictException(
                f"Function version {function.version} is used by the alias {alias.qualifier}."
            )
