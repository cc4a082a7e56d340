"""Clients of the endpoint under test, and tables that tests share.

Client-side validation is off, so that bad requests reach the server. Tests take unique keys in shared tables and
unique names for tables of their own; nothing sleeps. Any answer of 500 or above fails the test it came in.
"""

import http.client
import itertools
import json
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from tests.conformance.sandbox_only import pass_time, split_shards

__all__ = ["RawAnswer", "pass_time", "split_shards"]

REGION = "us-east-1"
ACCOUNT = "000000000000"

_server_errors: list[str] = []
_counter = itertools.count()
_session = secrets.token_hex(3)


def _note(http_response: Any = None, parsed: Any = None, model: Any = None, **_: Any) -> None:
    if http_response is not None and http_response.status_code >= 500:
        _server_errors.append(f"{model.name}: {http_response.status_code} {parsed.get('Error')}")


@pytest.fixture(autouse=True)
def no_server_error() -> Iterator[None]:
    """Whatever a client sends, an answer of 500 is a fault of the server."""
    _server_errors.clear()
    yield
    assert not _server_errors


@pytest.fixture(scope="session")
def unique() -> Callable[[], str]:
    """A string nobody else has, valid as a key and as a name."""
    return lambda: f"u{_session}-{next(_counter)}"


@pytest.fixture(scope="session")
def client_of(endpoint_url: str) -> Callable[..., Any]:
    """Make a boto3 client for a service of the endpoint under test, without client-side validation."""

    def make(service: str, *, access_key: str = ACCOUNT, region: str = REGION) -> Any:
        client = boto3.client(
            service,
            endpoint_url=endpoint_url,
            region_name=region,
            aws_access_key_id=access_key,
            aws_secret_access_key="secret",
            config=Config(parameter_validation=False, retries={"max_attempts": 0}, read_timeout=30),
        )
        client.meta.events.register("after-call", _note)
        return client

    return make


@pytest.fixture(scope="session")
def dynamodb(client_of: Callable[..., Any]) -> Any:
    return client_of("dynamodb")


@pytest.fixture(scope="session")
def streams(client_of: Callable[..., Any]) -> Any:
    return client_of("dynamodbstreams")


@pytest.fixture(scope="session")
def awslambda(client_of: Callable[..., Any]) -> Any:
    return client_of("lambda")


@pytest.fixture
def bucket(client_of: Callable[..., Any], unique: Callable[[], str]) -> str:
    """A bucket of the endpoint's own S3."""
    name = f"bucket-{unique()}"
    try:
        client_of("s3").create_bucket(Bucket=name)
    except ClientError as refusal:
        pytest.skip(f"the endpoint has no S3: {refusal}")
    return name


@dataclass(frozen=True, kw_only=True)
class RawAnswer:
    """An answer as it came over the wire; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


@pytest.fixture(scope="session")
def raw(endpoint_url: str) -> Callable[..., RawAnswer]:
    """Send what boto3 would not: any body, any headers (a header given as ``None`` is left out)."""
    address = urlsplit(endpoint_url)

    def send(
        target: str | None,
        body: bytes | str,
        *,
        method: str = "POST",
        path: str = "/",
        headers: Mapping[str, str | None] | None = None,
    ) -> RawAnswer:
        sent: dict[str, str | None] = {
            "Content-Type": "application/x-amz-json-1.0",
            "X-Amz-Target": f"DynamoDB_20120810.{target}" if target and "." not in target else target,
            "X-Amz-Date": "20260101T000000Z",
            "Authorization": f"AWS4-HMAC-SHA256 Credential={ACCOUNT}/20260101/{REGION}/dynamodb/aws4_request, "
            "SignedHeaders=host;x-amz-date, Signature=0000",
            **(headers or {}),
        }
        connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=30)
        try:
            connection.request(
                method,
                path,
                body.encode() if isinstance(body, str) else body,
                {name: value for name, value in sent.items() if value is not None},
            )
            response = connection.getresponse()
            answer = RawAnswer(
                status=response.status,
                headers={name.lower(): value for name, value in response.getheaders()},
                body=response.read(),
            )
        finally:
            connection.close()
        if answer.status >= 500:
            _server_errors.append(f"{target}: {answer.status} {answer.body!r}")
        return answer

    return send


@pytest.fixture(scope="session")
def make_table(
    dynamodb: Any, unique: Callable[[], str], request: pytest.FixtureRequest
) -> Iterator[Callable[..., str]]:
    """Create a table and wait until it is ACTIVE; gone at the end of the session, be it with the endpoint.

    ``make_table("pk:S", "sk:N", GlobalSecondaryIndexes=[…], definitions=["a:S"])`` gives its name; on demand unless
    said otherwise.
    """
    made: list[str] = []

    def make(
        hash_key: str = "pk:S", range_key: str | None = None, *, definitions: list[str] | None = None, **members: Any
    ) -> str:
        name = members.pop("TableName", None) or f"table-{unique()}"
        keys = [hash_key] + ([range_key] if range_key else [])
        attributes = [text.split(":") for text in (*keys, *(definitions or []))]
        if "ProvisionedThroughput" not in members:
            members.setdefault("BillingMode", "PAY_PER_REQUEST")
        dynamodb.create_table(
            TableName=name,
            KeySchema=[
                {"AttributeName": key.split(":")[0], "KeyType": kind}
                for key, kind in zip(keys, ("HASH", "RANGE"), strict=False)
            ],
            AttributeDefinitions=[
                {"AttributeName": attribute, "AttributeType": kind} for attribute, kind in attributes
            ],
            **members,
        )
        made.append(name)
        dynamodb.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 60})
        return name

    yield make
    if not request.config.getoption("--endpoint-url"):
        return  # a sandbox of this session's own, which ends with it
    for name in made:
        try:
            dynamodb.delete_table(TableName=name)
        except dynamodb.exceptions.ResourceNotFoundException:
            continue  # the test deleted it


@pytest.fixture(scope="session")
def table(make_table: Callable[..., str]) -> str:
    """A table with the partition key ``pk`` (S)."""
    return make_table("pk:S")


@pytest.fixture(scope="session")
def sorted_table(make_table: Callable[..., str]) -> str:
    """A table with the keys ``pk`` (S) and ``sk`` (S)."""
    return make_table("pk:S", "sk:S")


@pytest.fixture(scope="session")
def number_table(make_table: Callable[..., str]) -> str:
    """A table with the keys ``pk`` (S) and ``sk`` (N)."""
    return make_table("pk:S", "sk:N")


@pytest.fixture(scope="session")
def indexed_table(make_table: Callable[..., str]) -> str:
    """Keys ``pk`` (S) and ``sk`` (S); GSIs ``by_a`` (a S, b N; ALL), ``keys_of_a`` (a; KEYS_ONLY), ``some_of_a``
    (a; INCLUDE x); LSIs ``by_l`` (l S; ALL), ``keys_of_l`` (l; KEYS_ONLY)."""  # noqa: D205, D209 - a list of indexes
    return make_table(
        "pk:S",
        "sk:S",
        definitions=["a:S", "b:N", "l:S"],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "by_a",
                "KeySchema": [{"AttributeName": "a", "KeyType": "HASH"}, {"AttributeName": "b", "KeyType": "RANGE"}],
                "Projection": {"ProjectionType": "ALL"},
            },
            {
                "IndexName": "keys_of_a",
                "KeySchema": [{"AttributeName": "a", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            },
            {
                "IndexName": "some_of_a",
                "KeySchema": [{"AttributeName": "a", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["x"]},
            },
        ],
        LocalSecondaryIndexes=[
            {
                "IndexName": "by_l",
                "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "l", "KeyType": "RANGE"}],
                "Projection": {"ProjectionType": "ALL"},
            },
            {
                "IndexName": "keys_of_l",
                "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "l", "KeyType": "RANGE"}],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            },
        ],
    )
