"""Values that exist only once the sandbox runs: the ARNs of streams and layer versions, and the endpoint's URL.

While the template is read they are tokens inside strings; ``filled`` puts the real values in.
"""

import re
from collections.abc import Callable
from typing import Any, Final

__all__ = ["endpoint_url_token", "filled", "layer_arn_token", "stream_arn_token", "table_of_token"]

_TOKEN: Final = re.compile(r"\{\{sandbox:(stream-arn|layer-arn|endpoint-url):([A-Za-z0-9_.-]*)\}\}")


def stream_arn_token(table_name: str) -> str:
    """Stands for the ARN of the table's current stream."""
    return f"{{{{sandbox:stream-arn:{table_name}}}}}"


def layer_arn_token(layer_name: str) -> str:
    """Stands for the ARN of the layer's version that the template declares."""
    return f"{{{{sandbox:layer-arn:{layer_name}}}}}"


def endpoint_url_token() -> str:
    """Stands for the endpoint, without a slash at its end."""
    return "{{sandbox:endpoint-url:}}"


def table_of_token(text: str) -> str | None:
    """The table whose stream's ARN *text* stands for, or ``None`` where it is something else."""
    found = _TOKEN.fullmatch(text)
    return found[2] if found and found[1] == "stream-arn" else None


def filled(
    value: Any, *, stream_arn: Callable[[str], str], endpoint_url: str, layer_arn: Callable[[str], str] = str
) -> Any:
    """A copy of *value* (dicts, lists, strings) in which every token is replaced."""

    def replacement(token: re.Match[str]) -> str:
        match token[1]:
            case "stream-arn":
                return stream_arn(token[2])
            case "layer-arn":
                return layer_arn(token[2])
            case _:
                return endpoint_url

    def fill(value: Any) -> Any:
        match value:
            case str():
                return _TOKEN.sub(replacement, value)
            case dict():
                return {key: fill(member) for key, member in value.items()}
            case list():
                return [fill(member) for member in value]
            case _:
                return value

    return fill(value)
