"""A function behind HTTP as a poller's ``Invoker``: by Lambda's Invoke, or at a plain URL.

Source: lambda-event-source-mappings §5.3.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import quote

import aiohttp
import msgspec
from yarl import URL

from pollers.clients.signing import Credentials, signed_headers
from pollers.ports import (
    Clock,
    FunctionFailed,
    FunctionMissing,
    FunctionThrottled,
    InvocationReply,
    InvocationSucceeded,
)

__all__ = ["HttpLambda", "UrlFunction"]

_ANSWER_SECONDS_MAX: Final = 15 * 60 + 30
"""A function may run for 15 minutes."""


class HttpLambda:
    """Invokes functions at a Lambda endpoint.

    Args:
        session: is not closed here.
        credentials: asked before every request, since temporary ones expire.
        clock: dates the signatures.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        *,
        endpoint_url: str,
        region: str,
        credentials: Callable[[], Credentials],
        clock: Clock,
    ) -> None:
        self._session = session
        self._endpoint_url = endpoint_url.rstrip("/")
        self._region = region
        self._credentials = credentials
        self._clock = clock

    async def invoke(self, function_arn: str, payload: bytes) -> InvocationReply:
        """Invoke synchronously; whatever kept the function from running costs no attempt."""
        url = f"{self._endpoint_url}/2015-03-31/functions/{quote(function_arn, safe='')}/invocations"
        headers = signed_headers(
            url=url,
            headers={"content-type": "application/json", "x-amz-invocation-type": "RequestResponse"},
            body=payload,
            credentials=self._credentials(),
            region=self._region,
            service="lambda",
            now=self._clock.now(),
        )
        try:
            status, answer_headers, answer = await _post(self._session, url, payload, headers)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return FunctionThrottled(reason=f"{url}: {error or type(error).__name__}")
        request_id = answer_headers.get("x-amzn-requestid", "")
        version = answer_headers.get("x-amz-executed-version", "$LATEST")
        if status == 404:
            return FunctionMissing(function_arn=function_arn, request_id=request_id)
        if status == 429 or status >= 500:
            return FunctionThrottled(reason=_words(status, answer), request_id=request_id)
        if status != 200:
            return FunctionFailed(
                error_type=f"HTTP {status}", error_message=_words(status, answer), payload=answer, request_id=request_id
            )
        if "x-amz-function-error" in answer_headers:
            error_type, error_message = _error_of(answer)
            return FunctionFailed(
                error_type=error_type,
                error_message=error_message,
                payload=answer,
                executed_version=version,
                request_id=request_id,
            )
        return InvocationSucceeded(payload=answer, executed_version=version, request_id=request_id)

    async def code_changed(self, function_arn: str) -> None:
        """Never: a function elsewhere does not tell."""
        assert function_arn
        await asyncio.Event().wait()


class UrlFunction:
    """Posts each event to one URL: a function in a debugger, a container with its own emulator, anything that answers.

    2xx is an answer, 429 and 5xx without a body that names an ``errorType`` mean that it did not run, all else is a failure.
    """

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self._url = url

    async def invoke(self, function_arn: str, payload: bytes) -> InvocationReply:
        """Post *payload*; *function_arn* only names it."""
        assert function_arn
        try:
            status, _, answer = await _post(self._session, self._url, payload, {"content-type": "application/json"})
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return FunctionThrottled(reason=f"{self._url}: {error or type(error).__name__}")
        document = _document(answer)
        if "errorType" in document:
            # Lambda's own emulator answers 200 with the error document of a handler that raised.
            error_type, error_message = _error_of(answer)
            return FunctionFailed(error_type=error_type, error_message=error_message, payload=answer)
        if 200 <= status < 300:
            return InvocationSucceeded(payload=answer)
        if status == 429 or status >= 500:
            return FunctionThrottled(reason=_words(status, answer))
        return FunctionFailed(error_type=f"HTTP {status}", error_message=_words(status, answer), payload=answer)

    async def code_changed(self, function_arn: str) -> None:
        """Never: a URL does not tell."""
        assert function_arn
        await asyncio.Event().wait()


async def _post(
    session: aiohttp.ClientSession, url: str, body: bytes, headers: Mapping[str, str]
) -> tuple[int, Mapping[str, str], bytes]:
    """Status, headers and body of the answer. Raises: aiohttp.ClientError, TimeoutError, OSError."""
    timeout = aiohttp.ClientTimeout(total=_ANSWER_SECONDS_MAX)
    async with session.post(URL(url, encoded=True), data=body, headers=headers, timeout=timeout) as response:
        return response.status, response.headers, await response.read()


def _document(answer: bytes) -> Mapping[str, Any]:
    try:
        document = msgspec.json.decode(answer)
    except msgspec.DecodeError:
        return {}
    return document if isinstance(document, dict) else {}


def _error_of(answer: bytes) -> tuple[str, str]:
    document = _document(answer)
    return str(document.get("errorType", "Unhandled")), str(document.get("errorMessage", ""))


def _words(status: int, answer: bytes) -> str:
    document = _document(answer)
    message = document.get("message") or document.get("Message") or document.get("Reason") or ""
    return f"HTTP {status} {message}".strip()
