"""An answer that leaves while its function still writes it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

from sandbox.awslambda.ports import AnswerSink, InvokeResult

__all__ = ["AnswerStream"]

_PIECES_MAX = 16
"""As many wait for whoever reads; then the function waits, too."""


class AnswerStream:
    """What *invoke* comes to, whose answer is given to the sink that it gets: this.

    Attributes:
        content_type: of what is streamed; ``None`` until something is.
    """

    def __init__(self, invoke: Callable[[AnswerSink], Awaitable[InvokeResult]]) -> None:
        self.content_type: str | None = None
        self._pieces: asyncio.Queue[bytes | None] = asyncio.Queue(_PIECES_MAX)
        self._is_abandoned = False
        self._has_begun = asyncio.Event()
        self._result = asyncio.ensure_future(self._run(invoke))

    async def begun(self) -> InvokeResult | None:
        """Wait until the answer begins to come; the result where nothing will come bit by bit."""
        await self._has_begun.wait()
        return None if self.content_type is not None else await self.result()

    async def result(self) -> InvokeResult:
        """What the invocation came to, once all pieces have been read."""
        return await asyncio.shield(self._result)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """The answer, as it comes; once."""
        while (piece := await self._pieces.get()) is not None:
            yield piece

    def abandon(self) -> None:
        """Nobody reads any more; the function goes on, as AWS's does."""
        self._is_abandoned = True
        while not self._pieces.empty():
            self._pieces.get_nowait()

    def begin(self, content_type: str) -> None:
        """Hear that there is an answer to stream."""
        self.content_type = content_type
        self._has_begun.set()

    async def take(self, piece: bytes) -> None:
        """Keep *piece* until it is read."""
        if not self._is_abandoned:
            await self._pieces.put(piece)

    async def _run(self, invoke: Callable[[AnswerSink], Awaitable[InvokeResult]]) -> InvokeResult:
        try:
            return await invoke(self)
        finally:
            self._has_begun.set()
            if not self._is_abandoned:
                await self._pieces.put(None)
