"""What a bulk put reports of the lines it did not put: where its objects lie, and what stands in them.

That there is a report of two types with a manifest is documented (*Bulk put items output and reconciliation*, Amazon
DynamoDB Developer Guide, and ``OutputTypeList`` of the service model). Keys, names and forms, which follow those of
exports, are an assumption.
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from sandbox.dynamodb.lifecycle.export_layout import DataFile, instant_text, job_folder, object_name
from sandbox.dynamodb.lifecycle.input_lines import line_number
from sandbox.dynamodb.lifecycle.put_lines import PutLines, UnmetCondition
from sandbox.dynamodb.storage.bulk_operations import BulkOperation

__all__ = ["OUTPUT_TYPES", "manifest", "manifest_key", "report_key", "report_lines"]

OUTPUT_TYPES = ("ERROR", "CONDITION_CHECK_FAILURE")


def report_lines(
    output_type: str, key: str, lines_before: int, lines: Sequence[bytes], done: PutLines
) -> tuple[bytes, int]:
    """What *output_type* tells of what came of *lines* of the object *key*, and how many lines that is.

    An error has the line as it was read, an unmet condition the item that was to be put, and the one that is there. What
    is wrong with the object itself has no line.
    """
    if output_type == "ERROR":
        told = [_error(key, lines_before, lines, index, reason) for index, reason in done.refused]
    else:
        told = [_unmet(key, line_number(lines_before, lines, unmet.number), unmet) for unmet in done.unmet]
    return b"".join([msgspec.json.encode(entry) + b"\n" for entry in told]), len(told)


def _error(key: str, lines_before: int, lines: Sequence[bytes], index: int, reason: str) -> dict[str, Any]:
    error: dict[str, Any] = {"S3Key": key, "ErrorCode": "ValidationException", "ErrorMessage": reason}
    if lines:
        error["Line"] = line_number(lines_before, lines, index)
        error["Record"] = lines[index].decode(errors="replace")
    return error


def _unmet(key: str, number: int, unmet: UnmetCondition) -> dict[str, Any]:
    entry: dict[str, Any] = {"S3Key": key, "Line": number, "Item": unmet.item}
    if unmet.existing is not None:
        entry["ExistingItem"] = unmet.existing
    return entry


def report_key(operation: BulkOperation, output_type: str, random_hex: str) -> str:
    """An object of lines of one type, named by 128 random bits."""
    return f"{_folder(operation)}/{output_type}/{object_name(random_hex)}.json.gz"


def manifest_key(operation: BulkOperation) -> str:
    """The object that tells of the others."""
    return f"{_folder(operation)}/manifest.json"


def manifest(operation: BulkOperation, status: str, files: Sequence[tuple[str, DataFile]]) -> bytes:
    """What there is to tell of an operation that has ended, and the objects of its report by their types."""
    assert operation.ended is not None
    return msgspec.json.encode(
        {
            "bulkOperationArn": operation.arn,
            "status": status,
            "startTime": instant_text(operation.started),
            "endTime": instant_text(operation.ended),
            "tableArn": operation.table_arn,
            "tableId": operation.table_id,
            "processedItemCount": operation.processed_item_count,
            "failedItemCount": operation.failed_item_count,
            "files": [{"outputType": output_type, **msgspec.to_builtins(file)} for output_type, file in files],
        }
    )


def _folder(operation: BulkOperation) -> str:
    return job_folder(operation.asked["OutputS3Configuration"].get("S3KeyPrefix"), operation.arn)
