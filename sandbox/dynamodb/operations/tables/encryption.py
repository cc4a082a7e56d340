"""Encryption at rest as tables describe it; nothing here is encrypted.

Source: dynamodb-exact §19.2, row SSEDescription.
"""

import hashlib
import uuid

from sandbox.dynamodb.operations.tables.wording import invalid
from sandbox.dynamodb.parameters import SSESpecification
from sandbox.dynamodb.scope import Scope

__all__ = ["check_encryption", "encryption_of"]


def check_encryption(specification: SSESpecification | None) -> None:
    """Check that a key is only named together with its type.

    Source: a public report of AWS's answer (awsdocs/aws-cloudformation-user-guide 1228).

    Raises:
        ValidationException: there is a key, and its type is not said to be KMS.
    """
    if specification is not None and specification.kms_master_key_id is not None and specification.sse_type != "KMS":
        raise invalid("SSEType KMS is required if KMSMasterKeyId is specified")


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
