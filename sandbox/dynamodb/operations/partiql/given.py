"""The values of a statement, of those written in it and those handed in beside it."""

from collections.abc import Mapping, Sequence

from sandbox.dynamodb.partiql.syntax import Parsed
from sandbox.values.attribute import AttributeValue, normalise_value

__all__ = ["given_values"]


def given_values(parsed: Parsed, parameters: Sequence[AttributeValue]) -> Mapping[str, AttributeValue]:
    """Check the parameters, bring them into normal form in place, and give every slot its value.

    Raises:
        InvalidValue: a parameter is refused, or a value that one completes.
        ValidationException: there are too many or too few.
    """
    for parameter in parameters:
        normalise_value(parameter)
    return parsed.literals.fill(parameters)
