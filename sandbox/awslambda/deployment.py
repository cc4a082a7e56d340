"""Hand functions to the host that runs them, freeze versions, and let go of code that nothing needs any more."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sandbox.awslambda.configuration import published
from sandbox.awslambda.environment import function_environment
from sandbox.awslambda.layers import codes_of_layers
from sandbox.awslambda.names import LATEST
from sandbox.awslambda.ports import PlacedCode
from sandbox.awslambda.scope import LambdaScope
from sandbox.awslambda.store.ports import Attachment, StoredFunction

__all__ = ["deploy", "publish", "release"]

_TASK_ROOT = Path("/var/task")
_NOT_OF_A_VERSION = frozenset({"FunctionArn", "Version", "Description", "RevisionId", "LastModified"})


def deploy(scope: LambdaScope, function: StoredFunction) -> None:
    """Run *function* from its next invocation on.

    ``$LATEST`` is deployed under the unqualified ARN, a version under the ARN that ends with its number.

    Raises:
        InvalidParameterValueException: a folder of the user's, of code or of a layer, is gone or no longer allowed.
    """
    environment = function_environment(
        function.configuration,
        account_id=function.account_id,
        region=function.region,
        endpoint_url=scope.endpoint_url(),
        secret_access_key=scope.secret_access_key,
        every_function=scope.environment,
    )
    arn = function.configuration["FunctionArn"]
    scope.function_host.deploy(arn, function.configuration, _placed(scope, function), environment)


def publish(scope: LambdaScope, latest: StoredFunction, *, description: str | None = None) -> StoredFunction:
    """Freeze ``$LATEST`` as the next version, or give the last version where nothing has changed since.

    Versions of one function share its unpacked code. No number is given twice, not even when the function is deleted
    and created again; AWS's developer guide says so of its own.
    """
    versions = scope.store.functions.versions(latest.account_id, latest.region, latest.name)[1:]
    if versions and _essence(versions[-1].configuration) == _essence(latest.configuration):
        return versions[-1]
    place = (latest.account_id, latest.region, latest.name)
    numbering = scope.store.attachments.get("numbering", *place, LATEST) or {"Last": 0}
    number = 1 + max(numbering["Last"], int(versions[-1].version) if versions else 0)
    version = StoredFunction(
        account_id=latest.account_id,
        region=latest.region,
        name=latest.name,
        version=str(number),
        configuration=published(latest.configuration, number, description=description, ids=scope.ids),
        code=latest.code,
    )
    with scope.store.change():
        scope.store.functions.put(version)
        scope.store.attachments.put(
            Attachment(
                account_id=latest.account_id,
                region=latest.region,
                name=latest.name,
                kind="numbering",
                qualifier=LATEST,
                document={"Last": number},
            )
        )
        deploy(scope, version)
    return version


def release(scope: LambdaScope, function: StoredFunction) -> None:
    """Let *function*'s code go unless another of its versions runs it."""
    versions = scope.store.functions.versions(function.account_id, function.region, function.name)
    if all(version.code.path != function.code.path for version in versions):
        scope.code.retire(function.code)


def _placed(scope: LambdaScope, function: StoredFunction) -> PlacedCode:
    if function.code.kind == "image":
        return PlacedCode(folder=_TASK_ROOT, image_uri=function.code.path)
    layers = codes_of_layers(scope, function.configuration)
    return PlacedCode(folder=scope.code.path(function.code), layers=tuple(map(scope.code.path, layers)))


def _essence(configuration: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in configuration.items() if name not in _NOT_OF_A_VERSION}
