"""boto3 clients that speak to ``MotoServices`` directly: no socket, no server."""

import asyncio
import io
import threading
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config

from sandbox.aws_services.mount import MotoServices

ClientFactory = Callable[..., Any]


class _Raw(io.BytesIO):
    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.read()


@pytest.fixture(scope="session")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    yield loop
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


@pytest.fixture
def services(loop: asyncio.AbstractEventLoop) -> Iterator[MotoServices]:
    async def make() -> MotoServices:
        return MotoServices()

    services = asyncio.run_coroutine_threadsafe(make(), loop).result()
    yield services
    asyncio.run_coroutine_threadsafe(services.close(), loop).result()


@pytest.fixture
def connect(loop: asyncio.AbstractEventLoop) -> Callable[[MotoServices], ClientFactory]:
    """Make a client factory for given services."""

    def factory_for(services: MotoServices) -> ClientFactory:
        def make(service: str, *, account: str = "test", region: str = "eu-west-1", **options: Any) -> Any:
            client = boto3.client(
                service,
                region_name=region,
                endpoint_url=options.pop("endpoint_url", "http://127.0.0.1:4566"),
                aws_access_key_id=account,
                aws_secret_access_key="x",
                config=Config(retries={"max_attempts": 0}, **options),
            )

            def send(request: AWSPreparedRequest, **_: Any) -> AWSResponse:
                url = urlsplit(request.url)
                body = request.body
                if hasattr(body, "read"):
                    body = body.read()
                headers = {
                    name: value.decode() if isinstance(value, bytes) else value
                    for name, value in request.headers.items()
                }
                reply = asyncio.run_coroutine_threadsafe(
                    services.answer(
                        method=request.method,
                        path_and_query=(url.path or "/") + (f"?{url.query}" if url.query else ""),
                        headers={"Host": url.netloc, **headers},
                        body=body.encode() if isinstance(body, str) else body or b"",
                    ),
                    loop,
                ).result()
                return AWSResponse(request.url, reply.status, dict(reply.headers), _Raw(reply.body))

            client.meta.events.register("before-send", send)
            return client

        return make

    return factory_for


@pytest.fixture
def client(services: MotoServices, connect: Callable[[MotoServices], ClientFactory]) -> ClientFactory:
    return connect(services)
