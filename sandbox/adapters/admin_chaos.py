"""``/_sandbox/chaos...``: what goes wrong on purpose, per mapping and per table."""

from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any, Final

from msgspec import Meta

from sandbox.adapters.admin_mappings import NoRequest, function_name, mapping_meant, source_name
from sandbox.awslambda.store.ports import MappingStore
from sandbox.chaos import CHAOS_KINDS, Chances, Chaos, Dice, Target
from sandbox.ids import Ids
from sandbox.web.admin_route import AdminRequest, AdminRoute
from sandbox.web.refusal import Refusal, there_are

__all__ = ["ChaosAdministration"]

_SEED_DIGITS: Final = 8

Probability = Annotated[float, Meta(ge=0, le=1)]


class OneTarget(AdminRequest):
    """A mapping (its UUID, the beginning of one, or the name of its function) or a table (its name)."""

    mapping: str | None = None
    table: str | None = None


class Wanted(OneTarget):
    """How often what happens; see ``sandbox.chaos.Chances``. Without a *seed* one is chosen, and told."""

    twice: Probability = 0.0
    fail: Probability = 0.0
    throttle: Probability = 0.0
    delay: Probability = 0.0
    trim: Probability = 0.0
    expire: Probability = 0.0
    delay_seconds: Annotated[float, Meta(ge=0, le=86_400)] = 1.0
    seed: Annotated[int, Meta(ge=0)] | None = None


class ChaosAdministration:
    """Answers for the chaos of all accounts and regions.

    Args:
        mappings: as they are when asked, since functions begin late.
        tables: the names of all tables there are.
    """

    def __init__(
        self, *, chaos: Chaos, mappings: Callable[[], MappingStore], tables: Callable[[], Iterable[str]], ids: Ids
    ) -> None:
        self._chaos = chaos
        self._tables = tables
        self._mappings = mappings
        self._ids = ids

    def routes(self) -> Mapping[str, AdminRoute]:
        """The paths."""
        return {
            "chaos": AdminRoute(request=NoRequest, answer=self._list),
            "chaos/set": AdminRoute(request=Wanted, answer=self._set, changes=True),
            "chaos/clear": AdminRoute(request=OneTarget, answer=self._clear, changes=True),
        }

    def _list(self, _request: NoRequest) -> Mapping[str, Any]:
        return {"chaos": [_shown(target, dice) for target, dice in self._chaos.everything()]}

    def _set(self, request: Wanted) -> Mapping[str, Any]:
        target = self._target(request)
        if target is None:
            raise Refusal(400, "Say which mapping or which table.")
        chosen = {kind: getattr(request, kind) for kind in CHAOS_KINDS if getattr(request, kind) > 0}
        if not chosen:
            raise Refusal(
                400, "Say what is to go wrong and how often, such as throttle 0.1; chaos clear ends what was set."
            )
        if target.kind == "table" and target.key not in (known := set(self._tables())):
            raise Refusal(404, f"There is no table {target.key}. {there_are(known)}")
        seed = int(self._ids.hex(_SEED_DIGITS), 16) if request.seed is None else request.seed
        chances = Chances(probabilities=chosen, delay_seconds=request.delay_seconds)
        try:
            return _shown(target, self._chaos.set(target, chances, seed=seed))
        except ValueError as error:
            raise Refusal(400, str(error)) from error

    def _clear(self, request: OneTarget) -> Mapping[str, Any]:
        target = self._target(request)
        cleared = [one for one, _ in self._chaos.everything() if target in (None, one)]
        for one in cleared:
            self._chaos.clear(one)
        return {"cleared": [_named(one) for one in cleared]}

    def _target(self, request: OneTarget) -> Target | None:
        """What is meant; ``None`` where nothing was said."""
        if request.mapping is not None and request.table is not None:
            raise Refusal(400, "Say a mapping or a table, not both.")
        if request.table is not None:
            return Target(kind="table", key=request.table, label=request.table)
        if request.mapping is not None:
            mapping = mapping_meant(self._mappings(), request.mapping)
            source = source_name(mapping.configuration["EventSourceArn"])
            return Target(kind="mapping", key=mapping.uuid, label=f"{source} -> {function_name(mapping)}")
        return None


def _named(target: Target) -> dict[str, Any]:
    return {"target": target.kind, target.kind: target.key, "label": target.label}


def _shown(target: Target, dice: Dice) -> dict[str, Any]:
    return {
        **_named(target),
        "probabilities": dict(dice.chances.probabilities),
        "delay_seconds": dice.chances.delay_seconds,
        "seed": dice.seed,
        "struck": dict(dice.struck),
    }
