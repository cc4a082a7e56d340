"""Reads one shard: keeps the iterator alive, waits for news, remembers where it stands as a sequence number.

An expired iterator is replaced by one after the last sequence number, never by the starting position; a position that was
trimmed continues at the trim horizon. Source: lambda-event-source-mappings §3.9.
"""

from typing import Final

from pollers.ports import (
    Clock,
    ExpiredIterator,
    Position,
    RecordsPage,
    StreamsApi,
    StreamUnavailable,
    TrimmedData,
)

__all__ = ["PAGE_RECORDS_MAX", "POLL_INTERVAL_SECONDS", "ShardReader"]

PAGE_RECORDS_MAX: Final = 1000
"""Source: lambda-event-source-mappings §4.1."""

POLL_INTERVAL_SECONDS: Final = 0.25
"""Four polls a second and shard where the source cannot wake us. Source: lambda-event-source-mappings §3.1."""

REPLACEMENTS_MAX: Final = 4
"""Fresh iterators in a row that may be refused before the source counts as broken."""


class ShardReader:
    """One reader of one shard.

    Attributes:
        was_trimmed: the position had been trimmed at the last ``read``, so records may have been missed.
    """

    def __init__(
        self, streams: StreamsApi, clock: Clock, *, stream_arn: str, shard_id: str, position: Position
    ) -> None:
        self._streams = streams
        self._clock = clock
        self._stream_arn = stream_arn
        self._shard_id = shard_id
        self._position = position
        self._iterator: str | None = None
        self._is_ended = False
        self._wakeup = streams.wakeup(stream_arn)
        self._next_poll = 0.0
        self.was_trimmed = False

    async def read(self, limit: int) -> RecordsPage:
        """Give the next page: at most *limit* records, none where nothing is new; ``next_iterator`` is ``None`` at the end.

        Raises:
            StreamGone: no such stream or shard any more.
            StreamUnavailable: it could not be asked; reading again continues at the same place.
        """
        self.was_trimmed = False
        if self._wakeup is None:
            await self._clock.sleep_until(self._next_poll)
            self._next_poll = self._clock.now() + POLL_INTERVAL_SECONDS
        page = await self._page(limit)
        if page.records:
            self._position = Position(kind="AFTER_SEQUENCE_NUMBER", sequence_number=page.records[-1].sequence_number)
        self._iterator = page.next_iterator
        self._is_ended = page.next_iterator is None
        return page

    async def news(self) -> None:
        """Return when reading again may give something; at once where the source must be polled (``read`` paces that)."""
        if self._wakeup is not None:
            await self._wakeup.wait()

    async def has_news(self) -> bool:
        """Whether something lies behind the last page, without moving on.

        Raises: as ``read``.
        """
        if self._is_ended:
            return False
        if self._iterator is None and self._position.kind == "LATEST":
            return True  # not begun yet
        iterator = self._iterator
        for _ in range(REPLACEMENTS_MAX):
            try:
                if iterator is None:
                    iterator = await self._streams.shard_iterator(self._stream_arn, self._shard_id, self._position)
                page = await self._streams.records(iterator, 1)
            except ExpiredIterator:
                iterator = None
            except TrimmedData:
                return True
            else:
                return bool(page.records) or page.next_iterator is None
        return True

    def close(self) -> None:
        """Stop listening."""
        if self._wakeup is not None:
            self._wakeup.close()

    async def _page(self, limit: int) -> RecordsPage:
        for _ in range(REPLACEMENTS_MAX):
            try:
                if self._iterator is None:
                    self._iterator = await self._streams.shard_iterator(
                        self._stream_arn, self._shard_id, self._position
                    )
                return await self._streams.records(self._iterator, limit)
            except ExpiredIterator:
                self._iterator = None
            except TrimmedData:
                self._iterator = None
                self._position = Position(kind="TRIM_HORIZON")
                self.was_trimmed = True
        raise StreamUnavailable(f"{self._shard_id} refuses every fresh iterator")
