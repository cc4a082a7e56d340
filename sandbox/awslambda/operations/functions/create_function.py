"""CreateFunction."""

from typing import Literal

from sandbox.awslambda.answers import FunctionConfiguration
from sandbox.awslambda.configuration import as_created, new_configuration, with_code
from sandbox.awslambda.deployment import deploy, publish
from sandbox.awslambda.faults import (
    CodeStorageExceededException,
    InvalidParameterValueException,
    LambdaFault,
    ResourceConflictException,
)
from sandbox.awslambda.images import check_package, image_code, with_image_config
from sandbox.awslambda.layers import check_sizes, with_layers
from sandbox.awslambda.names import LATEST, ONLY_FUNCTIONS, FunctionReference
from sandbox.awslambda.scope import LambdaScope
from sandbox.awslambda.shapes import Architectures, FunctionCode, FunctionSettings, RoleArn, Tags
from sandbox.awslambda.store.ports import StoredFunction
from sandbox.awslambda.tagging import check_tags
from sandbox.wire.operation import operation

__all__ = ["create_function"]

FUNCTIONS_MAX = 5_000


class Request(FunctionSettings):
    """CreateFunction's members."""

    code: FunctionCode
    role: RoleArn
    package_type: Literal["Zip", "Image"] | None = None
    architectures: Architectures | None = None
    publish: bool | None = None
    tags: Tags | None = None


@operation("CreateFunction", Request, success_status=201)
async def create_function(scope: LambdaScope, request: Request) -> FunctionConfiguration:
    """Create a function and deploy it.

    Raises:
        InvalidParameterValueException: a setting, the code or a tag is not acceptable.
        ResourceConflictException: the name is taken.
        RequestEntityTooLargeException: an upload of more than 50 MB.
        CodeStorageExceededException: the account holds as many functions as the sandbox takes.

    Source: esm §5.1, §5.2.
    """
    reference = scope.reference(request.function_name)
    _check(request, reference)
    configuration = new_configuration(reference, request, architectures=request.architectures, now=scope.clock.now())
    configuration = with_image_config({**configuration, "PackageType": request.package_type or "Zip"}, request)
    _refuse_taken(scope, reference)
    code = image_code(request.code, configuration["PackageType"], doing="creating")
    if code is None:
        code = await scope.code.receive(request.code, account_id=scope.account_id, region=scope.region)
    try:
        _refuse_taken(scope, reference)  # again: others may have come while the code was unpacked
        configuration = with_layers(scope, configuration, request.layers)
        check_sizes(scope, configuration, code)
    except LambdaFault:
        scope.code.retire(code)
        raise
    function = StoredFunction(
        account_id=scope.account_id,
        region=scope.region,
        name=reference.name,
        version=LATEST,
        configuration=with_code(configuration, code, now=scope.clock.now(), ids=scope.ids),
        code=code,
    )
    with scope.store.change():
        scope.store.functions.put(function)
        scope.store.tags.set(reference.arn, request.tags or {})
        deploy(scope, function)
    answered = publish(scope, function) if request.publish else function
    return FunctionConfiguration.of(as_created(answered.configuration, scope.ids))


def _check(request: Request, reference: FunctionReference) -> None:
    if reference.qualifier is not None:
        raise InvalidParameterValueException(ONLY_FUNCTIONS)
    check_package(request, request.package_type or "Zip")
    if request.package_type != "Image" and None in (request.runtime, request.handler):
        raise InvalidParameterValueException(
            "Runtime and Handler are mandatory parameters for functions created with deployment packages."
        )
    check_tags(request.tags or {})


def _refuse_taken(scope: LambdaScope, reference: FunctionReference) -> None:
    if scope.find(reference) is not None:
        raise ResourceConflictException(f"Function already exist: {reference.name}")
    if len(scope.store.functions.of_account(scope.account_id, scope.region)) >= FUNCTIONS_MAX:
        raise CodeStorageExceededException("Code storage limit exceeded.")
