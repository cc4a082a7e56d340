"""AddPermission."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, field

from sandbox.awslambda.names import FunctionReference
from sandbox.awslambda.policies import keep_policy, permitted_function, policy_of, principal_of, refuse_taken_statement
from sandbox.awslambda.scope import LambdaScope
from sandbox.awslambda.shapes import Arn, NamespacedFunctionName, Qualifier
from sandbox.wire.constraints import whole
from sandbox.wire.operation import RequestShape, ResponseShape, operation

__all__ = ["add_permission"]


class Request(RequestShape):
    """AddPermission's members."""

    function_name: NamespacedFunctionName
    statement_id: Annotated[str, Meta(min_length=1, max_length=100, pattern=whole(r"([a-zA-Z0-9-_]+)"))]
    action: Annotated[str, Meta(pattern=whole(r"(lambda:[*]|lambda:[a-zA-Z]+|[*])"))]
    principal: Annotated[str, Meta(pattern=whole(r"[^\s]+"))]
    source_arn: Arn | None = None
    source_account: Annotated[str, Meta(max_length=12, pattern=whole(r"\d{12}"))] | None = None
    event_source_token: Annotated[str, Meta(max_length=256, pattern=whole(r"[a-zA-Z0-9._\-]+"))] | None = None
    qualifier: Qualifier | None = None
    revision_id: str | None = None
    principal_org_id: Annotated[str, Meta(min_length=12, max_length=34, pattern=whole(r"o-[a-z0-9]{10,32}"))] | None = (
        field(default=None, name="PrincipalOrgID")
    )
    function_url_auth_type: Literal["NONE", "AWS_IAM"] | None = None
    invoked_via_function_url: bool | None = None


class Response(ResponseShape):
    """The statement as JSON text."""

    statement: str


@operation("AddPermission", Request, success_status=201)
def add_permission(scope: LambdaScope, request: Request) -> Response:
    """Note who may use a function, version or alias; nobody is refused for want of it.

    Raises:
        ResourceNotFoundException: there is no such function, version or alias.
        ResourceConflictException: the policy has a statement of this id.
        PreconditionFailedException: RevisionId is not the latest.
    """
    reference = permitted_function(scope, request.function_name, request.qualifier)
    policy = policy_of(scope, reference)
    before = [] if policy is None else policy.statements
    if policy is not None:
        policy.check_revision(request.revision_id)
    refuse_taken_statement(before, request.statement_id)
    statement = _statement(request, reference)
    keep_policy(scope, reference, [*before, statement])
    return Response(statement=msgspec.json.encode(statement).decode())


def _statement(request: Request, reference: FunctionReference) -> dict[str, Any]:
    equal = {
        "AWS:SourceAccount": request.source_account,
        "lambda:EventSourceToken": request.event_source_token,
        "lambda:FunctionUrlAuthType": request.function_url_auth_type,
        "aws:PrincipalOrgID": request.principal_org_id,
    }
    via_url = None if request.invoked_via_function_url is None else str(request.invoked_via_function_url).lower()
    conditions = {
        "StringEquals": {name: value for name, value in equal.items() if value is not None},
        "ArnLike": {} if request.source_arn is None else {"AWS:SourceArn": request.source_arn},
        "Bool": {} if via_url is None else {"lambda:InvokedViaFunctionUrl": via_url},
    }
    statement: dict[str, Any] = {
        "Sid": request.statement_id,
        "Effect": "Allow",
        "Principal": principal_of(request.principal),
        "Action": request.action,
        "Resource": reference.qualified_arn,
    }
    condition = {operator: compared for operator, compared in conditions.items() if compared}
    return {**statement, "Condition": condition} if condition else statement
