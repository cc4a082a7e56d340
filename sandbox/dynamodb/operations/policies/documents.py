"""What a resource policy may be, which revision it is, and the resource it is attached to."""

import json

from sandbox.dynamodb.faults import PolicyNotFoundException, ResourceNotFoundException, ValidationException
from sandbox.dynamodb.lifecycle.table_status import current_table
from sandbox.dynamodb.operations.tables.wording import in_use, invalid, table_not_found
from sandbox.dynamodb.operations.tags.find import named_table
from sandbox.dynamodb.scope import Scope
from sandbox.dynamodb.storage.table import Policy, Table

__all__ = [
    "changeable_resource",
    "check_policy",
    "check_revision",
    "new_policy",
    "policy_not_found",
    "resource_of",
]

_POLICY_BYTES_MAX = 20 * 1024


def check_policy(text: str) -> None:
    """Check that *text* is a JSON object with statements, of at most 20 KB; what they say is hardly looked at.

    Source: ack-api-quirks DDB-TABLE-356, 442, 457. What AWS says of an object without statements that is not empty, and
    of statements that are none, is an assumption.

    Raises:
        ValidationException: it is not, or two statements have one Sid.
    """
    if len(text.encode()) > _POLICY_BYTES_MAX:
        raise invalid(f"Maximum policy size of {_POLICY_BYTES_MAX} bytes exceeded")
    try:
        document = json.loads(text)
    except ValueError:
        document = []
    if document is None:
        raise invalid("Invalid policy document: This text appears not to be a policy")
    if not isinstance(document, dict):
        raise invalid("Invalid policy document: This policy contains invalid Json")
    statements = document.get("Statement")
    if statements is None:
        raise invalid("Invalid policy document: Syntax error at position (1,3)")
    if isinstance(statements, dict):
        statements = [statements]
    if not statements or not isinstance(statements, list):
        raise invalid("Invalid policy document: Could not parse the policy: Statement is empty!")
    if any(not isinstance(statement, dict) or "Effect" not in statement for statement in statements):
        raise invalid("Invalid policy document: Missing required field Effect")
    sids = [statement["Sid"] for statement in statements if "Sid" in statement]
    if len(set(map(str, sids))) < len(sids):
        raise invalid("Invalid policy document: The Statement Ids in the policy are not unique")


def new_policy(text: str, now: float, present: Policy | None) -> Policy:
    """The policy to keep: *present* itself where it says the same, blanks and order of members aside.

    Source: AWS's documentation of PutResourcePolicy; the service's page of ack-api-quirks on resource policies.
    """
    if present is not None and json.loads(present.text) == json.loads(text):
        return present
    revision = int(now * 1000)
    if present is not None:
        revision = max(revision, int(present.revision_id) + 1)
    return Policy(text=text, revision_id=str(revision))


def check_revision(arn: str, present: Policy | None, expected: str | None) -> None:
    """Check *present* against the revision a caller expects; ``NO_POLICY`` expects none.

    Source: ack-api-quirks DDB-TABLE-209. How the sentence ends, and what it says where there is no policy or none is
    expected, are assumptions.

    Raises:
        PolicyNotFoundException: it is another one.
    """
    if expected is None or expected == ("NO_POLICY" if present is None else present.revision_id):
        return
    if present is None:
        raise policy_not_found(arn)
    name = named_table(arn).table_name
    raise PolicyNotFoundException(
        "Resource-based policy not found for the provided ResourceArn: Requested update for policy with revision id "
        f"{expected}, but the policy associated to target table {name} has revision id {present.revision_id}."
    )


def policy_not_found(arn: str) -> PolicyNotFoundException:
    """No policy. Source: ack-api-quirks DDB-TABLE-212."""
    return PolicyNotFoundException(f"Resource-based policy not found for the provided ResourceArn: {arn}")


def resource_of(scope: Scope, arn: str) -> Table:
    """Find the table whose ARN, or the ARN of one of whose streams, is *arn*. Source: ack-api-quirks DDB-TABLE-212.

    Raises:
        ValidationException: it is no such ARN, or one of elsewhere.
        ResourceNotFoundException: there is no such table or stream.
    """
    named = named_table(arn)
    if named.account_id != scope.account_id:
        raise ValidationException(
            "This action is only supported by accounts that match the resource owner\u2019s account."
        )
    if named.region != scope.region or not arn.startswith("arn:aws:"):
        raise invalid(f"Invalid resource Arn: {arn}")
    table = current_table(scope, named.table_name)
    if table is None:
        raise table_not_found(named.table_name)
    label = arn.partition("/stream/")[2]
    if label and scope.store.log.by_arn(arn) is None:
        raise ResourceNotFoundException(
            f"Requested resource not found: Stream: {label} not found for Table: {named.table_name}"
        )
    return table


def changeable_resource(scope: Scope, arn: str) -> Table:
    """Find it as ``resource_of``, for a change. Source: ack-api-quirks DDB-TABLE-236, 374.

    Raises:
        ValidationException, ResourceNotFoundException: as there.
        ResourceInUseException: the table is being deleted.
    """
    table = resource_of(scope, arn)
    if table.definition.status == "DELETING":
        raise in_use(table)
    return table
