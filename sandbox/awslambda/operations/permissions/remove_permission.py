"""RemovePermission."""

from typing import Annotated

from msgspec import Meta

from sandbox.awslambda.policies import found_policy, keep_policy, permitted_function, without_statement
from sandbox.awslambda.scope import LambdaScope
from sandbox.awslambda.shapes import NamespacedFunctionName, Qualifier
from sandbox.wire.constraints import whole
from sandbox.wire.operation import RequestShape, operation

__all__ = ["remove_permission"]


class Request(RequestShape):
    """RemovePermission's members."""

    function_name: NamespacedFunctionName
    statement_id: Annotated[str, Meta(min_length=1, max_length=100, pattern=whole(r"([a-zA-Z0-9-_.]+)"))]
    qualifier: Qualifier | None = None
    revision_id: str | None = None


@operation("RemovePermission", Request, success_status=204)
def remove_permission(scope: LambdaScope, request: Request) -> None:
    """Take one statement out of the policy of a function, version or alias.

    Raises:
        ResourceNotFoundException: there is no such function, no policy, or no such statement in it.
        PreconditionFailedException: RevisionId is not the latest.
    """
    reference = permitted_function(scope, request.function_name, request.qualifier)
    policy = found_policy(scope, reference, "No policy is associated with the given resource.")
    policy.check_revision(request.revision_id)
    keep_policy(scope, reference, without_statement(policy, request.statement_id))
