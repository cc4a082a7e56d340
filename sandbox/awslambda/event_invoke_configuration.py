"""How a function's asynchronous events are treated: retries, age, destinations; per version or alias.

The sentences of the refusals are AWS's as recalled, not as recorded.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Self

import msgspec
from msgspec import Meta

from sandbox.awslambda.faults import InvalidParameterValueException, ResourceNotFoundException
from sandbox.awslambda.mapping_shapes import Destination, DestinationConfig
from sandbox.awslambda.names import FunctionReference
from sandbox.awslambda.scope import LambdaScope
from sandbox.awslambda.shapes import NamespacedFunctionName, Qualifier
from sandbox.awslambda.store.ports import Attachment
from sandbox.wire.operation import RequestShape, ResponseShape

__all__ = [
    "EventInvokeConfig",
    "EventInvokeSettings",
    "configured_function",
    "keep_settings",
    "kept_settings",
]

_SERVICES = {"OnSuccess": ("sqs", "sns", "lambda", "events"), "OnFailure": ("sqs", "sns", "lambda", "events", "s3")}


class EventInvokeSettings(RequestShape):
    """What Put- and UpdateFunctionEventInvokeConfig have in common."""

    function_name: NamespacedFunctionName
    qualifier: Qualifier | None = None
    maximum_retry_attempts: Annotated[int, Meta(ge=0, le=2)] | None = None
    maximum_event_age_in_seconds: Annotated[int, Meta(ge=60, le=21_600)] | None = None
    destination_config: DestinationConfig | None = None


class EventInvokeConfig(ResponseShape):
    """The settings as they are answered."""

    last_modified: float
    function_arn: str
    maximum_retry_attempts: int | None = None
    maximum_event_age_in_seconds: int | None = None
    destination_config: dict[str, Any]

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Self:
        """Make it of the stored document."""
        return msgspec.convert(document, cls)


def configured_function(scope: LambdaScope, function_name: str, qualifier: str | None) -> FunctionReference:
    """Read the name of a function that is there.

    Raises:
        ResourceNotFoundException: there is no such function, version or alias.
    """
    reference = scope.reference(function_name, qualifier)
    if scope.find(reference) is None:
        raise ResourceNotFoundException("The function doesn't exist.")
    return reference


def kept_settings(scope: LambdaScope, reference: FunctionReference) -> Mapping[str, Any]:
    """The stored document.

    Raises:
        ResourceNotFoundException: there is none.
    """
    place = (scope.account_id, scope.region, reference.name, reference.version)
    found = scope.store.attachments.get("event-invoke", *place)
    if found is None:
        raise ResourceNotFoundException(
            f"The function {reference.arn}:{reference.version} doesn't have an EventInvokeConfig"
        )
    return found


def keep_settings(
    scope: LambdaScope, reference: FunctionReference, request: EventInvokeSettings, before: Mapping[str, Any]
) -> EventInvokeConfig:
    """Lay the settings of *request* over *before* and keep them.

    Raises:
        InvalidParameterValueException: nothing is set, or a destination is not acceptable.
    """
    given = {
        "MaximumRetryAttempts": request.maximum_retry_attempts,
        "MaximumEventAgeInSeconds": request.maximum_event_age_in_seconds,
        "DestinationConfig": _destinations(request.destination_config, reference),
    }
    given = {name: value for name, value in given.items() if value is not None}
    if not given:
        raise InvalidParameterValueException("You must specify at least one of error handling or destination setting.")
    document = {
        "DestinationConfig": {"OnSuccess": {}, "OnFailure": {}},
        **before,
        **given,
        "LastModified": scope.clock.now(),
        "FunctionArn": f"{reference.arn}:{reference.version}",
    }
    with scope.store.change():
        scope.store.attachments.put(
            Attachment(
                account_id=scope.account_id,
                region=scope.region,
                name=reference.name,
                kind="event-invoke",
                qualifier=reference.version,
                document=document,
            )
        )
    return EventInvokeConfig.of(document)


def _destinations(config: DestinationConfig | None, reference: FunctionReference) -> dict[str, Any] | None:
    if config is None:
        return None
    return {
        name: _destination(name, destination, reference)
        for name, destination in (("OnSuccess", config.on_success), ("OnFailure", config.on_failure))
    }


def _destination(name: str, given: Destination | None, reference: FunctionReference) -> dict[str, str]:
    arn = given.destination if given is not None else None
    if not arn:
        return {}
    # Assumption: which services are taken is documented, with which words others are refused is not.
    if arn.startswith("kafka://") or arn.split(":")[2] not in _SERVICES[name] or arn.endswith(".fifo"):
        raise InvalidParameterValueException(f"The {name} destination {arn} is not supported.")
    if arn in (reference.arn, reference.qualified_arn):
        raise InvalidParameterValueException("You can't specify the function as a destination for itself.")
    return {"Destination": arn}
