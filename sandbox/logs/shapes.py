"""Members that several requests share. Source: the CloudWatch Logs service model 2014-03-28."""

from typing import Annotated

from msgspec import Meta

from sandbox.wire.constraints import whole
from sandbox.wire.operation import RequestShape, ResponseShape

__all__ = [
    "DescribeLimit",
    "EventsLimit",
    "LogGroupIdentifier",
    "LogGroupName",
    "LogStreamName",
    "LogsRequest",
    "LogsResponse",
    "NextToken",
    "Timestamp",
]

LogGroupName = Annotated[str, Meta(min_length=1, max_length=512, pattern=whole(r"[\.\-_/#A-Za-z0-9]+"))]
LogGroupIdentifier = Annotated[str, Meta(min_length=1, max_length=2048, pattern=whole(r"[\w#+=/:,.@*-]*"))]
LogStreamName = Annotated[str, Meta(min_length=1, max_length=512, pattern=whole(r"[^:*]*"))]
NextToken = Annotated[str, Meta(min_length=1)]
Timestamp = Annotated[int, Meta(ge=0)]
EventsLimit = Annotated[int, Meta(ge=1, le=10_000)]
DescribeLimit = Annotated[int, Meta(ge=1, le=50)]


class LogsRequest(RequestShape, rename="camel"):
    """Base of every request: members are in camel case on the wire."""


class LogsResponse(ResponseShape, rename="camel"):
    """Base of every response and structure in one."""
