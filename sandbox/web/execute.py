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

__all__ = ["ANSWERS", "Answer", "begin", "execute", "run"]

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
    """Do what ``begin`` does, to the end.

    Raises:
        ApiFault: whatever the operation refuses.
    """
    answer = begin(operation, scope, request, settled, has_run)
    return answer if isinstance(answer, ANSWERS) else await answer


def begin(
    operation: Operation[Any],
    scope: object,
    request: msgspec.Struct,
    settled: Settled,
    has_run: Callable[[], None] | None = None,
) -> Answer | Awaitable[Answer]:
    """Run *operation*; give its answer, or what comes to it once everything the operation saw or wrote is stored.

    *has_run* is called when an operation that does not wait has run, before anything else can happen.

    Raises:
        ApiFault: whatever the operation refuses; where there is something to wait for it is the awaitable that raises.
    """
    try:
        response = operation.run(scope, request)
        if has_run is not None:
            has_run()
        if not isinstance(response, _FINISHED):
            return _finish(cast("Awaitable[Any]", response), settled)
        answer = response if isinstance(response, ANSWERS) else encode(response)
    except Exception as error:
        pending = settled.pending()
        if pending is None:
            raise
        return _refuse_after(pending, error)
    pending = settled.pending()
    return answer if pending is None else _answer_after(pending, answer)


async def _finish(running: Awaitable[Any], settled: Settled) -> Answer:
    try:
        response = await running
        return response if isinstance(response, ANSWERS) else encode(response)
    finally:
        pending = settled.pending()
        if pending is not None:
            await pending


async def _answer_after(pending: Awaitable[None], answer: Answer) -> Answer:
    await pending
    return answer


async def _refuse_after(pending: Awaitable[None], error: Exception) -> Answer:
    await pending
    raise error


ANSWERS = (bytes, RawReply, Declined)
"""The classes of an ``Answer``; anything else is to be waited for."""
_FINISHED = (msgspec.Struct, type(None), *ANSWERS)
