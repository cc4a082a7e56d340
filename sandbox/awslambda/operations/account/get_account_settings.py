"""GetAccountSettings."""

from typing import Any

from sandbox.awslambda.limits import CODE_BYTES_MAX, CONCURRENCY_MAX, UNPACKED_BYTES_MAX, UPLOAD_BYTES_MAX
from sandbox.awslambda.scope import LambdaScope
from sandbox.wire.operation import RequestShape, operation

__all__ = ["get_account_settings"]


class Request(RequestShape):
    """GetAccountSettings takes nothing."""


@operation("GetAccountSettings", Request)
def get_account_settings(scope: LambdaScope, request: Request) -> dict[str, Any]:  # noqa: ARG001 - every operation takes a request
    """Tell the account's limits and what it uses of them."""
    functions = scope.store.functions.of_account(scope.account_id, scope.region)
    reserved = sum(function.reserved_concurrency or 0 for function in functions)
    return {
        "AccountLimit": {
            "TotalCodeSize": CODE_BYTES_MAX,
            "CodeSizeUnzipped": UNPACKED_BYTES_MAX,
            "CodeSizeZipped": UPLOAD_BYTES_MAX,
            "ConcurrentExecutions": CONCURRENCY_MAX,
            "UnreservedConcurrentExecutions": CONCURRENCY_MAX - reserved,
        },
        "AccountUsage": {
            "TotalCodeSize": sum(function.code.size for function in functions),
            "FunctionCount": len(functions),
        },
    }
