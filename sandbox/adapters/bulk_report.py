"""The report of a bulk put on its way into its bucket."""

from collections.abc import Sequence

from sandbox.adapters.job_bucket import Bucket
from sandbox.adapters.packed_lines import PackedLines
from sandbox.dynamodb.lifecycle.bulk_report import manifest, manifest_key, report_key, report_lines
from sandbox.dynamodb.lifecycle.export_layout import DataFile
from sandbox.dynamodb.lifecycle.put_lines import PutLines
from sandbox.dynamodb.operations.bulk.descriptions import status_of
from sandbox.dynamodb.scope import Scope
from sandbox.dynamodb.storage.bulk_operations import BulkOperation

__all__ = ["ReportWriter"]


class ReportWriter:
    """Writes the types of output that *operation* was asked for."""

    def __init__(self, scope: Scope, bucket: Bucket, operation: BulkOperation) -> None:
        self._scope = scope
        self._bucket = bucket
        self._operation = operation
        self._asked = operation.asked["OutputS3Configuration"]
        self._open: dict[str, PackedLines] = {}
        self._files: list[tuple[str, DataFile]] = []

    async def add(self, key: str, lines_before: int, lines: Sequence[bytes], done: PutLines) -> None:
        """Report what came of *lines*, which stand behind *lines_before* others in the object *key*.

        Raises:
            JobFailed: S3 refuses.
        """
        for output_type in dict.fromkeys(self._asked["OutputType"]):
            told, line_count = report_lines(output_type, key, lines_before, lines, done)
            if not line_count:
                continue
            packed = self._open.setdefault(output_type, PackedLines())
            await packed.add(told, item_count=line_count)
            if packed.is_full:
                await self._store(output_type)

    async def finish(self, ended: BulkOperation) -> None:
        """Write what is left, and the manifest, which tells of the operation as it has *ended*.

        Raises:
            JobFailed: S3 refuses.
        """
        for output_type in list(self._open):
            await self._store(output_type)
        await self._put(manifest_key(ended), manifest(ended, status_of(ended), self._files), "application/json")

    async def _store(self, output_type: str) -> None:
        packed = self._open.pop(output_type)
        key = report_key(self._operation, output_type, self._scope.ids.hex(32))
        self._files.append((output_type, await packed.store(self._put, key)))

    async def _put(self, key: str, body: bytes, content_type: str) -> str:
        return await self._bucket.put(
            key,
            body,
            content_type,
            sse_algorithm=self._asked.get("S3SseAlgorithm"),
            sse_key=self._asked.get("S3SseKmsKeyId"),
        )
