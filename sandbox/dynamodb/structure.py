"""The base of DynamoDB's request structures."""

from typing import ClassVar

from sandbox.wire.operation import RequestShape

__all__ = ["Structure"]


class Structure(RequestShape):
    """A structure inside a request, known to the server under this Java package. Source: dynamodb-exact §2."""

    is_hash_listed: ClassVar[bool] = True
    java_package: ClassVar[str] = "com.amazonaws.dynamodb.v20120810."
