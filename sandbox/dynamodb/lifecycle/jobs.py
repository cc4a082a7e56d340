"""What exports, imports and bulk operations have in common: their ARNs, their states, their lists."""

import re
from collections.abc import Callable, Sequence
from typing import Literal, TypeVar

from sandbox.arn import TableArn, parse_table_arn
from sandbox.dynamodb.faults import AccessDeniedException, ValidationException
from sandbox.dynamodb.scope import Scope
from sandbox.dynamodb.storage.jobs import Failure, Job

__all__ = ["JobFailed", "Kind", "job_id", "new_arn", "own_table_arn", "page_behind", "status_of"]

Kind = Literal["export", "import", "bulk-operation"]
JobT = TypeVar("JobT", bound=Job)

_IDENTITY = re.compile(r"[0-9a-z-]+")
_PAGE_JOBS = 10


class JobFailed(Exception):  # noqa: N818 - a state of the world, which the job's description tells
    """A job cannot come to its end; code and sentence as they are described."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.failure = Failure(code=code, message=message)


def new_arn(scope: Scope, table_arn: str, kind: Kind, now: float) -> str:
    """The ARN of a job that begins at *now*, epoch seconds."""
    return f"{table_arn}/{kind}/{round(now * 1000):014}-{scope.ids.hex(8)}"


def own_table_arn(scope: Scope, arn: str, kind: Kind) -> TableArn:
    """The table in the ARN of a job, however that is numbered. Source: ack-api-quirks DDB-EXPORT-006.

    Raises:
        ValidationException: it is no ARN of a job of that kind.
        AccessDeniedException: it is one of another account.
    """
    table, _, identity = arn.partition(f"/{kind}/")
    named = parse_table_arn(table)
    if named is None or not _IDENTITY.fullmatch(identity):
        raise ValidationException(f"Invalid {kind.replace('-', ' ').title()} ARN")
    if named.account_id != scope.account_id:
        raise AccessDeniedException("Access is denied")
    return named


def job_id(arn: str) -> str:
    """What names a job within its account: the end of its ARN."""
    return arn.rpartition("/")[2]


def status_of(job: Job) -> str:
    """How far an export or an import is. Source: ack-api-quirks DDB-EXPORT-016; no import was seen to be CANCELLED (DDB-IMPORT-006)."""
    if job.ended is None:
        return "IN_PROGRESS"
    return "COMPLETED" if job.failure is None else "FAILED"


def page_behind(
    jobs: Sequence[JobT],
    token: str | None,
    limit: int | None,
    is_wanted: Callable[[JobT], bool],
    token_of: Callable[[str], str] = str,
) -> tuple[list[JobT], str | None]:
    """A page of the wanted ones behind the one that *token* names, and the token of the next page.

    A token is what *token_of* gives for the ARN of the last one of a page: that itself, unless told otherwise.

    Raises:
        ValidationException: the token names none.
    """
    start = 0
    if token is not None:
        tokens = [token_of(job.arn) for job in jobs]
        if token not in tokens:
            raise ValidationException(f"Invalid Request: Provided nextToken is invalid: {token}")
        start = tokens.index(token) + 1
    rest = [job for job in jobs[start:] if is_wanted(job)]
    page = rest[: limit or _PAGE_JOBS]
    return page, token_of(page[-1].arn) if len(rest) > len(page) else None
