"""The stream and shard a request names, and the refusals when it names none."""

import re
from typing import Annotated

from msgspec import Meta

from sandbox.dynamodb.faults import ResourceNotFoundException, ValidationException
from sandbox.dynamodb.operations.tables.wording import invalid
from sandbox.dynamodb.scope import Scope
from sandbox.streams.shard import Shard, Stream

__all__ = ["PageLimit", "check_page_limit", "check_shard_id", "check_stream_arn", "shard_named", "stream_named"]

PageLimit = Annotated[int, Meta(ge=1)]
"""How much a page holds at most. The service model has the least of it only; the most is a rule of each operation."""

_STREAM_ARN = re.compile(r"arn:[a-z-]+:dynamodb:[a-z0-9-]+:[0-9]{12}:table/[a-zA-Z0-9_.-]{3,255}/stream/[0-9T:.-]+")
_SHARD_ID = re.compile(r"shardId-[0-9]{20}-[0-9A-Za-z]{1,36}")


def check_stream_arn(arn: str) -> None:
    """Check the shape of a stream ARN.

    AWS answers `Invalid StreamArn` also to what is shorter than the service model's 37 characters, so the shape is a
    rule here and no declared constraint.

    Raises:
        ValidationException: it is none.
    """
    if not _STREAM_ARN.fullmatch(arn):
        raise ValidationException("Invalid StreamArn")


def check_shard_id(shard_id: str, member: str) -> None:
    """Check the shape of a shard id, naming its *member* in the refusal. The wording is an assumption.

    Raises:
        ValidationException: it is none.
    """
    if not _SHARD_ID.fullmatch(shard_id):
        raise ValidationException(f"Invalid {member}: {shard_id}")


def check_page_limit(limit: int | None, most: int, rule: str) -> None:
    """Check a page's *limit*; *rule* are the operation's words about the *most*, which follow.

    Source: DynamoDB Local 3.3.1, asked 2026-11.

    Raises:
        ValidationException: it is above the most.
    """
    if limit is not None and limit > most:
        raise invalid(f"Limit {rule} {most}")


def stream_named(scope: Scope, arn: str) -> Stream:
    """Find a stream of the account and region, enabled or not.

    Raises:
        ValidationException: *arn* is no stream ARN.
        ResourceNotFoundException: there is no such stream, or no longer.
    """
    check_stream_arn(arn)
    stream = scope.store.log.by_arn(arn)
    if stream is None or (stream.account_id, stream.region) != (scope.account_id, scope.region):
        raise ResourceNotFoundException(f"Requested resource not found: Stream: {arn} not found")
    return stream


def shard_named(stream: Stream, shard_id: str) -> Shard:
    """Find a shard of *stream*.

    Raises:
        ResourceNotFoundException: there is no such shard, or no longer.
    """
    shard = stream.shard(shard_id)
    if shard is None:
        raise ResourceNotFoundException("Requested resource not found: Shard does not exist")
    return shard
