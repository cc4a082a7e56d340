"""What a resource policy may be, which revision it is, and the resource it is attached to."""

import json

from sandbox.dynamodb.faults import PolicyNotFoundException, ResourceNotFoundException
from sandbox.dynamodb.lifecycle.table_status import current_table
from sandbox.dynamodb.operations.tables.wording import invalid, table_not_found
from sandbox.dynamodb.operations.tags.find import check_table_arn
from sandbox.dynamodb.scope import Scope
from sandbox.dynamodb.storage.table import Policy, Table

__all__ = ["check_policy", "check_revision", "new_policy", "policy_not_found", "resource_of"]

_POLICY_BYTES_MAX = 20 * 1024


def check_policy(text: str) -> None:
    """Check that *text* is a JSON object with statements, of at most 20 KB; what they say is not looked at.

    The beginning of the sentence is quoted in a public report (aws-controllers-k8s/dynamodb-controller 176); how it goes
    on for a text that is no policy at all, and the words about its size, are assumptions.

    Raises:
        ValidationException: it is not.
    """
    if len(text.encode()) > _POLICY_BYTES_MAX:
        raise invalid("Resource-based policy size exceeds the limit of 20 KB")
    try:
        document = json.loads(text)
    except ValueError:
        document = None
    if not isinstance(document, dict) or not document.get("Statement"):
        raise invalid("Invalid policy document: Syntax errors in policy.")


def new_policy(text: str, now: float, present: Policy | None) -> Policy:
    """The policy to keep: *present* itself where it says the same, as AWS's documentation of PutResourcePolicy has it."""
    if present is not None and present.text == text:
        return present
    revision = int(now * 1000)
    if present is not None:
        revision = max(revision, int(present.revision_id) + 1)
    return Policy(text=text, revision_id=str(revision))


def check_revision(arn: str, present: Policy | None, expected: str | None) -> None:
    """Check *present* against the revision a caller expects; ``NO_POLICY`` expects none.

    Raises:
        PolicyNotFoundException: it is another one.
    """
    if expected is None:
        return
    if expected != ("NO_POLICY" if present is None else present.revision_id):
        raise policy_not_found(arn)


def policy_not_found(arn: str) -> PolicyNotFoundException:
    """No policy, or not at this revision. The wording is an assumption."""
    return PolicyNotFoundException(f"Resource-based policy not found for the provided ResourceArn: {arn}")


def resource_of(scope: Scope, arn: str, operation_name: str) -> Table:
    """Find the table whose ARN, or the ARN of one of whose streams, is *arn*.

    Raises:
        ValidationException, AccessDeniedException: it is no such ARN, or one of elsewhere.
        ResourceNotFoundException: there is no such table or stream.
    """
    own, _, label = arn.partition("/stream/")
    check_table_arn(scope, own, operation_name)
    table = current_table(scope, own)
    if table is None or table.definition.status == "DELETING":
        raise table_not_found(own)
    if label and scope.store.log.by_arn(arn) is None:
        raise ResourceNotFoundException(f"Requested resource not found: Stream: {arn} not found")
    return table
