"""Encryption at rest as tables describe it; nothing here is encrypted.

Source: dynamodb-exact §19.2, row SSEDescription.
"""

import hashlib
import uuid
from typing import TypeGuard

from sandbox.dynamodb.operations.tables.wording import invalid
from sandbox.dynamodb.parameters import SSESpecification
from sandbox.dynamodb.scope import Scope

__all__ = ["asks_for_encryption", "check_encryption", "encryption_of"]


def check_encryption(specification: SSESpecification | None) -> None:
    """Check that the members fit each other.

    Source: ack-api-quirks DDB-TABLE-442. The order of the checks is an assumption.

    Raises:
        ValidationException: a type or key with what is switched off, AES256, or a key whose type is not said.
    """
    if specification is None:
        return
    if specification.enabled is False:
        if specification.sse_type is not None:
            raise invalid("SSEType can not be specified if Enabled is false")
        if specification.kms_master_key_id is not None:
            raise invalid("KMSMasterKeyId can not be specified if Enabled is false")
    if specification.sse_type == "AES256":
        raise invalid("SSEType AES256 is not supported")
    if specification.kms_master_key_id is not None and specification.sse_type != "KMS":
        raise invalid("SSEType KMS is required if KMSMasterKeyId is specified")


def asks_for_encryption(specification: SSESpecification | None) -> TypeGuard[SSESpecification]:
    """Whether a key of the account is asked for: a type alone is enough. Source: ack-api-quirks DDB-TABLE-044."""
    return specification is not None and bool(specification.enabled or specification.sse_type)


def encryption_of(scope: Scope, specification: SSESpecification) -> dict[str, str]:
    """The stored form of an enabled *specification*, already in force: status, type and key ARN."""
    prefix = f"arn:aws:kms:{scope.region}:{scope.account_id}:"
    key = specification.kms_master_key_id
    if key is None or key.endswith("alias/aws/dynamodb"):
        # AWS's own key of the account and region: the same for all its tables.
        digest = hashlib.md5(prefix.encode(), usedforsecurity=False).digest()
        arn = f"{prefix}key/{uuid.UUID(bytes=digest, version=4)}"
    elif key.startswith("arn:"):
        arn = key
    else:
        arn = prefix + (key if key.startswith("alias/") else f"key/{key}")
    return {"status": "ENABLED", "type": specification.sse_type or "KMS", "key_arn": arn}
