"""The refusals of the CloudWatch Logs calls that the sandbox answers itself."""

from typing import ClassVar

from sandbox.faults import ApiFault

__all__ = ["InvalidParameterException", "ResourceNotFoundException"]


class ResourceNotFoundException(ApiFault):
    """There is no such log group or stream."""

    code: ClassVar[str] = "ResourceNotFoundException"


class InvalidParameterException(ApiFault):
    """A parameter, or two of them together, cannot be."""

    code: ClassVar[str] = "InvalidParameterException"
