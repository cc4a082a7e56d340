"""Run one operation: the same steps whether the request came over HTTP or from this process."""

from collections.abc import Awaitable, Callable
from typing import Any, cast

import msgspec

from sandbox.dynamodb.faults import UnknownOperationException
from sandbox.web.ports import Service, Settled
from sandbox.wire.decode import decode
from sandbox.wire.encode import encode
from sandbox.wire.operation import Operation
from sandbox.wire.raw_reply import Declined, RawReply

__all__ = ["Answer", "execute", "run"]

Answer = bytes | RawReply | Declined
"""The body of an ordinary answer, an answer with a form of its own, or a request left to others."""


async def execute(service: Service, name: str, scope: object, body: bytes, settled: Settled) -> Answer:
    """Call one operation with the JSON *body* of its request, blobs as base64 text.

    Raises:
        UnknownOperationException: *service* has no operation of this *name*.
        ApiFault: whatever the operation refuses.
    """
    operation = service.find(name)
    if operation is None:
        raise UnknownOperationException
    return await run(operation, scope, decode(operation.request, body), settled)


async def run(
    operation: Operation[Any],
    scope: object,
    request: msgspec.Struct,
    settled: Settled,
    has_run: Callable[[], None] | None = None,
) -> Answer:
    """Run *operation*; come back, with its answer or its refusal, once everything it saw or wrote is stored.

    *has_run* is called when an operation that does not wait has run, before anything else can happen.

    Raises:
        ApiFault: whatever the operation refuses.
    """
    try:
        response = operation.run(scope, request)
        if has_run is not None:
            has_run()
        if not isinstance(response, _FINISHED):
            response = await cast("Awaitable[Any]", response)
        return response if isinstance(response, _WRITTEN) else encode(response)
    finally:
        pending = settled.pending()
        if pending is not None:
            await pending


_WRITTEN = (bytes, RawReply, Declined)
_FINISHED = (msgspec.Struct, type(None), *_WRITTEN)
