"""The base of every refusal that leaves the endpoint.

One subclass per AWS error code, spelled as AWS spells it, in the ``faults.py`` of its service. Operations raise only
these; ``web/replies.py`` alone renders them. Any other exception is a bug of ours.
"""

from collections.abc import Mapping
from typing import Any, ClassVar


class ApiFault(Exception):  # noqa: N818 - AWS names its error shapes; this is their base
    """A refusal in AWS's form.

    Attributes:
        message: AWS's wording, or ``None`` where AWS sends no text member.
        extra: further members of the error body, by wire name (``Item``, ``CancellationReasons`` …).
    """

    code: ClassVar[str] = "InternalFailure"
    status: ClassVar[int] = 400
    type_prefix: ClassVar[str] = ""
    """What stands before the code in ``__type`` (JSON protocols only), with its closing ``#``."""
    message_member: ClassVar[str] = "message"
    query_code: ClassVar[str] = ""
    """The code in the Query protocol, where that is another."""

    def __init__(self, message: str | None = None, *, extra: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.extra: Mapping[str, Any] = extra or {}
