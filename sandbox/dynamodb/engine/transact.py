"""All or nothing: several actions, every condition evaluated, one commit or one list of reasons.

The core is synchronous, so no other request can come between the conditions and the commit: transactions are
serializable without locks, and ``TransactionConflict`` never happens by itself. Source: dynamodb-exact §16.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import msgspec

from sandbox.dynamodb.engine.capacity import Bill, read_units, report_all, write_units
from sandbox.dynamodb.engine.key_rules import is_empty_key
from sandbox.dynamodb.faults import (
    ConditionalCheckFailedException,
    DuplicateItemException,
    IdempotentParameterMismatchException,
    ResourceNotFoundException,
    TransactionCanceledException,
    ValidationException,
)
from sandbox.dynamodb.limits import TRANSACTION_BYTES_MAX, TRANSACTION_TOKEN_SECONDS
from sandbox.dynamodb.scope import Scope
from sandbox.dynamodb.storage.commit import Change
from sandbox.dynamodb.storage.tokens import KeptToken
from sandbox.faults import ApiFault

__all__ = [
    "TARGETS_MEET",
    "Action",
    "Checked",
    "Reason",
    "bill_transaction",
    "cancelled",
    "fingerprint_of",
    "reason_of",
    "refuse_weight",
    "replay",
    "transact",
]

Reason = dict[str, Any]
"""One entry of ``CancellationReasons``."""


@dataclass(frozen=True, kw_only=True)
class Checked:
    """The outcome of a ConditionCheck: the item it read weighs *size* bytes."""

    size: int


@dataclass(frozen=True, kw_only=True)
class Action:
    """One action of a transaction.

    Attributes:
        table_name: as the request named it, for the bill.
        target: the table's number and the row key, which no two actions may share; ``None`` where the key is broken.
        run: works the change out; raises what the action alone would raise.
    """

    table_name: str
    target: tuple[int, bytes] | None
    run: Callable[[], Change | Checked]


TARGETS_MEET = "Transaction request cannot include multiple operations on one item"

_CODES: dict[type[ApiFault], str] = {
    ConditionalCheckFailedException: "ConditionalCheckFailed",
    ValidationException: "ValidationError",
    DuplicateItemException: "DuplicateItem",
    ResourceNotFoundException: "ResourceNotFound",
}


def cancelled(reasons: Sequence[Reason]) -> TransactionCanceledException:
    """The refusal of a transaction with one reason per action."""
    codes = ", ".join(reason["Code"] for reason in reasons)
    return TransactionCanceledException(
        f"Transaction cancelled, please refer cancellation reasons for specific reasons [{codes}]",
        extra={"CancellationReasons": list(reasons)},
    )


def reason_of(fault: ApiFault) -> Reason:
    """The reason an action's own refusal becomes."""
    return {"Code": _CODES[type(fault)], "Message": fault.message, **fault.extra}


def fingerprint_of(actions: Any) -> bytes:
    """A digest of what a transaction does; neither ReturnConsumedCapacity nor the order of maps is part of it.

    Source: aws/aws-sdk issue 413 (a client that writes a map in another order when it repeats a request).
    """
    return blake2b(msgspec.json.encode(actions, order="deterministic"), digest_size=16).digest()


def refuse_weight(sizes: Iterable[int]) -> None:
    """Refuse actions of these *sizes* in bytes where they are more than 4 MB together.

    Raises:
        ValidationException: with the weight of the actions up to the one with which it is too much.

    Source: dynamodb-exact §16 for the limit; DynamoDB Local 3.3.1, asked 2026-11, for the words.
    """
    payload = 0
    for size in sizes:
        payload += size
        if payload > TRANSACTION_BYTES_MAX:
            raise ValidationException(f"Transaction payload size cannot exceed 4MB. Payload Size: {payload}")


def replay(
    scope: Scope, operation: str, token: str, fingerprint: bytes, mode: str | None
) -> list[dict[str, Any]] | None:
    """The bill of a transaction that went through before with this token; ``None`` where there was none.

    Raises:
        IdempotentParameterMismatchException: the token stands for other actions.
    """
    since = scope.clock.now() - TRANSACTION_TOKEN_SECONDS
    kept = scope.store.tokens.find((scope.account_id, scope.region), operation, token, since=since)
    if kept is None:
        return None
    if kept.fingerprint != fingerprint:
        # That AWS has these words is an assumption.
        raise IdempotentParameterMismatchException(
            "The request uses the same client token as a previous, but different, request."
        )
    bills: dict[str, Bill] = {}
    for table_name, size in msgspec.json.decode(kept.images):
        bill = bills.setdefault(table_name, Bill(table_name, direction="ReadCapacityUnits"))
        bill.add_table(2 * read_units(size, consistent=True))
    return report_all(bills.values(), mode) or []


def transact(
    scope: Scope, operation: str, actions: Sequence[Action], *, token: str | None, fingerprint: bytes
) -> list[tuple[Action, Change | Checked]]:
    """Run all actions and commit, or refuse with the reasons.

    Raises:
        ValidationException: two actions name one item; an update leaves the key of an index empty.
        TransactionCanceledException: at least one action cannot be done; nothing is written.
    """
    _refuse_first_broken_key(actions)
    if len({action.target for action in actions}) < len(actions):
        raise ValidationException(TARGETS_MEET)
    outcomes: list[tuple[Action, Change | Checked]] = []
    reasons: list[Reason] = []
    for action in actions:
        try:
            outcomes.append((action, action.run()))
            reasons.append({"Code": "None"})
        except (ConditionalCheckFailedException, ValidationException, DuplicateItemException) as fault:
            if is_empty_key(fault):
                raise
            reasons.append(reason_of(fault))
    if len(outcomes) < len(actions):
        raise cancelled(reasons)
    now = scope.clock.now()
    with scope.store.database.write(journaled=False):
        scope.store.commit([outcome for _, outcome in outcomes if isinstance(outcome, Change)], now=now)
        if token is not None:
            images = msgspec.json.encode([(action.table_name, _image(outcome)) for action, outcome in outcomes])
            place = (scope.account_id, scope.region)
            kept = KeptToken(fingerprint, images)
            scope.store.tokens.keep(place, operation, token, kept, now=now, since=now - TRANSACTION_TOKEN_SECONDS)
    return outcomes


def _refuse_first_broken_key(actions: Sequence[Action]) -> None:
    """Keys are checked before anything else is, up to the first that does not fit the table.

    Source: floci-io/floci pull request 3674, checked there on AWS.
    """
    broken = next((number for number, action in enumerate(actions) if action.target is None), None)
    if broken is None:
        return
    try:
        actions[broken].run()
    except ValidationException as fault:
        reasons: list[Reason] = [{"Code": "None"} for _ in actions]
        reasons[broken] = reason_of(fault)
        raise cancelled(reasons) from fault


def _image(outcome: Change | Checked) -> int:
    if isinstance(outcome, Checked):
        return outcome.size
    return max(
        outcome.before.size if outcome.before is not None else 0, outcome.after.size if outcome.after is not None else 0
    )


def bill_transaction(
    outcomes: Sequence[tuple[Action, Change | Checked]], mode: str | None
) -> list[dict[str, Any]] | None:
    """The bill: twice the table's share of each action, indexes once."""
    if mode is None or mode == "NONE":
        return None
    bills: dict[str, Bill] = {}
    for action, outcome in outcomes:
        bill = bills.setdefault(action.table_name, Bill(action.table_name, direction="WriteCapacityUnits"))
        if isinstance(outcome, Checked):
            bill.add_table(2 * write_units(outcome.size))
        else:
            bill.add_change(outcome, factor=2)
    return report_all(bills.values(), mode)
