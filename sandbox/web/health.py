"""Is it up: for people, for load balancers, for the tools that wait for a LocalStack."""

from typing import Final

from sandbox.web.replies import JSON, Replies
from sandbox.web.reply import Reply
from sandbox.wire.encode import encode

__all__ = ["HEALTH_PATHS", "HEALTH_TEXT_PATHS", "health_report", "health_text"]

HEALTH_PATHS: Final = frozenset({"/_sandbox/health", "/_localstack/health"})
HEALTH_TEXT_PATHS: Final = frozenset({"/", "/health"})
"""AWS answers every path so; others are somebody else's here, an unsigned request for a bucket's object for one."""
_SERVICES = ("dynamodb", "dynamodbstreams", "lambda", "logs")


def health_text(replies: Replies, region: str, request_id: bytes) -> Reply:
    """Answer GET as DynamoDB does, trailing blank included. Source: dynamodb-exact §1.1 row 3."""
    return replies.plain(200, f"healthy: dynamodb.{region}.amazonaws.com ".encode(), request_id=request_id)


def health_report(replies: Replies) -> Reply:
    """Answer that this server is ready: its port is only bound once it is."""
    report = {"status": "ready", "ready": True, "services": dict.fromkeys(_SERVICES, "running")}
    return replies.plain(200, encode(report), JSON)
