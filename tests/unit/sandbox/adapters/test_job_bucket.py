"""The bucket of a job, in the S3 that the sandbox hosts."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from sandbox.adapters.job_bucket import JobBucket
from sandbox.aws_services.mount import MotoServices
from sandbox.dynamodb.lifecycle.jobs import JobFailed

ACCOUNT = "000000000000"


def with_services(use: Callable[[MotoServices], Awaitable[None]]) -> None:
    """Use services that have the bucket ``things``."""

    async def run() -> None:
        services = MotoServices()
        try:
            await services.ask("s3", "CreateBucket", {"Bucket": "things"})
            await use(services)
        finally:
            await services.close()

    asyncio.run(run())


def bucket_of(services: MotoServices, name: str = "things", owner: str | None = None) -> JobBucket:
    return JobBucket(services, name, account_id=ACCOUNT, region="us-east-1", owner=owner)


def test_objects_go_in_and_come_out() -> None:
    """With the ETag that S3 has of them, and as they were asked to be encrypted."""

    async def use(services: MotoServices) -> None:
        bucket = bucket_of(services, owner=ACCOUNT)
        await bucket.check()
        etag = await bucket.put("a b/+", b"text", "text/plain", sse_algorithm="KMS", sse_key="alias/mine")
        head: dict[str, Any] = await services.ask("s3", "HeadObject", {"Bucket": "things", "Key": "a b/+"})
        assert head["ETag"].strip('"') == etag
        assert (head["ServerSideEncryption"], head["SSEKMSKeyId"]) == ("aws:kms", "alias/mine")
        assert (await bucket.objects("a"), await bucket.objects("b")) == ([("a b/+", 4)], [])
        assert await bucket.fetch("a b/+") == b"text"

    with_services(use)


def test_more_keys_than_one_page_has() -> None:
    """S3 lists a thousand at a time."""

    async def use(services: MotoServices) -> None:
        bucket = bucket_of(services)
        for number in range(1001):
            await bucket.put(f"{number:04}", b"", "text/plain")
        assert await bucket.objects("") == [(f"{number:04}", 0) for number in range(1001)]

    with_services(use)


@pytest.mark.parametrize(
    ("name", "owner", "code"),
    [
        ("elsewhere", None, "S3NoSuchBucket"),
        ("elsewhere", ACCOUNT, "S3NoSuchBucket"),
        ("things", "111122223333", "S3AccessDenied"),
    ],
)
def test_a_bucket_that_cannot_be_used(name: str, owner: str | None, code: str) -> None:
    async def use(services: MotoServices) -> None:
        with pytest.raises(JobFailed) as failed:
            await bucket_of(services, name, owner).check()
        assert failed.value.failure.code == code

    with_services(use)


def test_refusals_of_single_objects() -> None:
    """A bucket may go while a job is under way."""

    async def use(services: MotoServices) -> None:
        with pytest.raises(JobFailed) as failed:
            await bucket_of(services).fetch("nothing")
        assert failed.value.failure.code == "S3NoSuchKey"
        assert failed.value.failure.message.startswith(
            "The specified key does not exist (Service: Amazon S3; Status Code: 404; Error Code: NoSuchKey; "
        )
        with pytest.raises(JobFailed) as failed:
            await bucket_of(services, "elsewhere").put("a", b"", "text/plain")
        assert failed.value.failure.code == "S3NoSuchBucket"

    with_services(use)
