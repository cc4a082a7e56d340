"""Every operation of the services we emulate: the written ones by the folder of their file, the others by name.

An operation's file is imported when the operation is first asked for, or by ``load`` once the sandbox is ready: a start
does not wait for a hundred modules. An operation that is not written is listed here and in ``docs/operations.md``, and
answers a clear error that names it.
Source of the names: the service models ``dynamodb`` and ``dynamodbstreams`` 2012-08-10, ``lambda`` 2015-03-31.
"""

import re
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

from sandbox.faults import ApiFault
from sandbox.wire.operation import Operation, RequestShape

__all__ = ["DYNAMODB", "LAMBDA", "LOGS", "METRICS", "STREAMS", "Operations"]

_WORD = re.compile(r"(?<=[a-z])(?=[A-Z])")


class _AnyRequest(RequestShape):
    """Whatever is sent to an operation that is not written."""


class Operations:
    """The operations of one service.

    Attributes:
        written: wire name -> the module of its file.
        unwritten: the wire names of those that only say that they are not written.
    """

    def __init__(self, package: str, folders: Mapping[str, str], *, unwritten: str = "", faults: str = "") -> None:
        """*folders* maps a folder below *package* to wire names; *faults* is the module of the service's errors."""
        self.written = {
            name: ".".join(filter(None, (package, folder, _WORD.sub("_", name).lower())))
            for folder, names in folders.items()
            for name in names.split()
        }
        self.unwritten = frozenset(unwritten.split())
        self._faults = faults
        self._loaded: dict[str, Operation[Any]] = {}

    def find(self, name: str) -> Operation[Any] | None:
        """The operation of this wire name; ``None`` where the service has none."""
        return self._loaded.get(name) or self._load(name)

    def load(self) -> Iterator[str]:
        """Import the written operations one by one, yielding each name; others may run in between."""
        for name in self.written:
            self.find(name)
            yield name

    def _load(self, name: str) -> Operation[Any] | None:
        if name in self.written:
            module = self.written[name]
            found: Operation[Any] = getattr(import_module(module), module.rpartition(".")[2])
        elif name in self.unwritten:
            found = _not_written(name, import_module(self._faults).NotImplementedException)
        else:
            return None
        self._loaded[name] = found
        return found


def _not_written(name: str, fault: type[ApiFault]) -> Operation[Any]:
    """An operation that says of itself that it is not written."""

    def refuse(_scope: object, _request: _AnyRequest) -> None:
        raise fault(f"{name} is not emulated by this sandbox; docs/operations.md lists what is.")

    return Operation(name=name, request=_AnyRequest, run=refuse)


DYNAMODB = Operations(
    "sandbox.dynamodb.operations",
    {
        "items": "BatchGetItem BatchWriteItem DeleteItem GetItem PutItem Query Scan UpdateItem",
        "transactions": "TransactGetItems TransactWriteItems",
        "partiql": "BatchExecuteStatement ExecuteStatement ExecuteTransaction",
        "tables": "CreateTable DeleteTable DescribeTable ListTables UpdateTable",
        "ttl": "DescribeTimeToLive UpdateTimeToLive",
        "tags": "ListTagsOfResource TagResource UntagResource",
        "account": "DescribeEndpoints DescribeLimits",
        "policies": "DeleteResourcePolicy GetResourcePolicy PutResourcePolicy",
        "backups": "CreateBackup DeleteBackup DescribeBackup ListBackups RestoreTableFromBackup",
        "insights": "DescribeContributorInsights ListContributorInsights UpdateContributorInsights",
        "global_tables": """
        CreateGlobalTable DescribeGlobalTable DescribeGlobalTableSettings DescribeTableReplicaAutoScaling ListGlobalTables
        UpdateGlobalTable UpdateGlobalTableSettings UpdateTableReplicaAutoScaling
        """,
        "bulk": "CancelBulkOperation DescribeBulkOperation ListBulkOperations StartBulkPutItems",
        "exports": "DescribeExport ExportTableToPointInTime ListExports",
        "imports": "DescribeImport ImportTable ListImports",
        "kinesis": """
        DescribeKinesisStreamingDestination DisableKinesisStreamingDestination EnableKinesisStreamingDestination
        UpdateKinesisStreamingDestination
        """,
        "recovery": "DescribeContinuousBackups RestoreTableToPointInTime UpdateContinuousBackups",
        "vectors": "SearchVectors",
    },
    faults="sandbox.dynamodb.faults",
)
STREAMS = Operations("sandbox.streams.operations", {"": "DescribeStream GetRecords GetShardIterator ListStreams"})
LAMBDA = Operations(
    "sandbox.awslambda.operations",
    {
        "functions": """
        CreateFunction DeleteFunction DeleteFunctionConcurrency GetFunction GetFunctionConcurrency GetFunctionConfiguration
        Invoke InvokeAsync InvokeWithResponseStream ListFunctions ListVersionsByFunction PublishVersion
        PutFunctionConcurrency UpdateFunctionCode UpdateFunctionConfiguration
        """,
        "mappings": """
        CreateEventSourceMapping DeleteEventSourceMapping GetEventSourceMapping ListEventSourceMappings
        UpdateEventSourceMapping
        """,
        "aliases": "CreateAlias DeleteAlias GetAlias ListAliases UpdateAlias",
        "event_invoke": """
        DeleteFunctionEventInvokeConfig GetFunctionEventInvokeConfig ListFunctionEventInvokeConfigs
        PutFunctionEventInvokeConfig UpdateFunctionEventInvokeConfig
        """,
        "permissions": "AddPermission GetPolicy RemovePermission",
        "provisioned_concurrency": """
        DeleteProvisionedConcurrencyConfig GetProvisionedConcurrencyConfig ListProvisionedConcurrencyConfigs
        PutProvisionedConcurrencyConfig
        """,
        "recursion": "GetFunctionRecursionConfig PutFunctionRecursionConfig",
        "runtime_management": "GetRuntimeManagementConfig PutRuntimeManagementConfig",
        "code_signing": """
        DeleteFunctionCodeSigningConfig GetFunctionCodeSigningConfig ListCodeSigningConfigs PutFunctionCodeSigningConfig
        """,
        "layers": """
        AddLayerVersionPermission DeleteLayerVersion GetLayerVersion GetLayerVersionByArn GetLayerVersionPolicy
        ListLayerVersions ListLayers PublishLayerVersion RemoveLayerVersionPermission
        """,
        "urls": """
        CreateFunctionUrlConfig DeleteFunctionUrlConfig GetFunctionUrlConfig ListFunctionUrlConfigs UpdateFunctionUrlConfig
        """,
        "tags": "ListTags TagResource UntagResource",
        "account": "GetAccountSettings",
    },
    unwritten="""
    CheckpointDurableExecution CreateCapacityProvider CreateCodeSigningConfig DeleteCapacityProvider
    DeleteCodeSigningConfig DeleteDurableExecution DeleteResourcePolicy GetCapacityProvider GetCodeSigningConfig
    GetDurableExecution GetDurableExecutionHistory GetDurableExecutionState GetFunctionScalingConfig GetResourcePolicy
    ListCapacityProviders ListDurableExecutionsByFunction ListFunctionVersionsByCapacityProvider
    ListFunctionsByCodeSigningConfig PauseDurableExecution PutFunctionScalingConfig PutResourcePolicy
    ResumeDurableExecution SendDurableExecutionCallbackFailure SendDurableExecutionCallbackHeartbeat
    SendDurableExecutionCallbackSuccess StopDurableExecution UpdateCapacityProvider UpdateCodeSigningConfig
    """,
    faults="sandbox.awslambda.faults",
)
LOGS = Operations("sandbox.logs.operations", {"": "DescribeLogGroups DescribeLogStreams FilterLogEvents GetLogEvents"})
"""What functions print; moto has the other operations of CloudWatch Logs."""
METRICS = Operations("sandbox.metrics.operations", {"": "GetMetricData GetMetricStatistics ListMetrics"})
"""CloudWatch, for the metrics of functions; moto has the other operations, and other namespaces."""
