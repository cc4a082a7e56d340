"""Hand an event to a function without waiting for it."""

from functools import partial

from sandbox.awslambda.event_results import (
    EVENT_AGE_SECONDS_MAX,
    RETRIES_MAX,
    AsynchronousEvent,
    EventSettings,
)
from sandbox.awslambda.names import FunctionReference
from sandbox.awslambda.ports import InvokeResult
from sandbox.awslambda.scope import LambdaScope

__all__ = ["submit_event"]


def submit_event(
    scope: LambdaScope,
    reference: FunctionReference,
    payload: bytes,
    *,
    request_id: str,
    client_context: bytes | None = None,
) -> None:
    """Have the function run behind; which version an alias runs is decided at every try.

    Raises:
        ResourceNotFoundException: there is no such function, version or alias.
    """
    scope.function(reference)

    async def attempt() -> InvokeResult:
        return await scope.function_host.invoke(
            scope.routing.target(reference.qualified_arn),
            payload,
            request_id=request_id,
            client_context=client_context,
            invoked_arn=reference.qualified_arn,
        )

    event = AsynchronousEvent(
        function_arn=f"{reference.arn}:{reference.version}",
        function_name=reference.name,
        request_id=request_id,
        payload=payload,
        settings=partial(_settings, scope, reference),
    )
    scope.asynchronous.submit(event, attempt)


def _settings(scope: LambdaScope, reference: FunctionReference) -> EventSettings:
    """The settings as they are now; the defaults for a function that is gone."""
    place = (scope.account_id, scope.region, reference.name, reference.version)
    config = scope.store.attachments.get("event-invoke", *place) or {}
    function = scope.find(reference)
    destinations = config.get("DestinationConfig", {})
    dead_letter = {} if function is None else function.configuration.get("DeadLetterConfig", {})
    return EventSettings(
        retries_max=config.get("MaximumRetryAttempts", RETRIES_MAX),
        age_seconds_max=config.get("MaximumEventAgeInSeconds", EVENT_AGE_SECONDS_MAX),
        on_success=destinations.get("OnSuccess", {}).get("Destination"),
        on_failure=destinations.get("OnFailure", {}).get("Destination"),
        dead_letter=dead_letter.get("TargetArn"),
        is_shut=scope.reserved_concurrency(reference) == 0,
    )
