"""When the runtime of a function's version is updated: kept and told, without effect on this machine."""

from collections.abc import Mapping
from typing import Any, Literal

from sandbox.awslambda.scope import LambdaScope
from sandbox.awslambda.store.ports import StoredFunction
from sandbox.wire.operation import ResponseShape

__all__ = ["RuntimeManagement", "UpdateRuntimeOn", "runtime_management"]

UpdateRuntimeOn = Literal["Auto", "Manual", "FunctionUpdate"]


class RuntimeManagement(ResponseShape):
    """When, and with ``Manual`` to which version."""

    update_runtime_on: str
    function_arn: str
    runtime_version_arn: str | None = None


def runtime_management(scope: LambdaScope, function: StoredFunction) -> RuntimeManagement:
    """What was said of *function*; ``Auto`` where nothing was."""
    place = (function.account_id, function.region, function.name, function.version)
    document: Mapping[str, Any] = scope.store.attachments.get("runtime-management", *place) or {}
    unqualified = ":".join(function.configuration["FunctionArn"].split(":")[:7])
    return RuntimeManagement(
        update_runtime_on=document.get("UpdateRuntimeOn", "Auto"),
        function_arn=f"{unqualified}:{function.version}",
        runtime_version_arn=document.get("RuntimeVersionArn"),
    )
