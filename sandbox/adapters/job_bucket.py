"""The bucket of an export, an import or a bulk put: an S3 bucket of this sandbox, whose refusals end the job.

Source: ack-api-quirks DDB-EXPORT-010, 011, DDB-IMPORT-012 for the codes and sentences; AWS's end with the ids of S3's
answer.
"""

from typing import Any, NamedTuple, Protocol

from sandbox.aws_services.mount import MotoServices
from sandbox.aws_services.refusals import ServiceRefused
from sandbox.aws_services.s3_objects import S3Refused, fetch_object, store_object
from sandbox.dynamodb.lifecycle.jobs import JobFailed

__all__ = ["Bucket", "Buckets", "FoundObject", "JobBucket"]


class FoundObject(NamedTuple):
    """An object, as its bucket lists it."""

    key: str
    size_bytes: int


class Bucket(Protocol):
    """What a job needs of its bucket; each call fails with ``JobFailed``."""

    async def check(self) -> None:
        """Check that it is there and belongs to whom it must."""

    async def put(
        self,
        key: str,
        body: bytes,
        content_type: str,
        *,
        sse_algorithm: str | None = "AES256",
        sse_key: str | None = None,
    ) -> str:
        """Write an object; gives its ETag."""
        ...

    async def objects(self, prefix: str) -> list[FoundObject]:
        """The objects whose keys begin with *prefix*."""
        ...

    async def fetch(self, key: str) -> bytes:
        """The bytes of an object."""
        ...


class Buckets(Protocol):
    """Gives the bucket of a job; *owner* is whom it must belong to, ``None`` for anybody."""

    def __call__(self, name: str, *, account_id: str, region: str, owner: str | None) -> Bucket:
        """See above."""
        ...


class JobBucket:
    """One bucket of this sandbox, as the account and region of a job reach it.

    Args:
        owner: the account it must belong to; ``None`` for whichever has it.
    """

    def __init__(
        self, services: MotoServices, name: str, *, account_id: str, region: str, owner: str | None = None
    ) -> None:
        self._services = services
        self._name = name
        self._account_id = account_id
        self._region = region
        self._owner = owner

    async def check(self) -> None:
        """Check that it is there and belongs to whom it must.

        Raises:
            JobFailed: it does not.
        """
        await self._list({"MaxKeys": 1})
        if self._owner is not None:
            owned = await self._services.ask("s3", "ListBuckets", {}, account_id=self._owner, region=self._region)
            if self._name not in [bucket["Name"] for bucket in owned.get("Buckets", ())]:
                raise _failed("AccessDenied", "Access Denied", 403)

    async def put(
        self,
        key: str,
        body: bytes,
        content_type: str,
        *,
        sse_algorithm: str | None = "AES256",
        sse_key: str | None = None,
    ) -> str:
        """Write an object, encrypted with ``AES256`` or ``KMS``, ``None`` for as its bucket has it; gives its ETag.

        Raises:
            JobFailed: S3 refuses.
        """
        headers = {}
        if sse_algorithm is not None:
            headers["x-amz-server-side-encryption"] = "aws:kms" if sse_algorithm == "KMS" else sse_algorithm
        if sse_key is not None:
            headers["x-amz-server-side-encryption-aws-kms-key-id"] = sse_key
        try:
            return await store_object(
                self._services,
                self._name,
                key,
                body,
                account_id=self._account_id,
                region=self._region,
                content_type=content_type,
                headers=headers,
            )
        except S3Refused as refused:
            raise _failed(refused.code, refused.message, refused.status) from refused

    async def objects(self, prefix: str) -> list[FoundObject]:
        """The objects whose keys begin with *prefix*, in S3's order.

        Raises:
            JobFailed: S3 refuses.
        """
        found: list[FoundObject] = []
        page: dict[str, Any] = {"Prefix": prefix}
        while True:
            answer = await self._list(page)
            found += [FoundObject(entry["Key"], entry["Size"]) for entry in answer.get("Contents", ())]
            if not answer.get("IsTruncated"):
                return found
            page["ContinuationToken"] = answer["NextContinuationToken"]

    async def fetch(self, key: str) -> bytes:
        """The bytes of an object.

        Raises:
            JobFailed: S3 refuses, or it has gone.
        """
        try:
            return await fetch_object(self._services, self._name, key, account_id=self._account_id, region=self._region)
        except S3Refused as refused:
            raise _failed(refused.code, refused.message, refused.status) from refused

    async def _list(self, members: dict[str, Any]) -> dict[str, Any]:
        try:
            return await self._services.ask(
                "s3",
                "ListObjectsV2",
                {"Bucket": self._name, **members},
                account_id=self._account_id,
                region=self._region,
            )
        except ServiceRefused as refused:
            raise _failed(refused.code, refused.message or "", refused.status) from refused


def _failed(code: str, message: str, status: int) -> JobFailed:
    sentence = message.removesuffix(".")
    return JobFailed(
        f"S3{code}", f"{sentence} (Service: Amazon S3; Status Code: {status}; Error Code: {code}; Proxy: null)"
    )
