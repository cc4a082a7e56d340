"""An answer between the function that writes it and the caller who reads it."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from sandbox.awslambda.answer_stream import AnswerStream
from sandbox.awslambda.ports import AnswerSink, InvokeResult

Invoke = Callable[[AnswerSink], Awaitable[InvokeResult]]
PIECES = 100


async def _written(sink: AnswerSink) -> InvokeResult:
    sink.begin("text/plain")
    for number in range(PIECES):
        await sink.take(b"%d" % number)
    return InvokeResult(payload=b"")


async def _read(stream: AnswerStream) -> list[bytes]:
    return [piece async for piece in stream]


async def _all_that_can_happen() -> None:
    for _ in range(10 * PIECES):
        await asyncio.sleep(0)


def test_pieces_come_in_order_and_then_the_result() -> None:
    async def story() -> None:
        stream = AnswerStream(_written)
        assert await stream.begun() is None
        assert stream.content_type == "text/plain"
        assert await _read(stream) == [b"%d" % number for number in range(PIECES)]
        assert (await stream.result()).payload == b""

    asyncio.run(story())


def test_who_writes_waits_for_who_reads() -> None:
    """Two hundred megabytes for somebody on a slow line are not to lie in memory."""
    taken: list[int] = []

    async def written(sink: AnswerSink) -> InvokeResult:
        sink.begin("text/plain")
        for number in range(PIECES):
            await sink.take(b"x")
            taken.append(number)
        return InvokeResult(payload=b"")

    async def story() -> None:
        stream = AnswerStream(written)
        await _all_that_can_happen()
        assert 0 < len(taken) < PIECES
        assert len(await _read(stream)) == PIECES

    asyncio.run(story())


@pytest.mark.parametrize("read", [0, 5])
def test_nobody_who_reads_holds_up_nobody(read: int) -> None:
    async def story() -> None:
        stream = AnswerStream(_written)
        pieces = aiter(stream)
        for _ in range(read):
            await anext(pieces)
        await _all_that_can_happen()
        stream.abandon()
        assert (await stream.result()).payload == b""

    asyncio.run(story())


def test_what_is_not_streamed_is_the_result() -> None:
    async def whole(_sink: AnswerSink) -> InvokeResult:
        return InvokeResult(payload=b"1", function_error=None)

    async def failing(_sink: AnswerSink) -> InvokeResult:
        raise RuntimeError("a bug")

    async def story() -> None:
        assert await AnswerStream(whole).begun() == InvokeResult(payload=b"1")
        with pytest.raises(RuntimeError, match="a bug"):
            await AnswerStream(failing).begun()

    asyncio.run(story())
