"""The names and values a request hands in beside its expressions.

Source: dynamodb-exact §9.2, §5.2; ministackorg/ministack issue 1038 (an empty set among the values of UpdateItem).
"""

import re
from collections.abc import Iterable, Mapping

from sandbox.dynamodb.expressions.invalid import InvalidExpression, TooDeep
from sandbox.values import AttributeValue, InvalidValue, normalise_value
from sandbox.values.attribute import NAME_BYTES_MAX, null_value, refuse_long_name
from sandbox.wire.hash_order import copy_ordered

__all__ = ["Placeholders"]

KEY_LENGTH_MAX = 255

_NAME_KEY = re.compile(r"#[0-9A-Za-z_]+")
_VALUE_KEY = re.compile(r":[0-9A-Za-z_]+")
_NOTHING: Mapping[str, AttributeValue] = {}
_NO_NAMES: Mapping[str, str] = {}


class Placeholders:
    """``ExpressionAttributeNames`` and ``ExpressionAttributeValues`` of one request, and which of them were used.

    The values are checked and brought into normal form, in place, when this is built.

    Attributes:
        names: ``#n`` -> attribute name.
        values: ``:v`` -> normalised value. They may be nested *spare_levels* deeper than what is stored.

    Raises:
        InvalidExpression: an empty map, a malformed placeholder, a name too long or a bad value (bare unless its family
            is enveloped).
        InvalidValue: only of family ``blob``, which is not an expression's fault but one of serialization.
    """

    __slots__ = ("_used", "names", "values")

    def __init__(
        self,
        names: Mapping[str, str] | None,
        values: Mapping[str, AttributeValue] | None,
        *,
        spare_levels: int = 0,
    ) -> None:
        doubtful = _refuse_name_keys(names) if names is not None else None
        if values is not None:
            _refuse_values(values, first_level=1 - spare_levels)
        if names is not None and doubtful:
            _refuse_names(names, doubtful)
        self.names: Mapping[str, str] = _NO_NAMES if names is None else names
        self.values: Mapping[str, AttributeValue] = _NOTHING if values is None else values
        self._used: set[str] = set()

    def use(self, names: Iterable[str], values: Iterable[str]) -> None:
        """Remember that an expression of the request mentions these placeholders."""
        self._used.update(names)
        self._used.update(values)

    def check_all_used(self) -> None:
        """Refuse names, then values, that no expression mentions; call it after all expressions are parsed.

        Raises:
            InvalidExpression: listing them, in the order of a hash table of all.

        Source: dynamodb-exact §9.2; of the order, DynamoDB Local 3.3.1, asked 2026-11.
        """
        used = self._used
        if len(used) == len(self.names) + len(self.values):
            return  # an expression that uses undefined ones has been refused by now
        for kind, given in (("ExpressionAttributeNames", self.names), ("ExpressionAttributeValues", self.values)):
            if any(key not in used for key in given):
                unused = [key for key in copy_ordered(given) if key not in used]
                raise InvalidExpression(
                    f"Value provided in {kind} unused in expressions: keys: {{{', '.join(unused)}}}", enveloped=True
                )


def _refuse_name_keys(names: Mapping[str, str]) -> list[str]:
    """Refuse malformed placeholders, and give those whose names may be none."""
    if not names:
        raise InvalidExpression("ExpressionAttributeNames must not be empty", enveloped=True)
    doubtful = []
    for key, name in names.items():
        if len(key) > KEY_LENGTH_MAX or not _NAME_KEY.fullmatch(key):
            raise _bad_key("ExpressionAttributeNames", key)
        if not name or len(name) > NAME_BYTES_MAX // 4:
            doubtful.append(key)
    return doubtful


def _refuse_names(names: Mapping[str, str], doubtful: Iterable[str]) -> None:
    """Refuse empty names and those that are too long; AWS looks at them when it has looked at the values.

    Source: DynamoDB Local 3.3.1, asked 2026-11 (the order, and what a JSON null is called).
    """
    for key in doubtful:
        name = names[key]
        if not name:
            problem = "null" if name is None else "Empty attribute name"
            raise InvalidExpression(f"ExpressionAttributeNames contains invalid value: {problem} for key {key}")
        _refuse_long_name(name)


def _refuse_values(values: Mapping[str, AttributeValue], *, first_level: int) -> None:
    if not values:
        raise InvalidExpression("ExpressionAttributeValues must not be empty", enveloped=True)
    for key, value in values.items():
        if len(key) > KEY_LENGTH_MAX or not _VALUE_KEY.fullmatch(key):
            raise _bad_key("ExpressionAttributeValues", key)
        try:
            if value is None:
                raise null_value()
            normalise_value(value, first_level)
        except InvalidValue as fault:
            for other in values:  # AWS looks at all keys before any value
                if len(other) > KEY_LENGTH_MAX or not _VALUE_KEY.fullmatch(other):
                    raise _bad_key("ExpressionAttributeValues", other) from None
            raise _bad_value(key, fault) from None


def _bad_key(parameter: str, key: str) -> InvalidExpression:
    """AWS looks at the length before the characters.

    Source: ExtendDB/extenddb pull requests 181 and 201 (the order); amazon-dax-client, AWS's own (the sentence about the
    length); DynamoDB Local 3.3.1, asked 2026-11 (how that sentence ends, and the one about an empty key).
    """
    if not key:
        problem = "The expression attribute map contains an empty key;"
    elif len(key) > KEY_LENGTH_MAX:
        problem = "The expression attribute map contains a key that is too long;"
        if parameter == "ExpressionAttributeNames":
            problem += f" size of key: {len(key)}"
    else:
        problem = f'Syntax error; key: "{key}"'
    return InvalidExpression(f"{parameter} contains invalid key: {problem}")


def _refuse_long_name(name: str) -> None:
    try:
        refuse_long_name(name)
    except InvalidValue as fault:
        raise InvalidExpression(fault.message, enveloped=True) from None


def _bad_value(key: str, fault: InvalidValue) -> InvalidExpression | InvalidValue:
    wrapped = f"ExpressionAttributeValues contains invalid value: {fault.message} for key {key}"
    match fault.family:
        case "blob":
            return fault
        case "nesting":
            return TooDeep(fault.message, enveloped=True)
        case "range" | "null" | "set" | "name":
            # Where these are enveloped they are found before anyone asks what the value belongs to.
            return InvalidExpression(wrapped, enveloped=True, enveloped_message=fault.message)
        case _:
            return InvalidExpression(wrapped)
