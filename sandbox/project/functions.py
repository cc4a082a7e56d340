"""``AWS::Serverless::Function`` and ``AWS::Lambda::Function`` to CreateFunction requests."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sandbox.project.code import check_handler, inline_code
from sandbox.project.code_property import read_code, read_image_uri
from sandbox.project.project import CodeBundle, CodeFolder, CodeImage, Function, Notice
from sandbox.project.shapes import Document, ListOf, MapOf, Number, Reader, Shape, Struct, Text, Unread
from sandbox.project.template import Resource
from sandbox.project.tree import Fields

__all__ = ["FunctionReader"]

_ENVIRONMENT: Final = Struct(name="Environment", members={"Variables": MapOf(of=Text())})
_COMMON: Final[Mapping[str, Shape]] = {
    "Architectures": ListOf(of=Text(choices=("x86_64", "arm64"))),
    "CapacityProviderConfig": Unread(),
    "CodeSigningConfigArn": Unread(),
    "Description": Text(),
    "DurableConfig": Unread(),
    "Environment": _ENVIRONMENT,
    "EphemeralStorage": Struct(name="EphemeralStorage", members={"Size": Number()}),
    "FileSystemConfigs": Unread(),
    "FunctionName": Text(),
    "FunctionScalingConfig": Unread(),
    "Handler": Text(),
    "ImageConfig": Struct(
        name="ImageConfig",
        members={"Command": ListOf(of=Text()), "EntryPoint": ListOf(of=Text()), "WorkingDirectory": Text()},
    ),
    "KmsKeyArn": Unread(),
    "Layers": ListOf(of=Text()),
    "LoggingConfig": Document(),
    "MemorySize": Number(),
    "PackageType": Text(choices=("Zip", "Image")),
    "PublishToLatestPublished": Unread(),
    "RecursiveLoop": Text(choices=("Allow", "Terminate")),
    "ReservedConcurrentExecutions": Number(),
    "Role": Text(),
    "Runtime": Text(),
    "RuntimeManagementConfig": Unread(),
    "SnapStart": Unread(),
    "TenancyConfig": Unread(),
    "Timeout": Number(),
    "VpcConfig": Unread(),
}
_LAMBDA_FUNCTION: Final = Struct(
    name="AWS::Lambda::Function",
    members={
        **_COMMON,
        "Code": Unread(),  # read apart: a map here, or a path as `aws cloudformation package` takes it
        "DeadLetterConfig": Unread(),  # read in invoke_settings, as SAM's DeadLetterQueue and EventInvokeConfig are
        "Tags": ListOf(of=Struct(name="a tag", members={"Key": Text(), "Value": Text()}, required=("Key", "Value"))),
        "TracingConfig": Unread(),
    },
    required=("Code",),
)
_SERVERLESS_ONLY: Final = (
    "AssumeRolePolicyDocument", "AutoPublishAlias", "AutoPublishAliasAllProperties", "AutoPublishCodeSha256", "DeadLetterQueue",
    "DeploymentPreference", "EventInvokeConfig", "Events", "FunctionUrlConfig", "ImageUri", "PermissionsBoundary", "Policies",
    "PropagateTags", "ProvisionedConcurrencyConfig", "RolePath", "SourceKMSKeyArn", "Tracing", "VersionDeletionPolicy",
    "VersionDescription",
)  # fmt: skip
_SERVERLESS_FUNCTION: Final = Struct(
    name="AWS::Serverless::Function",
    members={
        **_COMMON,
        **dict.fromkeys(_SERVERLESS_ONLY, Unread()),
        "CodeUri": Unread(),
        "InlineCode": Text(),
        "Tags": MapOf(of=Text()),
    },
)
_RUNTIMES: Final = re.compile(
    r"python\d\.\d+|nodejs\d*(\.\w+)*(-edge)?|java\d+(\.al2)?|dotnet\w+(\.\d)?|ruby\d\.\d|go1\.x|provided(\.al2(023)?)?"
)
_RUN_BY_EVERY_MACHINE: Final = ("python", "nodejs", "provided")


@dataclass(frozen=True, kw_only=True)
class FunctionReader:
    """Reads functions; faults go to the reader's problems, what is left out to *notices*.

    Attributes:
        folder: the template's own folder, which paths are relative to.
        account_id: for the role of a function that names none.
    """

    reader: Reader
    folder: Path
    account_id: str
    notices: list[Notice]

    def read(self, resource: Resource, properties: Fields, name: str) -> Function | None:
        """The function that *resource* declares, Globals already in *properties*; ``None`` where it cannot run here."""
        serverless = resource.type == "AWS::Serverless::Function"
        shape = _SERVERLESS_FUNCTION if serverless else _LAMBDA_FUNCTION
        values = self.reader.struct(properties, shape, resource.line)
        if values.get("PackageType") == "Image":
            return self._image(resource, properties, values, name)
        if not self._runs_here(resource, properties, values):
            return None
        handler, runtime = values.get("Handler", ""), values.get("Runtime", "")
        inline = values.pop("InlineCode", None)
        if inline is not None:
            code: CodeFolder | CodeBundle | None = inline_code(inline, runtime)
        else:
            code = read_code(resource, properties, self.reader, folder=self.folder, runtime=runtime)
        if code is None or not handler:
            return None
        check_handler(handler, code, runtime, properties.line_of("Handler"), self.reader.problems)
        return Function(
            logical_id=resource.logical_id,
            name=name,
            line=resource.line,
            code=code,
            reserved_concurrency=values.pop("ReservedConcurrentExecutions", None),
            recursive_loop=values.pop("RecursiveLoop", None),
            request=self._request(resource, values, name),
        )

    def _image(self, resource: Resource, properties: Fields, values: dict[str, Any], name: str) -> Function | None:
        """A function that is a container image; ``None`` where the template names none, as before ``sam build``."""
        uri = read_image_uri(resource, properties, self.reader)
        if uri is None:
            text = f"{resource.logical_id} is a container image that the template does not name; add its ImageUri"
            self.notices.append(Notice(line=resource.line, text=text))
            return None
        return Function(
            logical_id=resource.logical_id,
            name=name,
            line=resource.line,
            code=CodeImage(uri=uri),
            reserved_concurrency=values.pop("ReservedConcurrentExecutions", None),
            recursive_loop=values.pop("RecursiveLoop", None),
            request=self._request(resource, values, name),
        )

    def _runs_here(self, resource: Resource, properties: Fields, values: dict[str, Any]) -> bool:
        name = resource.logical_id
        for required in ("Handler", "Runtime"):
            if required not in properties.entries and not self._misspelt(required, properties):
                example = "app.handler" if required == "Handler" else "python3.13"
                self.reader.problems.add(resource.line, f"{name} has no {required}", f"Add: {required}: {example}")
        runtime = values.get("Runtime")
        if runtime is None:
            return False
        line = properties.line_of("Runtime")
        if not _RUNTIMES.fullmatch(runtime):
            self.reader.problems.add(
                line, f"there is no runtime {runtime}", "Write it as AWS does, for example python3.13"
            )
            return False
        if not runtime.startswith(_RUN_BY_EVERY_MACHINE):
            self.notices.append(
                Notice(line=line, text=f"{name} needs {runtime}, which runs in containers only (--runtime docker)")
            )
        return True

    @staticmethod
    def _misspelt(required: str, properties: Fields) -> bool:
        return any(written.casefold() == required.casefold() for written in properties.entries)

    def _request(self, resource: Resource, values: dict[str, Any], name: str) -> dict[str, Any]:
        request = {member: value for member, value in values.items() if member != "Code"}
        request.setdefault("Role", f"arn:aws:iam::{self.account_id}:role/{resource.logical_id}Role")
        tags = request.get("Tags")
        if isinstance(tags, list):
            request["Tags"] = {tag["Key"]: tag["Value"] for tag in tags if len(tag) == 2}
        return {**request, "FunctionName": name}
