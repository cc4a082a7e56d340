"""The emulated services as the endpoint sees them: operations by name, and one kept scope per account and region."""

from collections.abc import Callable

from sandbox.catalog import Operations

__all__ = ["EmulatedService"]


class EmulatedService:
    """Operations with a scope; implements ``sandbox.web.ports.Service``."""

    def __init__(self, operations: Operations, make_scope: Callable[[str, str], object]) -> None:
        self._make_scope = make_scope
        self._scopes: dict[tuple[str, str], object] = {}
        self.find = operations.find
        """The operation of a wire name, ``None`` where there is none."""

    def scope(self, account_id: str, region: str) -> object:
        """What operations of this account and region receive."""
        place = (account_id, region)
        scope = self._scopes.get(place)
        if scope is None:
            scope = self._scopes[place] = self._make_scope(account_id, region)
        return scope
