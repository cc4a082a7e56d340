"""From a table's past to the objects of an export, in the order in which AWS writes them."""

from msgspec.structs import replace

from sandbox.adapters.job_bucket import Bucket
from sandbox.adapters.packed_lines import PackedLines
from sandbox.dynamodb.lifecycle.export_layout import (
    DataFile,
    data_key,
    files_manifest,
    files_manifest_key,
    md5_of,
    started_key,
    summary_manifest,
    summary_manifest_key,
)
from sandbox.dynamodb.lifecycle.export_lines import BILLED_BYTES_MIN, export_part, exported_table
from sandbox.dynamodb.operations.exports.filter_specification import export_filter
from sandbox.dynamodb.scope import Scope
from sandbox.dynamodb.storage.exports import Export

__all__ = ["export_table"]

_JSON = "application/json"


async def export_table(scope: Scope, bucket: Bucket, export: Export) -> Export:
    """Write *export*; gives it as it has ended. Other work has its turn between any two parts.

    Raises:
        JobFailed: S3 refuses, or the table has gone.
    """
    await bucket.check()
    writing = _Writing(scope, bucket, export)
    await writing.put(started_key(export), b"", "application/octet-stream")
    return await writing.run()


class _Writing:
    """One export that is being written."""

    def __init__(self, scope: Scope, bucket: Bucket, export: Export) -> None:
        self._scope = scope
        self._bucket = bucket
        self._export = export
        self._files: list[DataFile] = []
        self._size_bytes = 0
        asked = export.parameters.filter
        self._filter = None if asked is None else export_filter(exported_table(scope.store, export), asked)

    async def put(self, key: str, body: bytes, content_type: str = _JSON) -> str:
        asked = self._export.parameters
        return await self._bucket.put(
            key, body, content_type, sse_algorithm=asked.sse_algorithm or "AES256", sse_key=asked.sse_key
        )

    async def run(self) -> Export:
        behind: bytes | None = b"" if self._filter is None else self._filter.behind
        while behind is not None:
            behind = await self._write_file(behind)
        ended = replace(
            self._export,
            ended=self._scope.clock.now(),
            manifest=summary_manifest_key(self._export),
            item_count=sum(file.item_count for file in self._files),
            billed_size_bytes=max(self._size_bytes, BILLED_BYTES_MIN if self._export.is_incremental else 0),
        )
        for key_of, manifest in (
            (files_manifest_key, files_manifest(self._files)),
            (summary_manifest_key, summary_manifest(ended)),
        ):
            await self.put(key_of(ended, "json"), manifest)
            await self.put(key_of(ended, "md5"), md5_of(manifest).encode(), "text/plain")
        return ended

    async def _write_file(self, behind: bytes) -> bytes | None:
        """Write an object of the lines that follow the row key *behind*; gives where the next begins, ``None`` for none."""
        packed = PackedLines()
        reached: bytes | None = behind
        while reached is not None and not packed.is_full:
            part = export_part(self._scope.store, self._export, self._filter, reached)
            await packed.add(part.lines, item_count=part.item_count)
            self._size_bytes += part.size_bytes
            reached = part.reached
        self._files.append(await packed.store(self.put, data_key(self._export, self._scope.ids.hex(32))))
        return reached
