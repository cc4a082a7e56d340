"""Aliases: names for versions of a function, with a share of the invocations for a second one.

Source: esm §5.1, §5.2. Sentences marked "recalled" are AWS's as remembered, not as recorded.
"""

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from sandbox.awslambda.faults import InvalidParameterValueException, ResourceNotFoundException
from sandbox.awslambda.names import LATEST, FunctionReference
from sandbox.awslambda.scope import LambdaScope
from sandbox.awslambda.store.ports import Attachment
from sandbox.wire.constraints import whole
from sandbox.wire.faults import ValidationException
from sandbox.wire.operation import RequestShape, ResponseShape

__all__ = [
    "AliasConfiguration",
    "AliasName",
    "AliasRoutingConfiguration",
    "VersionNumber",
    "aliased_function",
    "check_routing",
    "find_alias",
    "put_alias",
]

AliasName = Annotated[str, Meta(min_length=1, max_length=128, pattern=whole(r"(?!^[0-9]+$)([a-zA-Z0-9-_]+)"))]
VersionNumber = Annotated[str, Meta(min_length=1, max_length=1024, pattern=whole(r"(\$LATEST(\.PUBLISHED)?|[0-9]+)"))]


class AliasRoutingConfiguration(RequestShape):
    """Which share of the invocations a second version gets: its number -> 0 to 1."""

    additional_version_weights: dict[str, float] | None = None


class AliasConfiguration(ResponseShape):
    """An alias as it is answered and stored."""

    alias_arn: str
    name: str
    function_version: str
    description: str = msgspec.field(default_factory=str)
    routing_config: dict[str, Any] | None = None
    revision_id: str


def aliased_function(scope: LambdaScope, function_name: str) -> FunctionReference:
    """Read the name of a function that is there, without a qualifier.

    Raises:
        InvalidParameterValueException: it names a version or alias.
        ResourceNotFoundException: there is no such function.
    """
    reference = scope.unqualified(function_name)
    scope.function(reference)
    return reference


def find_alias(scope: LambdaScope, function: FunctionReference, name: str) -> AliasConfiguration | None:
    """The alias of that name, or ``None``."""
    document = scope.store.attachments.get("alias", scope.account_id, scope.region, function.name, name)
    return None if document is None else msgspec.convert(document, AliasConfiguration)


def put_alias(scope: LambdaScope, function: FunctionReference, alias: AliasConfiguration) -> None:
    """Add or replace *alias*; whoever waits for a change of the function tries again."""
    document = {**msgspec.to_builtins(alias), "Description": alias.description}
    with scope.store.change():
        scope.store.attachments.put(
            Attachment(
                account_id=scope.account_id,
                region=scope.region,
                name=function.name,
                kind="alias",
                qualifier=alias.name,
                document=document,
            )
        )
    scope.routing.note_change()


def check_routing(
    scope: LambdaScope, function: FunctionReference, version: str, config: AliasRoutingConfiguration | None
) -> Mapping[str, Any] | None:
    """Judge where an alias points; give the RoutingConfig to keep, ``None`` where one version gets everything.

    Raises:
        ValidationException: a key that is no version number, or a weight that is no share.
        InvalidParameterValueException: more than two versions, the same one twice, or ``$LATEST`` beside another.
        ResourceNotFoundException: there is no such version.

    The wordings but the last are recalled.
    """
    weights = (config.additional_version_weights if config is not None else None) or {}
    _check_weights(weights)
    for other in weights:
        if other == version:
            raise InvalidParameterValueException(
                f"Invalid function version {other}. Function version {other} is already included in routing configuration."
            )
        if version == LATEST:
            raise InvalidParameterValueException(
                f"{LATEST} is not supported for an alias pointing to more than 1 version"
            )
    for each in (version, *weights):
        if scope.store.functions.get(scope.account_id, scope.region, function.name, each) is None:
            raise ResourceNotFoundException(f"Function not found: {function.arn}:{each}")
    return {"AdditionalVersionWeights": weights} if weights else None


def _check_weights(weights: Mapping[str, float]) -> None:
    shown = ", ".join(f"{version}={weight}" for version, weight in weights.items())
    if any(not version.isascii() or not version.isdecimal() for version in weights):
        raise ValidationException(
            f"1 validation error detected: Value '{{{shown}}}' at 'routingConfig.additionalVersionWeights' failed to "
            "satisfy constraint: Map keys must satisfy constraint: [Member must have length less than or equal to 1024, "
            "Member must have length greater than or equal to 1, "
            "Member must satisfy regular expression pattern: [0-9]+]"
        )
    if any(not 0.0 <= weight <= 1.0 for weight in weights.values()):
        raise ValidationException(
            f"1 validation error detected: Value '{{{shown}}}' at 'routingConfig.additionalVersionWeights' failed to "
            "satisfy constraint: Map value must satisfy constraint: [Member must have value less than or equal to 1.0, "
            "Member must have value greater than or equal to 0.0]"
        )
    if len(weights) > 1:
        raise InvalidParameterValueException("Number of items in AdditionalVersionWeights cannot be greater than 1")
