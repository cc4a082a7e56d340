"""DeleteEventSourceMapping."""

from msgspec import field

from sandbox.awslambda.answers import EventSourceMappingConfiguration
from sandbox.awslambda.mapping_shapes import MappingUuid
from sandbox.awslambda.mappings import found_mapping, mapping_answer
from sandbox.awslambda.scope import LambdaScope
from sandbox.wire.operation import RequestShape, operation

__all__ = ["delete_event_source_mapping"]


class Request(RequestShape):
    """DeleteEventSourceMapping's members."""

    uuid: MappingUuid = field(name="UUID")


@operation("DeleteEventSourceMapping", Request, success_status=202)
def delete_event_source_mapping(scope: LambdaScope, request: Request) -> EventSourceMappingConfiguration:
    """Stop polling and forget the mapping with its position; the answer shows it once more.

    Raises:
        ResourceNotFoundException: there is no such mapping.

    Source: recorded-answers §2.
    """
    mapping = found_mapping(scope, request.uuid)
    answer = mapping_answer(scope, mapping, state="Deleting")
    with scope.store.change():
        scope.store.mappings.delete(mapping.uuid)
        scope.store.tags.remove(mapping.configuration["EventSourceMappingArn"], None)
        scope.mapping_host.stop(mapping.uuid, forget=True)
    return answer
