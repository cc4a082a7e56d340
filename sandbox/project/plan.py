"""What has to be done when a template has been saved: pure, from what is in effect and what is declared now.

Lines of the template are no difference: they move with every edit.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, assert_never

from sandbox.project.late import layer_arn_token, stream_arn_token
from sandbox.project.project import (
    EventSource,
    Function,
    FunctionUrl,
    InvokeSettings,
    Layer,
    Project,
    ServiceResource,
    Table,
)

__all__ = ["Declared", "Identity", "Step", "declared_in", "plan", "title"]

Declared = Table | Layer | ServiceResource | Function | InvokeSettings | FunctionUrl | EventSource
Identity = tuple[str, ...]
"""What stays the same while a thing is changed: its kind, and what AWS knows it by."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing to bring about.

    Attributes:
        before: what is in effect; ``None`` for a new thing.
        after: what is declared now; ``None`` for one that is declared no more.
        members: what differs, by wire names, where both are there.
        refusal: why it cannot be done, else empty.
    """

    identity: Identity
    before: Declared | None
    after: Declared | None
    members: tuple[str, ...] = ()
    refusal: str = ""


def declared_in(project: Project) -> dict[Identity, Declared]:
    """Everything that can be made, in the order in which it is to be made."""
    everything: tuple[Declared, ...] = (
        *project.tables,
        *project.layers,
        *project.services,
        *project.functions,
        *project.invoke_settings,
        *project.urls,
        *project.event_sources,
    )
    return {_identity(one): one for one in everything}


def plan(in_effect: Mapping[Identity, Declared], wanted: Mapping[Identity, Declared]) -> tuple[Step, ...]:
    """The steps from one to the other, in order: what leads to a function goes first, the function itself last.

    What names a stream or a layer version that becomes another one is a step too, though its own words are the same.
    """
    gone = [Step(identity=which, before=one, after=None) for which, one in in_effect.items() if which not in wanted]
    kept = [_step(which, in_effect.get(which), one) for which, one in wanted.items()]
    moved = tuple(_moved_tokens(kept))
    there = [step for step in kept if step.before is None or step.members or _mentions(step.after, moved)]
    routes = [step for step in gone if isinstance(step.before, EventSource | FunctionUrl | InvokeSettings)]
    return (*reversed(routes), *there, *(step for step in reversed(gone) if step not in routes))


def title(declared: Declared) -> str:
    """What people call it: ``table orders``."""
    match declared:
        case Table() | Function() | Layer():
            return f"{type(declared).__name__.lower()} {declared.name}"
        case ServiceResource():
            return f"{declared.type.removeprefix('AWS::').replace('::', ' ')} {declared.name}"
        case InvokeSettings():
            return f"asynchronous settings of {declared.function_name}"
        case FunctionUrl():
            return f"URL of {declared.function_name}"
        case EventSource():
            source = declared.table_name or str(declared.request["EventSourceArn"]).rpartition(":")[2]
            return f"mapping {source} -> {declared.function_name}"
    assert_never(declared)


def _identity(declared: Declared) -> Identity:
    match declared:
        case Table() | Function() | Layer():
            return type(declared).__name__, declared.name
        case ServiceResource():
            return declared.type, declared.logical_id, declared.name
        case InvokeSettings() | FunctionUrl():
            return type(declared).__name__, declared.function_name, str(declared.request.get("Qualifier", "$LATEST"))
        case EventSource():
            return "EventSource", str(declared.request["FunctionName"]), str(declared.request["EventSourceArn"])
    assert_never(declared)


def _step(identity: Identity, before: Declared | None, after: Declared) -> Step:
    if before is None:
        return Step(identity=identity, before=None, after=after)
    members = tuple(_differing(before, after))
    refusal = ""
    if isinstance(before, Table) and isinstance(after, Table):
        refusal = _refusal(before, after)
    return Step(identity=identity, before=before, after=after, members=members, refusal=refusal)


def _differing(before: Declared, after: Declared) -> Iterator[str]:
    match before, after:
        case ServiceResource(), ServiceResource():
            if (before.making, before.connecting) != (after.making, after.connecting):
                yield "settings"
            return
        case Function(), Function():
            if before.code != after.code:
                yield "code"
            if before.reserved_concurrency != after.reserved_concurrency:
                yield "ReservedConcurrentExecutions"
            if before.recursive_loop != after.recursive_loop:
                yield "RecursiveLoop"
        case Layer(), Layer():
            if before.code != after.code:
                yield "code"
        case Table(), Table():
            if before.time_to_live != after.time_to_live:
                yield "TimeToLiveSpecification"
        case _:
            pass
    assert not isinstance(before, ServiceResource)
    assert not isinstance(after, ServiceResource)
    members = dict.fromkeys([*before.request, *after.request])
    yield from (member for member in members if before.request.get(member) != after.request.get(member))


_FIXED: Final = {"KeySchema": "the key", "LocalSecondaryIndexes": "the local secondary indexes"}


def _refusal(before: Table, after: Table) -> str:
    """Why the table cannot become what is declared: what DynamoDB fixes at its creation."""
    fixed = [words for member, words in _FIXED.items() if before.request.get(member) != after.request.get(member)]
    if not fixed and _key_types(before) != _key_types(after):
        fixed = ["the type of the key"]
    if not fixed:
        return ""
    return (
        f"{' and '.join(fixed)} of a table cannot be changed: {after.name} stays as it is, with its data; give the new table "
        "another name, or delete this one and save again"
    )


def _key_types(table: Table) -> dict[str, str]:
    keys = {key["AttributeName"] for key in table.request.get("KeySchema", [])}
    definitions = table.request.get("AttributeDefinitions", [])
    return {one["AttributeName"]: one["AttributeType"] for one in definitions if one["AttributeName"] in keys}


def _moved_tokens(steps: Iterable[Step]) -> Iterator[str]:
    """The tokens whose values these steps change."""
    for step in steps:
        match step.before, step.after:
            case Table(), Table(name=name) if "StreamSpecification" in step.members and not step.refusal:
                yield stream_arn_token(name)
            case Layer(), Layer(name=name) if step.members:
                yield layer_arn_token(name)
            case _:
                pass


def _mentions(value: Any, tokens: tuple[str, ...]) -> bool:
    if not tokens:
        return False
    match value:
        case str():
            return any(token in value for token in tokens)
        case Mapping():
            return any(_mentions(member, tokens) for member in value.values())
        case list() | tuple():
            return any(_mentions(member, tokens) for member in value)
        case ServiceResource():
            return any(_mentions(call.parameters, tokens) for call in (*value.making, *value.connecting))
        case Function() | EventSource():
            return _mentions(value.request, tokens)
        case _:
            return False
