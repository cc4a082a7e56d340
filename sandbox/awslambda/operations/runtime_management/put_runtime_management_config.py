"""PutRuntimeManagementConfig."""

from typing import Annotated

from msgspec import Meta

from sandbox.awslambda.faults import InvalidParameterValueException
from sandbox.awslambda.runtime_management import RuntimeManagement, UpdateRuntimeOn, runtime_management
from sandbox.awslambda.scope import LambdaScope
from sandbox.awslambda.shapes import NamespacedFunctionName, Qualifier
from sandbox.awslambda.store.ports import Attachment
from sandbox.wire.operation import RequestShape, operation

__all__ = ["put_runtime_management_config"]


class Request(RequestShape):
    """PutRuntimeManagementConfig's members."""

    function_name: NamespacedFunctionName
    qualifier: Qualifier | None = None
    update_runtime_on: UpdateRuntimeOn
    runtime_version_arn: Annotated[str, Meta(min_length=26, max_length=2048)] | None = None


@operation("PutRuntimeManagementConfig", Request)
def put_runtime_management_config(scope: LambdaScope, request: Request) -> RuntimeManagement:
    """Say when the runtime of a version is updated; it never is here.

    Raises:
        ResourceNotFoundException: there is no such function, version or alias.
        InvalidParameterValueException: a runtime version without ``Manual``, or ``Manual`` without one; the wordings are
            assumptions.
    """
    function = scope.function(scope.reference(request.function_name, request.qualifier))
    if request.update_runtime_on == "Manual" and request.runtime_version_arn is None:
        raise InvalidParameterValueException("RuntimeVersionArn is required when UpdateRuntimeOn is Manual.")
    if request.update_runtime_on != "Manual" and request.runtime_version_arn is not None:
        raise InvalidParameterValueException("RuntimeVersionArn can be given only when UpdateRuntimeOn is Manual.")
    document: dict[str, str] = {"UpdateRuntimeOn": request.update_runtime_on}
    if request.runtime_version_arn is not None:
        document["RuntimeVersionArn"] = request.runtime_version_arn
    with scope.store.change():
        scope.store.attachments.put(
            Attachment(
                account_id=function.account_id,
                region=function.region,
                name=function.name,
                kind="runtime-management",
                qualifier=function.version,
                document=document,
            )
        )
    return runtime_management(scope, function)
