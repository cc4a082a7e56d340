"""PutFunctionConcurrency."""

from typing import Annotated

import msgspec
from msgspec import Meta

from sandbox.awslambda.faults import InvalidParameterValueException
from sandbox.awslambda.limits import CONCURRENCY_MAX, UNRESERVED_CONCURRENCY_MIN
from sandbox.awslambda.scope import LambdaScope
from sandbox.awslambda.shapes import FunctionName
from sandbox.wire.operation import RequestShape, ResponseShape, operation

__all__ = ["put_function_concurrency"]


class Request(RequestShape):
    """PutFunctionConcurrency's members."""

    function_name: FunctionName
    reserved_concurrent_executions: Annotated[int, Meta(ge=0)]


class Response(ResponseShape):
    """What is reserved now."""

    reserved_concurrent_executions: int


@operation("PutFunctionConcurrency", Request)
def put_function_concurrency(scope: LambdaScope, request: Request) -> Response:
    """Reserve concurrency, which is also the most the function gets; 0 throttles every invocation.

    Raises:
        ResourceNotFoundException: there is no such function.
        InvalidParameterValueException: a qualifier, or less than 100 would be left to other functions.

    Source: esm §5.1, §5.2.
    """
    reference = scope.unqualified(request.function_name)
    before = scope.function(reference)
    wanted = request.reserved_concurrent_executions
    others = sum(
        function.reserved_concurrency or 0
        for function in scope.store.functions.of_account(scope.account_id, scope.region)
        if function.name != reference.name
    )
    if CONCURRENCY_MAX - others - wanted < UNRESERVED_CONCURRENCY_MIN:
        raise InvalidParameterValueException(
            "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution "
            f"below its minimum value of [{UNRESERVED_CONCURRENCY_MIN}]."
        )
    with scope.store.change():
        scope.store.functions.put(msgspec.structs.replace(before, reserved_concurrency=wanted))
    scope.function_host.set_reserved_concurrency(reference.arn, wanted)
    return Response(reserved_concurrent_executions=wanted)
