"""HTTP requests as bytes, and a few calls to set the stage."""

import http.client
import json
from typing import Any

__all__ = ["call", "http_request", "signed_headers"]

_AUTHORIZATION = (
    "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/us-east-1/{service}/aws4_request, "
    "SignedHeaders=host;x-amz-date;x-amz-target, Signature=fe5f80f77d5fa3beca038a248ff027d0445342fe2855ddc963176630326f1024"
)


def signed_headers(operation: str, service: str) -> dict[str, str]:
    """The headers of a signed call; nobody checks the signature."""
    prefix = {"dynamodb": "DynamoDB_20120810", "streams": "DynamoDBStreams_20120810"}.get(service)
    headers = {
        "X-Amz-Date": "20260101T000000Z",
        "Authorization": _AUTHORIZATION.format(service="lambda" if service == "lambda" else "dynamodb"),
        "Content-Type": "application/x-amz-json-1.0",
    }
    if prefix is not None and operation:
        headers["X-Amz-Target"] = f"{prefix}.{operation}"
    return headers


def http_request(port: int, operation: str, parameters: dict[str, Any]) -> bytes:
    """One DynamoDB request, whole, as boto3 would send it."""
    body = json.dumps(parameters, separators=(",", ":")).encode()
    lines = [
        "POST / HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        "Accept-Encoding: identity",
        "User-Agent: Boto3/1.44.5 md/Botocore#1.44.5 ua/2.0 os/linux lang/python#3.11.7",
        *(f"{name}: {value}" for name, value in signed_headers(operation, "dynamodb").items()),
        f"Content-Length: {len(body)}",
        "",
        "",
    ]
    return "\r\n".join(lines).encode() + body


def call(
    port: int,
    operation: str,
    parameters: dict[str, Any],
    *,
    service: str = "dynamodb",
    method: str = "POST",
    path: str = "/",
) -> Any:
    """Make one call and give the decoded answer; a refusal is an exception."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    body = json.dumps(parameters) if method in ("POST", "PUT") else None
    headers = signed_headers(operation, service)
    if path != "/":
        headers["Content-Type"] = "application/json"
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    if answer.status >= 300:
        raise RuntimeError(f"{operation or path} was refused: {content.decode()}")
    return json.loads(content) if content else None
