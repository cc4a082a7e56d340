"""Answers compressed for clients that take them so.

Source: scylladb/scylladb pull requests 27454 and 27927; AllocZero/EfficientDynamoDb issue 259 (4 KB);
aws/aws-sdk-java-v2 pull request 1993 (the checksum is that of the bytes sent).
"""

import gzip
import json
import zlib
from collections.abc import Callable
from typing import Any

import pytest

Raw = Callable[..., Any]


@pytest.fixture
def long_item(dynamodb: Any, table: str) -> str:
    """The request for an item of some 10 KB."""
    dynamodb.put_item(TableName=table, Item={"pk": {"S": "long"}, "text": {"S": "ab" * 5000}})
    return json.dumps({"TableName": table, "Key": {"pk": {"S": "long"}}})


@pytest.mark.parametrize(
    ("accepted", "encoding", "opened"),
    [
        ("gzip", "gzip", gzip.decompress),
        ("gzip, deflate", "gzip", gzip.decompress),
        ("deflate", "deflate", zlib.decompress),
        ("br;q=1.0, gzip;q=0.5", "gzip", gzip.decompress),
        ("gzip;q=0.2, deflate;q=0.8", "deflate", zlib.decompress),
    ],
)
def test_a_long_answer_is_compressed(
    raw: Raw, long_item: str, accepted: str, encoding: str, opened: Callable[[bytes], bytes]
) -> None:
    answer = raw("GetItem", long_item, headers={"Accept-Encoding": accepted})
    assert answer.status == 200
    assert answer.headers["content-encoding"] == encoding
    assert answer.headers["content-length"] == str(len(answer.body))
    assert len(answer.body) < 1000
    assert answer.headers["x-amz-crc32"] == str(zlib.crc32(answer.body))
    assert json.loads(opened(answer.body))["Item"]["text"] == {"S": "ab" * 5000}


@pytest.mark.parametrize("accepted", [None, "identity", "br", "gzip;q=0, deflate;q=0", ""])
def test_it_is_not_for_a_client_that_takes_neither(raw: Raw, long_item: str, accepted: str | None) -> None:
    answer = raw("GetItem", long_item, headers={"Accept-Encoding": accepted})
    assert "content-encoding" not in answer.headers
    assert answer.json["Item"]["text"] == {"S": "ab" * 5000}


def test_a_short_answer_is_not(raw: Raw) -> None:
    answer = raw("DescribeLimits", "{}", headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in answer.headers
    assert answer.json["TableMaxReadCapacityUnits"] > 0


def test_a_long_error_is_not(raw: Raw, long_item: str) -> None:
    """AWS says it compressed a long error and sends plain text; saying what was sent serves every client."""
    put = json.loads(long_item)
    put = {
        "TableName": put["TableName"],
        "Item": put["Key"],
        "ConditionExpression": "attribute_not_exists(pk)",
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }
    answer = raw("PutItem", json.dumps(put), headers={"Accept-Encoding": "gzip"})
    assert answer.status == 400
    assert "content-encoding" not in answer.headers
    assert answer.json["Item"]["text"] == {"S": "ab" * 5000}
