"""What the names in a template stand for: parameters, pseudo parameters, resources and conditions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from sandbox.arn import function_arn
from sandbox.awslambda.urls.address import url_id_of
from sandbox.project.intrinsics import Intrinsics, Unresolvable
from sandbox.project.late import endpoint_url_token
from sandbox.project.parameters import Parameters
from sandbox.project.problem import did_you_mean
from sandbox.project.resource_names import (
    FUNCTION_TYPES,
    NAME_PROPERTIES,
    Identity,
    attribute_of,
    given_name,
    known_attributes,
    ref_of,
)
from sandbox.project.template import Resource, Template
from sandbox.project.tree import Items, Node, Scalar, scalar_text

__all__ = ["Surroundings", "TemplateReferences"]

_PSEUDO_PARAMETERS: Final = (
    "AWS::AccountId", "AWS::NoValue", "AWS::NotificationARNs", "AWS::Partition", "AWS::Region", "AWS::StackId", "AWS::StackName",
    "AWS::URLSuffix",
)  # fmt: skip
_MADE_BY_SAM: Final = ("ServerlessRestApi", "ServerlessHttpApi", "ServerlessDeploymentApplication")


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """Where the template would be deployed."""

    account_id: str = "000000000000"
    region: str = "us-east-1"
    stack_name: str = "sandbox"


@dataclass(frozen=True, kw_only=True)
class TemplateReferences:
    """Answers ``Ref``, ``Fn::GetAtt`` and conditions for one template.

    Attributes:
        placeholders: what a value was made up for, by its line: references to resources that are not emulated.
    """

    template: Template
    parameters: Parameters
    surroundings: Surroundings
    placeholders: dict[str, int] = field(default_factory=dict)
    _names: dict[str, str] = field(default_factory=dict)
    _truths: dict[str, bool] = field(default_factory=dict)
    _open: list[str] = field(default_factory=list)

    @cached_property
    def intrinsics(self) -> Intrinsics:
        """The functions, working on this template."""
        return Intrinsics(references=self, mappings=self.template.mappings, condition=self.condition)

    def names(self) -> tuple[str, ...]:
        """Everything ``Ref`` may name."""
        return (*self.parameters.section.entries, *self.template.resources, *_PSEUDO_PARAMETERS)

    def ref(self, name: str, line: int) -> Node:
        """The value of ``Ref``. Raises: Unresolvable."""
        if name in self.parameters.section.entries:
            return self.parameters.value(name, line)
        if name.startswith("AWS::"):
            return self._pseudo(name, line)
        if name in self.template.resources:
            text = ref_of(self._identity(self._existing(name, line)))
            if name == text and self.template.resources[name].type not in NAME_PROPERTIES:
                self.placeholders.setdefault(name, line)
            return Scalar(value=text, line=line)
        made = self._made_by_sam(name)
        if made is not None:
            return Scalar(value=made, line=line)
        raise Unresolvable(line, f"there is no parameter or resource {name}", did_you_mean(name, self.names()))

    def attribute(self, name: str, attribute: str, line: int) -> str:
        """The value of ``Fn::GetAtt``. Raises: Unresolvable."""
        if name not in self.template.resources:
            made = self._made_by_sam(name)
            if made is not None:
                return self._attribute_made_by_sam(name, made, attribute)
            raise Unresolvable(line, f"there is no resource {name}", did_you_mean(name, self.template.resources))
        resource = self._existing(name, line)
        known = known_attributes(resource.type)
        if known is not None and attribute not in known:
            advice = did_you_mean(attribute, known) or f"It has: {', '.join(known)}"
            raise Unresolvable(line, f"{resource.type} {name} has no attribute {attribute}", advice)
        if attribute == "StreamArn" and "StreamSpecification" not in resource.properties.entries:
            advice = (
                f"Add to {name} (line {resource.line}): StreamSpecification: {{StreamViewType: NEW_AND_OLD_IMAGES}}"
            )
            raise Unresolvable(line, f"table {name} has no stream, so it has no StreamArn", advice)
        if resource.type == "AWS::Lambda::Url":
            arn = self._function_of_url(resource)
            return arn if attribute == "FunctionArn" else _function_url(arn)
        value = attribute_of(self._identity(resource), attribute)
        if value is None:
            self.placeholders.setdefault(f"{name}.{attribute}", line)
            return f"{name}.{attribute}"
        return value

    def exists(self, resource: Resource) -> bool:
        """Whether the resource's condition, if it has one, holds. Raises: Unresolvable."""
        return resource.condition is None or self.condition(resource.condition, resource.line)

    def condition(self, name: str, line: int) -> bool:
        """The truth of a condition by name. Raises: Unresolvable."""
        if name in self._truths:
            return self._truths[name]
        conditions = self.template.conditions
        if name not in conditions.entries:
            raise Unresolvable(line, f"there is no condition {name}", did_you_mean(name, conditions.entries))
        key = f"condition {name}"
        self._enter(key, line)
        try:
            self._truths[name] = self.intrinsics.holds(conditions.entries[name])
        finally:
            self._open.remove(key)
        return self._truths[name]

    def physical_name(self, resource: Resource) -> str:
        """What the resource is called: its own name property, else its logical id. Raises: Unresolvable."""
        logical_id = resource.logical_id
        if logical_id not in self._names:
            given = resource.properties.entries.get(NAME_PROPERTIES.get(resource.type, ""))
            self._enter(logical_id, resource.line)
            try:
                settled = None if given is None else self.intrinsics.settle(given)
                self._names[logical_id] = (
                    given_name(resource.type, logical_id, is_fifo=_is_fifo(resource))
                    if settled is None
                    else self.intrinsics.text(settled)
                )
            finally:
                self._open.remove(logical_id)
        return self._names[logical_id]

    def _identity(self, resource: Resource) -> Identity:
        return Identity(
            type=resource.type,
            name=self.physical_name(resource),
            account_id=self.surroundings.account_id,
            region=self.surroundings.region,
        )

    def _existing(self, logical_id: str, line: int) -> Resource:
        resource = self.template.resources[logical_id]
        if not self.exists(resource):
            advice = f"Guard this reference with !If [{resource.condition}, …, !Ref AWS::NoValue]"
            raise Unresolvable(
                line, f"{logical_id} does not exist, because condition {resource.condition} is false", advice
            )
        return resource

    def _attribute_made_by_sam(self, name: str, made: str, attribute: str) -> str:
        place = self.surroundings
        if attribute == "FunctionUrl":
            function = self.physical_name(self.template.resources[name.removesuffix("Url")])
            return _function_url(function_arn(place.region, place.account_id, function))
        return f"arn:aws:iam::{place.account_id}:role/{made}" if attribute == "Arn" else made

    def _function_of_url(self, resource: Resource) -> str:
        """The ARN of the function or alias that an ``AWS::Lambda::Url`` is of. Raises: Unresolvable."""
        named: dict[str, str] = {}
        for member in ("TargetFunctionArn", "Qualifier"):
            node = resource.properties.entries.get(member)
            settled = None if node is None else self.intrinsics.settle(node)
            named[member] = "" if settled is None else self.intrinsics.text(settled)
        place, target = self.surroundings, named["TargetFunctionArn"]
        arn = target if target.startswith("arn:") else function_arn(place.region, place.account_id, target)
        return f"{arn}:{named['Qualifier']}" if named["Qualifier"] else arn

    def _made_by_sam(self, name: str) -> str | None:
        """Names of resources that SAM adds: a function's role, URL, version and alias, and the implicit API."""
        resources = self.template.resources
        base, _, _ = name.partition(".")
        if name in _MADE_BY_SAM:
            return name
        for suffix in ("Role", "Url"):
            function = resources.get(name.removesuffix(suffix)) if name.endswith(suffix) else None
            if function is not None and function.type in FUNCTION_TYPES:
                return name
        if name in {f"{base}.Version", f"{base}.Alias"} and base in resources:
            return self.physical_name(resources[base])
        return None

    def _pseudo(self, name: str, line: int) -> Node:
        place = self.surroundings
        values: Mapping[str, str] = {
            "AWS::AccountId": place.account_id,
            "AWS::Partition": "aws",
            "AWS::Region": place.region,
            "AWS::StackName": place.stack_name,
            "AWS::StackId": f"arn:aws:cloudformation:{place.region}:{place.account_id}:stack/{place.stack_name}/sandbox",
            "AWS::URLSuffix": "amazonaws.com",
        }
        if name == "AWS::NotificationARNs":
            return Items(values=(), line=line)
        if name not in values:
            raise Unresolvable(line, f"there is no pseudo parameter {name}", did_you_mean(name, _PSEUDO_PARAMETERS))
        return Scalar(value=values[name], line=line)

    def _enter(self, key: str, line: int) -> None:
        if key in self._open:
            circle = " -> ".join([*self._open[self._open.index(key) :], key])
            raise Unresolvable(
                line, f"these refer to each other in a circle: {circle}", "Break the circle with a fixed name"
            )
        self._open.append(key)


def _is_fifo(resource: Resource) -> bool:
    marks = (resource.properties.entries.get(name) for name in ("FifoQueue", "FifoTopic"))
    return any(isinstance(mark, Scalar) and scalar_text(mark.value).lower() == "true" for mark in marks)


def _function_url(arn: str) -> str:
    """Where the function of this ARN answers; by path, as that is found from inside of containers, too."""
    return f"{endpoint_url_token()}/_sandbox/function-url/{url_id_of(arn)}/"
