"""DescribeStream: a stream and its shards, page by page, or the children of one shard."""

from datetime import datetime
from typing import Any, Literal, cast

from sandbox.dynamodb.faults import ValidationException
from sandbox.dynamodb.lifecycle.table_status import current_table
from sandbox.dynamodb.parameters import KeySchemaElement, ShardId
from sandbox.dynamodb.scope import Scope
from sandbox.dynamodb.structure import Structure
from sandbox.streams.operations.find import PageLimit, check_page_limit, check_shard_id, stream_named
from sandbox.streams.shard import Shard, Stream, sequence_to_wire
from sandbox.wire.operation import RequestShape, ResponseShape, operation

__all__ = ["describe_stream"]

_PAGE_SHARDS = 100


class ShardFilter(Structure):
    """Only the children of one shard."""

    type: Literal["CHILD_SHARDS"]
    shard_id: ShardId


class Request(RequestShape):
    """DescribeStream as it is sent."""

    is_hash_listed = True
    stream_arn: str
    limit: PageLimit | None = None
    exclusive_start_shard_id: ShardId | None = None
    shard_filter: ShardFilter | None = None


class SequenceNumberRange(ResponseShape):
    """The end is there once the shard is closed."""

    starting_sequence_number: str
    ending_sequence_number: str | None = None


class ShardDescription(ResponseShape):
    """A shard; its parent may be gone already."""

    shard_id: str
    sequence_number_range: SequenceNumberRange
    parent_shard_id: str | None = None


class StreamDescription(ResponseShape):
    """A stream with a page of its shards."""

    creation_request_date_time: float
    key_schema: list[KeySchemaElement]
    shards: list[ShardDescription]
    stream_arn: str
    stream_label: str
    stream_status: str
    stream_view_type: str
    table_name: str
    last_evaluated_shard_id: str | None = None


class Response(ResponseShape):
    """The description."""

    stream_description: StreamDescription


@operation("DescribeStream", Request)
def describe_stream(scope: Scope, request: Request) -> Response:
    """Describe a stream, its shards in the order of their ids.

    A start that is no shard of the stream gives no shards and no error.

    Raises:
        ValidationException: a stream ARN or shard id of another shape, both a filter and a start, or more than 100 a page.
        ResourceNotFoundException: there is no such stream.

    Source: lambda-event-source-mappings §4.1, §4.2; that a filter has no start DynamoDB Local 3.3.1, asked 2026-11.
    """
    check_page_limit(request.limit, _PAGE_SHARDS, "cannot be greater than the maximum:")
    if request.shard_filter is not None and request.exclusive_start_shard_id is not None:
        raise ValidationException("ShardFilter and ExclusiveStartShardId both should not be specified in the request.")
    stream = stream_named(scope, request.stream_arn)
    shards = sorted(stream.shards, key=lambda shard: shard.shard_id)
    if request.shard_filter is not None:
        check_shard_id(request.shard_filter.shard_id, "ShardFilter.ShardId")
        shards = [shard for shard in shards if shard.parent_shard_id == request.shard_filter.shard_id]
    if request.exclusive_start_shard_id is not None:
        check_shard_id(request.exclusive_start_shard_id, "ExclusiveStartShardId")
        shards = _behind(shards, request.exclusive_start_shard_id)
    limit = request.limit or _PAGE_SHARDS
    page = shards[:limit]
    return Response(
        stream_description=StreamDescription(
            creation_request_date_time=_creation(stream),
            key_schema=[
                KeySchemaElement(attribute_name=name, key_type=cast("Any", kind)) for name, kind in stream.key_schema
            ],
            last_evaluated_shard_id=page[-1].shard_id if len(shards) > limit else None,
            shards=[_described(shard) for shard in page],
            stream_arn=stream.arn,
            stream_label=stream.label,
            stream_status=_status(scope, stream),
            stream_view_type=stream.view_type,
            table_name=stream.table_name,
        )
    )


def _status(scope: Scope, stream: Stream) -> str:
    """ENABLING or DISABLING while its table is made, changed or deleted. Source: ack-api-quirks DDB-TABLE-386."""
    table = current_table(scope, stream.table_name)
    pending = table.definition.pending_stream if table is not None and table.definition.stream_id == stream.id else None
    if pending is not None:
        return {"ENABLE": "ENABLING", "DISABLE": "DISABLING"}[pending]
    return "ENABLED" if stream.enabled else "DISABLED"


def _creation(stream: Stream) -> float:
    """The moment that the label spells out, in epoch seconds: in AWS's examples the two agree."""
    return datetime.fromisoformat(f"{stream.label}+00:00").timestamp()


def _behind(shards: list[Shard], shard_id: str) -> list[Shard]:
    ids = [shard.shard_id for shard in shards]
    return shards[ids.index(shard_id) + 1 :] if shard_id in ids else []


def _described(shard: Shard) -> ShardDescription:
    return ShardDescription(
        shard_id=shard.shard_id,
        parent_shard_id=shard.parent_shard_id,
        sequence_number_range=SequenceNumberRange(
            starting_sequence_number=sequence_to_wire(shard.first_sequence),
            ending_sequence_number=None if shard.last_sequence is None else sequence_to_wire(shard.last_sequence),
        ),
    )
