"""What browsers are told of the pages that may call a function URL. Its settings win over the function's own headers.

Source: AWS Lambda developer guide, "Cross-origin resource sharing (CORS)". That Lambda answers a preflight by itself
is documented; with which status is an assumption.
"""

import dataclasses
from collections.abc import Mapping
from typing import Any

from sandbox.awslambda.urls.event import UrlRequest
from sandbox.awslambda.urls.reply import UrlReply

__all__ = ["admits_origin", "is_preflight", "preflight_reply", "with_cors"]


def admits_origin(cors: Mapping[str, Any], origin: str | None) -> bool:
    """Whether a page of *origin* may call; ``None`` is a page that does not say."""
    allowed = cors.get("AllowOrigins", ())
    return "*" in allowed or origin in allowed


def is_preflight(cors: Mapping[str, Any], request: UrlRequest) -> bool:
    """Whether a browser asks what is allowed, and there is an answer."""
    return bool(cors) and request.method == "OPTIONS" and request.header("access-control-request-method") is not None


def preflight_reply(cors: Mapping[str, Any], request: UrlRequest) -> UrlReply:
    """Answer a browser; the function is not asked."""
    told = {
        "Access-Control-Allow-Methods": ",".join(cors.get("AllowMethods", ())),
        "Access-Control-Allow-Headers": ",".join(cors.get("AllowHeaders", ())),
        "Access-Control-Max-Age": str(cors["MaxAge"]) if "MaxAge" in cors else "",
    }
    headers = tuple((name, value) for name, value in told.items() if value)
    return with_cors(cors, request, UrlReply(status=200, headers=headers, body=b""))


def with_cors(cors: Mapping[str, Any], request: UrlRequest, reply: UrlReply) -> UrlReply:
    """Add what the browser has to know, where a page that may call has asked."""
    origin = request.header("origin")
    if origin is None or not admits_origin(cors, origin):
        return reply
    credentials = bool(cors.get("AllowCredentials"))
    told = {
        "Access-Control-Allow-Origin": "*" if "*" in cors["AllowOrigins"] and not credentials else origin,
        "Access-Control-Allow-Credentials": "true" if credentials else "",
        "Access-Control-Expose-Headers": ",".join(cors.get("ExposeHeaders", ())),
        "Vary": "Origin",
    }
    told = {name: value for name, value in told.items() if value}
    lowered = {name.lower() for name in told}
    kept = [(name, value) for name, value in reply.headers if name.lower() not in lowered]
    return dataclasses.replace(reply, headers=(*kept, *told.items()))
