"""Give a statement its values: those written in it, and the parameters handed in beside it."""

from collections.abc import Mapping, Sequence

from sandbox.dynamodb.partiql.checks import refuse_statement
from sandbox.dynamodb.partiql.syntax import Parsed
from sandbox.values.attribute import AttributeValue, normalise_value, type_of

__all__ = ["bind"]


_PARAMETER_LEVEL = 0
"""One level more than an item may have passes here; what is written is judged then, in other words.

Source: floci-io/floci, its PartiQL, checked there on AWS.
"""


def bind(parsed: Parsed, parameters: Sequence[AttributeValue]) -> Mapping[str, AttributeValue]:
    """Check the parameters, bring them into normal form in place, and give every slot of the statement its value.

    Raises:
        InvalidValue: a parameter is refused, or a value that one completes.
        ValidationException: there are too many or too few, or an operand can never suit its operator.
    """
    for parameter in parameters:
        normalise_value(parameter, _PARAMETER_LEVEL)
    values = parsed.literals.fill(parameters)
    types = tuple([type_of(parameter) for parameter in parameters])
    if parsed.depends_on_contents or types not in parsed.memory.accepted:
        refuse_statement(parsed.statement, values)
        parsed.memory.accept(types)
    return values
