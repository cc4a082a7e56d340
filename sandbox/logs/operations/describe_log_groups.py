"""DescribeLogGroups."""

from typing import Annotated

from msgspec import Meta

from sandbox.logs.faults import InvalidParameterException
from sandbox.logs.scope import FUNCTION_PREFIX, LogsScope
from sandbox.logs.shapes import DescribeLimit, LogGroupName, LogsRequest, LogsResponse, NextToken
from sandbox.logs.store import LogGroup
from sandbox.logs.tokens import name_of_token, name_token
from sandbox.wire.operation import operation
from sandbox.wire.raw_reply import DECLINED, Declined

__all__ = ["describe_log_groups"]

GROUPS_MAX = 50


class Request(LogsRequest):
    """DescribeLogGroups' members."""

    log_group_name_prefix: LogGroupName | None = None
    log_group_name_pattern: Annotated[str, Meta(max_length=512)] | None = None
    next_token: NextToken | None = None
    limit: DescribeLimit | None = None


class DescribedLogGroup(LogsResponse):
    """One group; the time in epoch milliseconds."""

    log_group_name: str
    creation_time: int
    metric_filter_count: int
    arn: str
    stored_bytes: int
    log_group_class: str
    log_group_arn: str


class Response(LogsResponse):
    """One page."""

    log_groups: list[DescribedLogGroup]
    next_token: str | None = None


@operation("DescribeLogGroups", Request)
def describe_log_groups(scope: LogsScope, request: Request) -> Response | Declined:
    """List the groups of functions by name, where the prefix or pattern means them, or there is none of either.

    They are not merged with groups that others made: a prefix outside of ``/aws/lambda/`` under which no function
    writes is declined.

    Raises:
        InvalidParameterException: a prefix and a pattern together, or a token that cannot be read.
    """
    prefix, pattern = request.log_group_name_prefix, request.log_group_name_pattern
    if prefix is not None and pattern is not None:
        raise InvalidParameterException(
            "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters."
        )
    found = [
        group
        for group in scope.logs.groups()
        if group.name.startswith(prefix or "") and (pattern or "").lower() in group.name.lower()
    ]
    if not found and not (prefix or pattern or "").startswith(FUNCTION_PREFIX):
        return DECLINED
    after = "" if request.next_token is None else name_of_token(request.next_token)
    rest = [group for group in found if group.name > after]
    page = rest[: request.limit or GROUPS_MAX]
    return Response(
        log_groups=[_described(scope, group) for group in page],
        next_token=name_token(page[-1].name) if len(rest) > len(page) else None,
    )


def _described(scope: LogsScope, group: LogGroup) -> DescribedLogGroup:
    arn = scope.group_arn(group.name)
    return DescribedLogGroup(
        log_group_name=group.name,
        creation_time=group.created_ms,
        metric_filter_count=0,
        arn=f"{arn}:*",
        stored_bytes=group.characters,
        log_group_class="STANDARD",
        log_group_arn=arn,
    )
