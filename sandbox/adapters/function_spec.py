"""What a runtime has to know of a function, read out of its configuration."""

from collections.abc import Mapping
from typing import Any

from runtimes.contract import FunctionSpec, ImageSpec
from sandbox.awslambda.ports import PlacedCode

__all__ = ["spec_of"]


def spec_of(
    function_arn: str, configuration: Mapping[str, Any], code: PlacedCode, environment: Mapping[str, str]
) -> FunctionSpec:
    """Make it of the stored *configuration*, whose members are as on the wire; *environment* is all but the runtime's own."""
    _, _, _, region, account_id, *_ = function_arn.split(":")
    return FunctionSpec(
        function_name=configuration["FunctionName"],
        function_arn=function_arn,
        region=region,
        account_id=account_id,
        handler=configuration.get("Handler", ""),
        runtime=configuration.get("Runtime", ""),
        code_path=code.folder,
        layers=code.layers,
        image=_image(configuration, code.image_uri) if code.image_uri else None,
        version=configuration.get("Version", "$LATEST"),
        environment=dict(environment),
        timeout_seconds=configuration.get("Timeout", 3),
        memory_mb=configuration.get("MemorySize", 128),
        ephemeral_storage_mb=configuration.get("EphemeralStorage", {}).get("Size", 512),
        log_group_name=configuration.get("LoggingConfig", {}).get("LogGroup", ""),
        revision=configuration.get("RevisionId", ""),
    )


def _image(configuration: Mapping[str, Any], uri: str) -> ImageSpec:
    chosen = configuration.get("ImageConfigResponse", {}).get("ImageConfig", {})
    entry_point, command = chosen.get("EntryPoint"), chosen.get("Command")
    return ImageSpec(
        uri=uri,
        entry_point=None if entry_point is None else tuple(entry_point),
        command=None if command is None else tuple(command),
        working_folder=chosen.get("WorkingDirectory"),
    )
