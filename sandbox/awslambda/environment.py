"""The variables a function runs with: the user's, and those the sandbox adds so that SDKs find it.

The runtimes add what only they know (``_HANDLER``, ``LAMBDA_TASK_ROOT``, ``AWS_LAMBDA_RUNTIME_API`` …).
Source: esm §5.4; reliability S9.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from sandbox.awslambda.faults import InvalidParameterValueException
from sandbox.wire.faults import ValidationException

__all__ = ["SESSION_TOKEN", "check_variables", "function_environment"]

SESSION_TOKEN: Final = "sandbox"  # noqa: S105 - functions are given one, as by AWS; it protects nothing
ENVIRONMENT_BYTES_MAX = 4_096

_NAME = re.compile(r"[a-zA-Z]([a-zA-Z0-9_])+")

# Source: AWS developer guide, "Reserved environment variables".
_RESERVED = frozenset({
    "_HANDLER",
    "_X_AMZN_TRACE_ID",
    "AWS_ACCESS_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_DEFAULT_REGION",
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_LAMBDA_RUNTIME_API",
    "AWS_REGION",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SECRET_KEY",
    "AWS_SESSION_TOKEN",
    "LAMBDA_RUNTIME_DIR",
    "LAMBDA_TASK_ROOT",
})  # fmt: skip


def check_variables(variables: Mapping[str, str]) -> None:
    """Judge the variables of a request as AWS does.

    Raises:
        ValidationException: a name that is not letters, digits and underscores, beginning with a letter.
        InvalidParameterValueException: a reserved name, or more than 4 KB in all.

    Source: esm §5.2; the wording about reserved names is AWS's own, seen in deployment reports.
    """
    reserved = [name for name in variables if name in _RESERVED]
    if reserved:
        raise InvalidParameterValueException(
            "Lambda was unable to configure your environment variables because the environment variables you have "
            "provided contains reserved keys that are currently not supported for modification. "
            f"Reserved keys used in this request: {', '.join(reserved)}"
        )
    if any(_NAME.fullmatch(name) is None for name in variables):
        shown = ", ".join(f"{name}={value}" for name, value in variables.items())
        raise ValidationException(
            f"1 validation error detected: Value '{{{shown}}}' at 'environment.variables' failed to satisfy constraint: "
            f"Map keys must satisfy constraint: [Member must satisfy regular expression pattern: {_NAME.pattern}]"
        )
    measured = msgspec.json.encode(variables)
    if len(measured) > ENVIRONMENT_BYTES_MAX:
        raise InvalidParameterValueException(
            "Lambda was unable to configure your environment variables because the environment variables you have "
            f"provided exceeded the 4KB limit. String measured: {measured.decode()}"
        )


def function_environment(
    configuration: Mapping[str, Any],
    *,
    account_id: str,
    region: str,
    endpoint_url: str,
    secret_access_key: str,
    every_function: Mapping[str, str],
) -> dict[str, str]:
    """All variables of one function but the runtime's own.

    The user's variables win over *every_function*, and both over ``AWS_ENDPOINT_URL``, so that a handler can be sent
    elsewhere on purpose. The access key is the account's id: that is how the endpoint knows the account.
    """
    variables: Mapping[str, str] = configuration.get("Environment", {}).get("Variables", {})
    execution = {"AWS_EXECUTION_ENV": f"AWS_Lambda_{configuration['Runtime']}"} if "Runtime" in configuration else {}
    return {
        "AWS_ENDPOINT_URL": endpoint_url,
        "TZ": ":UTC",
        "LANG": "en_US.UTF-8",
        "AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR",
        **every_function,
        **variables,
        **execution,
        "AWS_ACCESS_KEY_ID": account_id,
        "AWS_SECRET_ACCESS_KEY": secret_access_key,
        "AWS_SESSION_TOKEN": SESSION_TOKEN,
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_LAMBDA_FUNCTION_NAME": configuration["FunctionName"],
        "AWS_LAMBDA_FUNCTION_VERSION": configuration["Version"],
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(configuration["MemorySize"]),
        "AWS_LAMBDA_LOG_GROUP_NAME": configuration["LoggingConfig"]["LogGroup"],
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
    }
