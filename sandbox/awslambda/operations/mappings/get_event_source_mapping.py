"""GetEventSourceMapping."""

from msgspec import field

from sandbox.awslambda.answers import EventSourceMappingConfiguration
from sandbox.awslambda.mapping_shapes import MappingUuid
from sandbox.awslambda.mappings import found_mapping, mapping_answer
from sandbox.awslambda.scope import LambdaScope
from sandbox.wire.operation import RequestShape, operation

__all__ = ["get_event_source_mapping"]


class Request(RequestShape):
    """GetEventSourceMapping's members."""

    uuid: MappingUuid = field(name="UUID")


@operation("GetEventSourceMapping", Request)
def get_event_source_mapping(scope: LambdaScope, request: Request) -> EventSourceMappingConfiguration:
    """Tell a mapping's settings, state and latest result.

    Raises:
        ResourceNotFoundException: there is no such mapping.

    Source: recorded-answers §1, §2.
    """
    return mapping_answer(scope, found_mapping(scope, request.uuid))
