"""The form in which AWS tells a resource policy, whatever form it was put in.

Source: ack-api-quirks DDB-TABLE-207, 208, 351 to 355. That ``Id`` stands behind ``Version``, and what becomes of members
that policies do not have, are assumptions.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

__all__ = ["canonical", "statements_of", "told"]

_ORDER = (
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
)
_OLD_VERSION = "2008-10-17"


def told(text: str) -> str:
    """The policy as GetResourcePolicy tells it: with a version, and without blanks."""
    document = canonical(json.loads(text))
    return json.dumps({"Version": _OLD_VERSION} | document, separators=(",", ":"), ensure_ascii=False)


def canonical(document: Mapping[str, Any]) -> dict[str, Any]:
    """A policy in the form by which two are compared; one without a version is not the same as one of the oldest."""
    ordered = _ordered(document, ("Version", "Id"))
    return ordered | {"Statement": [_statement(statement) for statement in statements_of(document)]}


def statements_of(document: Mapping[str, Any]) -> list[Any]:
    """The statements, of which one may stand without a list."""
    statements = document["Statement"]
    return statements if isinstance(statements, list) else [statements]


def _statement(statement: Mapping[str, Any]) -> dict[str, Any]:
    ordered = _ordered(statement, _ORDER)
    for member, value in ordered.items():
        match member:
            case "Effect":
                ordered[member] = str(value).capitalize()
            case "Principal" | "NotPrincipal" if isinstance(value, dict):
                ordered[member] = {kind: _principals(kind, names) for kind, names in value.items()}
            case "Action" | "NotAction" | "Resource" | "NotResource":
                ordered[member] = _without_needless_list(value)
            case "Condition" if isinstance(value, dict):
                ordered[member] = {operator: _condition(keys) for operator, keys in value.items()}
    return ordered


def _ordered(members: Mapping[str, Any], order: Iterable[str]) -> dict[str, Any]:
    first = {name: members[name] for name in order if name in members}
    return first | {name: value for name, value in members.items() if name not in first}


def _principals(kind: str, names: Any) -> Any:
    """Accounts are told by the ARN of their root, and none twice."""
    listed = names if isinstance(names, list) else [names]
    if kind == "AWS":
        listed = [f"arn:aws:iam::{name}:root" if _is_account(name) else name for name in listed]
        listed = list(dict.fromkeys(listed)) if all(isinstance(name, str) for name in listed) else listed
    return _without_needless_list(listed)


def _is_account(name: Any) -> bool:
    return isinstance(name, str) and len(name) == 12 and name.isascii() and name.isdigit()


def _condition(keys: Any) -> Any:
    return {key: _without_needless_list(value) for key, value in keys.items()} if isinstance(keys, dict) else keys


def _without_needless_list(value: Any) -> Any:
    return value[0] if isinstance(value, list) and len(value) == 1 else value
