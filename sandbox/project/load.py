"""A template file to a ``Project``: every resource we know translated, every other one named."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from sandbox import arn
from sandbox.project.event_sources import read_dynamodb_event, read_mapping, read_sqs_event
from sandbox.project.function_events import TRIGGER_TYPES, BucketEvent, read_trigger
from sandbox.project.function_urls import read_function_url, read_url
from sandbox.project.functions import FunctionReader
from sandbox.project.intrinsics import Unresolvable
from sandbox.project.invoke_settings import read_dead_letter, read_event_invoke_config, read_invoke_settings
from sandbox.project.layers import read_layer
from sandbox.project.parameters import Parameters
from sandbox.project.problem import Problems, did_you_mean
from sandbox.project.project import (
    EventSource,
    Function,
    FunctionUrl,
    InvokeSettings,
    Layer,
    Notice,
    OtherResource,
    Project,
    ServiceResource,
    Table,
)
from sandbox.project.references import Surroundings, TemplateReferences
from sandbox.project.resource_names import FUNCTION_TYPES, LAYER_TYPES, TABLE_TYPES
from sandbox.project.resource_types import MAPPING_TYPE, meant_type
from sandbox.project.services.buckets import with_notification
from sandbox.project.services.place import Place
from sandbox.project.services.read import SERVICE_READERS
from sandbox.project.shapes import Reader
from sandbox.project.tables import read_table
from sandbox.project.template import Resource, Template, load_template
from sandbox.project.tree import Fields, Scalar, merged

__all__ = ["load_project"]

_GLOBALS_OF: Final = {
    "AWS::Serverless::Function": "Function",
    "AWS::Serverless::LayerVersion": "LayerVersion",
    "AWS::Serverless::SimpleTable": "SimpleTable",
}
_GLOBALS: Final = (
    "Api", "CapacityProvider", "Function", "HttpApi", "LayerVersion", "SimpleTable", "StateMachine", "WebSocketApi",
)  # fmt: skip
_EVENT_TYPES: Final = (
    "AlexaSkill", "Api", "CloudWatchEvent", "CloudWatchLogs", "Cognito", "DocumentDB", "DynamoDB", "EventBridgeRule", "HttpApi", "IoTRule",
    "Kinesis", "MQ", "MSK", "S3", "SNS", "SQS", "Schedule", "ScheduleV2", "SelfManagedKafka",
)  # fmt: skip
_SILENT_TYPES: Final = (
    "AWS::IAM::",
    "AWS::Logs::",
    "AWS::CloudFormation::",
    "AWS::Lambda::Permission",
    "AWS::CloudWatch::",
    "AWS::Events::EventBusPolicy",
    "AWS::S3::BucketPolicy",
    "AWS::SNS::TopicPolicy",
    "AWS::SQS::QueuePolicy",
)
"""Types whose absence changes nothing a handler can see."""


def load_project(
    path: Path, *, overrides: Mapping[str, str] | None = None, surroundings: Surroundings | None = None
) -> Project:
    """Read the template at *path* into a project.

    Args:
        path: the template file, YAML or JSON.
        overrides: values of parameters by name; they win over defaults.
        surroundings: account, region and stack name, for ARNs and pseudo parameters.

    Raises:
        TemplateFault: with every fault found.
    """
    problems = Problems(template=path)
    template = load_template(path, problems)
    parameters = Parameters(section=template.parameters, overrides=overrides or {})
    parameters.check(problems)
    references = TemplateReferences(
        template=template, parameters=parameters, surroundings=surroundings or Surroundings()
    )
    loader = _Loader(template=template, references=references, problems=problems)
    project = loader.load()
    problems.raise_if_any()
    return project


@dataclass(frozen=True, kw_only=True)
class _Loader:
    template: Template
    references: TemplateReferences
    problems: Problems
    tables: list[Table] = field(default_factory=list)
    functions: list[Function] = field(default_factory=list)
    layers: list[Layer] = field(default_factory=list)
    urls: list[FunctionUrl] = field(default_factory=list)
    event_sources: list[EventSource] = field(default_factory=list)
    invoke_settings: list[InvokeSettings] = field(default_factory=list)
    services: list[ServiceResource] = field(default_factory=list)
    bucket_events: list[tuple[int, BucketEvent]] = field(default_factory=list)
    others: list[OtherResource] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    skipped: set[str] = field(default_factory=set)

    @property
    def reader(self) -> Reader:
        return Reader(intrinsics=self.references.intrinsics, problems=self.problems)

    def load(self) -> Project:
        self._check_globals()
        for resource in self.template.resources.values():
            try:
                if self.references.exists(resource):
                    self._read(resource)
            except Unresolvable as fault:
                self.problems.add(fault.line, fault.what, fault.advice)
        self._add_bucket_events()
        self._check_names()
        self._check_functions_of_mappings()
        self._notice_leftovers()
        place = self.references.surroundings
        return Project(
            template=self.template.path,
            account_id=place.account_id,
            region=place.region,
            tables=tuple(self.tables),
            functions=tuple(self.functions),
            layers=tuple(self.layers),
            urls=tuple(url for url in self.urls if url.function_name not in self.skipped),
            event_sources=tuple(self.event_sources),
            invoke_settings=tuple(one for one in self.invoke_settings if one.function_name not in self.skipped),
            services=tuple(self.services),
            others=tuple(self.others),
            notices=tuple(sorted(self.notices, key=lambda notice: notice.line or 0)),
        )

    def _read(self, resource: Resource) -> None:
        match resource.type:
            case kind if kind in TABLE_TYPES:
                name = self.references.physical_name(resource)
                resource = self._with_globals(resource)
                self.tables.append(read_table(resource, name, self.reader, self.notices))
            case kind if kind in FUNCTION_TYPES:
                self._read_function(self._with_globals(resource))
            case kind if kind in LAYER_TYPES:
                self._read_layer(self._with_globals(resource))
            case "AWS::Lambda::EventInvokeConfig":
                self.invoke_settings.append(read_invoke_settings(resource, self.reader, self.notices))
            case "AWS::Lambda::Url":
                self.urls.append(read_url(resource, self.reader))
            case kind if kind == MAPPING_TYPE:
                mapping = read_mapping(resource, self.reader, self.notices)
                if mapping is not None:
                    self.event_sources.append(mapping)
            case kind if kind in SERVICE_READERS:
                name = self.references.physical_name(resource)
                self.services.append(SERVICE_READERS[kind](resource, name, self.reader, self._place))
            case kind:
                meant = meant_type(kind)
                if meant is not None:
                    self.problems.add(resource.type_line, f"there is no resource type {kind}", meant)
                else:
                    self.others.append(OtherResource(logical_id=resource.logical_id, type=kind, line=resource.line))

    def _read_layer(self, resource: Resource) -> None:
        name = self.references.physical_name(resource)
        layer = read_layer(resource, name, self.reader, self.notices, folder=self.template.folder)
        if layer is not None:
            self.layers.append(layer)

    def _read_function(self, resource: Resource) -> None:
        name = self.references.physical_name(resource)
        functions = FunctionReader(
            reader=self.reader,
            folder=self.template.folder,
            account_id=self.references.surroundings.account_id,
            notices=self.notices,
        )
        function = functions.read(resource, resource.properties, name)
        if function is None:
            self.skipped.add(name)
        else:
            dead_letter = read_dead_letter(resource.properties, self.reader)
            if dead_letter is not None:
                request = {**function.request, "DeadLetterConfig": {"TargetArn": dead_letter}}
                function = replace(function, request=request)
            self.functions.append(function)
            settings = read_event_invoke_config(resource.properties, name, self.reader, self.notices)
            if settings is not None:
                self.invoke_settings.append(settings)
            url = read_function_url(resource.properties, name, self.reader)
            if url is not None:
                self.urls.append(url)
        events = resource.properties.entries.get("Events")
        if resource.type == "AWS::Serverless::Function" and isinstance(events, Fields):
            for label, event in events:
                self._read_event(
                    resource.logical_id,
                    label,
                    event if isinstance(event, Fields) else None,
                    events.line_of(label),
                    name,
                )

    def _read_event(self, logical_id: str, label: str, event: Fields | None, line: int, function_name: str) -> None:
        kind = event.entries.get("Type") if event is not None else None
        if event is None or not isinstance(kind, Scalar):
            self.problems.add(line, f"event {label} has no Type", "Add: Type: DynamoDB")
            return
        if kind.value not in _EVENT_TYPES:
            advice = did_you_mean(str(kind.value), _EVENT_TYPES)
            self.problems.add(kind.line, f"there is no event type {kind.value}", advice)
            return
        if kind.value not in ("DynamoDB", "SQS", *TRIGGER_TYPES):
            self.notices.append(
                Notice(line=line, text=f"event {label} of {function_name} ({kind.value}) is not emulated")
            )
            return
        properties = event.entries.get("Properties")
        if not isinstance(properties, Fields):
            advice = "Add Stream and StartingPosition" if kind.value == "DynamoDB" else ""
            self.problems.add(line, f"event {label} has no Properties", advice)
            return
        if kind.value in TRIGGER_TYPES:
            self._read_trigger(str(kind.value), logical_id + label, properties, line, function_name)
            return
        read = read_dynamodb_event if kind.value == "DynamoDB" else read_sqs_event
        self.event_sources.append(read(label, properties, line, function_name, self.reader))

    def _read_trigger(self, kind: str, label: str, properties: Fields, line: int, function_name: str) -> None:
        function_arn = arn.function_arn(self._place.region, self._place.account_id, function_name)
        trigger = read_trigger(kind, label, properties, line, function_arn, self.reader)
        if function_name in self.skipped or trigger is None:
            return
        if isinstance(trigger, ServiceResource):
            self.services.append(trigger)
        else:
            self.bucket_events.append((line, trigger))

    @property
    def _place(self) -> Place:
        surroundings = self.references.surroundings
        return Place(account_id=surroundings.account_id, region=surroundings.region)

    def _add_bucket_events(self) -> None:
        """The events of Type S3 belong to their buckets, wherever those stand in the template."""
        buckets = {one.name: index for index, one in enumerate(self.services) if one.type == "AWS::S3::Bucket"}
        for line, (bucket, configuration) in self.bucket_events:
            if bucket not in buckets:
                what = f"the template does not declare the bucket {bucket}"
                self.problems.add(line, what, did_you_mean(bucket, buckets) or "Write it as: Bucket: !Ref TheBucket")
                continue
            at = buckets[bucket]
            self.services[at] = with_notification(self.services[at], "LambdaFunctionConfigurations", configuration)

    def _with_globals(self, resource: Resource) -> Resource:
        section = _GLOBALS_OF.get(resource.type, "")
        if {section, "*"} & set(resource.ignored_globals):
            return resource
        general = self.template.globals_.entries.get(section)
        if not isinstance(general, Fields):
            return resource
        properties = merged(general, resource.properties)
        return resource.with_properties(properties) if isinstance(properties, Fields) else resource

    def _check_globals(self) -> None:
        section = self.template.globals_
        for name in section.entries:
            if name not in _GLOBALS:
                self.problems.add(section.line_of(name), f"Globals has no section {name}", did_you_mean(name, _GLOBALS))

    def _check_names(self) -> None:
        for declared in (self.tables, self.functions, self.layers):
            lines: dict[str, int] = {}
            for one in declared:
                first = lines.setdefault(one.name, one.line)
                if first != one.line:
                    what = f"{one.logical_id} has the name {one.name}, which is taken on line {first}"
                    self.problems.add(one.line, what, "Give it another name")

    def _check_functions_of_mappings(self) -> None:
        """A mapping whose function the template does not run would only ever fail."""
        names = {function.name for function in self.functions}
        for source in list(self.event_sources):
            bare = source.function_name.partition(":")[0]
            if bare in self.skipped:
                self.event_sources.remove(source)
            elif bare and bare not in names:
                what = f"{source.label} is for the function {bare}, which the template does not declare"
                self.problems.add(source.line, what, did_you_mean(bare, names))

    def _notice_leftovers(self) -> None:
        sam = [
            resource for resource in self.template.resources.values() if resource.type.startswith("AWS::Serverless::")
        ]
        if sam and not self.template.uses_sam:
            what = f"{sam[0].type} needs SAM, and AWS will refuse the template without it"
            self.problems.add(sam[0].line, what, "Add at the top: Transform: AWS::Serverless-2016-10-31")
        for name in self.references.parameters.unknown_overrides():
            meant = did_you_mean(name, self.references.parameters.section.entries)
            text = f"the template has no parameter {name}" + (f" ({meant})" if meant else "")
            self.notices.append(Notice(line=None, text=text))
        for name, line in self.references.placeholders.items():
            self.notices.append(Notice(line=line, text=f"{name} is not emulated; its value here is the text {name!r}"))
        unseen = [other for other in self.others if not other.type.startswith(_SILENT_TYPES)]
        for other in unseen:
            self.notices.append(Notice(line=other.line, text=f"{other.logical_id} ({other.type}) is not created"))
