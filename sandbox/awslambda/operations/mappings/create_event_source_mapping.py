"""CreateEventSourceMapping."""

from typing import Any, Literal

from sandbox.awslambda.answers import EventSourceMappingConfiguration
from sandbox.awslambda.mapping_configuration import new_mapping
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
def create_event_source_mapping(scope: LambdaScope, request: Request) -> EventSourceMappingConfiguration:
    """Have a function invoked with the records of a stream.

    Polling begins before the answer is given, so that ``LATEST`` misses nothing written after it.

    Raises:
        InvalidParameterValueException: the source, the function, a position, a filter or a setting is not acceptable.
        ResourceConflictException: this function is mapped to this stream already.

    Source: esm §1.3, §1.5; recorded-answers §1-§3.
    """
    stream_arn = check_source(request.event_source_arn)
    check_on_success(request.destination_config)
    function = mapped_function(scope, request.function_name)
    starting_position = check_starting_position(request.starting_position, stream_arn)
    check_foreign_members(
        request,
        {
            "Queues": request.queues,
            "Topics": request.topics,
            "SelfManagedEventSource": request.self_managed_event_source,
        },
    )
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
    mapping = StoredMapping(
        uuid=(uuid := scope.ids.uuid()),
        account_id=scope.account_id,
        region=scope.region,
        configuration=new_mapping(
            request,
            uuid=uuid,
            account_id=scope.account_id,
            region=scope.region,
            function_arn=function.qualified_arn,
            stream_arn=stream_arn,
            starting_position=starting_position,
            now=scope.clock.now(),
        ),
    )
    with scope.store.change():
        scope.store.mappings.put(mapping)
        scope.store.tags.set(mapping.configuration["EventSourceMappingArn"], request.tags or {})
        if mapping.enabled:
            scope.mapping_host.start(mapping.configuration)
    return mapping_answer(scope, mapping, state="Creating")
