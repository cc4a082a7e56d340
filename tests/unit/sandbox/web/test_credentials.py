"""Who calls, and every text about a missing signature. Source: dynamodb-exact §1.4."""

from collections.abc import Mapping

import pytest

from sandbox.dynamodb.faults import (
    IncompleteSignatureException,
    InvalidSignatureException,
    MissingAuthenticationTokenException,
)
from sandbox.web.credentials import Caller, Credentials, is_signed, signed_service
from tests.unit.sandbox.web.conftest import signed

PRESIGNED = (
    "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=test%2F20260101%2Feu-west-1%2Fdynamodb%2Faws4_request"
    "&X-Amz-Signature=00&X-Amz-SignedHeaders=host&X-Amz-Date=20260101T000000Z"
)


def caller(headers: Mapping[str, str], query: str = "") -> Caller:
    return Credentials(default_account_id="000000000000", default_region="us-east-1").caller(headers, query)


def test_twelve_digits_are_an_account_and_any_other_key_is_the_default_one() -> None:
    assert caller(signed(key="123456789012")).account_id == "123456789012"
    for key in ("AKIAIOSFODNN7EXAMPLE", "12345678901", "1234567890123", "test"):
        assert caller(signed(key=key)).account_id == "000000000000"


def test_region_and_service_come_from_the_scope() -> None:
    found = caller(signed("lambda", region="sa-east-1"))
    assert found == Caller(account_id="000000000000", region="sa-east-1", service="lambda")


def test_the_second_request_of_a_client_is_read_from_memory_and_judged_as_the_first() -> None:
    """Only the signature changes between requests; what is remembered must not let an incomplete one pass."""
    credentials = Credentials(default_account_id="000000000000", default_region="us-east-1")
    complete = signed()
    first = credentials.caller(complete, "")
    assert credentials.caller(complete | {"Authorization": complete["Authorization"] + "ff"}, "") is first
    without_signature = complete["Authorization"].partition("Signature=")[0] + "Signature="
    with pytest.raises(IncompleteSignatureException, match="requires 'Signature' parameter"):
        credentials.caller(complete | {"Authorization": without_signature}, "")
    with pytest.raises(IncompleteSignatureException, match="'X-Amz-Date' or a 'Date'"):
        credentials.caller({"Authorization": complete["Authorization"]}, "")


def test_remembered_clients_do_not_grow_without_bound() -> None:
    credentials = Credentials(default_account_id="000000000000", default_region="us-east-1")
    for number in range(3_000):
        credentials.caller(signed(key=str(number)), "")
    assert len(credentials._known) <= 1024


@pytest.mark.parametrize("authorization", [None, "", "Bearer x", "Basic eDp5", "aws4-HMAC-SHA256 Credential=x"])
def test_no_signature(authorization: str | None) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}
    with pytest.raises(MissingAuthenticationTokenException) as refused:
        caller(headers)
    assert refused.value.message == "Request is missing Authentication Token"


CREDENTIAL = "Authorization header requires 'Credential' parameter. "
SIGNATURE = "Authorization header requires 'Signature' parameter. "
SIGNED_HEADERS = "Authorization header requires 'SignedHeaders' parameter. "
DATE = "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. "


@pytest.mark.parametrize(
    ("header", "dated", "sentences"),
    [
        ("AWS4-HMAC-SHA256", False, CREDENTIAL + SIGNATURE + SIGNED_HEADERS + DATE),
        ("AWS4-HMAC-SHA256 Credential=a/b/c/d/e", True, SIGNATURE + SIGNED_HEADERS),
        ("AWS4-HMAC-SHA256 Credential=,SignedHeaders=host, Signature=1", True, CREDENTIAL),
        ("AWS4-HMAC-SHA256 Credential=a/b/c/d/e, SignedHeaders=, Signature=1", True, SIGNED_HEADERS),
        ("AWS4-HMAC-SHA256 Credential=a/b/c/d/e SignedHeaders=host Signature=1", False, DATE),
        ("  AWS4- Signature=1", True, CREDENTIAL + SIGNED_HEADERS),
    ],
)
def test_a_header_that_lacks_a_part(header: str, dated: bool, sentences: str) -> None:
    with pytest.raises(IncompleteSignatureException) as refused:
        caller({"Authorization": header} | ({"X-Amz-Date": "x"} if dated else {}))
    assert refused.value.message == f"{sentences}Authorization={header}"


def test_a_date_header_does_as_well() -> None:
    assert caller({"Authorization": signed()["Authorization"], "Date": "x"}).region == "eu-west-1"


def test_a_scope_of_another_shape() -> None:
    with pytest.raises(IncompleteSignatureException) as refused:
        caller({"Authorization": "AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=h, Signature=1", "Date": "x"})
    assert refused.value.message == (
        "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got 'a/b'"
    )


def test_a_presigned_query() -> None:
    assert caller({}, PRESIGNED) == Caller(account_id="000000000000", region="eu-west-1", service="dynamodb")


def test_a_presigned_query_that_lacks_parts() -> None:
    with pytest.raises(IncompleteSignatureException) as refused:
        caller({}, "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=&X-Amz-SignedHeaders=host")
    assert refused.value.message == (
        "AWS query-string parameters must include 'X-Amz-Credential'. "
        "AWS query-string parameters must include 'X-Amz-Signature'. "
        "AWS query-string parameters must include 'X-Amz-Date'. "
        "Re-examine the query-string parameters."
    )


def test_two_signatures() -> None:
    with pytest.raises(InvalidSignatureException, match="Found both 'X-Amz-Algorithm' as a query-string param"):
        caller(signed(), PRESIGNED)


@pytest.mark.parametrize(
    ("headers", "query", "service"),
    [
        (signed("s3"), "", "s3"),
        ({}, PRESIGNED, "dynamodb"),
        ({}, PRESIGNED.replace("%2F", "/"), "dynamodb"),
        ({"Authorization": "AWS4-HMAC-SHA256 Credential=x"}, "", None),
        ({}, "", None),
    ],
)
def test_whose_request_it_is(headers: dict[str, str], query: str, service: str | None) -> None:
    assert signed_service(headers, query) == service


@pytest.mark.parametrize(
    ("headers", "query", "signed_somehow"),
    [
        (signed(), "", True),
        ({"Authorization": "AWS AKIA:sig"}, "", True),
        ({}, PRESIGNED, True),
        ({}, "AWSAccessKeyId=x&Signature=y&Expires=1", True),
        ({}, "Action=ListQueues", False),
        ({"Authorization": "Bearer x"}, "", False),
    ],
)
def test_signatures_of_any_age(headers: dict[str, str], query: str, signed_somehow: bool) -> None:
    assert is_signed(headers, query) is signed_somehow
