"""Where the objects of an export lie in its bucket, and what stands in its manifests.

Source: *DynamoDB table export output format*, Amazon DynamoDB Developer Guide; ack-api-quirks DDB-EXPORT-018 for the
prefix, DDB-IMPORT-020 for the objects there are.
"""

import base64
import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from sandbox.dynamodb.lifecycle.jobs import job_id
from sandbox.dynamodb.storage.exports import Export

__all__ = [
    "DataFile",
    "data_key",
    "files_manifest",
    "files_manifest_key",
    "instant_text",
    "job_folder",
    "md5_of",
    "object_name",
    "started_key",
    "summary_manifest",
    "summary_manifest_key",
]


class DataFile(msgspec.Struct, kw_only=True, frozen=True):
    """One object of lines, as a manifest lists it.

    Attributes:
        md5_checksum: of the compressed bytes, base64.
        etag: by which S3 knows them.
    """

    item_count: int = msgspec.field(name="itemCount")
    md5_checksum: str = msgspec.field(name="md5Checksum")
    etag: str
    key: str = msgspec.field(name="dataFileS3Key")


def started_key(export: Export) -> str:
    """The object that is written first, to see whether the bucket takes any."""
    return f"{_folder(export)}/_started"


def data_key(export: Export, random_hex: str) -> str:
    """The object of some lines, named by 128 random bits; incremental exports of one prefix have one folder for theirs."""
    folder = _root(export.parameters.prefix) if export.is_incremental else _folder(export)
    return f"{folder}/data/{object_name(random_hex)}.{'ion' if export.parameters.format == 'ION' else 'json'}.gz"


def object_name(random_hex: str) -> str:
    """A name of lower-case letters and digits."""
    return base64.b32encode(bytes.fromhex(random_hex)).decode().rstrip("=").lower()


def files_manifest_key(export: Export, ending: str = "json") -> str:
    """The object that lists the others, or, with *ending* ``md5``, its checksum."""
    return f"{_folder(export)}/manifest-files.{ending}"


def summary_manifest_key(export: Export, ending: str = "json") -> str:
    """The object that tells of the whole, likewise."""
    return f"{_folder(export)}/manifest-summary.{ending}"


def md5_of(content: bytes) -> str:
    """The checksum of an object, base64."""
    return base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode()


def files_manifest(files: Sequence[DataFile]) -> bytes:
    """A line for each object of lines."""
    return b"".join(msgspec.json.encode(file) + b"\n" for file in files)


def summary_manifest(export: Export) -> bytes:
    """What there is to tell of an export that has ended."""
    assert export.ended is not None
    asked, period = export.parameters, export.parameters.period
    moments: dict[str, Any] = {"exportTime": instant_text(export.instant)}
    view: dict[str, Any] = {}
    if period is not None:
        moments = {"exportFromTime": instant_text(period.begin), "exportToTime": instant_text(export.period_end)}
        view = {"outputView": period.view_type or "NEW_AND_OLD_IMAGES"}
    return msgspec.json.encode(
        {
            "version": "2020-06-30" if period is None else "2023-08-01",
            "exportArn": export.arn,
            "startTime": instant_text(export.started),
            "endTime": instant_text(export.ended),
            "tableArn": asked.table_arn,
            "tableId": export.table_id,
            **moments,
            "s3Bucket": asked.bucket,
            "s3Prefix": asked.prefix,
            "s3SseAlgorithm": asked.sse_algorithm or "AES256",
            "s3SseKmsKeyId": asked.sse_key,
            "manifestFilesS3Key": files_manifest_key(export),
            "billedSizeBytes": export.billed_size_bytes,
            "itemCount": export.item_count,
            "outputFormat": asked.format or "DYNAMODB_JSON",
            **view,
            "exportType": "FULL_EXPORT" if period is None else "INCREMENTAL_EXPORT",
        }
    )


def job_folder(prefix: str | None, arn: str) -> str:
    """Where the objects of the job with that ARN lie, below *prefix*."""
    return f"{_root(prefix)}/{job_id(arn)}"


def instant_text(seconds: float) -> str:
    """A moment, epoch seconds, as manifests have it."""
    return datetime.fromtimestamp(round(seconds, 3), tz=UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _root(prefix: str | None) -> str:
    prefix = prefix or ""
    return f"{prefix}{'' if not prefix or prefix.endswith('/') else '/'}AWSDynamoDB"


def _folder(export: Export) -> str:
    return job_folder(export.parameters.prefix, export.arn)
