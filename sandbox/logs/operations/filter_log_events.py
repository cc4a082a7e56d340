"""FilterLogEvents."""

from typing import Annotated

from msgspec import Meta

from sandbox.logs.faults import InvalidParameterException, ResourceNotFoundException
from sandbox.logs.filter_pattern import read_filter_pattern
from sandbox.logs.scope import LogsScope
from sandbox.logs.shapes import (
    EventsLimit,
    LogGroupIdentifier,
    LogGroupName,
    LogsRequest,
    LogsResponse,
    LogStreamName,
    NextToken,
    Timestamp,
)
from sandbox.logs.store import LogGroup, LogLine
from sandbox.logs.tokens import number_of_token, number_token
from sandbox.wire.operation import operation
from sandbox.wire.raw_reply import DECLINED, Declined

__all__ = ["filter_log_events"]

EVENTS_MAX = 10_000


class Request(LogsRequest):
    """FilterLogEvents' members."""

    log_group_name: LogGroupName | None = None
    log_group_identifier: LogGroupIdentifier | None = None
    log_stream_names: Annotated[list[LogStreamName], Meta(min_length=1, max_length=100)] | None = None
    log_stream_name_prefix: LogStreamName | None = None
    start_time: Timestamp | None = None
    end_time: Timestamp | None = None
    filter_pattern: Annotated[str, Meta(max_length=1024)] | None = None
    next_token: NextToken | None = None
    limit: EventsLimit | None = None
    start_from_head: bool | None = None
    interleaved: bool | None = None


class FilteredLogEvent(LogsResponse):
    """One line; times in epoch milliseconds."""

    log_stream_name: str
    timestamp: int
    message: str
    ingestion_time: int
    event_id: str


class Response(LogsResponse):
    """One page; AWS always sends an empty list of searched streams now."""

    events: list[FilteredLogEvent]
    searched_log_streams: list[str]
    next_token: str | None = None


@operation("FilterLogEvents", Request)
def filter_log_events(scope: LogsScope, request: Request) -> Response | Declined:
    """Give the lines of a group that match, of all its streams or some, oldest first.

    Both *startTime* and *endTime* belong to the span.

    Raises:
        ResourceNotFoundException: there is no such group, or no such stream in it.
        InvalidParameterException: streams are named in two ways, or the pattern or the token cannot be read.
    """
    group = scope.own_group(request.log_group_name, request.log_group_identifier)
    if group is None:
        return DECLINED
    _check_streams(request, group)
    pattern = read_filter_pattern(request.filter_pattern)
    after = 0 if request.next_token is None else number_of_token(request.next_token)
    found = [
        line
        for line in scope.logs.lines(group.name)
        if line.number > after and _is_meant(line, request) and pattern.matches(line.message)
    ]
    limit = request.limit or EVENTS_MAX
    page = found[:limit]
    return Response(
        events=[_event(line) for line in page],
        searched_log_streams=[],
        next_token=number_token(page[-1].number) if len(found) > limit else None,
    )


def _check_streams(request: Request, group: LogGroup) -> None:
    if request.log_stream_names is None:
        return
    if request.log_stream_name_prefix is not None:
        raise InvalidParameterException("logStreamNames and logStreamNamePrefix cannot be specified together.")
    if any(group.stream(name) is None for name in request.log_stream_names):
        raise ResourceNotFoundException("The specified log stream does not exist.")


def _is_meant(line: LogLine, request: Request) -> bool:
    return (
        (request.start_time is None or line.timestamp_ms >= request.start_time)
        and (request.end_time is None or line.timestamp_ms <= request.end_time)
        and (request.log_stream_names is None or line.log_stream in request.log_stream_names)
        and line.log_stream.startswith(request.log_stream_name_prefix or "")
    )


def _event(line: LogLine) -> FilteredLogEvent:
    return FilteredLogEvent(
        log_stream_name=line.log_stream,
        timestamp=line.timestamp_ms,
        message=line.message,
        ingestion_time=line.timestamp_ms,
        event_id=f"{line.number:056d}",
    )
