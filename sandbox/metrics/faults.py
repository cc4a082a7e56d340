"""The refusals of the CloudWatch calls that the sandbox answers itself; ``query_code`` is for the Query protocol."""

from typing import ClassVar

from sandbox.faults import ApiFault

__all__ = [
    "InvalidParameterCombinationException",
    "InvalidParameterValueException",
    "MissingRequiredParameterException",
]


class InvalidParameterValueException(ApiFault):
    """A parameter cannot be."""

    code: ClassVar[str] = "InvalidParameterValueException"
    query_code: ClassVar[str] = "InvalidParameterValue"


class InvalidParameterCombinationException(ApiFault):
    """Two parameters together cannot be."""

    code: ClassVar[str] = "InvalidParameterCombinationException"
    query_code: ClassVar[str] = "InvalidParameterCombination"


class MissingRequiredParameterException(ApiFault):
    """One of several parameters has to be there."""

    code: ClassVar[str] = "MissingRequiredParameterException"
    query_code: ClassVar[str] = "MissingParameter"
