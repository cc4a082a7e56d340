"""What a CloudWatch Logs operation receives, and which groups it answers for."""

from dataclasses import dataclass

from sandbox.logs.faults import ResourceNotFoundException
from sandbox.logs.store import AccountLogs, LogGroup

__all__ = ["FUNCTION_PREFIX", "LogsScope"]

FUNCTION_PREFIX = "/aws/lambda/"


@dataclass(frozen=True, kw_only=True)
class LogsScope:
    """The log groups of one account and region."""

    logs: AccountLogs

    def own_group(self, name: str | None, identifier: str | None) -> LogGroup | None:
        """The group meant by name or by identifier (name or ARN), or ``None`` where it is not for us to answer.

        Ours are the groups that functions write to, and every ``/aws/lambda/…``.

        Raises:
            ResourceNotFoundException: it would be ours, and nothing has been written to it.
        """
        wanted = name or _name_of(identifier or "")
        group = self.logs.group(wanted)
        if group is None and wanted.startswith(FUNCTION_PREFIX):
            raise ResourceNotFoundException("The specified log group does not exist.")
        return group

    def group_arn(self, name: str) -> str:
        """``arn:aws:logs:<region>:<account>:log-group:<name>``."""
        return f"arn:aws:logs:{self.logs.region}:{self.logs.account_id}:log-group:{name}"


def _name_of(identifier: str) -> str:
    """The name in an ARN, which may end with ``:*``; anything else is the name itself."""
    if not identifier.startswith("arn:"):
        return identifier
    return identifier.partition(":log-group:")[2].removesuffix(":*")
