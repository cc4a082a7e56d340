"""DescribeGlobalTable: there is none of any name."""

from sandbox.dynamodb.faults import GlobalTableNotFoundException
from sandbox.dynamodb.parameters import PlainTableName
from sandbox.dynamodb.scope import Scope
from sandbox.wire.operation import RequestShape, operation

__all__ = ["describe_global_table"]


class Request(RequestShape):
    """DescribeGlobalTable as it is sent."""

    global_table_name: PlainTableName


@operation("DescribeGlobalTable", Request)
def describe_global_table(_scope: Scope, request: Request) -> None:
    """Refuse: no global table can be made here. The wording is an assumption.

    Raises:
        GlobalTableNotFoundException: always.
    """
    raise GlobalTableNotFoundException(f"Global table with name: '{request.global_table_name}' does not exist.")
