"""Requests to function URLs, handed to Lambda and answered as it says. Imported with the first such request."""

import re
from typing import Final, cast

from aiohttp import web

from sandbox.awslambda.scope import LambdaScope
from sandbox.awslambda.urls.configuration import FunctionUrl, find_url
from sandbox.awslambda.urls.cors import admits_origin
from sandbox.awslambda.urls.event import UrlCaller, UrlRequest
from sandbox.awslambda.urls.reply import UrlReply, fault_reply
from sandbox.awslambda.urls.serve import answer_url
from sandbox.faults import ApiFault
from sandbox.web.credentials import Credentials, is_signed
from sandbox.web.incoming import LAMBDA_BYTES_MAX, body_of, path_and_query
from sandbox.web.ports import Service

__all__ = ["FunctionUrls"]

_ACCESS_KEY: Final = re.compile(r"Credential=([^/,\s]+)/")


class FunctionUrls:
    """Answers for the functions of *service*, Lambda's."""

    def __init__(self, service: Service, credentials: Credentials, place: tuple[str, str]) -> None:
        """*place* is an account and a region, whichever: from there all functions are seen."""
        self._service = service
        self._credentials = credentials
        self._place = place

    def admits(self, url_id: str, request: web.BaseRequest) -> bool:
        """Whether the request comes from a web page that the function URL of this id answers."""
        url = self._find(url_id)
        return url is not None and admits_origin(url.settings.get("Cors", {}), request.headers.get("Origin"))

    async def answer(self, address: tuple[str, str], request: web.BaseRequest) -> UrlReply:
        """Answer a request; *address* is the id of the URL and the path that the function sees.

        Raises:
            Refusal: the body is too large, too slow or damaged.
        """
        url_id, path = address
        body = await body_of(request, LAMBDA_BYTES_MAX)
        url = self._find(url_id)
        if url is None:
            return fault_reply(404, "ResourceNotFoundException", "Not Found")  # an assumption
        _, query = path_and_query(request)
        peer, own = request.get_extra_info("peername"), request.get_extra_info("sockname")
        asked = UrlRequest(
            method=request.method,
            path=path,
            query=query,
            headers=tuple(request.headers.items()),
            body=body,
            source_ip=peer[0] if isinstance(peer, tuple) else "127.0.0.1",
            port=own[1] if isinstance(own, tuple) else 0,
            protocol=f"HTTP/{request.version.major}.{request.version.minor}",
            caller=self._caller(request, query, body),
        )
        return await answer_url(self._scope(url.account_id, url.region), url, asked)

    def _find(self, url_id: str) -> FunctionUrl | None:
        return find_url(self._scope(*self._place), url_id)

    def _scope(self, account_id: str, region: str) -> LambdaScope:
        return cast("LambdaScope", self._service.scope(account_id, region))

    def _caller(self, request: web.BaseRequest, query: str, body: bytes) -> UrlCaller | None:
        """Who has signed the request; ``None`` where nobody has, or not as it must be."""
        if not is_signed(request.headers, query):
            return None
        try:
            caller = self._credentials.signer(request.method, path_and_query(request)[0], query, request.headers, body)
        except ApiFault:
            return None
        key = _ACCESS_KEY.search(request.headers.get("Authorization", ""))
        return UrlCaller(account_id=caller.account_id, access_key=key[1] if key else caller.account_id)
