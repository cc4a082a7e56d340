"""Members that several Lambda requests share, with the constraints the service model declares on them.

Ceilings are those of ordinary functions (900 seconds, 10,240 MB), which the model exceeds for newer kinds of compute.
Source: esm §1.2, §5.1; the Lambda service model.
"""

from typing import Annotated, Literal

from msgspec import Meta, field

from sandbox.wire.constraints import whole
from sandbox.wire.operation import RequestShape

__all__ = [
    "AnyArn",
    "Architectures",
    "ArchiveSource",
    "Arn",
    "DeadLetterConfig",
    "EnvironmentShape",
    "EphemeralStorage",
    "FileSystemConfig",
    "FunctionCode",
    "FunctionName",
    "FunctionSettings",
    "ImageConfig",
    "LayerName",
    "LayerVersionArn",
    "LoggingConfig",
    "MaxItems",
    "NamespacedFunctionName",
    "Qualifier",
    "RoleArn",
    "S3Bucket",
    "S3Key",
    "SnapStart",
    "TaggableResource",
    "Tags",
    "TracingConfig",
    "VpcConfig",
]

_REGION = r"(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}"
_NAME_HEAD = rf"(arn:(aws[a-zA-Z-]*)?:lambda:)?({_REGION}:)?(\d{{12}}:)?(function:)?"

FunctionName = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=140,
        pattern=whole(_NAME_HEAD + r"([a-zA-Z0-9-_]+)(:(\$LATEST|[a-zA-Z0-9-_]+))?"),
    ),
]
NamespacedFunctionName = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=256,
        pattern=whole(_NAME_HEAD + r"([a-zA-Z0-9-_\.]+)(:(\$LATEST(\.PUBLISHED)?|[a-zA-Z0-9-_]+))?"),
    ),
]
Qualifier = Annotated[
    str, Meta(min_length=1, max_length=128, pattern=whole(r"\$(LATEST(\.PUBLISHED)?)|[a-zA-Z0-9-_$]+"))
]
Arn = Annotated[
    str,
    Meta(pattern=whole(rf"arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\-])+:({_REGION})?:(\d{{12}})?:(.*)")),
]
TaggableResource = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=10_000,
        pattern=whole(
            rf"arn:(aws[a-zA-Z-]*):lambda:{_REGION}:\d{{12}}:"
            r"(function:[a-zA-Z0-9-_]+(:(\$LATEST|[a-zA-Z0-9-_]+))?"
            r"|layer:[a-zA-Z0-9-_]+|code-signing-config:csc-[a-z0-9]{17}"
            r"|event-source-mapping:[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
            r"|(capacity-provider|network-connector):[a-zA-Z0-9-_]{1,64})"
        ),
    ),
]
LayerName = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=2048,
        pattern=whole(
            rf"(arn:(aws[a-zA-Z-]*)?:lambda:{_REGION}:\d{{12}}:layer:[a-zA-Z0-9-_]{{1,140}}|[a-zA-Z0-9-_]{{1,140}})"
        ),
    ),
]
LayerVersionArn = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=2048,
        pattern=whole(
            rf"((arn:(aws[a-zA-Z-]*)?:lambda:{_REGION}:\d{{12}}:layer:[a-zA-Z0-9-_]+:[0-9]+)"
            r"|(arn:[a-zA-Z0-9-]+:lambda:::awslayer:[a-zA-Z0-9-_]+))"
        ),
    ),
]
S3Bucket = Annotated[str, Meta(min_length=3, max_length=63, pattern=whole(r"[0-9A-Za-z\.\-_]*(?<!\.)"))]
S3Key = Annotated[str, Meta(min_length=1, max_length=1024)]
RoleArn = Annotated[str, Meta(pattern=whole(r"arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+"))]
Architectures = Annotated[list[Literal["x86_64", "arm64"]], Meta(min_length=1, max_length=1)]
MaxItems = Annotated[int, Meta(ge=1, le=10_000)]
Tags = dict[str, str]

AnyArn = Annotated[str, Meta(pattern=whole(r"(arn:(aws[a-zA-Z-]*)?:[a-z0-9-.]+:.*)|()"))]


class ArchiveSource(RequestShape):
    """Where an archive comes from; a layer has nothing else."""

    zip_file: bytes | None = None
    s3_bucket: S3Bucket | None = None
    s3_key: S3Key | None = None
    s3_object_version: S3Key | None = None


class FunctionCode(ArchiveSource):
    """Where the code comes from."""

    image_uri: str | None = None


class EnvironmentShape(RequestShape):
    """The user's variables."""

    variables: dict[str, str] | None = None


class VpcConfig(RequestShape):
    """Kept and echoed; there is no VPC here."""

    subnet_ids: list[str] | None = None
    security_group_ids: list[str] | None = None
    ipv6_allowed_for_dual_stack: bool | None = None


class DeadLetterConfig(RequestShape):
    """Where asynchronous events go that failed for good."""

    target_arn: AnyArn | None = None


class TracingConfig(RequestShape):
    """Kept and echoed; there is no X-Ray here."""

    mode: Literal["Active", "PassThrough"] | None = None


class EphemeralStorage(RequestShape):
    """The size of ``/tmp`` in MB."""

    size: Annotated[int, Meta(ge=512, le=10_240)]


class SnapStart(RequestShape):
    """Kept and echoed; there are no snapshots here."""

    apply_on: Literal["PublishedVersions", "None"] | None = None


class LoggingConfig(RequestShape):
    """How and where the function's output is kept."""

    log_format: Literal["JSON", "Text"] | None = None
    application_log_level: Literal["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"] | None = None
    system_log_level: Literal["DEBUG", "INFO", "WARN"] | None = None
    log_group: Annotated[str, Meta(min_length=1, max_length=512, pattern=whole(r"[\.\-_/#A-Za-z0-9]+"))] | None = None


class ImageConfig(RequestShape):
    """What to run of a container image, instead of what it says itself."""

    entry_point: Annotated[list[str], Meta(max_length=1500)] | None = None
    command: Annotated[list[str], Meta(max_length=1500)] | None = None
    working_directory: Annotated[str, Meta(max_length=1000)] | None = None


class FileSystemConfig(RequestShape):
    """Kept and echoed; nothing is mounted."""

    arn: str
    local_mount_path: Annotated[str, Meta(max_length=160, pattern=whole(r"/mnt/[a-zA-Z0-9-_.]+"))]


class FunctionSettings(RequestShape):
    """What CreateFunction and UpdateFunctionConfiguration have in common; ``None`` leaves a setting as it is.

    ``Runtime`` is plain text, as Lambda refuses it in its own words instead of those of the model.
    """

    function_name: FunctionName
    role: RoleArn | None = None
    handler: Annotated[str, Meta(max_length=128, pattern=whole(r"[^\s]+"))] | None = None
    description: Annotated[str, Meta(max_length=256)] | None = None
    timeout: Annotated[int, Meta(ge=1, le=900)] | None = None
    memory_size: Annotated[int, Meta(ge=128, le=10_240)] | None = None
    runtime: str | None = None
    environment: EnvironmentShape | None = None
    layers: list[LayerVersionArn] | None = None
    vpc_config: VpcConfig | None = None
    dead_letter_config: DeadLetterConfig | None = None
    tracing_config: TracingConfig | None = None
    ephemeral_storage: EphemeralStorage | None = None
    snap_start: SnapStart | None = None
    logging_config: LoggingConfig | None = None
    file_system_configs: Annotated[list[FileSystemConfig], Meta(max_length=1)] | None = None
    kms_key_arn: AnyArn | None = field(default=None, name="KMSKeyArn")
    image_config: ImageConfig | None = None
