"""UpdateEventSourceMapping."""

import msgspec
from msgspec import field

from sandbox.awslambda.answers import EventSourceMappingConfiguration
from sandbox.awslambda.mapping_configuration import changed_mapping
from sandbox.awslambda.mapping_rules import (
    check_destination,
    check_foreign_members,
    check_on_success,
    check_settings,
    check_windows,
)
from sandbox.awslambda.mapping_shapes import MappingSettings, MappingUuid
from sandbox.awslambda.mappings import found_mapping, mapped_function, mapping_answer, refuse_duplicate
from sandbox.awslambda.queue_mappings import check_queue_settings, is_queue
from sandbox.awslambda.scope import LambdaScope
from sandbox.awslambda.shapes import NamespacedFunctionName
from sandbox.awslambda.store.ports import StoredMapping
from sandbox.wire.operation import operation

__all__ = ["update_event_source_mapping"]


class Request(MappingSettings):
    """UpdateEventSourceMapping's members; what is absent stays as it is."""

    uuid: MappingUuid = field(name="UUID")
    function_name: NamespacedFunctionName | None = None


@operation("UpdateEventSourceMapping", Request, success_status=202)
def update_event_source_mapping(scope: LambdaScope, request: Request) -> EventSourceMappingConfiguration:
    """Change a mapping, keeping its position; the answer still shows the former settings, in a passing state.

    Raises:
        ResourceNotFoundException: there is no such mapping.
        InvalidParameterValueException: the function, a filter or a setting is not acceptable.
        ResourceConflictException: the other function is mapped to this stream already.

    Source: esm §1.3; recorded-answers §2.
    """
    before = found_mapping(scope, request.uuid)
    function_arn = _checked(scope, request, before)
    configuration = changed_mapping(before.configuration, request, function_arn=function_arn, now=scope.clock.now())
    mapping = msgspec.structs.replace(before, configuration=configuration)
    with scope.store.change():
        scope.store.mappings.put(mapping)
        passing_state = _apply(scope, before, mapping)
    shown = msgspec.structs.replace(
        before, configuration={**before.configuration, "LastModified": configuration["LastModified"]}
    )
    return mapping_answer(scope, shown, state=passing_state)


def _checked(scope: LambdaScope, request: Request, before: StoredMapping) -> str:
    """Judge the request against the mapping as it is; give the function's ARN from now on."""
    queue_arn = str(before.configuration["EventSourceArn"])
    of_queue = is_queue(queue_arn)
    if not of_queue:
        check_on_success(request.destination_config)
    function_arn = str(before.configuration["FunctionArn"])
    if request.function_name is not None:
        function = mapped_function(scope, request.function_name)
        refuse_duplicate(scope, before.configuration["EventSourceArn"], function, other_than=before.uuid)
        function_arn = function.qualified_arn
    check_foreign_members(request, of_queue=of_queue)
    if of_queue:
        check_queue_settings(request, queue_arn, before.configuration)
        check_settings(request, scope.pattern_is_valid)
        return function_arn
    check_destination(request.destination_config)
    check_settings(request, scope.pattern_is_valid)
    window_seconds, factor = request.tumbling_window_in_seconds, request.parallelization_factor
    check_windows(
        tumbling_window_seconds=before.configuration["TumblingWindowInSeconds"]
        if window_seconds is None
        else window_seconds,
        parallelization_factor=before.configuration["ParallelizationFactor"] if factor is None else factor,
    )
    return function_arn


def _apply(scope: LambdaScope, before: StoredMapping, after: StoredMapping) -> str:
    """Tell the poller; give the passing state that the answer shows."""
    match before.enabled, after.enabled:
        case True, False:
            scope.mapping_host.stop(after.uuid, forget=False)
            return "Disabling"
        case False, True:
            scope.mapping_host.start(after.configuration)
            return "Enabling"
        case True, True:
            scope.mapping_host.update(after.configuration)
            return "Updating"
        case _:
            return "Updating"
