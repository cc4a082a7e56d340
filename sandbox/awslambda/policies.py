"""Resource policies: kept and told, so that tools find what they set. Nobody is refused an invocation by them.

The sentences of the refusals, and the shape of statements, are AWS's as recalled, not as recorded.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from sandbox.awslambda.faults import (
    InvalidParameterValueException,
    PreconditionFailedException,
    ResourceConflictException,
    ResourceNotFoundException,
)
from sandbox.awslambda.names import LATEST, FunctionReference
from sandbox.awslambda.scope import LambdaScope
from sandbox.awslambda.store.ports import Attachment

__all__ = [
    "Policy",
    "found_policy",
    "keep_policy",
    "permitted_function",
    "policy_of",
    "principal_of",
    "refuse_taken_statement",
    "without_statement",
]

_ACCOUNT = re.compile(r"\d{12}")


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """The statements about one function, version or alias, as on the wire."""

    statements: list[dict[str, Any]]
    revision_id: str

    def document(self) -> str:
        """The policy as JSON text."""
        document = {"Version": "2012-10-17", "Id": "default", "Statement": self.statements}
        return msgspec.json.encode(document).decode()

    def check_revision(self, revision_id: str | None) -> None:
        """Refuse a request that was made knowing an older state.

        Raises:
            PreconditionFailedException: *revision_id* is not the latest.
        """
        if revision_id is not None and revision_id != self.revision_id:
            raise PreconditionFailedException(
                "The RevisionId provided does not match the latest RevisionId. "
                "Call the GetPolicy API to retrieve the latest RevisionId"
            )


def permitted_function(scope: LambdaScope, function_name: str, qualifier: str | None) -> FunctionReference:
    """Read the name of a function that is there and can have a policy.

    Raises:
        ResourceNotFoundException: there is no such function, version or alias.
        InvalidParameterValueException: ``$LATEST`` by name.
    """
    reference = scope.reference(function_name, qualifier)
    if reference.qualifier == LATEST:
        raise InvalidParameterValueException("We currently do not support adding policies for $LATEST.")
    scope.function(reference)
    return reference


def policy_of(scope: LambdaScope, reference: FunctionReference) -> Policy | None:
    """The policy, ``None`` where nothing is permitted."""
    place = (scope.account_id, scope.region, reference.name, reference.version)
    document = scope.store.attachments.get("policy", *place)
    return None if document is None else msgspec.convert(document, Policy)


def keep_policy(scope: LambdaScope, reference: FunctionReference, statements: list[dict[str, Any]]) -> None:
    """Replace the policy; without statements there is none."""
    place = (scope.account_id, scope.region, reference.name)
    with scope.store.change():
        if not statements:
            scope.store.attachments.delete(*place, kind="policy", qualifier=reference.version)
            return
        policy = Policy(statements=statements, revision_id=scope.ids.uuid())
        scope.store.attachments.put(
            Attachment(
                account_id=scope.account_id,
                region=scope.region,
                name=reference.name,
                kind="policy",
                qualifier=reference.version,
                document=msgspec.to_builtins(policy),
            )
        )


def found_policy(scope: LambdaScope, reference: FunctionReference, missing: str) -> Policy:
    """The policy.

    Raises:
        ResourceNotFoundException: there is none; *missing* says so.
    """
    policy = policy_of(scope, reference)
    if policy is None:
        raise ResourceNotFoundException(missing)
    return policy


def refuse_taken_statement(statements: Sequence[Mapping[str, Any]], statement_id: str) -> None:
    """Refuse a second statement of one id.

    Raises:
        ResourceConflictException: one of *statements* has it.
    """
    if any(statement["Sid"] == statement_id for statement in statements):
        raise ResourceConflictException(
            f"The statement id ({statement_id}) provided already exists. Please provide a new statement id, "
            "or remove the existing statement."
        )


def without_statement(policy: Policy, statement_id: str) -> list[dict[str, Any]]:
    """The statements of *policy* but one.

    Raises:
        ResourceNotFoundException: none has this id.
    """
    kept = [statement for statement in policy.statements if statement["Sid"] != statement_id]
    if len(kept) == len(policy.statements):
        raise ResourceNotFoundException(f"Statement {statement_id} is not found in resource policy.")
    return kept


def principal_of(text: str) -> str | Mapping[str, str]:
    """Who is meant by the Principal of a request, as a statement says it."""
    if text == "*":
        return text
    if _ACCOUNT.fullmatch(text):
        return {"AWS": f"arn:aws:iam::{text}:root"}
    return {"AWS": text} if text.startswith("arn:") else {"Service": text}
