"""What a resource policy may be, which revision it is, and the resource it is attached to."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from sandbox.dynamodb.faults import (
    AccessDeniedException,
    PolicyNotFoundException,
    ResourceNotFoundException,
    ValidationException,
)
from sandbox.dynamodb.lifecycle.table_status import current_table
from sandbox.dynamodb.operations.policies.canonical import canonical, statements_of
from sandbox.dynamodb.operations.tables.wording import in_use, invalid, table_not_found
from sandbox.dynamodb.operations.tags.find import named_table
from sandbox.dynamodb.scope import Scope
from sandbox.dynamodb.storage.table import Policy, Table

__all__ = [
    "changeable_resource",
    "check_policy",
    "check_revision",
    "check_stays_changeable",
    "new_policy",
    "policy_not_found",
    "resource_of",
]

_POLICY_BYTES_MAX = 20 * 1024
_OF_STREAMS = frozenset({"describestream", "getrecords", "getsharditerator"})
_BARE_PRINCIPAL = re.compile(r'"Principal"\s*:\s*"(?!\*")(?:[^"\\]|\\.)*"')


def check_policy(text: str, *, of_stream: bool = False) -> None:
    """Check that *text* is a JSON object with statements, of at most 20 KB, that let nobody in particular in.

    Source: ack-api-quirks DDB-TABLE-211, 352, 356, 442, 457. What AWS says of an object without statements that is not
    empty, of statements that are none, and which fault it tells first, are assumptions. Actions of streams are named in
    the order of the only quotation, taken to be the reverse of the policy's.

    Raises:
        ValidationException: it is not, or two statements have one Sid, or one permits something to everybody.
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
    _check_statements(text, statements, of_stream=of_stream)
    sids = [statement["Sid"] for statement in statements if "Sid" in statement]
    if len(set(map(str, sids))) < len(sids):
        raise invalid("Invalid policy document: The Statement Ids in the policy are not unique")
    if any(_effect(statement) == "allow" and _is_for_everybody(statement) for statement in statements):
        raise ValidationException(
            "Resource-based policy grants unbounded access in one or more elements. "
            "Please revise the policy to ensure least-privilege form of access"
        )


def _check_statements(text: str, statements: Sequence[Any], *, of_stream: bool) -> None:
    for statement in statements:
        if not isinstance(statement, dict) or "Effect" not in statement:
            raise invalid("Invalid policy document: Missing required field Effect")
        for member in ("Principal", "Action", "Resource"):
            if member not in statement and f"Not{member}" not in statement:
                raise invalid(f"Invalid policy document: Missing required field {member}")
        if isinstance(statement.get("Principal"), str) and (bare := _BARE_PRINCIPAL.search(text)) is not None:
            before = text[: bare.end()].split("\n")
            raise invalid(f"Invalid policy document: Syntax error at position ({len(before)},{len(before[-1]) + 1})")
    if of_stream:
        return
    wrong = [
        action
        for statement in statements
        for action in _listed(statement.get("Action"))
        if action.lower().removeprefix("dynamodb:") in _OF_STREAMS
    ]
    if wrong:
        names = ", ".join(f'"{action}"' for action in reversed(list(dict.fromkeys(wrong))))
        raise invalid(f"Invalid policy document: The following action names are invalid: {names}")


def _listed(value: Any) -> list[str]:
    return [item for item in (value if isinstance(value, list) else [value]) if isinstance(item, str)]


def _effect(statement: Mapping[str, Any]) -> str:
    return str(statement["Effect"]).lower()


def _is_for_everybody(statement: Mapping[str, Any]) -> bool:
    """Whether it is for everybody; that a condition bounds that is an assumption."""
    return "*" in _named(statement) and "Condition" not in statement


def _named(statement: Mapping[str, Any]) -> list[str]:
    """The principals of AWS that a statement names, or the one that stands without a kind."""
    principal = statement.get("Principal")
    return _listed(principal.get("AWS") if isinstance(principal, dict) else principal)


def check_stays_changeable(scope: Scope, text: str) -> None:
    """Check that the caller, who is the owner of the account, could still change a policy that is about to be put.

    Source: ack-api-quirks DDB-TABLE-210. Conditions are not evaluated.

    Raises:
        AccessDeniedException: a statement denies that.
    """
    owners = {"*", scope.account_id, f"arn:aws:iam::{scope.account_id}:root"}
    for statement in statements_of(json.loads(text)):
        actions = {action.lower() for action in _listed(statement.get("Action"))}
        if (
            _effect(statement) == "deny"
            and "Condition" not in statement
            and owners.intersection(_named(statement))
            and actions & {"*", "dynamodb:*", "dynamodb:put*", "dynamodb:putresourcepolicy"}
        ):
            raise AccessDeniedException(
                "The new resource policy will not allow you to update the resource policy in the future."
            )


def new_policy(text: str, now: float, present: Policy | None) -> Policy:
    """The policy to keep: *present* itself where it says the same. Source: ack-api-quirks DDB-TABLE-207, 354."""
    if present is not None and canonical(json.loads(present.text)) == canonical(json.loads(text)):
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
