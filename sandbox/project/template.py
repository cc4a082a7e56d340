"""The sections of a template, checked for misspelt names, before any value is worked out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from sandbox.project.problem import Problems, did_you_mean
from sandbox.project.source import read_template
from sandbox.project.tree import Fields, Items, Node, Scalar

__all__ = ["SAM_TRANSFORM", "Resource", "Template", "load_template"]

SAM_TRANSFORM: Final = "AWS::Serverless-2016-10-31"

_SECTIONS: Final = (
    "AWSTemplateFormatVersion", "Conditions", "Description", "Globals", "Hooks", "Mappings", "Metadata", "Outputs", "Parameters",
    "Resources", "Rules", "Transform",
)  # fmt: skip
_RESOURCE_ATTRIBUTES: Final = (
    "Condition", "Connectors", "CreationPolicy", "DeletionPolicy", "DependsOn", "IgnoreGlobals", "Metadata", "Properties", "Type",
    "UpdatePolicy", "UpdateReplacePolicy",
)  # fmt: skip
_MAP_SECTIONS: Final = ("Conditions", "Globals", "Mappings", "Outputs", "Parameters", "Resources")


@dataclass(frozen=True, kw_only=True)
class Resource:
    """One entry of the Resources section, its values not yet worked out.

    Attributes:
        line: where its logical id stands; ``type_line`` where its Type does.
        condition: the name of the condition that decides whether it exists, or ``None``.
        ignored_globals: the Globals sections that do not apply to it; ``*`` stands for all.
    """

    logical_id: str
    type: str
    properties: Fields
    line: int
    type_line: int
    condition: str | None = None
    ignored_globals: tuple[str, ...] = ()

    def with_properties(self, properties: Fields) -> "Resource":
        """The same resource with other properties."""
        return replace(self, properties=properties)


@dataclass(frozen=True, kw_only=True)
class Template:
    """A template's sections; one that is absent is empty."""

    path: Path
    resources: Mapping[str, Resource]
    parameters: Fields
    mappings: Fields
    conditions: Fields
    globals_: Fields
    uses_sam: bool

    @property
    def folder(self) -> Path:
        """The folder that CodeUri and the like are relative to."""
        return self.path.parent


def load_template(path: Path, problems: Problems) -> Template:
    """Read and check the outline of a template; faults other than unreadable text go to *problems*.

    Raises:
        TemplateFault: the text is not a template at all.
    """
    tree = read_template(path)
    for name in tree.entries:
        if name not in _SECTIONS:
            problems.add(tree.line_of(name), f"a template has no section {name}", did_you_mean(name, _SECTIONS))
    sections = {name: _section(tree, name, problems) for name in _MAP_SECTIONS}
    if "Resources" not in tree.entries:
        problems.add(
            None, "the template has no Resources section", "Declare your tables and functions under Resources:"
        )
    return Template(
        path=path,
        resources={resource.logical_id: resource for resource in _resources(sections["Resources"], problems)},
        parameters=sections["Parameters"],
        mappings=sections["Mappings"],
        conditions=sections["Conditions"],
        globals_=sections["Globals"],
        uses_sam=SAM_TRANSFORM in _names(tree.entries.get("Transform")),
    )


def _section(tree: Fields, name: str, problems: Problems) -> Fields:
    node = tree.entries.get(name)
    match node:
        case Fields():
            return node
        case None | Scalar(value=None):
            pass
        case _:
            problems.add(
                tree.line_of(name), f"{name} is a map of names", "Indent each name under it, followed by a colon"
            )
    return Fields(entries={}, line=tree.line_of(name))


def _resources(section: Fields, problems: Problems) -> Iterator[Resource]:
    for logical_id, node in section:
        line = section.line_of(logical_id)
        if logical_id == "Fn::ForEach" or logical_id.startswith("Fn::ForEach::"):
            problems.add(line, "Fn::ForEach is not emulated here", "Write the resources out")
            continue
        if not isinstance(node, Fields):
            problems.add(line, f"{logical_id} is not a resource", "A resource is a map with a Type and Properties")
            continue
        if not logical_id.isalnum():
            problems.add(line, f"the name {logical_id} may hold letters and digits only", "Rename the resource")
        resource = _resource(logical_id, node, line, problems)
        if resource is not None:
            yield resource


def _resource(logical_id: str, node: Fields, line: int, problems: Problems) -> Resource | None:
    for attribute in node.entries:
        if attribute not in _RESOURCE_ATTRIBUTES:
            advice = did_you_mean(attribute, _RESOURCE_ATTRIBUTES) or "Is it meant to stand under Properties?"
            problems.add(node.line_of(attribute), f"a resource has no attribute {attribute}", advice)
    kind = node.entries.get("Type")
    if not isinstance(kind, Scalar) or not isinstance(kind.value, str):
        unknown = [attribute for attribute in node.entries if attribute not in _RESOURCE_ATTRIBUTES]
        if "Type" in node.entries or not any(did_you_mean(attribute, ["Type"]) for attribute in unknown):
            problems.add(line, f"{logical_id} has no Type", "Add a line such as: Type: AWS::DynamoDB::Table")
        return None
    properties = node.entries.get("Properties")
    if properties is None or (isinstance(properties, Scalar) and properties.value is None):
        properties = Fields(entries={}, line=line)
    if not isinstance(properties, Fields):
        problems.add(
            node.line_of("Properties"), f"the Properties of {logical_id} are a map", "Indent each property under it"
        )
        return None
    condition = node.entries.get("Condition")
    return Resource(
        logical_id=logical_id,
        type=kind.value,
        properties=properties,
        line=line,
        type_line=node.line_of("Type"),
        condition=str(condition.value) if isinstance(condition, Scalar) else None,
        ignored_globals=_names(node.entries.get("IgnoreGlobals")),
    )


def _names(node: Node | None) -> tuple[str, ...]:
    """A name or a list of names, as a tuple."""
    match node:
        case Scalar(value=str(text)):
            return (text,)
        case Items():
            return tuple(str(value.value) for value in node.values if isinstance(value, Scalar))
        case _:
            return ()
