"""GetShardIterator: where reading a shard starts."""

from typing import Annotated

from msgspec import Meta

from sandbox.dynamodb.faults import TrimmedDataAccessException, ValidationException
from sandbox.dynamodb.operations.tables.wording import invalid
from sandbox.dynamodb.parameters import ShardId, ShardIteratorType
from sandbox.dynamodb.scope import Scope
from sandbox.streams.iterator import ShardIterator, behind
from sandbox.streams.operations.find import check_shard_id, shard_named, stream_named
from sandbox.streams.shard import sequence_from_wire
from sandbox.wire.operation import RequestShape, ResponseShape, operation

__all__ = ["get_shard_iterator"]


class Request(RequestShape):
    """GetShardIterator as it is sent; ``timestamp`` in epoch seconds."""

    is_hash_listed = True
    stream_arn: str
    shard_id: ShardId
    shard_iterator_type: ShardIteratorType
    sequence_number: Annotated[str, Meta(min_length=21, max_length=40)] | None = None
    timestamp: float | None = None


class Response(ResponseShape):
    """The iterator, good for 15 minutes."""

    shard_iterator: str


@operation("GetShardIterator", Request)
def get_shard_iterator(scope: Scope, request: Request) -> Response:
    """Take a position in a shard.

    Raises:
        ValidationException: a sequence number or timestamp is missing, too much or malformed.
        ResourceNotFoundException: there is no such stream or shard.
        TrimmedDataAccessException: the position lies before the oldest record kept.

    Source: lambda-event-source-mappings §4.1, §4.2; of the wordings about sequence numbers DynamoDB Local 3.3.1, asked
    2026-11, which knows no timestamps: that about them is an assumption.
    """
    check_shard_id(request.shard_id, "ShardId")
    sequence = _sequence(request)
    if (request.shard_iterator_type == "AT_TIMESTAMP") != (request.timestamp is not None):
        raise ValidationException("Timestamp must be specified if and only if ShardIteratorType is AT_TIMESTAMP")
    stream = stream_named(scope, request.stream_arn)
    shard = shard_named(stream, request.shard_id)
    if request.sequence_number is not None and not shard.may_hold(sequence):
        raise ValidationException("Invalid SequenceNumber for the shard")
    start = behind(
        scope.store.log, stream, shard, request.shard_iterator_type, sequence=sequence, instant=request.timestamp or 0.0
    )
    if start is None:
        raise TrimmedDataAccessException("The data you are trying to access has been trimmed")
    iterator = ShardIterator(stream_arn=stream.arn, shard_id=shard.shard_id, behind=start, issued=scope.clock.now())
    return Response(shard_iterator=iterator.text())


def _sequence(request: Request) -> int:
    """The sequence number asked for; 0 with the types that take none."""
    text = request.sequence_number
    if request.shard_iterator_type not in ("AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER"):
        if text is not None:
            raise invalid("SequenceNumber should not be passed for this iterator type")
        return 0
    if text is None or not (text.isascii() and text.isdigit()):
        raise invalid("Invalid SequenceNumber")
    return sequence_from_wire(text)
