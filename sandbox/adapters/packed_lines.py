"""The lines of one object of an export or a report, packed with GZIP as they come."""

import asyncio
import zlib
from collections.abc import Awaitable, Callable

from sandbox.dynamodb.lifecycle.export_layout import DataFile, md5_of

__all__ = ["PackedLines"]

_FILE_BYTES = 32 << 20
"""Of lines in one object: it is held in memory until it is written."""


class PackedLines:
    """Lines on their way into one object."""

    def __init__(self) -> None:
        self._pack = zlib.compressobj(wbits=31)
        self._packed: list[bytes] = []
        self._item_count = self._lines_bytes = 0

    @property
    def is_full(self) -> bool:
        """Whether further lines belong into another object."""
        return self._lines_bytes >= _FILE_BYTES

    async def add(self, lines: bytes, *, item_count: int) -> None:
        """Add lines."""
        # In a thread: packing takes longer than reading.
        self._packed.append(await asyncio.to_thread(self._pack.compress, lines))
        self._item_count += item_count
        self._lines_bytes += len(lines)

    async def store(self, put: Callable[[str, bytes, str], Awaitable[str]], key: str) -> DataFile:
        """Write the object with *put*, which is given key, body and content type and gives the ETag.

        Raises:
            JobFailed: S3 refuses.
        """
        self._packed.append(self._pack.flush())
        body = await asyncio.to_thread(b"".join, self._packed)
        checksum = await asyncio.to_thread(md5_of, body)
        etag = await put(key, body, "application/x-gzip")
        return DataFile(item_count=self._item_count, md5_checksum=checksum, etag=etag, key=key)
