"""Follow a template that is edited while the sandbox runs: do what differs, keep data and positions, tell every change."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from sandbox.faults import ApiFault
from sandbox.project.api import Api, Caller
from sandbox.project.apply import Applied, apply_call
from sandbox.project.apply_function import (
    apply_function,
    apply_invoke_settings,
    apply_url,
    remove_function,
    remove_invoke_settings,
    remove_url,
)
from sandbox.project.apply_layer import apply_layer
from sandbox.project.apply_mapping import apply_mapping, remove_mapping
from sandbox.project.apply_table import apply_table, keys_of
from sandbox.project.late import filled
from sandbox.project.plan import Declared, Identity, Step, declared_in, plan, title
from sandbox.project.problem import TemplateFault
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
from sandbox.project.services.undo import undoing

__all__ = ["FollowedProject", "TemplateNews"]

_MEMBERS_TOLD_MAX: Final = 4
_SUBSCRIPTION: Final = "AWS::SNS::Subscription"
_REMOVED_TYPES: Final = (_SUBSCRIPTION, "AWS::Events::Rule")
"""What holds nothing, and would go on calling functions; all else is kept."""
_POSITION: Final = {"StartingPosition", "StartingPositionTimestamp"}


@dataclass(frozen=True, kw_only=True)
class TemplateNews:
    """One line for the developer.

    Attributes:
        is_fault: it could not be done; what was there before goes on.
    """

    text: str
    is_fault: bool = False


class FollowedProject:
    """What of a template is in effect in *sandbox*; bring it to another reading with ``follow``.

    Args:
        project: the first reading, already applied.
        applied: what became of it.
        delete_removed: delete tables that are declared no more, with their data; else they are kept.
        tell: takes each line as soon as its step is done.
    """

    def __init__(
        self,
        project: Project,
        applied: Applied,
        sandbox: Api,
        *,
        delete_removed: bool,
        tell: Callable[[TemplateNews], None],
    ) -> None:
        self._project = project
        self._sandbox = sandbox
        self._delete_removed = delete_removed
        self._tell = tell
        self._in_effect = declared_in(project)
        self._stream_arns = dict(applied.stream_arns)
        self._layer_arns = dict(applied.layer_arns)
        self._addresses: dict[Identity, str] = {}

    async def follow(self, project: Project) -> None:
        """Do what differs, one step after the other; a step that is refused leaves the others to be done.

        Account and region are those of the start: another one needs a start of its own, which is told.
        """
        if (project.account_id, project.region) != (self._project.account_id, self._project.region):
            text = f"{project.template.name} is now for {project.region}, account {project.account_id}; start again to go there"
            self._tell(TemplateNews(text=text, is_fault=True))
            return
        for notice in project.notices:
            if notice.text not in {one.text for one in self._project.notices}:
                self._tell(TemplateNews(text=self._at(notice.line) + notice.text))
        self._project = project
        steps = plan(self._in_effect, declared_in(project))
        refused = await self._make_services(steps)
        for step in steps:
            if step not in refused:
                await self._take(step)

    async def _make_services(self, steps: tuple[Step, ...]) -> list[Step]:
        """Make all before any is connected, since one may name another; the steps that were refused."""
        return [
            step for step in steps if isinstance(step.after, ServiceResource) and not await self._done(step, self._make)
        ]

    async def _take(self, step: Step) -> None:
        declared = step.after or step.before
        assert declared is not None, "a step is of something"
        if step.refusal and await self._stands(step, declared):
            self._tell(TemplateNews(text=self._at(declared.line) + step.refusal, is_fault=True))
            return
        if not await self._done(step, self._bring_about):
            return
        if step.after is None:
            del self._in_effect[step.identity]
        else:
            self._in_effect[step.identity] = step.after
        self._tell(TemplateNews(text=self._words(step, declared)))

    async def _stands(self, step: Step, table: Declared) -> bool:
        """Whether what there is refuses the step: who has deleted the table may have another of its name."""
        assert isinstance(table, Table)
        found = await self._caller().find("DescribeTable", {"TableName": table.name}, line=table.line)
        if found is None:
            return False
        return "LocalSecondaryIndexes" in step.members or keys_of(found["Table"]) != keys_of(table.request)

    async def _done(self, step: Step, act: Callable[[Step, Caller], Awaitable[None]]) -> bool:
        """Whether *act* was not refused; a refusal is told, and so is what it has to say."""
        caller = self._caller()
        try:
            await act(step, caller)
        except (TemplateFault, ApiFault) as fault:
            self._tell(TemplateNews(text=str(fault), is_fault=True))
            return False
        finally:
            for notice in caller.notices:
                self._tell(TemplateNews(text=self._at(notice.line) + notice.text))
        return True

    async def _make(self, step: Step, caller: Caller) -> None:
        assert isinstance(step.after, ServiceResource)
        for call in step.after.making:
            await apply_call(call, step.after.line, caller, self._fill)

    async def _bring_about(self, step: Step, caller: Caller) -> None:
        match step.before, step.after:
            case _, Table() as table:
                stream_arn = await apply_table(table, caller)
                self._stream_arns.pop(table.name, None)
                if stream_arn is not None:
                    self._stream_arns[table.name] = stream_arn
            case _, Layer() as layer:
                self._layer_arns[layer.name] = await apply_layer(layer, caller)
            case before, ServiceResource() as resource:
                calls = undoing(before, resource) if isinstance(before, ServiceResource) else ()
                for call in (*calls, *resource.connecting):
                    await apply_call(call, resource.line, caller, self._fill)
            case before, Function() as function:
                known = before if isinstance(before, Function) else None
                await apply_function(function, caller, self._fill, before=known)
            case _, InvokeSettings() as settings:
                await apply_invoke_settings(settings, caller)
            case _, FunctionUrl() as url:
                self._addresses[step.identity] = await apply_url(url, caller)
            case _, EventSource() as source:
                await apply_mapping(source, caller, self._fill)
            case Table() as table, None if self._delete_removed:
                await caller.find("DeleteTable", {"TableName": table.name}, line=table.line)
            case (Function() | EventSource() | FunctionUrl() | InvokeSettings() | ServiceResource()) as gone, None:
                await self._remove(gone, caller)
            case _:
                pass  # a table, with its data; versions of a layer

    async def _remove(
        self, gone: Function | EventSource | FunctionUrl | InvokeSettings | ServiceResource, caller: Caller
    ) -> None:
        match gone:
            case Function():
                await remove_function(gone, caller)
            case EventSource():
                await remove_mapping(gone, caller, self._fill)
            case FunctionUrl():
                await remove_url(gone, caller)
            case InvokeSettings():
                await remove_invoke_settings(gone, caller)
            case ServiceResource():
                for call in undoing(gone, None):
                    await apply_call(call, gone.line, caller, self._fill)
                if gone.type == _SUBSCRIPTION:
                    await _unsubscribe(gone, caller)

    def _words(self, step: Step, declared: Declared) -> str:
        name = title(declared)
        if step.before is None:
            address = self._addresses.get(step.identity)
            return f"added {name}: {address}" if address else f"added {name}"
        if step.after is not None:
            if step.members and set(step.members) <= _POSITION:
                return f"{name} keeps its position: StartingPosition is for a new mapping only"
            return f"changed {name}{_named(step.members)}"
        match declared:
            case Table() if not self._delete_removed:
                return (
                    f"kept {name} with its data, though the template has it no more; --delete-removed would delete it"
                )
            case ServiceResource(type=kind) if kind not in _REMOVED_TYPES:
                return f"kept {name} with what is in it, though the template has it no more"
            case Layer():
                return f"kept the versions of {name}, though the template has it no more"
            case _:
                return f"removed {name}"

    def _at(self, line: int | None) -> str:
        name = self._project.template.name
        return f"{name}: " if line is None else f"{name}:{line} "

    def _caller(self) -> Caller:
        project = self._project
        return Caller(
            api=self._sandbox, template=project.template, account_id=project.account_id, region=project.region
        )

    @property
    def _fill(self) -> Callable[[Any], Any]:
        # What has no stream is refused by the operation that is to use it, at the line of its resource.
        return partial(
            filled,
            stream_arn=lambda name: self._stream_arns.get(name, ""),
            endpoint_url=self._sandbox.endpoint_url,
            layer_arn=lambda name: self._layer_arns.get(name, ""),
        )


def _named(members: tuple[str, ...]) -> str:
    told = list(_shown(members))
    return f" ({', '.join(told)})" if told else ""


def _shown(members: tuple[str, ...]) -> Iterator[str]:
    yield from members[:_MEMBERS_TOLD_MAX]
    if len(members) > _MEMBERS_TOLD_MAX:
        yield "…"


async def _unsubscribe(subscription: ServiceResource, caller: Caller) -> None:
    """End a subscription, whose ARN only SNS knows."""
    for made in subscription.connecting:
        topic = {"TopicArn": made.parameters["TopicArn"]}
        listed = await caller.call("ListSubscriptionsByTopic", topic, line=subscription.line, service="sns")
        for one in listed.get("Subscriptions", []):
            if one["Endpoint"] == made.parameters["Endpoint"]:
                which = {"SubscriptionArn": one["SubscriptionArn"]}
                await caller.call("Unsubscribe", which, line=subscription.line, service="sns")
