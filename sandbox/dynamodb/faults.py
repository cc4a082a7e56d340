"""Every error DynamoDB and DynamoDB Streams can answer, one class per AWS code.

The first half belongs to the protocol (``com.amazon.coral``), the second to the service model. ``SerializationException``
and ``ValidationException`` are the wire's own and only re-exported here.

Source: dynamodb-exact §1.3; the exception shapes of the service models ``dynamodb`` and ``dynamodbstreams`` 2012-08-10.
"""

from typing import ClassVar

from sandbox.faults import ApiFault
from sandbox.wire.faults import SerializationException, ValidationException

__all__ = [
    "AccessDeniedException",
    "BackupInUseException",
    "BackupNotFoundException",
    "ConditionalCheckFailedException",
    "ContinuousBackupsUnavailableException",
    "DuplicateItemException",
    "ExpiredIteratorException",
    "ExportConflictException",
    "ExportNotFoundException",
    "GlobalTableAlreadyExistsException",
    "GlobalTableNotFoundException",
    "IdempotentParameterMismatchException",
    "ImportConflictException",
    "ImportNotFoundException",
    "IncompleteSignatureException",
    "IndexNotFoundException",
    "InternalFailure",
    "InternalServerError",
    "InvalidExportTimeException",
    "InvalidRestoreTimeException",
    "InvalidSignatureException",
    "ItemCollectionSizeLimitExceededException",
    "LimitExceededException",
    "MissingAuthenticationTokenException",
    "NotImplementedException",
    "PointInTimeRecoveryUnavailableException",
    "PolicyNotFoundException",
    "ProvisionedThroughputExceededException",
    "ReplicaAlreadyExistsException",
    "ReplicaNotFoundException",
    "ReplicatedWriteConflictException",
    "RequestLimitExceeded",
    "ResourceInUseException",
    "ResourceNotFoundException",
    "SerializationException",
    "TableAlreadyExistsException",
    "TableInUseException",
    "TableNotFoundException",
    "ThrottlingException",
    "TransactionCanceledException",
    "TransactionConflictException",
    "TransactionInProgressException",
    "TrimmedDataAccessException",
    "UnknownOperationException",
    "UnrecognizedClientException",
    "ValidationException",
]


class AccessDeniedException(ApiFault):
    """The caller may not do this to this resource.

    Source of its prefix, which dynamodb-exact §25, row 7 has as disputed, and of the member that holds the text: an answer
    of AWS in baopham/laravel-dynamodb issue 32 (2016-10).
    """

    code: ClassVar[str] = "AccessDeniedException"
    type_prefix: ClassVar[str] = "com.amazon.coral.service#"
    message_member: ClassVar[str] = "Message"


class IncompleteSignatureException(ApiFault):
    """A part of the signature is missing. Texts: dynamodb-exact §1.4."""

    code: ClassVar[str] = "IncompleteSignatureException"
    type_prefix: ClassVar[str] = "com.amazon.coral.service#"


class InternalFailure(ApiFault):
    """The generic fault of the server; sent without a text."""

    code: ClassVar[str] = "InternalFailure"
    status: ClassVar[int] = 500
    type_prefix: ClassVar[str] = "com.amazon.coral.service#"


class InvalidSignatureException(ApiFault):
    """The request is signed twice, or wrongly."""

    code: ClassVar[str] = "InvalidSignatureException"
    type_prefix: ClassVar[str] = "com.amazon.coral.service#"


class MissingAuthenticationTokenException(ApiFault):
    """The request is not signed at all."""

    code: ClassVar[str] = "MissingAuthenticationTokenException"
    type_prefix: ClassVar[str] = "com.amazon.coral.service#"


class ThrottlingException(ApiFault):
    """The control plane asks for a pause; ``extra`` carries ``throttlingReasons``."""

    code: ClassVar[str] = "ThrottlingException"
    type_prefix: ClassVar[str] = "com.amazon.coral.availability#"


class UnknownOperationException(ApiFault):
    """The target names no operation; sent without a text."""

    code: ClassVar[str] = "UnknownOperationException"
    type_prefix: ClassVar[str] = "com.amazon.coral.service#"


class UnrecognizedClientException(ApiFault):
    """The access key is not known."""

    code: ClassVar[str] = "UnrecognizedClientException"
    type_prefix: ClassVar[str] = "com.amazon.coral.service#"


class _DynamoDbFault(ApiFault):
    """An exception shape of the service model."""

    type_prefix: ClassVar[str] = "com.amazonaws.dynamodb.v20120810#"


class BackupInUseException(_DynamoDbFault):
    """Another control operation on this backup is running."""

    code: ClassVar[str] = "BackupInUseException"


class BackupNotFoundException(_DynamoDbFault):
    """No backup has this ARN."""

    code: ClassVar[str] = "BackupNotFoundException"


class ConditionalCheckFailedException(_DynamoDbFault):
    """The condition was false; ``extra`` carries ``Item`` where the request asked for it."""

    code: ClassVar[str] = "ConditionalCheckFailedException"


class ContinuousBackupsUnavailableException(_DynamoDbFault):
    """Continuous backups are not enabled for this table."""

    code: ClassVar[str] = "ContinuousBackupsUnavailableException"


class DuplicateItemException(_DynamoDbFault):
    """A PartiQL INSERT met an existing primary key."""

    code: ClassVar[str] = "DuplicateItemException"


class ExpiredIteratorException(_DynamoDbFault):
    """The shard iterator is older than its life of 15 minutes."""

    code: ClassVar[str] = "ExpiredIteratorException"


class ExportConflictException(_DynamoDbFault):
    """The export token was used with other parameters."""

    code: ClassVar[str] = "ExportConflictException"


class ExportNotFoundException(_DynamoDbFault):
    """No export has this ARN."""

    code: ClassVar[str] = "ExportNotFoundException"


class GlobalTableAlreadyExistsException(_DynamoDbFault):
    """A global table of this name exists."""

    code: ClassVar[str] = "GlobalTableAlreadyExistsException"


class GlobalTableNotFoundException(_DynamoDbFault):
    """No global table has this name."""

    code: ClassVar[str] = "GlobalTableNotFoundException"


class IdempotentParameterMismatchException(_DynamoDbFault):
    """The client request token was used with other parameters."""

    code: ClassVar[str] = "IdempotentParameterMismatchException"
    message_member: ClassVar[str] = "Message"


class ImportConflictException(_DynamoDbFault):
    """The import token was used with other parameters, or the table is being imported."""

    code: ClassVar[str] = "ImportConflictException"


class ImportNotFoundException(_DynamoDbFault):
    """No import has this ARN."""

    code: ClassVar[str] = "ImportNotFoundException"


class IndexNotFoundException(_DynamoDbFault):
    """No index has this name."""

    code: ClassVar[str] = "IndexNotFoundException"


class InternalServerError(_DynamoDbFault):
    """A bug of ours: logged with the request id, never raised by an operation."""

    code: ClassVar[str] = "InternalServerError"
    status: ClassVar[int] = 500


class InvalidExportTimeException(_DynamoDbFault):
    """The export time lies outside the recovery window."""

    code: ClassVar[str] = "InvalidExportTimeException"


class InvalidRestoreTimeException(_DynamoDbFault):
    """The restore time lies outside the recovery window."""

    code: ClassVar[str] = "InvalidRestoreTimeException"


class ItemCollectionSizeLimitExceededException(_DynamoDbFault):
    """An item collection would pass 10 GB."""

    code: ClassVar[str] = "ItemCollectionSizeLimitExceededException"


class LimitExceededException(_DynamoDbFault):
    """Too many tables, indexes or simultaneous control operations."""

    code: ClassVar[str] = "LimitExceededException"


class NotImplementedException(ApiFault):
    """AWS has this operation and the sandbox does not; not a code of AWS, so that nobody takes it for one."""

    code: ClassVar[str] = "NotImplementedException"
    status: ClassVar[int] = 501
    type_prefix: ClassVar[str] = "com.amazon.coral.service#"


class PointInTimeRecoveryUnavailableException(_DynamoDbFault):
    """Point-in-time recovery is not enabled for this table."""

    code: ClassVar[str] = "PointInTimeRecoveryUnavailableException"


class PolicyNotFoundException(_DynamoDbFault):
    """The resource has no policy, or not at this revision."""

    code: ClassVar[str] = "PolicyNotFoundException"


class ProvisionedThroughputExceededException(_DynamoDbFault):
    """The table or index is out of capacity."""

    code: ClassVar[str] = "ProvisionedThroughputExceededException"


class ReplicaAlreadyExistsException(_DynamoDbFault):
    """The region already holds a replica."""

    code: ClassVar[str] = "ReplicaAlreadyExistsException"


class ReplicaNotFoundException(_DynamoDbFault):
    """The region holds no replica."""

    code: ClassVar[str] = "ReplicaNotFoundException"


class ReplicatedWriteConflictException(_DynamoDbFault):
    """A replica of a strongly consistent global table is writing the same item."""

    code: ClassVar[str] = "ReplicatedWriteConflictException"


class RequestLimitExceeded(_DynamoDbFault):
    """The account is over its request quota."""

    code: ClassVar[str] = "RequestLimitExceeded"


class ResourceInUseException(_DynamoDbFault):
    """The table exists already, or is being changed."""

    code: ClassVar[str] = "ResourceInUseException"


class ResourceNotFoundException(_DynamoDbFault):
    """No such table, index, stream or resource."""

    code: ClassVar[str] = "ResourceNotFoundException"


class TableAlreadyExistsException(_DynamoDbFault):
    """The target of a restore exists."""

    code: ClassVar[str] = "TableAlreadyExistsException"


class TableInUseException(_DynamoDbFault):
    """The table to restore to is being created or deleted."""

    code: ClassVar[str] = "TableInUseException"


class TableNotFoundException(_DynamoDbFault):
    """The source table of a backup or restore does not exist."""

    code: ClassVar[str] = "TableNotFoundException"


class TransactionCanceledException(_DynamoDbFault):
    """An action of the transaction failed; ``extra`` carries ``CancellationReasons`` in request order."""

    code: ClassVar[str] = "TransactionCanceledException"
    message_member: ClassVar[str] = "Message"


class TransactionConflictException(_DynamoDbFault):
    """A running transaction holds the item."""

    code: ClassVar[str] = "TransactionConflictException"


class TransactionInProgressException(_DynamoDbFault):
    """A transaction with this client request token is still running."""

    code: ClassVar[str] = "TransactionInProgressException"
    message_member: ClassVar[str] = "Message"


class TrimmedDataAccessException(_DynamoDbFault):
    """The shard iterator points before the oldest record kept."""

    code: ClassVar[str] = "TrimmedDataAccessException"
