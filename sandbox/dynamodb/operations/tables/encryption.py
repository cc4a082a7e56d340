"""Encryption at rest as tables describe it; nothing here is encrypted.

Source: dynamodb-exact §19.2, row SSEDescription.
"""

import hashlib
import uuid

from sandbox.dynamodb.parameters import SSESpecification
from sandbox.dynamodb.scope import Scope

__all__ = ["encryption_of"]


def encryption_of(scope: Scope, specification: SSESpecification) -> dict[str, str]:
    """The stored form of an enabled *specification*, already in force: status, type and key ARN."""
    prefix = f"arn:aws:kms:{scope.region}:{scope.account_id}:"
    key = specification.kms_master_key_id
    if key is None:
        # AWS's own key of the account and region: the same for all its tables.
        digest = hashlib.md5(prefix.encode(), usedforsecurity=False).digest()
        arn = f"{prefix}key/{uuid.UUID(bytes=digest, version=4)}"
    elif key.startswith("arn:"):
        arn = key
    else:
        arn = prefix + (key if key.startswith("alias/") else f"key/{key}")
    return {"status": "ENABLED", "type": specification.sse_type or "KMS", "key_arn": arn}
