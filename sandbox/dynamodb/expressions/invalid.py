"""How an expression is refused: the sentence, and whether the operations that write one item wrap it."""

from typing import Literal

__all__ = ["ExpressionKind", "InvalidExpression", "InvalidUpdate", "TooDeep", "UnusableKeyCondition", "invalid"]

ExpressionKind = Literal[
    "UpdateExpression",
    "ConditionExpression",
    "FilterExpression",
    "KeyConditionExpression",
    "ProjectionExpression",
    "SearchConditionExpression",
]
"""The wire name of the parameter that carries the text; AWS's sentences begin with it."""

_ENVELOPE = "1 validation error detected: "


class InvalidExpression(Exception):  # noqa: N818 - it says what is wrong with the expression, like the faults of the API
    """An expression, or a parameter that belongs to expressions, that AWS refuses before it reads an item.

    Attributes:
        message: the complete sentence, as every operation but those that write one item answers it.
        enveloped_message: the complete sentence as PutItem, UpdateItem and DeleteItem answer it.

    Source: dynamodb-exact §9, §3.5.
    """

    def __init__(self, message: str, *, enveloped: bool = False, enveloped_message: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.enveloped = enveloped
        """Belongs to a family that carries ``1 validation error detected: `` on those three."""
        self.enveloped_message = _ENVELOPE + (enveloped_message or message) if enveloped else message


class TooDeep(InvalidExpression):
    """A value of the request that is nested too deep: where a transaction updates, a reason and no refusal.

    Source: paritysuite/dynamodb-conformance pull request 178 (AWS's answers of 2026-09 in us-east-1 and eu-west-2).
    """


class UnusableKeyCondition(InvalidExpression):
    """A condition that no key could answer; it is told behind what the other expressions of the request are refused for.

    Source: DynamoDB Local 3.3.1, asked 2026-11.
    """


class InvalidUpdate(Exception):  # noqa: N818 - as above
    """An update that cannot be applied to the item it found.

    Attributes:
        message: the complete sentence; no operation wraps it.

    Source: dynamodb-exact §10.
    """

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def invalid(kind: ExpressionKind, sentence: str) -> InvalidExpression:
    """Build a refusal that begins with ``Invalid <kind>: ``.

    Whatever is found without an item is of the enveloped family.

    Source: dynamodb-exact §3.5; moto 5.2.3, which follows AWS's answers of 2026-08 (an empty text too).
    """
    return InvalidExpression(f"Invalid {kind}: {sentence}", enveloped=True)
