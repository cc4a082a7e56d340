"""GetLogEvents."""

from sandbox.logs.faults import ResourceNotFoundException
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
from sandbox.logs.store import LogLine
from sandbox.logs.tokens import event_token, read_event_token
from sandbox.wire.operation import operation
from sandbox.wire.raw_reply import DECLINED, Declined

__all__ = ["get_log_events"]

EVENTS_MAX = 10_000


class Request(LogsRequest):
    """GetLogEvents' members."""

    log_group_name: LogGroupName | None = None
    log_group_identifier: LogGroupIdentifier | None = None
    log_stream_name: LogStreamName
    start_time: Timestamp | None = None
    end_time: Timestamp | None = None
    next_token: NextToken | None = None
    limit: EventsLimit | None = None
    start_from_head: bool | None = None


class OutputLogEvent(LogsResponse):
    """One line; times in epoch milliseconds."""

    timestamp: int
    message: str
    ingestion_time: int


class Response(LogsResponse):
    """One page, and where to go on in both directions; at an end the same token comes back."""

    events: list[OutputLogEvent]
    next_forward_token: str
    next_backward_token: str


@operation("GetLogEvents", Request)
def get_log_events(scope: LogsScope, request: Request) -> Response | Declined:
    """Give the lines of one stream: the latest, or with *startFromHead* the oldest, or those a token points to.

    *startTime* belongs to the span, *endTime* does not.

    Raises:
        ResourceNotFoundException: there is no such group, or no such stream in it.
        InvalidParameterException: the token cannot be read.
    """
    group = scope.own_group(request.log_group_name, request.log_group_identifier)
    if group is None:
        return DECLINED
    if group.stream(request.log_stream_name) is None:
        raise ResourceNotFoundException("The specified log stream does not exist.")
    lines = [line for line in scope.logs.lines(group.name) if _is_meant(line, request)]
    limit = request.limit or EVENTS_MAX
    if request.next_token is None:
        page = lines[:limit] if request.start_from_head else lines[-limit:]
        before, after = 1, 0
    else:
        direction, number = read_event_token(request.next_token)
        if direction == "f":
            page = [line for line in lines if line.number > number][:limit]
            before, after = number + 1, number
        else:
            page = [line for line in lines if line.number < number][-limit:]
            before, after = number, max(number - 1, 0)
    return Response(
        events=[_event(line) for line in page],
        next_forward_token=event_token("f", page[-1].number if page else after),
        next_backward_token=event_token("b", page[0].number if page else before),
    )


def _is_meant(line: LogLine, request: Request) -> bool:
    return (
        line.log_stream == request.log_stream_name
        and (request.start_time is None or line.timestamp_ms >= request.start_time)
        and (request.end_time is None or line.timestamp_ms < request.end_time)
    )


def _event(line: LogLine) -> OutputLogEvent:
    return OutputLogEvent(timestamp=line.timestamp_ms, message=line.message, ingestion_time=line.timestamp_ms)
