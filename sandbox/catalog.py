"""Every operation of the services we emulate: the written ones with their code, the others by name.

An operation that is not written is visible here and in ``docs/operations.md``, and answers a clear error that names it.
Source of the names: the service models ``dynamodb`` and ``dynamodbstreams`` 2012-08-10.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from sandbox.dynamodb.operations.account.describe_endpoints import describe_endpoints
from sandbox.dynamodb.operations.account.describe_limits import describe_limits
from sandbox.dynamodb.operations.items.batch_get_item import batch_get_item
from sandbox.dynamodb.operations.items.batch_write_item import batch_write_item
from sandbox.dynamodb.operations.items.delete_item import delete_item
from sandbox.dynamodb.operations.items.get_item import get_item
from sandbox.dynamodb.operations.items.put_item import put_item
from sandbox.dynamodb.operations.items.query import query
from sandbox.dynamodb.operations.items.scan import scan
from sandbox.dynamodb.operations.items.update_item import update_item
from sandbox.dynamodb.operations.tables.create_table import create_table
from sandbox.dynamodb.operations.tables.delete_table import delete_table
from sandbox.dynamodb.operations.tables.describe_table import describe_table
from sandbox.dynamodb.operations.tables.list_tables import list_tables
from sandbox.dynamodb.operations.tables.update_table import update_table
from sandbox.dynamodb.operations.tags.list_tags_of_resource import list_tags_of_resource
from sandbox.dynamodb.operations.tags.tag_resource import tag_resource
from sandbox.dynamodb.operations.tags.untag_resource import untag_resource
from sandbox.dynamodb.operations.transactions.transact_get_items import transact_get_items
from sandbox.dynamodb.operations.transactions.transact_write_items import transact_write_items
from sandbox.dynamodb.operations.ttl.describe_time_to_live import describe_time_to_live
from sandbox.dynamodb.operations.ttl.update_time_to_live import update_time_to_live
from sandbox.streams.operations.describe_stream import describe_stream
from sandbox.streams.operations.get_records import get_records
from sandbox.streams.operations.get_shard_iterator import get_shard_iterator
from sandbox.streams.operations.list_streams import list_streams
from sandbox.awslambda.faults import NotImplementedException as LambdaNotImplemented
from sandbox.awslambda.operations.written import WRITTEN as LAMBDA_WRITTEN
from sandbox.dynamodb.faults import NotImplementedException as DynamoDBNotImplemented
from sandbox.faults import ApiFault
from sandbox.logs.operations.written import WRITTEN as LOGS_WRITTEN
from sandbox.wire.operation import Operation, RequestShape

__all__ = ["DYNAMODB", "DYNAMODB_UNWRITTEN", "LAMBDA", "LAMBDA_UNWRITTEN", "LOGS", "STREAMS"]


class _AnyRequest(RequestShape):
    """Whatever is sent to an operation that is not written."""


def _unwritten(name: str, fault: type[ApiFault]) -> Operation[Any]:
    """An operation that says of itself that it is not written."""

    def refuse(_scope: object, _request: _AnyRequest) -> None:
        raise fault(f"{name} is not emulated by this sandbox; docs/operations.md lists what is.")

    return Operation(name=name, request=_AnyRequest, run=refuse)


def _by_name(
    written: Iterable[Operation[Any]], unwritten: Iterable[str] = (), fault: type[ApiFault] = ApiFault
) -> Mapping[str, Operation[Any]]:
    operations = [*written, *(_unwritten(name, fault) for name in sorted(unwritten))]
    return MappingProxyType({operation.name: operation for operation in operations})


_DYNAMODB_WRITTEN: tuple[Operation[Any], ...] = (
    batch_get_item,
    batch_write_item,
    create_table,
    delete_item,
    delete_table,
    describe_endpoints,
    describe_limits,
    describe_table,
    describe_time_to_live,
    get_item,
    list_tables,
    list_tags_of_resource,
    put_item,
    query,
    scan,
    tag_resource,
    transact_get_items,
    transact_write_items,
    untag_resource,
    update_item,
    update_table,
    update_time_to_live,
)

DYNAMODB_UNWRITTEN = frozenset(
    """
    BatchExecuteStatement CancelBulkOperation CreateBackup CreateGlobalTable DeleteBackup DeleteResourcePolicy DescribeBackup
    DescribeBulkOperation DescribeContinuousBackups DescribeContributorInsights DescribeExport DescribeGlobalTable
    DescribeGlobalTableSettings DescribeImport DescribeKinesisStreamingDestination DescribeTableReplicaAutoScaling
    DisableKinesisStreamingDestination EnableKinesisStreamingDestination ExecuteStatement ExecuteTransaction
    ExportTableToPointInTime GetResourcePolicy ImportTable ListBackups ListBulkOperations ListContributorInsights ListExports
    ListGlobalTables ListImports PutResourcePolicy RestoreTableFromBackup RestoreTableToPointInTime SearchVectors
    StartBulkPutItems UpdateContinuousBackups UpdateContributorInsights UpdateGlobalTable UpdateGlobalTableSettings
    UpdateKinesisStreamingDestination UpdateTableReplicaAutoScaling
    """.split()
)
"""The operations of DynamoDB that are not written yet."""

LAMBDA_UNWRITTEN = frozenset(
    """
    AddLayerVersionPermission AddPermission CheckpointDurableExecution CreateAlias CreateCapacityProvider
    CreateCodeSigningConfig CreateFunctionUrlConfig DeleteAlias DeleteCapacityProvider DeleteCodeSigningConfig
    DeleteDurableExecution DeleteFunctionCodeSigningConfig DeleteFunctionEventInvokeConfig DeleteFunctionUrlConfig
    DeleteLayerVersion DeleteProvisionedConcurrencyConfig DeleteResourcePolicy GetAlias GetCapacityProvider
    GetCodeSigningConfig GetDurableExecution GetDurableExecutionHistory GetDurableExecutionState
    GetFunctionCodeSigningConfig GetFunctionEventInvokeConfig GetFunctionRecursionConfig GetFunctionScalingConfig
    GetFunctionUrlConfig GetLayerVersion GetLayerVersionByArn GetLayerVersionPolicy GetPolicy
    GetProvisionedConcurrencyConfig GetResourcePolicy GetRuntimeManagementConfig InvokeAsync
    InvokeWithResponseStream ListAliases ListCapacityProviders ListCodeSigningConfigs
    ListDurableExecutionsByFunction ListFunctionEventInvokeConfigs ListFunctionUrlConfigs
    ListFunctionVersionsByCapacityProvider ListFunctionsByCodeSigningConfig ListLayerVersions ListLayers
    ListProvisionedConcurrencyConfigs PauseDurableExecution PublishLayerVersion PutFunctionCodeSigningConfig
    PutFunctionEventInvokeConfig PutFunctionRecursionConfig PutFunctionScalingConfig PutProvisionedConcurrencyConfig
    PutResourcePolicy PutRuntimeManagementConfig RemoveLayerVersionPermission RemovePermission
    ResumeDurableExecution SendDurableExecutionCallbackFailure SendDurableExecutionCallbackHeartbeat
    SendDurableExecutionCallbackSuccess StopDurableExecution UpdateAlias UpdateCapacityProvider
    UpdateCodeSigningConfig UpdateFunctionEventInvokeConfig UpdateFunctionUrlConfig
    """.split()
)
"""The operations of Lambda that are not written yet."""

DYNAMODB = _by_name(_DYNAMODB_WRITTEN, DYNAMODB_UNWRITTEN, DynamoDBNotImplemented)
"""The operations of DynamoDB, by wire name."""
STREAMS = _by_name((describe_stream, get_records, get_shard_iterator, list_streams))
"""The operations of DynamoDB Streams: all of them."""
LAMBDA = _by_name(LAMBDA_WRITTEN, LAMBDA_UNWRITTEN, LambdaNotImplemented)
"""The operations of Lambda, by wire name."""
LOGS = _by_name(LOGS_WRITTEN)
"""The operations of CloudWatch Logs that are answered here, for what functions print; moto has the others."""
