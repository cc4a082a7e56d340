"""GetAccountSettings."""

from sandbox.awslambda.limits import CODE_BYTES_MAX, CONCURRENCY_MAX, UNPACKED_BYTES_MAX, UPLOAD_BYTES_MAX
from sandbox.awslambda.scope import LambdaScope
from sandbox.wire.operation import RequestShape, ResponseShape, operation

__all__ = ["get_account_settings"]


class Request(RequestShape):
    """GetAccountSettings takes nothing."""


class AccountLimit(ResponseShape):
    """What the account may use."""

    total_code_size: int
    code_size_unzipped: int
    code_size_zipped: int
    concurrent_executions: int
    unreserved_concurrent_executions: int


class AccountUsage(ResponseShape):
    """What it uses."""

    total_code_size: int
    function_count: int


class Response(ResponseShape):
    """Both."""

    account_limit: AccountLimit
    account_usage: AccountUsage


@operation("GetAccountSettings", Request)
def get_account_settings(scope: LambdaScope, request: Request) -> Response:  # noqa: ARG001 - every operation takes a request
    """Tell the account's limits and what it uses of them."""
    functions = scope.store.functions.of_account(scope.account_id, scope.region)
    reserved = sum(function.reserved_concurrency or 0 for function in functions)
    return Response(
        account_limit=AccountLimit(
            total_code_size=CODE_BYTES_MAX,
            code_size_unzipped=UNPACKED_BYTES_MAX,
            code_size_zipped=UPLOAD_BYTES_MAX,
            concurrent_executions=CONCURRENCY_MAX,
            unreserved_concurrent_executions=CONCURRENCY_MAX - reserved,
        ),
        account_usage=AccountUsage(
            total_code_size=sum(function.code.size for function in functions), function_count=len(functions)
        ),
    )
