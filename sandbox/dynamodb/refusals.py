"""From what values and expressions refuse to the faults DynamoDB answers.

PutItem, UpdateItem and DeleteItem carry the prefix ``1 validation error detected: `` on some families of refusals; every
other operation reports the same families bare. Source: dynamodb-exact §3.5, as of July 2026; floci-io/floci issue 2893
(ap-southeast-1) and pull request 3447 (us-east-1, eu-west-2) for DeleteItem, for names and values nobody uses, for
values nested too deep and for numbers that cannot be stored, all of September 2026; moto 5.2.3, which follows AWS's answers
of August 2026 (getmoto/moto pull request 10198), for empty expressions and empty maps of names and values.
"""

import re
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import msgspec

from sandbox.dynamodb.expressions import InvalidExpression, InvalidUpdate
from sandbox.dynamodb.faults import SerializationException, ValidationException
from sandbox.values.attribute import blob_bytes
from sandbox.values.invalid import InvalidValue

__all__ = ["ENVELOPE", "fault_of", "refuses"]

ENVELOPE = "1 validation error detected: "
_TEXT = rb'"(?:[^"\\]|\\.)*+"'
_BLOB = re.compile(rb'"B":(%b)|"BS":\[((?:,?+(?:%b|null))*+)' % (_TEXT, _TEXT))
"""What may be a binary value, or a set of them: in JSON without blanks, where a quote within a text has a backslash before."""
_ENVELOPED_FAMILIES = frozenset({"range", "set", "null", "name", "nesting"})

RequestT = TypeVar("RequestT")


def fault_of(
    error: InvalidValue | InvalidExpression | InvalidUpdate, *, enveloped: bool = False
) -> ValidationException | SerializationException:
    """The fault for a refused value or expression; *enveloped* on the operations that wrap some families."""
    match error:
        case InvalidValue(family="blob"):
            return SerializationException(error.message)
        case InvalidValue():
            wrapped = ENVELOPE + error.message if error.family in _ENVELOPED_FAMILIES else error.message
            return ValidationException(wrapped if enveloped else error.message)
        case InvalidExpression():
            return ValidationException(error.enveloped_message if enveloped else error.message)
        case InvalidUpdate():
            return ValidationException(error.message)


def _refuse_blobs(request: Any) -> None:
    """Refuse a request that is refused already for a blob that is none: AWS reads blobs when it reads the JSON.

    What is accepted has had all its blobs read, so that they need no look of their own before. Of what is refused only
    one whose JSON shows such a text is searched for it: the search takes seconds where a request is as large as can be.

    Raises:
        SerializationException: for the first such blob.

    Source: dynamodb-exact §1.1; dynalite 4.0.0, asked 2026-11.
    """
    if all(_is_blob(found) for found in _BLOB.finditer(msgspec.json.encode(request))):
        return
    nodes: list[Any] = [request]
    while nodes:
        node = nodes.pop()
        if isinstance(node, msgspec.Struct):
            fields = [name for name in node.__struct_fields__ if name != "expression_attribute_names"]
            nodes += [getattr(node, name) for name in reversed(fields)]
        elif isinstance(node, list):
            nodes += reversed(node)
        elif isinstance(node, dict):
            blobs = [text for text in (node.get("B"), *_listed(node.get("BS"))) if isinstance(text, str)]
            try:
                for text in blobs:
                    blob_bytes(text)
            except InvalidValue as error:
                raise fault_of(error) from error
            nodes += reversed(node.values())


def _is_blob(found: re.Match[bytes]) -> bool:
    try:
        for text in msgspec.json.decode(b"[%b]" % found[found.lastindex or 0], type=list[str | None]):
            if text is not None:
                blob_bytes(text)
    except InvalidValue:
        return False
    return True


def _listed(content: Any) -> list[Any]:
    return content if isinstance(content, list) else []


def refuses(*, enveloped: bool = False) -> Callable[[Callable[[Any, RequestT], Any]], Callable[[Any, RequestT], Any]]:
    """Let the operation below raise what values and expressions raise."""

    def wrap(run: Callable[[Any, RequestT], Any]) -> Callable[[Any, RequestT], Any]:
        @wraps(run)
        def refusing(scope: Any, request: RequestT) -> Any:
            try:
                return run(scope, request)
            except (InvalidValue, InvalidExpression, InvalidUpdate, ValidationException) as error:
                _refuse_blobs(request)
                if isinstance(error, ValidationException):
                    raise
                raise fault_of(error, enveloped=enveloped) from error

        return refusing

    return wrap
