"""The policy of a layer version, kept with it."""

from typing import Any

import msgspec

from sandbox.awslambda.policies import Policy
from sandbox.awslambda.scope import LambdaScope
from sandbox.awslambda.store.ports import StoredLayer

__all__ = ["keep_policy_of_layer", "policy_of_layer"]


def policy_of_layer(layer: StoredLayer) -> Policy | None:
    """The policy, ``None`` where nothing is permitted."""
    return None if layer.policy is None else msgspec.convert(layer.policy, Policy)


def keep_policy_of_layer(scope: LambdaScope, layer: StoredLayer, statements: list[dict[str, Any]]) -> str:
    """Replace the policy, without statements by none; give its RevisionId."""
    policy = Policy(statements=statements, revision_id=scope.ids.uuid())
    document = msgspec.to_builtins(policy) if statements else None
    with scope.store.change():
        scope.store.layers.put(msgspec.structs.replace(layer, policy=document))
    return policy.revision_id
