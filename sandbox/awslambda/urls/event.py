"""An HTTP request as an event of payload format 2.0.

Members that a function URL has no use for are left out, as AWS leaves them out. Source: AWS Lambda developer guide,
"Invoking Lambda function URLs"; that only ``text/*`` and JSON bodies are text, and who is ``anonymous``, from events
shown by AWS at the launch of function URLs.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from sandbox.awslambda.urls.configuration import FunctionUrl, domain_of

__all__ = ["UrlCaller", "UrlRequest", "event_of"]


@dataclass(frozen=True, kw_only=True)
class UrlCaller:
    """Who has signed a request."""

    account_id: str
    access_key: str


@dataclass(frozen=True, kw_only=True)
class UrlRequest:
    """An HTTP request.

    Attributes:
        path: as sent, percent-encoded, from the function's own root on.
        headers: as sent; a name may come twice.
        caller: ``None`` where it is not signed.
    """

    method: str
    path: str
    query: str
    headers: Sequence[tuple[str, str]]
    body: bytes
    source_ip: str
    port: int
    protocol: str = "HTTP/1.1"
    caller: UrlCaller | None = None

    def header(self, name: str) -> str | None:
        """The first value of a header, whatever the capitals of *name*."""
        return next((value for known, value in self.headers if known.lower() == name.lower()), None)


def event_of(url: FunctionUrl, request: UrlRequest, *, request_id: str, now: float) -> dict[str, Any]:
    """Make the event; *now* is in epoch seconds."""
    cookies = request.header("cookie")
    body, is_base64 = _body(request)
    members: dict[str, Any] = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": request.path,
        "rawQueryString": request.query,
        "cookies": cookies.split("; ") if cookies else None,
        "headers": _headers(request),
        "queryStringParameters": _joined(parse_qsl(request.query, keep_blank_values=True)) or None,
        "requestContext": {
            **_identity(request.caller),
            "apiId": url.url_id,
            "domainName": domain_of(url),
            "domainPrefix": url.url_id,
            "http": {
                "method": request.method,
                "path": request.path,
                "protocol": request.protocol,
                "sourceIp": request.source_ip,
                "userAgent": request.header("user-agent") or "",
            },
            "requestId": request_id,
            "routeKey": "$default",
            "stage": "$default",
            "time": datetime.fromtimestamp(now, UTC).strftime("%d/%b/%Y:%H:%M:%S +0000"),
            "timeEpoch": int(now * 1000),
        },
        "body": body,
        "isBase64Encoded": is_base64,
    }
    return {name: value for name, value in members.items() if value is not None}


def _identity(caller: UrlCaller | None) -> dict[str, Any]:
    if caller is None:
        return {"accountId": "anonymous"}
    iam = {
        "accessKey": caller.access_key,
        "accountId": caller.account_id,
        "callerId": caller.access_key,
        "cognitoIdentity": None,
        "principalOrgId": None,
        "userArn": f"arn:aws:iam::{caller.account_id}:root",
        "userId": caller.access_key,
    }
    return {"accountId": caller.account_id, "authorizer": {"iam": iam}}


def _headers(request: UrlRequest) -> dict[str, str]:
    sent = _joined([(name.lower(), value) for name, value in request.headers if name.lower() != "cookie"])
    return {
        **sent,
        "x-forwarded-for": request.source_ip,
        "x-forwarded-port": str(request.port),
        "x-forwarded-proto": "http",
    }


def _joined(pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Values by name, those of the same name parted by commas."""
    joined: dict[str, str] = {}
    for name, value in pairs:
        joined[name] = f"{joined[name]},{value}" if name in joined else value
    return joined


def _body(request: UrlRequest) -> tuple[str | None, bool]:
    """The body as text, and whether that is base64."""
    if not request.body:
        return None, False
    content_type = (request.header("content-type") or "").partition(";")[0].strip().lower()
    if content_type.startswith("text/") or content_type == "application/json":
        try:
            return request.body.decode(), False
        except UnicodeDecodeError:
            pass  # whatever it says it is, JSON could not carry it
    return base64.b64encode(request.body).decode(), True
