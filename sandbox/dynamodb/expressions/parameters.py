"""Which parameters may stand together, judged before any expression is read.

Source: dynamodb-exact §9.2; ExtendDB/extenddb pull requests 162 and 213 (AWS's answers).
"""

from collections.abc import Mapping
from typing import Any

from sandbox.dynamodb.expressions.invalid import InvalidExpression
from sandbox.dynamodb.expressions.placeholders import Placeholders
from sandbox.values import AttributeValue

__all__ = ["check_parameters", "judge_parameters", "refuse_mixture"]


def check_parameters(
    *,
    expressions: Mapping[str, str | None],
    legacy: Mapping[str, Any],
    names: Mapping[str, str] | None,
    values: Mapping[str, AttributeValue] | None = None,
    spare_levels: int = 0,
) -> Placeholders:
    """Judge the expression parameters of a request together and give its placeholders, values in normal form.

    *expressions* and *legacy* hold the parameters of the operation by wire name, ``None`` for those not sent, in the
    order in which AWS lists them; values may be nested *spare_levels* deeper than what is stored::

        placeholders = check_parameters(
            expressions={"UpdateExpression": request.update_expression, "ConditionExpression": …},
            legacy={
                "AttributeUpdates": request.attribute_updates,
                "Expected": request.expected,
                "ConditionalOperator": request.conditional_operator,
            },
            names=request.expression_attribute_names,
            values=request.expression_attribute_values,
        )

    Raises:
        InvalidExpression: both kinds of parameters; names or values without an expression; then the faults of
            ``Placeholders``.
        InvalidValue: a malformed blob among the values.
    """
    judge_parameters(expressions=expressions, legacy=legacy, names=names, values=values)
    return Placeholders(names, values, spare_levels=spare_levels)


def judge_parameters(
    *,
    expressions: Mapping[str, str | None],
    legacy: Mapping[str, Any],
    names: Mapping[str, str] | None,
    values: Mapping[str, AttributeValue] | None = None,
) -> None:
    """Judge which parameters stand together, as ``check_parameters`` begins, without a look into names and values.

    Operations that look at the values of an item or key between the two build ``Placeholders`` themselves.

    Raises:
        InvalidExpression: both kinds of parameters; names or values without an expression.
    """
    refuse_mixture(expressions=expressions, legacy=legacy)
    if names is not None and all(text is None for text in expressions.values()):
        raise InvalidExpression("ExpressionAttributeNames can only be specified when using expressions", enveloped=True)
    if values is not None:
        able = [name for name in expressions if name != "ProjectionExpression"]
        if able and all(expressions[name] is None for name in able):
            missing = f": {' and '.join(able)} {'is' if len(able) == 1 else 'are'} null"
            raise InvalidExpression(
                "ExpressionAttributeValues can only be specified when using expressions"
                # Query alone does not say which.
                + ("" if "KeyConditionExpression" in able else missing),
                enveloped=True,
            )


def refuse_mixture(*, expressions: Mapping[str, str | None], legacy: Mapping[str, Any]) -> None:
    """Refuse expressions and legacy parameters in one request.

    A Query with ``KeyConditions`` may have a filter and a projection expression, as long as it has no
    ``KeyConditionExpression``. BatchGetItem calls this once with what any of its tables uses.

    Raises:
        InvalidExpression: naming the parameters of both kinds, in the order of the mappings.
    """
    old = [name for name, value in legacy.items() if value is not None]
    if not old:
        return
    new = [name for name, text in expressions.items() if text is not None]
    if "KeyConditionExpression" not in new and "KeyConditions" in old:
        old.remove("KeyConditions")
    if old and new:
        raise InvalidExpression(
            "Can not use both expression and non-expression parameters in the same request: "
            f"Non-expression parameters: {{{', '.join(old)}}} Expression parameters: {{{', '.join(new)}}}",
            enveloped=True,
        )
