"""A function's configuration as Lambda answers it: made, changed, and shown in its passing states.

What is stored is what a passing state settles to, because the sandbox is ready at once: an answer to CreateFunction
says ``Pending``, the next GetFunction ``Active``, and nothing has to happen in between.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from sandbox.awslambda.environment import check_variables
from sandbox.awslambda.faults import PreconditionFailedException
from sandbox.awslambda.names import LATEST, FunctionReference
from sandbox.awslambda.runtimes import check_runtime
from sandbox.awslambda.shapes import FunctionSettings, LoggingConfig
from sandbox.awslambda.store.ports import CodeReference
from sandbox.ids import Ids

__all__ = [
    "as_created",
    "as_listed",
    "as_updating",
    "changed",
    "check_revision",
    "new_configuration",
    "published",
    "settings_of",
    "timestamp",
    "with_code",
]

_NOT_LISTED = frozenset({"State", "LastUpdateStatus", "RuntimeVersionConfig"})


def settings_of(request: FunctionSettings) -> dict[str, Any]:
    """The configuration members that *request* sets, judged; layers are left to ``sandbox.awslambda.layers``.

    Raises:
        InvalidParameterValueException: unknown or retired runtime, bad variables.
        ValidationException: a variable with an unusable name.

    Source: esm §5.2.
    """
    if request.runtime is not None:
        check_runtime(request.runtime)
    members: dict[str, Any] = {
        "Runtime": request.runtime,
        "Role": request.role,
        "Handler": request.handler,
        "Description": request.description,
        "Timeout": request.timeout,
        "MemorySize": request.memory_size,
        "KMSKeyArn": request.kms_key_arn,
        "TracingConfig": _wire(request.tracing_config),
        "EphemeralStorage": _wire(request.ephemeral_storage),
        "DeadLetterConfig": _wire(request.dead_letter_config),
        "FileSystemConfigs": _wire(request.file_system_configs),
    }
    if request.environment is not None:
        variables = request.environment.variables or {}
        check_variables(variables)
        members["Environment"] = {"Variables": variables}
    if request.vpc_config is not None:
        members["VpcConfig"] = {"SubnetIds": [], "SecurityGroupIds": [], "VpcId": "", **_wire(request.vpc_config)}
    if request.snap_start is not None:
        members["SnapStart"] = {"ApplyOn": request.snap_start.apply_on or "None", "OptimizationStatus": "Off"}
    return {name: value for name, value in members.items() if value is not None}


def new_configuration(
    reference: FunctionReference, request: FunctionSettings, *, architectures: Sequence[str] | None, now: float
) -> dict[str, Any]:
    """Make the configuration of a new function, still without code.

    Raises:
        InvalidParameterValueException, ValidationException: as ``settings_of``.

    Source: esm §5.1.
    """
    return {
        "FunctionName": reference.name,
        "FunctionArn": reference.arn,
        "Description": "",
        "Timeout": 3,
        "MemorySize": 128,
        "LastModified": timestamp(now),
        "Version": LATEST,
        "TracingConfig": {"Mode": "PassThrough"},
        "PackageType": "Zip",
        "Architectures": list(architectures or ["x86_64"]),
        "EphemeralStorage": {"Size": 512},
        "SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"},
        "LoggingConfig": _logging(request.logging_config, {}, reference.name),
        **(
            {}
            if request.runtime is None
            else {"RuntimeVersionConfig": _runtime_version(reference.region, request.runtime)}
        ),
        "State": "Active",
        "LastUpdateStatus": "Successful",
        **_without_empty(settings_of(request)),
    }


def changed(
    configuration: Mapping[str, Any], request: FunctionSettings, *, reference: FunctionReference, now: float, ids: Ids
) -> dict[str, Any]:
    """Lay the settings of an UpdateFunctionConfiguration over *configuration*.

    Raises:
        InvalidParameterValueException, ValidationException: as ``settings_of``.
    """
    members = {**configuration, **settings_of(request)}
    if request.logging_config is not None:
        members["LoggingConfig"] = _logging(request.logging_config, configuration["LoggingConfig"], reference.name)
    if request.runtime is not None:
        members["RuntimeVersionConfig"] = _runtime_version(reference.region, request.runtime)
    return {**_without_empty(members), "LastModified": timestamp(now), "RevisionId": ids.uuid()}


def with_code(
    configuration: Mapping[str, Any],
    code: CodeReference,
    *,
    architectures: Sequence[str] | None = None,
    now: float,
    ids: Ids,
) -> dict[str, Any]:
    """Set what is said of the code."""
    return {
        **configuration,
        "CodeSha256": code.sha256,
        "CodeSize": code.size,
        "Architectures": list(architectures or configuration["Architectures"]),
        "LastModified": timestamp(now),
        "RevisionId": ids.uuid(),
    }


def as_created(configuration: Mapping[str, Any], ids: Ids) -> dict[str, Any]:
    """Show a new function as the answer to CreateFunction does; each step has a RevisionId of its own."""
    shown = {name: value for name, value in configuration.items() if name != "LastUpdateStatus"}
    return {
        **shown,
        "RevisionId": ids.uuid(),
        "State": "Pending",
        "StateReason": "The function is being created.",
        "StateReasonCode": "Creating",
    }


def as_updating(configuration: Mapping[str, Any], ids: Ids) -> dict[str, Any]:
    """Show a changed function as the answer to the change does."""
    return {
        **configuration,
        "RevisionId": ids.uuid(),
        "LastUpdateStatus": "InProgress",
        "LastUpdateStatusReason": "The function is being created.",
        "LastUpdateStatusReasonCode": "Creating",
    }


def as_listed(configuration: Mapping[str, Any]) -> dict[str, Any]:
    """Show a function as lists do, without the members that only GetFunction gives."""
    return {name: value for name, value in configuration.items() if name not in _NOT_LISTED}


def published(configuration: Mapping[str, Any], version: int, *, description: str | None, ids: Ids) -> dict[str, Any]:
    """Make a version's configuration of that of ``$LATEST``."""
    return {
        **configuration,
        "FunctionArn": f"{configuration['FunctionArn']}:{version}",
        "Version": str(version),
        "Description": configuration["Description"] if description is None else description,
        "RevisionId": ids.uuid(),
    }


def check_revision(configuration: Mapping[str, Any], revision_id: str | None) -> None:
    """Refuse a request that was made knowing an older state.

    Raises:
        PreconditionFailedException: *revision_id* is not the latest.
    """
    if revision_id is not None and revision_id != configuration["RevisionId"]:
        raise PreconditionFailedException(
            "The Revision Id provided does not match the latest Revision Id. "
            "Call the GetFunction/GetAlias API to retrieve the latest Revision Id"
        )


def _without_empty(members: Mapping[str, Any]) -> dict[str, Any]:
    """Drop settings whose empty value means that they are taken away."""
    empty: dict[str, tuple[Any, ...]] = {
        "KMSKeyArn": ("",),
        "DeadLetterConfig": ({}, {"TargetArn": ""}),
        "FileSystemConfigs": ([],),
    }
    return {name: value for name, value in members.items() if value not in empty.get(name, ())}


def _logging(request: LoggingConfig | None, before: Mapping[str, Any], function_name: str) -> dict[str, Any]:
    given = {} if request is None else _wire(request)
    merged = {"LogFormat": "Text", "LogGroup": f"/aws/lambda/{function_name}", **before, **given}
    if merged["LogFormat"] == "Text":
        return {"LogFormat": "Text", "LogGroup": merged["LogGroup"]}
    return {"ApplicationLogLevel": "INFO", "SystemLogLevel": "INFO", **merged}


def _runtime_version(region: str, runtime: str) -> dict[str, str]:
    # AWS's hashes are not published; ours is stable, which is all that a tool compares.
    return {"RuntimeVersionArn": f"arn:aws:lambda:{region}::runtime:{hashlib.sha256(runtime.encode()).hexdigest()}"}


def timestamp(now: float) -> str:
    """*now* as Lambda writes it: ``2024-05-01T12:00:00.000+0000``."""
    return datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "+0000"


def _wire(shape: Any) -> Any:
    """A request shape as the document it came from, without absent members; ``None`` stays ``None``."""
    return msgspec.to_builtins(shape)
