"""RemoveLayerVersionPermission."""

from typing import Annotated

from msgspec import Meta

from sandbox.awslambda.faults import ResourceNotFoundException
from sandbox.awslambda.layer_policies import keep_policy_of_layer, policy_of_layer
from sandbox.awslambda.layers import found_layer
from sandbox.awslambda.policies import without_statement
from sandbox.awslambda.scope import LambdaScope
from sandbox.awslambda.shapes import LayerName
from sandbox.wire.constraints import whole
from sandbox.wire.operation import RequestShape, operation

__all__ = ["remove_layer_version_permission"]


class Request(RequestShape):
    """RemoveLayerVersionPermission's members."""

    layer_name: LayerName
    version_number: int
    statement_id: Annotated[str, Meta(min_length=1, max_length=100, pattern=whole(r"([a-zA-Z0-9-_]+)"))]
    revision_id: str | None = None


@operation("RemoveLayerVersionPermission", Request, success_status=204)
def remove_layer_version_permission(scope: LambdaScope, request: Request) -> None:
    """Take one statement out of the policy of a layer version.

    Raises:
        ResourceNotFoundException: there is no such layer version, no policy, or no such statement in it.
        PreconditionFailedException: RevisionId is not the latest.
        InvalidParameterValueException: versions begin with 1.
    """
    layer = found_layer(scope, request.layer_name, request.version_number)
    policy = policy_of_layer(layer)
    if policy is None:
        raise ResourceNotFoundException("No policy is associated with the given resource.")
    policy.check_revision(request.revision_id)
    keep_policy_of_layer(scope, layer, without_statement(policy, request.statement_id))
