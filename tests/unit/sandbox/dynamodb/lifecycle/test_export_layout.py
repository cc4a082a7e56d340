"""Where the objects of an export lie."""

import json
import re

import pytest

from sandbox.dynamodb.lifecycle.export_layout import (
    data_key,
    files_manifest_key,
    started_key,
    summary_manifest,
    summary_manifest_key,
)
from sandbox.dynamodb.storage.exports import Export, ExportParameters, ExportPeriod

ARN = "arn:aws:dynamodb:us-east-1:000000000000:table/orders"


def export(prefix: str | None = None, period: ExportPeriod | None = None) -> Export:
    return Export(
        arn=f"{ARN}/export/01695097218000-d6299cbd",
        table_id="b116b490",
        token="t",
        started=1_695_097_218.0,
        ended=1_695_097_300.4321,
        item_count=2,
        billed_size_bytes=44,
        parameters=ExportParameters(table_arn=ARN, bucket="b", prefix=prefix, period=period),
    )


@pytest.mark.parametrize(
    ("prefix", "folder"),
    [
        (None, "AWSDynamoDB"),
        ("", "AWSDynamoDB"),
        ("foo", "foo/AWSDynamoDB"),
        ("foo/", "foo/AWSDynamoDB"),
        ("/foo", "/foo/AWSDynamoDB"),
    ],
)
def test_the_prefix_stands_in_front(prefix: str | None, folder: str) -> None:
    """As it is, with one slash behind it. Source: ack-api-quirks DDB-EXPORT-018."""
    assert started_key(export(prefix)) == f"{folder}/01695097218000-d6299cbd/_started"
    assert summary_manifest_key(export(prefix)) == f"{folder}/01695097218000-d6299cbd/manifest-summary.json"
    assert files_manifest_key(export(prefix), "md5") == f"{folder}/01695097218000-d6299cbd/manifest-files.md5"


def test_data_lies_with_its_export_or_with_that_of_other_increments() -> None:
    name = "[a-z2-7]{26}\\.json\\.gz"
    assert re.fullmatch(f"AWSDynamoDB/01695097218000-d6299cbd/data/{name}", data_key(export(), "0f" * 16))
    increment = export("p", ExportPeriod(begin=1.0))
    assert re.fullmatch(f"p/AWSDynamoDB/data/{name}", data_key(increment, "0f" * 16))


def test_the_summary_of_a_full_export() -> None:
    assert json.loads(summary_manifest(export("p"))) == {
        "version": "2020-06-30",
        "exportArn": f"{ARN}/export/01695097218000-d6299cbd",
        "startTime": "2023-09-19T04:20:18.000Z",
        "endTime": "2023-09-19T04:21:40.432Z",
        "tableArn": ARN,
        "tableId": "b116b490",
        "exportTime": "2023-09-19T04:20:18.000Z",
        "s3Bucket": "b",
        "s3Prefix": "p",
        "s3SseAlgorithm": "AES256",
        "s3SseKmsKeyId": None,
        "manifestFilesS3Key": "p/AWSDynamoDB/01695097218000-d6299cbd/manifest-files.json",
        "billedSizeBytes": 44,
        "itemCount": 2,
        "outputFormat": "DYNAMODB_JSON",
        "exportType": "FULL_EXPORT",
    }


def test_the_summary_of_an_incremental_export() -> None:
    """Its end is the moment it was asked for, where none was named."""
    told = json.loads(summary_manifest(export(None, ExportPeriod(begin=1_695_056_400.0))))
    assert told["version"] == "2023-08-01"
    assert (told["exportFromTime"], told["exportToTime"]) == ("2023-09-18T17:00:00.000Z", "2023-09-19T04:20:18.000Z")
    assert (told["outputView"], told["exportType"]) == ("NEW_AND_OLD_IMAGES", "INCREMENTAL_EXPORT")
    assert "exportTime" not in told
