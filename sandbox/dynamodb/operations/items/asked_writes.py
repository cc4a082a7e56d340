"""From the expression members of a write, new or legacy, to parsed conditions and updates.

Each function takes what it reads as a protocol, so that any request with those members fits. The common case, a request
without expressions, costs a few comparisons.
"""

from typing import Any, Protocol

import msgspec

from sandbox.dynamodb.expressions import (
    Condition,
    Placeholders,
    Update,
    attribute_updates,
    check_parameters,
    expected_condition,
    judge_parameters,
    parse_condition,
    parse_update,
)

__all__ = [
    "action_condition",
    "action_update",
    "judge_update",
    "judge_write",
    "legacy_entries",
    "update_and_condition",
    "write_condition",
]


class _AskedWrite(Protocol):
    """The members of a conditional write."""

    conditional_operator: Any
    expected: Any
    condition_expression: str | None
    expression_attribute_names: dict[str, str] | None
    expression_attribute_values: Any


def judge_write(request: _AskedWrite) -> bool:
    """Judge the parameters of PutItem or DeleteItem together; whether there is anything conditional in the request.

    What their names and values hold is looked at by ``write_condition``, when the values of the item or key have been.

    Raises:
        InvalidExpression: see ``judge_parameters``.

    Source of the order: dynalite 4.0.0 and DynamoDB Local 3.3.1, asked 2026-11; of UpdateItem too.
    """
    if (
        request.condition_expression is None
        and request.expected is None
        and request.expression_attribute_names is None
        and request.expression_attribute_values is None
        and request.conditional_operator is None
    ):
        return False
    judge_parameters(
        expressions={"ConditionExpression": request.condition_expression},
        legacy={"Expected": request.expected, "ConditionalOperator": request.conditional_operator},
        names=request.expression_attribute_names,
        values=request.expression_attribute_values,
    )
    return True


def write_condition(request: _AskedWrite) -> Condition | None:
    """The condition of PutItem or DeleteItem.

    Raises:
        InvalidExpression: a name or value is refused, or the condition, or a placeholder is not used.
    """
    placeholders = Placeholders(request.expression_attribute_names, request.expression_attribute_values)
    condition = _condition(request, placeholders)
    placeholders.check_all_used()
    return condition


def legacy_entries(members: Any) -> dict[str, dict[str, Any]] | None:
    """The entries of a legacy parameter as plain dictionaries with wire names."""
    entries: dict[str, dict[str, Any]] | None = msgspec.to_builtins(members)
    return entries


def _condition(request: _AskedWrite, placeholders: Placeholders) -> Condition | None:
    if request.condition_expression is not None:
        return parse_condition(request.condition_expression, placeholders)
    return expected_condition(legacy_entries(request.expected), request.conditional_operator)


class _AskedUpdate(_AskedWrite, Protocol):
    attribute_updates: Any
    update_expression: str | None


def judge_update(request: _AskedUpdate) -> None:
    """Judge the parameters of UpdateItem together.

    Raises:
        InvalidExpression: see ``judge_parameters``.
    """
    legacy: dict[str, Any] = {}
    if (
        request.attribute_updates is not None
        or request.expected is not None
        or request.conditional_operator is not None
    ):
        legacy = {
            "AttributeUpdates": request.attribute_updates,
            "Expected": request.expected,
            "ConditionalOperator": request.conditional_operator,
        }
    judge_parameters(
        expressions={
            "UpdateExpression": request.update_expression,
            "ConditionExpression": request.condition_expression,
        },
        legacy=legacy,
        names=request.expression_attribute_names,
        values=request.expression_attribute_values,
    )


def update_and_condition(request: _AskedUpdate) -> tuple[Update | None, Condition | None]:
    """The update and the condition of UpdateItem; either may be missing.

    Raises:
        InvalidExpression: a name or value is refused, or an expression, or a placeholder is not used.
    """
    placeholders = Placeholders(request.expression_attribute_names, request.expression_attribute_values)
    update: Update | None = None
    if request.update_expression is not None:
        update = parse_update(request.update_expression, placeholders)
    elif request.attribute_updates is not None:
        update = attribute_updates(legacy_entries(request.attribute_updates) or {})
    condition = _condition(request, placeholders)
    placeholders.check_all_used()
    return update, condition


class _AskedAction(Protocol):
    """The members of an action of a transaction."""

    @property
    def condition_expression(self) -> str | None:
        """Required in a ConditionCheck, optional elsewhere."""

    expression_attribute_names: dict[str, str] | None
    expression_attribute_values: Any


def action_condition(asked: _AskedAction, *, spare_levels: int = 0) -> Condition | None:
    """The condition of a Put, Delete or ConditionCheck of a transaction, where names and values need no expression.

    Its values may be nested *spare_levels* deeper than what is stored.

    Raises:
        InvalidExpression: it is refused, or a placeholder is not used.

    Source: ExtendDB/extenddb pull request 169 (AWS's answers of 2026-06).
    """
    if asked.condition_expression is None:
        return None
    placeholders = check_parameters(
        expressions={"ConditionExpression": asked.condition_expression},
        legacy={},
        names=asked.expression_attribute_names,
        values=asked.expression_attribute_values,
        spare_levels=spare_levels,
    )
    condition = parse_condition(asked.condition_expression, placeholders)
    placeholders.check_all_used()
    return condition


class _AskedUpdateAction(_AskedAction, Protocol):
    update_expression: str


def action_update(asked: _AskedUpdateAction) -> tuple[Update, Condition | None]:
    """The update and the condition of an Update of a transaction.

    Raises:
        InvalidExpression: one is refused, or a placeholder is not used.
    """
    placeholders = check_parameters(
        expressions={"UpdateExpression": asked.update_expression, "ConditionExpression": asked.condition_expression},
        legacy={},
        names=asked.expression_attribute_names,
        values=asked.expression_attribute_values,
    )
    update = parse_update(asked.update_expression, placeholders)
    condition = (
        parse_condition(asked.condition_expression, placeholders) if asked.condition_expression is not None else None
    )
    placeholders.check_all_used()
    return update, condition
