"""From one object of a bucket into a table, in parts that let others go on."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from sandbox.adapters.job_bucket import Bucket
from sandbox.dynamodb.lifecycle.input_lines import Unreadable, lines_of, slices_of
from sandbox.dynamodb.lifecycle.ion_records import ion_records
from sandbox.dynamodb.lifecycle.jobs import JobFailed
from sandbox.dynamodb.lifecycle.line_readers import ReadLine
from sandbox.dynamodb.lifecycle.put_lines import PutLines, put_lines
from sandbox.dynamodb.scope import Scope
from sandbox.dynamodb.storage.table import Table

__all__ = ["Came", "put_object", "refuse_compression"]

Came = Callable[[str, int, Sequence[bytes], PutLines], Awaitable[None]]
"""Told the key of the object, how many of its lines came before, the lines, and what came of them.

What is wrong with the object itself is told with no lines.
"""


def refuse_compression(compression: str | None) -> None:
    """Refuse what cannot be unpacked here.

    Raises:
        JobFailed: it is ZSTD.
    """
    if compression == "ZSTD":
        raise JobFailed("UnsupportedCompression", "This sandbox does not read ZSTD")


async def put_object(
    scope: Scope,
    bucket: Bucket,
    key: str,
    *,
    format_: str,
    compression: str,
    reader: ReadLine,
    table: Callable[[], Table],
    came: Came,
) -> int:
    """Put what the lines of one object ask for; gives its size in bytes, 0 where it has gone.

    A record of Ion, which may take less or more than a line, counts as one. *table* gives the table as it is now; what it
    raises ends the work.
    """
    try:
        body = await bucket.fetch(key)
    except JobFailed as gone:
        await came(key, 0, (), PutLines(refused=[(0, gone.failure.message)]))
        return 0
    batches = lines_of(body, compression)
    if format_ == "ION":
        batches = ion_records(batches)
    lines_before = 0
    while True:
        try:
            # In a thread: unpacking takes longer than the loop may be kept.
            lines: Sequence[bytes] | None = await asyncio.to_thread(next, batches, None)
        except Unreadable as error:
            await came(key, lines_before, (), PutLines(refused=[(0, str(error))]))
            return len(body)
        if lines is None:
            return len(body)
        for some in slices_of(lines):
            done = put_lines(scope.store, table(), some, reader, scope.clock.now())
            await came(key, lines_before, some, done)
            if done.is_unreadable:
                return len(body)
            lines_before += sum(line.count(b"\n") for line in some)
            await scope.store.database.committed()
