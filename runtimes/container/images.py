"""Which image a runtime identifier stands for."""

import re
from collections.abc import Mapping

from runtimes.contract import RuntimeUnavailable

__all__ = ["image_of"]

_REGISTRY = "public.ecr.aws/lambda"
_IDENTIFIER = re.compile(r"(?P<language>nodejs|python|java|dotnet|ruby|provided)\.?(?P<version>[0-9a-z.]*?)(?:\.x)?\Z")


def image_of(runtime: str, chosen: Mapping[str, str]) -> str:
    """The image for *runtime*: the *chosen* one, else AWS's base image, as ``public.ecr.aws/lambda/python:3.12``.

    Raises:
        RuntimeUnavailable: nothing is chosen and *runtime* is no identifier of Lambda's.
    """
    if runtime in chosen:
        return chosen[runtime]
    match = _IDENTIFIER.match(runtime)
    if match is None or not match["version"]:
        raise RuntimeUnavailable(
            f"No image is known for the runtime {runtime!r}; name one with --image {runtime}=IMAGE."
        )
    return f"{_REGISTRY}/{match['language']}:{match['version']}"
