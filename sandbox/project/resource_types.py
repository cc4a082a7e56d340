"""Which resource types there are, as far as a misspelt one can be told from one that is merely unknown to us."""

from difflib import get_close_matches
from typing import Final

from sandbox.project.problem import did_you_mean
from sandbox.project.resource_names import FUNCTION_TYPES, NAME_PROPERTIES, TABLE_TYPES

__all__ = ["MAPPING_TYPE", "meant_type"]

MAPPING_TYPE: Final = "AWS::Lambda::EventSourceMapping"

_COMPLETE: Final = {
    "AWS::DynamoDB": ("GlobalTable", "Table"),
    "AWS::Lambda": (
        "Alias", "CapacityProvider", "CodeSigningConfig", "EventInvokeConfig", "EventSourceMapping", "Function", "LayerVersion",
        "LayerVersionPermission", "Permission", "Url", "Version",
    ),
    "AWS::Serverless": (
        "Api", "Application", "CapacityProvider", "Connector", "Function", "GraphQLApi", "HttpApi", "LayerVersion", "SimpleTable",
        "StateMachine", "WebSocketApi",
    ),
}  # fmt: skip
"""The services whose types are all known here: any other name under them is a slip."""

_CLOSE: Final = 0.85
"""How alike a type of another service must be to one of ours to be taken for a slip."""


def meant_type(resource_type: str) -> str | None:
    """What *resource_type* was probably meant to be, as advice; ``None`` where nothing speaks against it."""
    service, _, name = resource_type.rpartition("::")
    if service in _COMPLETE:
        names = _COMPLETE[service]
        return (
            None
            if name in names
            else did_you_mean(name, names).replace("mean ", f"mean {service}::") or f"{service} has no {name}."
        )
    ours = (*TABLE_TYPES, *FUNCTION_TYPES, MAPPING_TYPE, *NAME_PROPERTIES)
    if resource_type in ours or resource_type.startswith("Custom::"):
        return None
    by_folded = {known.casefold(): known for known in ours}
    close = get_close_matches(resource_type.casefold(), by_folded, n=1, cutoff=_CLOSE)
    same_service = bool(close) and by_folded[close[0]].rpartition("::")[0] == service
    return f"Did you mean {by_folded[close[0]]}?" if close and not same_service else None
