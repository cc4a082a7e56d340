"""Read the ways in which Lambda lets a function be named.

A name, ``name:qualifier``, ``account:function:name`` or an ARN, each with or without a qualifier. Source: esm §1.2, §5.2.
"""

import re
from dataclasses import dataclass

from sandbox.arn import function_arn
from sandbox.awslambda.faults import InvalidParameterValueException, ResourceNotFoundException
from sandbox.wire.faults import ValidationException

__all__ = ["LATEST", "ONLY_FUNCTIONS", "FunctionReference", "read_function_name"]

LATEST = "$LATEST"
NAME_LENGTH_MAX = 64

ONLY_FUNCTIONS = (
    "This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. "
    "Please specify either a function name or an unqualified function ARN."
)
"""What Lambda says where a qualifier has no place."""

_PATTERN = re.compile(
    r"(?P<arn>arn:(aws[a-zA-Z-]*)?:lambda:)?"
    r"((?P<region>(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}):)?"
    r"((?P<account>\d{12}):)?"
    r"(function:)?"
    r"(?P<name>[a-zA-Z0-9-_\.]+)"
    r"(:(?P<qualifier>\$LATEST|[a-zA-Z0-9-_]+))?"
)


@dataclass(frozen=True, kw_only=True)
class FunctionReference:
    """Which function a request speaks of.

    Attributes:
        qualifier: as given in the name or beside it; ``None`` where neither says one.
    """

    account_id: str
    region: str
    name: str
    qualifier: str | None = None

    @property
    def version(self) -> str:
        """The version asked for; without a qualifier ``$LATEST``."""
        return self.qualifier or LATEST

    @property
    def arn(self) -> str:
        """The unqualified ARN."""
        return function_arn(self.region, self.account_id, self.name)

    @property
    def qualified_arn(self) -> str:
        """The ARN with the qualifier that was given, if one was."""
        return self.arn if self.qualifier is None else f"{self.arn}:{self.qualifier}"


def read_function_name(text: str, qualifier: str | None, *, account_id: str, region: str) -> FunctionReference:
    """Read *text*, with *qualifier* from the query, as seen from *account_id* and *region*.

    Raises:
        ValidationException: not a function name, or a bare name of more than 64 characters.
        InvalidParameterValueException: two different qualifiers.
        ResourceNotFoundException: the ARN names another region.

    Source: esm §5.2.
    """
    match = _PATTERN.fullmatch(text)
    if match is None:
        raise ValidationException(
            f"1 validation error detected: Value '{text}' at 'functionName' failed to satisfy constraint: "
            "Member must satisfy regular expression pattern: "
            r"(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?"
            r"(\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\$LATEST|[a-zA-Z0-9-_]+))?"
        )
    name = match["name"]
    if len(name) > NAME_LENGTH_MAX:
        raise ValidationException(
            f"1 validation error detected: Value '{text}' at 'functionName' failed to satisfy constraint: "
            f"Member must have length less than or equal to {NAME_LENGTH_MAX}"
        )
    if match["qualifier"] is not None and qualifier is not None and match["qualifier"] != qualifier:
        raise InvalidParameterValueException(
            "The derived qualifier from the function name does not match the specified qualifier."
        )
    named_region = match["region"] or region
    if named_region != region:
        raise ResourceNotFoundException(
            f"Functions from '{named_region}' are not reachable in this region ('{region}')"
        )
    return FunctionReference(
        account_id=match["account"] or account_id,
        region=region,
        name=name,
        qualifier=match["qualifier"] or qualifier,
    )
