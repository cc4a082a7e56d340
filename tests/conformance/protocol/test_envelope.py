"""The HTTP envelope, over raw requests: what is not even an operation. Source: dynamodb-exact §1."""

import zlib
from collections.abc import Callable
from typing import Any

import pytest

Raw = Callable[..., Any]
CORAL = "com.amazon.coral.service#"
NOT_FOUND = b"<UnknownOperationException/>\n"


def test_an_answer_carries_its_checksum_and_request_id(raw: Raw) -> None:
    answer = raw("ListTables", "{}")
    assert answer.status == 200
    assert answer.headers["x-amz-crc32"] == str(zlib.crc32(answer.body))
    assert len(answer.headers["x-amzn-requestid"]) == 52
    assert answer.headers["content-length"] == str(len(answer.body))


def test_that_the_connection_stays_is_said(raw: Raw) -> None:
    """Source: getmoto/moto pull request 1627, the headers of an answer of DynamoDB."""
    assert raw("ListTables", "{}").headers["connection"] == "keep-alive"
    assert raw("ListTables", "{}", headers={"Connection": "close"}).headers["connection"] == "close"


@pytest.mark.parametrize("content_type", ["application/x-amz-json-1.0", "application/json"])
def test_the_answers_content_type_is_the_requests(raw: Raw, content_type: str) -> None:
    assert raw("ListTables", "{}", headers={"Content-Type": content_type}).headers["content-type"] == content_type


def test_a_charset_is_ignored(raw: Raw) -> None:
    answer = raw("ListTables", "{}", headers={"Content-Type": "application/x-amz-json-1.0; charset=utf-8"})
    assert answer.status == 200


def test_an_error_carries_its_checksum_too(raw: Raw) -> None:
    answer = raw("DescribeTable", '{"TableName":"no-such-table"}')
    assert answer.status == 400
    assert answer.headers["x-amz-crc32"] == str(zlib.crc32(answer.body))
    assert answer.json == {
        "__type": "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException",
        "message": "Requested resource not found: Table: no-such-table not found",
    }


def test_a_validation_exception_has_its_own_prefix(raw: Raw) -> None:
    assert raw("GetItem", "{}").json["__type"] == "com.amazon.coral.validate#ValidationException"


def test_a_get_tells_that_it_is_healthy(raw: Raw) -> None:
    answer = raw(None, b"", method="GET", headers={"Authorization": None, "Content-Type": None, "X-Amz-Date": None})
    assert answer.status == 200
    assert answer.body == b"healthy: dynamodb.us-east-1.amazonaws.com "
    assert answer.headers["x-amz-crc32"] == "3128867991"
    assert len(answer.headers["x-amzn-requestid"]) == 52


def test_a_get_is_healthy_whatever_else_it_says(raw: Raw) -> None:
    """Source: dynalite 4.0.0, asked 2026-11."""
    answer = raw("ListTables", "{}", method="GET")
    assert (answer.status, answer.body) == (200, b"healthy: dynamodb.us-east-1.amazonaws.com ")
    assert "content-type" not in answer.headers


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("OPTIONS", "/", {}),
        ("PUT", "/", {}),
        ("POST", "/other", {}),
        ("POST", "/", {"Content-Type": "text/plain"}),
        ("POST", "/", {"Content-Type": None}),
    ],
)
def test_what_no_operation_can_be(raw: Raw, method: str, path: str, headers: dict[str, str | None]) -> None:
    answer = raw("ListTables", "{}", method=method, path=path, headers=headers)
    assert (answer.status, answer.body) == (404, NOT_FOUND)
    assert answer.headers["x-amz-crc32"] == "3552371480"
    assert len(answer.headers["x-amzn-requestid"]) == 52
    assert "content-type" not in answer.headers


@pytest.mark.parametrize("body", ["", "{", "not json", '{"a":}', "\x00"])
def test_a_body_that_is_not_json(raw: Raw, body: str) -> None:
    answer = raw("ListTables", body)
    assert (answer.status, answer.json) == (400, {"__type": f"{CORAL}SerializationException"})


@pytest.mark.parametrize(
    "target",
    [
        None,
        "DynamoDB_20120810.NoSuchOperation",
        "DynamoDB_20120810.",
        "DynamoDB_20990101.ListTables",
        "DynamoDB_20120810.listtables",
    ],
)
def test_an_unknown_operation(raw: Raw, target: str | None) -> None:
    """It comes before authentication."""
    for authorization in ({}, {"Authorization": None}):
        answer = raw(target, "{}", headers=authorization)
        assert (answer.status, answer.json) == (400, {"__type": f"{CORAL}UnknownOperationException"})


@pytest.mark.parametrize("target", ["", "ListTables", "dynamodb_20120810.ListTables", None])
@pytest.mark.parametrize(
    "authorization", ["", "AWS abc", "AWS4-", "AWS4-HMAC-SHA256 Credential=a", "AWS4-HMAC-SHA256 credential=a/b/c/d/e"]
)
def test_a_target_of_nobody_with_a_signature_that_cannot_be_read(
    raw: Raw, target: str | None, authorization: str
) -> None:
    """No other service is asked in its place. Source: dynalite 4.0.0, asked 2026-11."""
    answer = raw(None, "{}", headers={"X-Amz-Target": target, "Authorization": authorization})
    assert (answer.status, answer.json) == (400, {"__type": f"{CORAL}UnknownOperationException"})


def test_no_authorization(raw: Raw) -> None:
    answer = raw("ListTables", "{}", headers={"Authorization": None})
    assert (answer.status, answer.json) == (
        400,
        {"__type": f"{CORAL}MissingAuthenticationTokenException", "message": "Request is missing Authentication Token"},
    )


@pytest.mark.parametrize(
    ("authorization", "headers", "message"),
    [
        (
            "AWS4-HMAC-SHA256",
            {},
            (
                "Authorization header requires 'Credential' parameter. "
                "Authorization header requires 'Signature' parameter. "
                "Authorization header requires 'SignedHeaders' parameter. "
                "Authorization=AWS4-HMAC-SHA256"
            ),
        ),
        (
            "AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/dynamodb/aws4_request, Signature=b",
            {"X-Amz-Date": None},
            (
                "Authorization header requires 'SignedHeaders' parameter. "
                "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. "
                "Authorization=AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/dynamodb/aws4_request, Signature=b"
            ),
        ),
        pytest.param(
            "AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/dynamodb/aws4_request, Signature=b, SignedHeaders=c",
            {"X-Amz-Date": "", "Date": ""},
            (
                "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. "
                "Authorization=AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/dynamodb/aws4_request, Signature=b, "
                "SignedHeaders=c"
            ),
            id="empty dates",  # dynalite 4.0.0, asked 2026-11
        ),
    ],
)
def test_an_incomplete_signature(raw: Raw, authorization: str, headers: dict[str, Any], message: str) -> None:
    answer = raw("ListTables", "{}", headers={"Authorization": authorization, **headers})
    assert (answer.status, answer.json) == (
        400,
        {"__type": f"{CORAL}IncompleteSignatureException", "message": message},
    )


def test_two_signatures(raw: Raw) -> None:
    answer = raw("ListTables", "{}", path="/?X-Amz-Algorithm=AWS4-HMAC-SHA256")
    assert answer.json == {
        "__type": f"{CORAL}InvalidSignatureException",
        "message": "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.",
    }


def test_an_empty_header_beside_a_signature_in_the_query(raw: Raw) -> None:
    """Source: dynalite 4.0.0, asked 2026-11."""
    answer = raw("ListTables", "{}", path="/?X-Amz-Algorithm=AWS4-HMAC-SHA256", headers={"Authorization": ""})
    assert answer.json["message"].startswith("AWS query-string parameters must include 'X-Amz-Credential'. ")


def test_an_empty_body_is_looked_at_after_authentication(raw: Raw) -> None:
    """Rows 7 and 8 of §1.1."""
    answer = raw("ListTables", "", headers={"Authorization": None})
    assert answer.json["__type"] == f"{CORAL}MissingAuthenticationTokenException"


def test_a_body_over_16_mib(raw: Raw) -> None:
    answer = raw("ListTables", b'{"a":"' + b"x" * (16 * 1024 * 1024) + b'"}')
    assert answer.status == 413


def test_null_members_count_as_absent(raw: Raw) -> None:
    assert raw("ListTables", '{"Limit":null,"ExclusiveStartTableName":null}').status == 200


def test_unknown_members_are_ignored(raw: Raw) -> None:
    assert raw("ListTables", '{"Nonsense":{"a":[1]}}').status == 200


def test_an_operation_without_output_answers_nothing(raw: Raw, dynamodb: Any, table: str) -> None:
    arn = dynamodb.describe_table(TableName=table)["Table"]["TableArn"]
    answer = raw("TagResource", f'{{"ResourceArn":"{arn}","Tags":[{{"Key":"a","Value":"b"}}]}}')
    assert (answer.status, answer.body) == (200, b"")
