"""Every refusal of the Lambda API, one class per error code.

Lambda's bodies carry ``Type`` (``User`` or ``Service``) and their text under ``message`` or ``Message``, as each error
was recorded; the wire's ``ValidationException`` alone has no ``Type``. Source: esm §1.1, §5.2; recorded-answers §3.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from sandbox.faults import ApiFault

__all__ = [
    "CodeSigningConfigNotFoundException",
    "CodeStorageExceededException",
    "InvalidParameterValueException",
    "InvalidRequestContentException",
    "LambdaFault",
    "NotImplementedException",
    "PreconditionFailedException",
    "ProvisionedConcurrencyConfigNotFoundException",
    "RequestEntityTooLargeException",
    "RequestTooLargeException",
    "ResourceConflictException",
    "ResourceNotFoundException",
    "ServiceException",
    "TooManyRequestsException",
]


class LambdaFault(ApiFault):
    """The base of Lambda's errors: puts ``Type`` into the body."""

    error_type: ClassVar[str] = "User"

    def __init__(self, message: str | None = None, *, extra: Mapping[str, Any] | None = None) -> None:
        super().__init__(message, extra={"Type": self.error_type, **(extra or {})})


class InvalidParameterValueException(LambdaFault):
    """A parameter breaks a rule of the operation."""

    code: ClassVar[str] = "InvalidParameterValueException"


class InvalidRequestContentException(LambdaFault):
    """The payload of an Invoke is not JSON."""

    code: ClassVar[str] = "InvalidRequestContentException"


class CodeSigningConfigNotFoundException(LambdaFault):
    """There is no such configuration."""

    code: ClassVar[str] = "CodeSigningConfigNotFoundException"
    status: ClassVar[int] = 404
    message_member: ClassVar[str] = "Message"


class CodeStorageExceededException(LambdaFault):
    """The account's room for code is used up."""

    code: ClassVar[str] = "CodeStorageExceededException"


class ResourceNotFoundException(LambdaFault):
    """There is no such function, mapping or tagged resource."""

    code: ClassVar[str] = "ResourceNotFoundException"
    status: ClassVar[int] = 404
    message_member: ClassVar[str] = "Message"


class ResourceConflictException(LambdaFault):
    """The name or the pair is taken."""

    code: ClassVar[str] = "ResourceConflictException"
    status: ClassVar[int] = 409


class PreconditionFailedException(LambdaFault):
    """The RevisionId of the request is not the latest."""

    code: ClassVar[str] = "PreconditionFailedException"
    status: ClassVar[int] = 412


class ProvisionedConcurrencyConfigNotFoundException(LambdaFault):
    """No concurrency is provisioned for the version or alias."""

    code: ClassVar[str] = "ProvisionedConcurrencyConfigNotFoundException"
    status: ClassVar[int] = 404


class RequestEntityTooLargeException(LambdaFault):
    """The payload or archive is too large."""

    code: ClassVar[str] = "RequestEntityTooLargeException"
    status: ClassVar[int] = 413


class RequestTooLargeException(LambdaFault):
    """The payload of an Invoke is too large."""

    code: ClassVar[str] = "RequestTooLargeException"
    status: ClassVar[int] = 413


class TooManyRequestsException(LambdaFault):
    """The function did not run for want of concurrency.

    The ``Reason`` goes into *extra*: ``ReservedFunctionConcurrentInvocationLimitExceeded``.
    """

    code: ClassVar[str] = "TooManyRequestsException"
    status: ClassVar[int] = 429


class ServiceException(LambdaFault):
    """The sandbox could not do what was asked, for a reason that lies outside the request."""

    code: ClassVar[str] = "ServiceException"
    status: ClassVar[int] = 500
    message_member: ClassVar[str] = "Message"
    error_type: ClassVar[str] = "Service"


class NotImplementedException(LambdaFault):
    """AWS has this and the sandbox does not; not an error code of AWS, so that nobody takes it for one."""

    code: ClassVar[str] = "NotImplementedException"
    status: ClassVar[int] = 501
