"""Signatures that are verified: what botocore signs passes, and nothing that differs from it. Source: dynamodb-exact §1.4."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from botocore.auth import S3SigV4Auth, SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotoCredentials
from hypothesis import example, given
from hypothesis import strategies as st

from pollers.clients.signing import sign
from sandbox.dynamodb.faults import (
    IncompleteSignatureException,
    InvalidSignatureException,
    MissingAuthenticationTokenException,
    UnrecognizedClientException,
)
from sandbox.faults import ApiFault
from sandbox.web.credentials import Credentials
from sandbox.web.signatures import Signatures

ACCOUNT = "123456789012"
SECRET = "the secret of this start"
TARGET = "DynamoDB_20120810.ListTables"


def now() -> datetime:
    return datetime.now(UTC)  # botocore signs with the time of the machine


class Request:
    """One request, signed by botocore."""

    def __init__(
        self,
        *,
        method: str = "POST",
        path: str = "/",
        query: str = "",
        headers: Mapping[str, str] | None = None,
        body: bytes = b"{}",
        service: str = "dynamodb",
        access_key: str = ACCOUNT,
        secret: str = SECRET,
        token: str | None = None,
        auth: type[Any] = SigV4Auth,
    ) -> None:
        url = f"http://localhost:4566{path}{'?' if query else ''}{query}"
        request = AWSRequest(
            method=method, url=url, data=body, headers={"X-Amz-Target": TARGET} if headers is None else dict(headers)
        )
        auth(BotoCredentials(access_key, secret, token), service, "eu-west-1").add_auth(request)
        self.method, self.path, self.body = method, path, body
        self.query = request.url.partition("?")[2]
        self.headers = {"Host": "localhost:4566", **{name: str(value) for name, value in request.headers.items()}}

    def check(self, at: timedelta = timedelta()) -> None:
        """Have it verified, the clock of the server being ahead by *at*."""
        signatures = Signatures(SECRET, sign, lambda: now() + at)
        credentials = Credentials(default_account_id="000000000000", default_region="us-east-1", signatures=signatures)
        assert credentials.verifies
        headers = {_CASED.get(name.lower(), name): value for name, value in self.headers.items()}
        assert credentials.caller(headers, self.query).account_id == ACCOUNT
        credentials.verify(self.method, self.path, self.query, _AnyCase(headers), self.body)

    def authorization(self, old: str, new: str) -> None:
        """Change a part of the header."""
        assert old in self.headers["Authorization"]
        self.headers["Authorization"] = self.headers["Authorization"].replace(old, new)


_CASED = {"authorization": "Authorization", "x-amz-date": "X-Amz-Date"}


class _AnyCase(dict[str, str]):
    """Headers as the server has them: found whatever their capitals."""

    def get(self, name: str, default: Any = None) -> Any:
        return {key.lower(): value for key, value in self.items()}.get(name.lower(), default)


def test_what_botocore_signs_passes() -> None:
    Request().check()
    Request(token="sandbox").check()
    Request(
        method="GET",
        path="/2015-03-31/functions/arn%3Aaws%3Alambda%3Ax%3A1%3Afunction%3Af/invocations",
        query="Qualifier=%24LATEST&Marker=a%2Fb%20c",
        service="lambda",
        headers={},
        body=b"",
    ).check()
    Request(service="s3", auth=S3SigV4Auth, path="/bucket/a//b/../c%20d", headers={}, body=b"x").check()


@example(path=[], query=[("=", ""), ("==", "")], value="", body=b"")  # the name decides the order, not its "="
@given(
    path=st.lists(st.text("ab./~-_ é%+*", max_size=4), max_size=4),
    query=st.lists(
        st.tuples(st.text("abX-~ é/&=+*", min_size=1, max_size=4), st.text("ab~ é/&=+*", max_size=4)), max_size=3
    ),
    value=st.text("ab  c\t", max_size=6),
    body=st.binary(max_size=20),
)
def test_whatever_botocore_signs_passes(path: list[str], query: list[tuple[str, str]], value: str, body: bytes) -> None:
    """Paths with dots and blanks, parameters in any order, headers with runs of blanks."""
    Request(
        path="/" + "/".join(quote(part, safe="") for part in path),
        query=urlencode(query, quote_via=quote, safe=""),
        headers={"X-Other": value, "X-Amz-Target": TARGET},
        body=body,
    ).check()


def test_a_presigned_request_passes_until_it_expires() -> None:
    def presigned() -> Request:
        return Request(method="GET", headers={}, body=b"", query="Action=x", auth=SigV4QueryAuth)

    presigned().check()
    presigned().check(at=timedelta(minutes=50))
    with pytest.raises(InvalidSignatureException, match=r"^Signature expired: "):
        presigned().check(at=timedelta(minutes=70))


def refused(request: Request, kind: type[ApiFault], at: timedelta = timedelta()) -> str:
    with pytest.raises(kind) as refusal:
        request.check(at)
    return refusal.value.message or ""


def test_what_was_changed_on_its_way_is_refused() -> None:
    for change in ("body", "method", "path", "query", "header"):
        request = Request()
        match change:
            case "body":
                request.body = b'{"Limit": 1}'
            case "method":
                request.method = "PUT"
            case "path":
                request.path = "/x"
            case "query":
                request.query = "a=b"
            case _:
                request.headers["X-Amz-Target"] = "DynamoDB_20120810.DeleteTable"
        text = refused(request, InvalidSignatureException)
        assert text.startswith(
            "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access "
            "Key and signing method. Consult the service documentation for details.\n\n"
            "The Canonical String for this request should have been\n'"
        ), change
        assert "The String-to-Sign should have been\n'AWS4-HMAC-SHA256\n" in text


def test_another_secret_is_refused_without_telling_ours() -> None:
    text = refused(Request(secret="another"), InvalidSignatureException)
    assert SECRET not in text


def test_an_access_key_nobody_has() -> None:
    request = Request()
    request.authorization(f"Credential={ACCOUNT}/", "Credential=AKIAIOSFODNN7EXAMPLE/")
    with pytest.raises(AssertionError):
        request.check()  # the account of such a key is the default one
    signatures = Signatures(SECRET, sign, now)
    credentials = Credentials(default_account_id=ACCOUNT, default_region="us-east-1", signatures=signatures)
    with pytest.raises(UnrecognizedClientException) as refusal:
        credentials.verify("POST", "/", "", request.headers, request.body)
    assert refusal.value.message == "The security token included in the request is invalid."


def test_a_session_nobody_gave() -> None:
    text = refused(Request(token="stolen"), UnrecognizedClientException)
    assert text == "The security token included in the request is invalid"


def test_clocks_that_disagree() -> None:
    Request().check(at=timedelta(minutes=14))
    Request().check(at=timedelta(minutes=-14))
    late = refused(Request(), InvalidSignatureException, at=timedelta(minutes=16))
    early = refused(Request(), InvalidSignatureException, at=timedelta(minutes=-16))
    stamp = r"\d{8}T\d{6}Z"
    assert re.fullmatch(f"Signature expired: {stamp} is now earlier than {stamp} \\({stamp} - 15 min\\.\\)", late)
    assert re.fullmatch(
        f"Signature not yet current: {stamp} is still later than {stamp} \\({stamp} \\+ 15 min\\.\\)", early
    )


def test_dates_that_are_none() -> None:
    for date in ("yesterday", "2026-01-01T00:00:00Z", "20261301T000000Z", "20260101T000000"):
        request = Request()
        request.headers["X-Amz-Date"] = date
        assert refused(request, IncompleteSignatureException) == (
            f"Date must be in ISO-8601 'basic format'. Got '{date}'. See http://en.wikipedia.org/wiki/ISO_8601"
        )


def test_scopes_that_do_not_fit() -> None:
    today = f"{now():%Y%m%d}"
    request = Request(service="sqs")
    request.authorization("/eu-west-1/sqs/aws4_request", "//sqs/aws5_request")
    assert refused(request, InvalidSignatureException) == (
        "Credential should be scoped to a valid region, not ''. "
        "Credential should be scoped to correct service: 'dynamodb'. "
        "Credential should be scoped with a valid terminator: 'aws4_request', not 'aws5_request'. "
    )
    request = Request()
    request.authorization(f"/{today}/", "/20200101/")
    text = refused(request, InvalidSignatureException)
    assert text.startswith(
        "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '20200101' != "
    )


def test_other_algorithms_and_an_unsigned_host() -> None:
    request = Request()
    request.authorization("AWS4-HMAC-SHA256", "AWS4-HMAC-MD5")
    assert refused(request, IncompleteSignatureException) == (
        "Unsupported AWS 'algorithm': 'AWS4-HMAC-MD5' (only AWS4-HMAC-SHA256 for now). "
    )
    request = Request()
    request.authorization("SignedHeaders=host;", "SignedHeaders=")
    assert refused(request, InvalidSignatureException) == ("'Host' must be a 'SignedHeader' in the AWS Authorization.")


def test_signatures_need_not_be_there_where_the_user_says_so() -> None:
    credentials = Credentials(default_account_id=ACCOUNT, default_region="eu-west-1", are_needed=False)
    caller = credentials.caller({}, "")
    assert (caller.account_id, caller.region, caller.service) == (ACCOUNT, "eu-west-1", "dynamodb")
    with pytest.raises(MissingAuthenticationTokenException):
        Credentials(default_account_id=ACCOUNT, default_region="eu-west-1").caller({}, "")
