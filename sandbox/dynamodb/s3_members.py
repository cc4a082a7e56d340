"""The members of requests that name a bucket of S3. Source: the service model (``S3Bucket`` and what stands with it)."""

from typing import Annotated, Literal

from msgspec import Meta

from sandbox.wire.constraints import whole

__all__ = ["JobToken", "S3Bucket", "S3BucketOwner", "S3Prefix", "S3SseAlgorithm", "S3SseKmsKeyId"]

S3Bucket = Annotated[str, Meta(max_length=255, pattern=r"^[a-z0-9A-Z]+[\.\-\w]*[a-z0-9A-Z]+$")]
S3BucketOwner = Annotated[str, Meta(pattern=whole("[0-9]{12}"))]
S3Prefix = Annotated[str, Meta(max_length=1024)]
S3SseAlgorithm = Literal["AES256", "KMS"]
S3SseKmsKeyId = Annotated[str, Meta(min_length=1, max_length=2048)]
JobToken = Annotated[str, Meta(pattern=r"^[^\$]+$")]
"""The token of an export, an import or a bulk operation."""
