"""DescribeLogStreams."""

from typing import Literal

from sandbox.logs.faults import InvalidParameterException
from sandbox.logs.scope import LogsScope
from sandbox.logs.shapes import (
    DescribeLimit,
    LogGroupIdentifier,
    LogGroupName,
    LogsRequest,
    LogsResponse,
    LogStreamName,
    NextToken,
)
from sandbox.logs.store import LogGroup, LogStream
from sandbox.logs.tokens import name_of_token, name_token
from sandbox.wire.operation import operation
from sandbox.wire.raw_reply import DECLINED, Declined

__all__ = ["describe_log_streams"]

STREAMS_MAX = 50


class Request(LogsRequest):
    """DescribeLogStreams' members."""

    log_group_name: LogGroupName | None = None
    log_group_identifier: LogGroupIdentifier | None = None
    log_stream_name_prefix: LogStreamName | None = None
    order_by: Literal["LogStreamName", "LastEventTime"] | None = None
    descending: bool | None = None
    next_token: NextToken | None = None
    limit: DescribeLimit | None = None


class DescribedLogStream(LogsResponse):
    """One stream; times in epoch milliseconds. AWS always says 0 of *storedBytes*."""

    log_stream_name: str
    creation_time: int
    first_event_timestamp: int
    last_event_timestamp: int
    last_ingestion_time: int
    arn: str
    stored_bytes: int


class Response(LogsResponse):
    """One page."""

    log_streams: list[DescribedLogStream]
    next_token: str | None = None


@operation("DescribeLogStreams", Request)
def describe_log_streams(scope: LogsScope, request: Request) -> Response | Declined:
    """List the streams of a group by name or by their latest line.

    Raises:
        ResourceNotFoundException: there is no such group.
        InvalidParameterException: a prefix together with the order by time, or a token that cannot be read.
    """
    group = scope.own_group(request.log_group_name, request.log_group_identifier)
    if group is None:
        return DECLINED
    by_time = request.order_by == "LastEventTime"
    if by_time and request.log_stream_name_prefix is not None:
        raise InvalidParameterException("Cannot order by LastEventTime with a logStreamNamePrefix.")
    streams = [each for each in group.streams() if each.name.startswith(request.log_stream_name_prefix or "")]
    streams.sort(key=(lambda each: (each.last_ms, each.name)) if by_time else (lambda each: (0, each.name)))
    if request.descending:
        streams.reverse()
    rest = streams if request.next_token is None else _after(streams, name_of_token(request.next_token))
    page = rest[: request.limit or STREAMS_MAX]
    return Response(
        log_streams=[_described(scope, group, stream) for stream in page],
        next_token=name_token(page[-1].name) if len(rest) > len(page) else None,
    )


def _after(streams: list[LogStream], name: str) -> list[LogStream]:
    """What follows the stream *name*; everything where it is gone, which repeats streams but skips none."""
    position = next((index for index, stream in enumerate(streams) if stream.name == name), -1)
    return streams[position + 1 :]


def _described(scope: LogsScope, group: LogGroup, stream: LogStream) -> DescribedLogStream:
    return DescribedLogStream(
        log_stream_name=stream.name,
        creation_time=stream.created_ms,
        first_event_timestamp=stream.first_ms,
        last_event_timestamp=stream.last_ms,
        last_ingestion_time=stream.last_ms,
        arn=f"{scope.group_arn(group.name)}:log-stream:{stream.name}",
        stored_bytes=0,
    )
