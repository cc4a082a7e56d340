"""CreateEventSourceMapping."""

from collections.abc import Awaitable
from typing import Any, Literal

from sandbox.awslambda.answers import EventSourceMappingConfiguration
from sandbox.awslambda.faults import InvalidParameterValueException
from sandbox.awslambda.mapping_configuration import changed_mapping, new_mapping
from sandbox.awslambda.mapping_rules import (
    check_destination,
    check_foreign_members,
    check_on_success,
    check_settings,
    check_source,
    check_starting_position,
    check_windows,
)
from sandbox.awslambda.mapping_shapes import MappingSettings
from sandbox.awslambda.mappings import (
    mapped_function,
    mapping_answer,
    refuse_duplicate,
    refuse_missing_stream,
    refuse_surplus,
)
from sandbox.awslambda.ports import QueueMissing
from sandbox.awslambda.queue_mappings import check_queue_settings, check_visibility, is_queue, new_queue_mapping
from sandbox.awslambda.scope import LambdaScope
from sandbox.awslambda.shapes import Arn, NamespacedFunctionName, Tags
from sandbox.awslambda.store.ports import StoredMapping
from sandbox.awslambda.tagging import check_tags
from sandbox.wire.operation import operation

__all__ = ["create_event_source_mapping"]


class Request(MappingSettings):
    """CreateEventSourceMapping's members; the enum stands in the order in which AWS prints it."""

    function_name: NamespacedFunctionName
    event_source_arn: Arn | None = None
    starting_position: Literal["LATEST", "AT_TIMESTAMP", "TRIM_HORIZON"] | None = None
    starting_position_timestamp: float | None = None
    queues: list[str] | None = None
    topics: list[str] | None = None
    self_managed_event_source: dict[str, Any] | None = None
    tags: Tags | None = None


@operation("CreateEventSourceMapping", Request, success_status=202)
def create_event_source_mapping(
    scope: LambdaScope, request: Request
) -> EventSourceMappingConfiguration | Awaitable[EventSourceMappingConfiguration]:
    """Have a function invoked with the records of a stream, or the messages of a queue.

    Polling begins before the answer is given, so that ``LATEST`` misses nothing written after it.

    Raises:
        InvalidParameterValueException: the source, the function, a position, a filter or a setting is not acceptable.
        ResourceConflictException: this function is mapped to this stream already.

    Source: esm §1.3, §1.5; recorded-answers §1-§3.
    """
    if request.event_source_arn is not None and is_queue(request.event_source_arn):
        return _on_queue(scope, request, request.event_source_arn)
    stream_arn = check_source(request.event_source_arn)
    check_on_success(request.destination_config)
    function = mapped_function(scope, request.function_name)
    starting_position = check_starting_position(request.starting_position, stream_arn)
    check_foreign_members(request, _only_here(request))
    check_destination(request.destination_config)
    check_settings(request, scope.pattern_is_valid)
    check_windows(
        tumbling_window_seconds=request.tumbling_window_in_seconds or 0,
        parallelization_factor=request.parallelization_factor or 1,
    )
    refuse_missing_stream(scope, stream_arn)
    refuse_duplicate(scope, stream_arn, function)
    refuse_surplus(scope)
    check_tags(request.tags or {})
    uuid = scope.ids.uuid()
    configuration = new_mapping(
        request,
        uuid=uuid,
        account_id=scope.account_id,
        region=scope.region,
        function_arn=function.qualified_arn,
        stream_arn=stream_arn,
        starting_position=starting_position,
        now=scope.clock.now(),
    )
    return _created(scope, request, configuration)


async def _on_queue(scope: LambdaScope, request: Request, queue_arn: str) -> EventSourceMappingConfiguration:
    """The queue is asked first; from its answer on, nothing is waited for."""
    function = mapped_function(scope, request.function_name)
    check_queue_settings(request, queue_arn)
    check_foreign_members(request, _only_here(request), of_queue=True)
    check_settings(request, scope.pattern_is_valid)
    try:
        visibility_seconds = await scope.queues.visibility_timeout_seconds(queue_arn)
    except QueueMissing as missing:
        code, _, message = str(missing).partition(": ")
        raise InvalidParameterValueException(
            f"Error occurred while ReceiveMessage. SQS Error Code: {code}. SQS Error Message: {message}"
        ) from missing
    check_visibility(visibility_seconds, scope.function(function).configuration["Timeout"])
    refuse_duplicate(scope, queue_arn, function)
    refuse_surplus(scope)
    check_tags(request.tags or {})
    uuid, now = scope.ids.uuid(), scope.clock.now()
    bare = new_queue_mapping(
        uuid=uuid,
        account_id=scope.account_id,
        region=scope.region,
        function_arn=function.qualified_arn,
        queue_arn=queue_arn,
        now=now,
    )
    configuration = changed_mapping(bare, request, function_arn=function.qualified_arn, now=now)
    return _created(scope, request, configuration)


def _only_here(request: Request) -> dict[str, object]:
    """What Update does not have, and other sources do."""
    return {
        "Queues": request.queues,
        "Topics": request.topics,
        "SelfManagedEventSource": request.self_managed_event_source,
    }


def _created(scope: LambdaScope, request: Request, configuration: dict[str, Any]) -> EventSourceMappingConfiguration:
    mapping = StoredMapping(
        uuid=configuration["UUID"],
        account_id=scope.account_id,
        region=scope.region,
        configuration=configuration,
    )
    with scope.store.change():
        scope.store.mappings.put(mapping)
        scope.store.tags.set(mapping.configuration["EventSourceMappingArn"], request.tags or {})
        if mapping.enabled:
            scope.mapping_host.start(mapping.configuration)
    return mapping_answer(scope, mapping, state="Creating")
