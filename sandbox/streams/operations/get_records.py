"""GetRecords: the next records of a shard, as the bytes they were stored as."""

from typing import Annotated

import msgspec

from sandbox.dynamodb.faults import ExpiredIteratorException, TrimmedDataAccessException, ValidationException
from sandbox.dynamodb.scope import Scope
from sandbox.streams.iterator import ShardIterator
from sandbox.streams.log import LoggedRecord, event_id
from sandbox.streams.operations.find import PageLimit, check_page_limit, shard_named, stream_named
from sandbox.streams.shard import Stream
from sandbox.wire.operation import RequestShape, ResponseShape, operation

__all__ = ["get_records"]

_PAGE_RECORDS = 1_000
_SERVICE = b',"userIdentity":{"PrincipalId":"dynamodb.amazonaws.com","Type":"Service"}'


class Request(RequestShape):
    """GetRecords as it is sent."""

    shard_iterator: Annotated[str, msgspec.Meta(min_length=1, max_length=2048)]
    limit: PageLimit | None = None


class Response(ResponseShape):
    """Records, perhaps none; no next iterator behind the last record of a closed shard."""

    records: msgspec.Raw
    next_shard_iterator: str | None = None


@operation("GetRecords", Request)
def get_records(scope: Scope, request: Request) -> Response:
    """Read at most 1,000 records or about 1 MB.

    Raises:
        ValidationException: the iterator is none of ours, or the limit is above 1,000.
        ExpiredIteratorException: it is older than 15 minutes.
        ResourceNotFoundException: its stream or shard is gone.
        TrimmedDataAccessException: the next record has been trimmed since it was issued.

    Source: lambda-event-source-mappings §4.1, §4.2; of the wording of expiry, what AWS answered in pull request 59 of
    spring-attic/spring-integration-aws (2017-03); of a malformed iterator DynamoDB Local 3.3.1, asked 2026-11.
    """
    iterator = ShardIterator.parse(request.shard_iterator)
    if iterator is None:
        raise ValidationException("Invalid ShardIterator")
    check_page_limit(request.limit, _PAGE_RECORDS, "should be less than or equal to")
    now = scope.clock.now()
    if iterator.is_expired(now):
        raise ExpiredIteratorException("Shard iterator has expired")
    stream = stream_named(scope, iterator.stream_arn)
    shard = shard_named(stream, iterator.shard_id)
    if iterator.behind < shard.trimmed:
        raise TrimmedDataAccessException("The data you are trying to access has been trimmed")
    log = scope.store.log
    page = log.read(stream, shard, behind=iterator.behind, limit=request.limit or _PAGE_RECORDS)
    position = page[-1].sequence if page else iterator.behind
    return Response(
        records=msgspec.Raw(b"[%b]" % b",".join([_record(stream, logged) for logged in page])),
        next_shard_iterator=(
            None if log.is_finished(stream, shard, position) else iterator._replace(behind=position, issued=now).text()
        ),
    )


def _record(stream: Stream, logged: LoggedRecord) -> bytes:
    return (
        b'{"awsRegion":"%b","dynamodb":%b,"eventID":"%b","eventName":"%b","eventSource":"aws:dynamodb","eventVersion":"1.1"%b}'
    ) % (
        stream.region.encode(),
        logged.body,
        event_id(stream, logged.sequence).encode(),
        logged.event_name.encode(),
        _SERVICE if logged.by_service else b"",
    )
