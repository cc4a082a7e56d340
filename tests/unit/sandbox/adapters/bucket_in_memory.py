"""A bucket without S3, for the tests of jobs."""

import gzip
import json
from collections.abc import Awaitable, Callable
from typing import Any

from sandbox.adapters.job_bucket import FoundObject
from sandbox.dynamodb.lifecycle.jobs import JobFailed

__all__ = ["BucketInMemory", "nothing"]


async def nothing() -> None:
    """Happens between two requests to S3."""


class BucketInMemory:
    """One bucket for all names; *meanwhile* is awaited before each object is written or read."""

    def __init__(self) -> None:
        self.content: dict[str, bytes] = {}
        self.encryption: set[tuple[str | None, str | None]] = set()
        self.is_there = True
        self.meanwhile: Callable[[], Awaitable[None]] = nothing

    def __call__(self, name: str, *, account_id: str, region: str, owner: str | None) -> "BucketInMemory":
        """Any bucket is this one."""
        assert (name, account_id, region) == ("b-1", "000000000000", "us-east-1")
        assert owner in (None, account_id)
        return self

    async def check(self) -> None:
        """As it is told."""
        if not self.is_there:
            raise JobFailed("S3NoSuchBucket", "The specified bucket does not exist")

    async def put(
        self,
        key: str,
        body: bytes,
        content_type: str,
        *,
        sse_algorithm: str | None = "AES256",
        sse_key: str | None = None,
    ) -> str:
        """Keep an object."""
        assert content_type
        await self.meanwhile()
        self.content[key] = body
        self.encryption.add((sse_algorithm, sse_key))
        return "etag"

    async def objects(self, prefix: str) -> list[FoundObject]:
        """In order."""
        found = sorted(self.content.items())
        return [FoundObject(key, len(body)) for key, body in found if key.startswith(prefix)]

    async def fetch(self, key: str) -> bytes:
        """An object."""
        await self.meanwhile()
        if key not in self.content:
            raise JobFailed("S3NoSuchKey", "The specified key does not exist")
        return self.content[key]

    def exported(self) -> list[Any]:
        """The lines of all exports."""
        data = [body for key, body in self.content.items() if "/data/" in key]
        return [json.loads(line) for body in data for line in gzip.decompress(body).splitlines()]
