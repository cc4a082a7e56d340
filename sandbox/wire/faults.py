"""The two refusals the wire itself can give: a request that cannot be read, and one that breaks declared constraints."""

from typing import ClassVar

from sandbox.faults import ApiFault

__all__ = ["SerializationException", "ValidationException"]


class SerializationException(ApiFault):
    """The body is not JSON, or a member has the wrong JSON type. Source: dynamodb-exact §2."""

    code: ClassVar[str] = "SerializationException"
    type_prefix: ClassVar[str] = "com.amazon.coral.service#"
    message_member: ClassVar[str] = "Message"


class ValidationException(ApiFault):
    """A member breaks a declared constraint, or the request a rule of its operation. Source: dynamodb-exact §1.3, §3."""

    code: ClassVar[str] = "ValidationException"
    type_prefix: ClassVar[str] = "com.amazon.coral.validate#"
