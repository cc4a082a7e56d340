"""Which version runs when an alias is invoked.

The store alone says where aliases point; this draws the lot where two versions share the invocations, and lets those
who hold a batch for an alias know that aliases have changed.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

from sandbox.awslambda.names import LATEST
from sandbox.awslambda.store.ports import AttachmentStore
from sandbox.ids import Ids

__all__ = ["AliasRouting", "may_be_alias"]


def may_be_alias(function_arn: str) -> bool:
    """Whether the ARN ends with a qualifier that is neither ``$LATEST`` nor a version's number."""
    _, _, qualifier = function_arn.partition(":function:")[2].partition(":")
    return qualifier not in ("", LATEST) and not qualifier.isdecimal()


class AliasRouting:
    """Resolves function ARNs that end with an alias.

    Attributes:
        changes: how often aliases have changed; for those who want to know whether one has since they looked.
    """

    def __init__(self, attachments: AttachmentStore, ids: Ids) -> None:
        self._attachments = attachments
        self._ids = ids
        self._next_change = asyncio.Event()
        self.changes = 0

    def target(self, function_arn: str) -> str:
        """Give the ARN under which the version to run now is deployed; where no alias is named, that one's."""
        versions = self._versions(function_arn)
        if versions is None:
            return function_arn.removesuffix(f":{LATEST}")
        first, weights = versions
        chosen = first
        lot = self._ids.fraction() if weights else 1.0
        for version, weight in weights.items():
            if lot < weight:
                chosen = version
                break
            lot -= weight
        return _version_arn(function_arn, chosen)

    def targets(self, function_arn: str) -> tuple[str, ...]:
        """All ARNs that ``target`` may give."""
        versions = self._versions(function_arn)
        if versions is None:
            return (function_arn,)
        first, weights = versions
        return tuple(_version_arn(function_arn, version) for version in (first, *weights))

    def note_change(self) -> None:
        """Aliases have changed."""
        self.changes += 1
        signal, self._next_change = self._next_change, asyncio.Event()
        signal.set()

    async def changed(self) -> None:
        """Return at the next change of any alias."""
        await self._next_change.wait()

    def _versions(self, function_arn: str) -> tuple[str, Mapping[str, float]] | None:
        """The version and the weights of others that the alias names, ``None`` where it is none."""
        if not may_be_alias(function_arn):
            return None
        _, _, _, region, account_id, _, name, qualifier = function_arn.split(":")
        alias: Mapping[str, Any] | None = self._attachments.get("alias", account_id, region, name, qualifier)
        if alias is None:
            return None
        return alias["FunctionVersion"], alias.get("RoutingConfig", {}).get("AdditionalVersionWeights", {})


def _version_arn(function_arn: str, version: str) -> str:
    """The ARN under which *version* of the function is deployed."""
    unqualified = function_arn.rpartition(":")[0]
    return unqualified if version == LATEST else f"{unqualified}:{version}"
