"""S3 as clients really address it: by path, by host name, with large, odd and presigned requests."""

import gzip
import urllib.parse
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.aws_services.addressing import path_style
from sandbox.aws_services.mount import MotoServices

Client = Callable[..., Any]


@pytest.fixture
def s3(client: Client) -> Any:
    s3 = client("s3")
    s3.create_bucket(Bucket="photos", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    return s3


@pytest.mark.parametrize(
    ("host", "path", "expected_host", "expected_path"),
    [
        ("127.0.0.1:4566", "/photos/cat", "localhost:4566", "/photos/cat"),
        ("localhost:4566", "/photos/cat", "localhost:4566", "/photos/cat"),
        ("localhost", "/", "localhost", "/"),
        ("[::1]:4566", "/photos", "localhost:4566", "/photos"),
        ("[::1]", "/photos", "localhost", "/photos"),
        ("photos.localhost:4566", "/cat", "localhost:4566", "/photos/cat"),
        ("photos.s3.localhost:4566", "/cat", "localhost:4566", "/photos/cat"),
        ("photos.s3.eu-west-1.localhost:4566", "/", "localhost:4566", "/photos/"),
        ("my.dotted.bucket.localhost:1", "/k", "localhost:1", "/my.dotted.bucket/k"),
        ("s3.localhost:4566", "/photos/cat", "localhost:4566", "/photos/cat"),
        ("s3.eu-west-1.localhost:4566", "/photos/cat", "localhost:4566", "/photos/cat"),
        ("photos.s3.localhost.localstack.cloud:4566", "/cat", "localhost:4566", "/photos/cat"),
        ("my.company.host:4566", "/photos/cat", "localhost:4566", "/photos/cat"),
    ],
)
def test_every_address_becomes_path_style(host: str, path: str, expected_host: str, expected_path: str) -> None:
    assert path_style(host, path) == (expected_host, expected_path)


def test_an_object_goes_in_and_comes_out(s3: Any) -> None:
    s3.put_object(Bucket="photos", Key="a/cat.jpg", Body=b"meow", Metadata={"my_key": "v", "other-key": "w"})
    answer = s3.get_object(Bucket="photos", Key="a/cat.jpg")
    assert answer["Body"].read() == b"meow"
    assert answer["Metadata"] == {"my_key": "v", "other-key": "w"}


@pytest.mark.parametrize(
    "key", ["with space", "pl+us", "per%cent", "a//b", "umlaut-ä", "trailing/", "q?mark", "%2Fencoded"]
)
def test_keys_survive_their_encoding(s3: Any, key: str) -> None:
    s3.put_object(Bucket="photos", Key=key, Body=key.encode())
    assert s3.get_object(Bucket="photos", Key=key)["Body"].read() == key.encode()
    assert [entry["Key"] for entry in s3.list_objects_v2(Bucket="photos")["Contents"]] == [key]


def test_a_compressed_object_stays_compressed(s3: Any) -> None:
    """Only requests to other services are decompressed; here the compressed bytes are what the client stores."""
    body = gzip.compress(b"text")
    s3.put_object(Bucket="photos", Key="k", Body=body, ContentEncoding="gzip")
    assert s3.get_object(Bucket="photos", Key="k")["Body"].read() == body


def test_a_multipart_upload(s3: Any) -> None:
    upload = s3.create_multipart_upload(Bucket="photos", Key="big")["UploadId"]
    first = s3.upload_part(Bucket="photos", Key="big", UploadId=upload, PartNumber=1, Body=b"1" * 5_242_880)
    second = s3.upload_part(Bucket="photos", Key="big", UploadId=upload, PartNumber=2, Body=b"2")
    parts = [{"PartNumber": number, "ETag": part["ETag"]} for number, part in ((1, first), (2, second))]
    s3.complete_multipart_upload(Bucket="photos", Key="big", UploadId=upload, MultipartUpload={"Parts": parts})
    assert s3.head_object(Bucket="photos", Key="big")["ContentLength"] == 5_242_881


def test_virtual_host_addressing(client: Client, s3: Any) -> None:
    by_host = client("s3", endpoint_url="http://localhost:4566", s3={"addressing_style": "virtual"})
    by_host.put_object(Bucket="photos", Key="k", Body=b"v")
    assert s3.get_object(Bucket="photos", Key="k")["Body"].read() == b"v"


def test_a_missing_bucket_is_refused_as_s3_does(s3: Any) -> None:
    with pytest.raises(ClientError) as refusal:
        s3.get_object(Bucket="none", Key="k")
    assert refusal.value.response["Error"]["Code"] == "NoSuchBucket"


def test_a_presigned_url_needs_no_header(s3: Any, services: MotoServices, loop: Any) -> None:
    import asyncio  # noqa: PLC0415 - one test only

    s3.put_object(Bucket="photos", Key="k", Body=b"v")
    url = urllib.parse.urlsplit(s3.generate_presigned_url("get_object", Params={"Bucket": "photos", "Key": "k"}))
    reply = asyncio.run_coroutine_threadsafe(
        services.answer(method="GET", path_and_query=f"{url.path}?{url.query}", headers={"Host": url.netloc}, body=b""),
        loop,
    ).result()
    assert (reply.status, reply.body) == (200, b"v")


def test_nothing_allows_other_origins(s3: Any) -> None:
    """The hosted applications answer every request with ``Access-Control-Allow-Origin: *``; the endpoint must not."""
    s3.put_object(Bucket="photos", Key="k", Body=b"v")
    headers = s3.get_object(Bucket="photos", Key="k")["ResponseMetadata"]["HTTPHeaders"]
    assert not [name for name in headers if name.lower().startswith("access-control-")]
