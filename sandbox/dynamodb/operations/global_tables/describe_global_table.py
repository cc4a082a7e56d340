"""DescribeGlobalTable: there is none of any name."""

from sandbox.dynamodb.faults import GlobalTableNotFoundException
from sandbox.dynamodb.operations.global_tables.find import no_global_table
from sandbox.dynamodb.parameters import TargetTableName
from sandbox.dynamodb.scope import Scope
from sandbox.wire.operation import RequestShape, operation

__all__ = ["describe_global_table"]


class Request(RequestShape):
    """DescribeGlobalTable as it is sent."""

    global_table_name: TargetTableName


@operation("DescribeGlobalTable", Request)
def describe_global_table(_scope: Scope, request: Request) -> None:
    """Refuse, as AWS does since no more global tables of 2017 are made. Source: ack-api-quirks DDB-GLOBALTABLE-004.

    Raises:
        GlobalTableNotFoundException: always.
    """
    raise GlobalTableNotFoundException(f"Global table not found: {no_global_table(request.global_table_name)}")
