"""ListStreams: the streams of an account and region, or of one table, disabled ones included."""

from sandbox.dynamodb.parameters import PlainTableName
from sandbox.dynamodb.scope import Scope
from sandbox.streams.operations.find import PageLimit, check_page_limit, check_stream_arn
from sandbox.wire.operation import RequestShape, ResponseShape, operation

__all__ = ["list_streams"]

_PAGE_STREAMS = 100


class Request(RequestShape):
    """ListStreams as it is sent."""

    is_hash_listed = True
    table_name: PlainTableName | None = None
    limit: PageLimit | None = None
    exclusive_start_stream_arn: str | None = None


class StreamEntry(ResponseShape):
    """A stream's names."""

    stream_arn: str
    stream_label: str
    table_name: str


class Response(ResponseShape):
    """A page of streams; the last ARN is repeated when more remain."""

    streams: list[StreamEntry]
    last_evaluated_stream_arn: str | None = None


@operation("ListStreams", Request)
def list_streams(scope: Scope, request: Request) -> Response:
    """List streams in the order of their ARNs, behind one that need not exist any more.

    Raises:
        ValidationException: the start is no stream ARN, or the limit is above 100.

    Source: lambda-event-source-mappings §4.2.
    """
    check_page_limit(request.limit, _PAGE_STREAMS, "cannot be greater than the maximum allowed size:")
    streams = scope.store.log.streams(scope.account_id, scope.region)
    if request.table_name is not None:
        streams = [stream for stream in streams if stream.table_name == request.table_name]
    if request.exclusive_start_stream_arn is not None:
        check_stream_arn(request.exclusive_start_stream_arn)
        streams = [stream for stream in streams if stream.arn > request.exclusive_start_stream_arn]
    limit = request.limit or _PAGE_STREAMS
    page = streams[:limit]
    return Response(
        streams=[
            StreamEntry(stream_arn=stream.arn, stream_label=stream.label, table_name=stream.table_name)
            for stream in page
        ],
        last_evaluated_stream_arn=page[-1].arn if len(streams) > limit else None,
    )
