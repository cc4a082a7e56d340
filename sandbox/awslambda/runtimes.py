"""The runtime identifiers that Lambda knows, and its words about others. Source: esm §5.1, §5.2."""

from collections.abc import Collection

from sandbox.awslambda.faults import InvalidParameterValueException

__all__ = ["check_compatible_runtimes", "check_runtime"]

_SUPPORTED = (
    "nodejs26.x",
    "nodejs24.x",
    "nodejs22.x",
    "nodejs20.x",
    "nodejs18.x",
    "nodejs16.x",
    "python3.15",
    "python3.14",
    "python3.13",
    "python3.12",
    "python3.11",
    "python3.10",
    "python3.9",
    "python3.8",
    "java25",
    "java21",
    "java17",
    "java11",
    "java8.al2",
    "dotnet10",
    "dotnet8",
    "dotnet6",
    "ruby4.0",
    "ruby3.4",
    "ruby3.3",
    "ruby3.2",
    "provided.al2023",
    "provided.al2",
)

_RETIRED = frozenset({
    "nodejs",
    "nodejs4.3",
    "nodejs4.3-edge",
    "nodejs6.10",
    "nodejs8.10",
    "nodejs10.x",
    "nodejs12.x",
    "nodejs14.x",
    "python2.7",
    "python3.6",
    "python3.7",
    "java8",
    "dotnetcore1.0",
    "dotnetcore2.0",
    "dotnetcore2.1",
    "dotnetcore3.1",
    "go1.x",
    "ruby2.5",
    "ruby2.7",
    "provided",
})  # fmt: skip


def check_runtime(runtime: str) -> None:
    """Refuse a runtime that Lambda does not take for new code.

    The order of the set in the message is ours; AWS's was never the same twice.

    Raises:
        InvalidParameterValueException: *runtime* is unknown or retired.
    """
    if runtime in _RETIRED:
        raise InvalidParameterValueException(
            f"The runtime parameter of {runtime} is no longer supported for creating or updating AWS Lambda functions. "
            "We recommend you use a supported runtime while creating or updating functions."
        )
    if runtime not in _SUPPORTED:
        raise InvalidParameterValueException(
            f"Value {runtime} at 'runtime' failed to satisfy constraint: "
            f"Member must satisfy enum value set: [{', '.join(_SUPPORTED)}] or be a valid ARN"
        )


def check_compatible_runtimes(runtimes: Collection[str]) -> None:
    """Refuse a layer for a runtime that there never was; the wording is an assumption.

    Raises:
        InvalidParameterValueException: one of *runtimes* is unknown.
    """
    if not {*_SUPPORTED, *_RETIRED}.issuperset(runtimes):
        raise InvalidParameterValueException(
            f"Value [{', '.join(runtimes)}] at 'compatibleRuntimes' failed to satisfy constraint: "
            f"Member must satisfy constraint: [Member must satisfy enum value set: [{', '.join(_SUPPORTED)}]]"
        )
