"""DescribeTableReplicaAutoScaling: no table here has replicas."""

from sandbox.dynamodb.faults import ResourceNotFoundException
from sandbox.dynamodb.operations.global_tables.find import no_global_table
from sandbox.dynamodb.parameters import TableName
from sandbox.dynamodb.scope import Scope
from sandbox.wire.operation import RequestShape, operation

__all__ = ["describe_table_replica_auto_scaling"]


class Request(RequestShape):
    """DescribeTableReplicaAutoScaling as it is sent."""

    table_name: TableName


@operation("DescribeTableReplicaAutoScaling", Request)
def describe_table_replica_auto_scaling(_scope: Scope, request: Request) -> None:
    """Refuse, as AWS does for a table without replicas and for none. Source: ack-api-quirks DDB-TABLE-187.

    Raises:
        ResourceNotFoundException: always.
    """
    raise ResourceNotFoundException(no_global_table(request.table_name.rpartition("/")[2]))
