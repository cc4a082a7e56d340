"""UpdateFunctionCode."""

import msgspec

from sandbox.awslambda.answers import FunctionConfiguration
from sandbox.awslambda.configuration import as_updating, check_revision, with_code
from sandbox.awslambda.deployment import deploy, publish, release
from sandbox.awslambda.images import image_code
from sandbox.awslambda.layers import check_sizes
from sandbox.awslambda.scope import LambdaScope
from sandbox.awslambda.shapes import Architectures, FunctionCode, FunctionName
from sandbox.wire.operation import operation

__all__ = ["update_function_code"]


class Request(FunctionCode):
    """UpdateFunctionCode's members: where the code comes from, and what it is for."""

    function_name: FunctionName
    architectures: Architectures | None = None
    publish: bool | None = None
    dry_run: bool | None = None
    revision_id: str | None = None


@operation("UpdateFunctionCode", Request)
async def update_function_code(scope: LambdaScope, request: Request) -> FunctionConfiguration:
    """Replace a function's code; the next invocation runs the new one.

    Raises:
        ResourceNotFoundException: there is no such function.
        PreconditionFailedException: RevisionId is not the latest.
        InvalidParameterValueException: the code is not acceptable.

    Source: esm §5.1, §5.2.
    """
    reference = scope.unqualified(request.function_name)
    configuration = scope.function(reference).configuration
    check_revision(configuration, request.revision_id)
    code = image_code(request, configuration["PackageType"], doing="updating")
    if code is None:
        code = await scope.code.receive(request, account_id=scope.account_id, region=scope.region)
    try:
        before = scope.function(reference)  # again: it may have changed while the code was unpacked
        check_revision(before.configuration, request.revision_id)
        check_sizes(scope, before.configuration, code)
    except BaseException:
        scope.code.retire(code)
        raise
    configuration = with_code(
        before.configuration, code, architectures=request.architectures, now=scope.clock.now(), ids=scope.ids
    )
    if request.dry_run:
        scope.code.retire(code)
        return FunctionConfiguration.of(as_updating(configuration, scope.ids))
    function = msgspec.structs.replace(before, configuration=configuration, code=code)
    with scope.store.change():
        scope.store.functions.put(function)
        deploy(scope, function)
    release(scope, before)
    answered = publish(scope, function) if request.publish else function
    return FunctionConfiguration.of(as_updating(answered.configuration, scope.ids))
