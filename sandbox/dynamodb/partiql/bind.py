"""Give a statement its values: those written in it, and the parameters handed in beside it."""

from collections.abc import Mapping, Sequence

from sandbox.dynamodb.partiql.checks import refuse_statement
from sandbox.dynamodb.partiql.literals import normalise_parameters
from sandbox.dynamodb.partiql.syntax import Parsed
from sandbox.values.attribute import AttributeValue, type_of

__all__ = ["bind"]


def bind(parsed: Parsed, parameters: Sequence[AttributeValue]) -> Mapping[str, AttributeValue]:
    """Check the parameters, bring them into normal form in place, and give every slot of the statement its value.

    Raises:
        InvalidValue: a parameter is refused, or a value that one completes.
        ValidationException: there are too many or too few, or an operand can never suit its operator.
    """
    normalise_parameters(parameters)
    values = parsed.literals.fill(parameters)
    types = tuple([type_of(parameter) for parameter in parameters])
    if parsed.depends_on_contents or types not in parsed.memory.accepted:
        refuse_statement(parsed.statement, parsed.literals, values)
        parsed.memory.accept(types)
    return values
