"""AddLayerVersionPermission."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from sandbox.awslambda.layer_policies import keep_policy_of_layer, policy_of_layer
from sandbox.awslambda.layers import found_layer, version_arn
from sandbox.awslambda.policies import principal_of, refuse_taken_statement
from sandbox.awslambda.scope import LambdaScope
from sandbox.awslambda.shapes import LayerName
from sandbox.wire.constraints import whole
from sandbox.wire.operation import RequestShape, ResponseShape, operation

__all__ = ["add_layer_version_permission"]


class Request(RequestShape):
    """AddLayerVersionPermission's members."""

    layer_name: LayerName
    version_number: int
    statement_id: Annotated[str, Meta(min_length=1, max_length=100, pattern=whole(r"([a-zA-Z0-9-_]+)"))]
    action: Annotated[str, Meta(max_length=22, pattern=whole(r"lambda:GetLayerVersion"))]
    principal: Annotated[str, Meta(pattern=whole(r"\d{12}|\*|arn:(aws[a-zA-Z-]*):iam::\d{12}:root"))]
    organization_id: Annotated[str, Meta(max_length=34, pattern=whole(r"o-[a-z0-9]{10,32}"))] | None = None
    revision_id: str | None = None


class Response(ResponseShape):
    """The statement as JSON text."""

    statement: str
    revision_id: str


@operation("AddLayerVersionPermission", Request, success_status=201)
def add_layer_version_permission(scope: LambdaScope, request: Request) -> Response:
    """Note who may use a layer version; nobody is refused for want of it.

    Raises:
        ResourceNotFoundException: there is no such layer version.
        ResourceConflictException: the policy has a statement of this id.
        PreconditionFailedException: RevisionId is not the latest.
        InvalidParameterValueException: versions begin with 1.
    """
    layer = found_layer(scope, request.layer_name, request.version_number)
    policy = policy_of_layer(layer)
    before = [] if policy is None else policy.statements
    if policy is not None:
        policy.check_revision(request.revision_id)
    refuse_taken_statement(before, request.statement_id)
    statement: dict[str, Any] = {
        "Sid": request.statement_id,
        "Effect": "Allow",
        "Principal": principal_of(request.principal),
        "Action": request.action,
        "Resource": version_arn(layer),
    }
    if request.organization_id is not None:
        statement["Condition"] = {"StringEquals": {"aws:PrincipalOrgID": request.organization_id}}
    kept = keep_policy_of_layer(scope, layer, [*before, statement])
    return Response(statement=msgspec.json.encode(statement).decode(), revision_id=kept)
