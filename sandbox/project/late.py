"""Values that exist only once the sandbox runs: a stream's ARN and the endpoint's URL.

While the template is read they are tokens inside strings; ``filled`` puts the real values in.
"""

import re
from collections.abc import Callable
from typing import Any, Final

__all__ = ["endpoint_url_token", "filled", "stream_arn_token", "table_of_token"]

_TOKEN: Final = re.compile(r"\{\{sandbox:(stream-arn|endpoint-url):([A-Za-z0-9_.-]*)\}\}")


def stream_arn_token(table_name: str) -> str:
    """Stands for the ARN of the table's current stream."""
    return f"{{{{sandbox:stream-arn:{table_name}}}}}"


def endpoint_url_token() -> str:
    """Stands for the endpoint, without a slash at its end."""
    return "{{sandbox:endpoint-url:}}"


def table_of_token(text: str) -> str | None:
    """The table whose stream's ARN *text* stands for, or ``None`` where it is something else."""
    found = _TOKEN.fullmatch(text)
    return found[2] if found and found[1] == "stream-arn" else None


def filled(value: Any, *, stream_arn: Callable[[str], str], endpoint_url: str) -> Any:
    """A copy of *value* (dicts, lists, strings) in which every token is replaced."""

    def replacement(token: re.Match[str]) -> str:
        return stream_arn(token[2]) if token[1] == "stream-arn" else endpoint_url

    match value:
        case str():
            return _TOKEN.sub(replacement, value)
        case dict():
            return {
                key: filled(member, stream_arn=stream_arn, endpoint_url=endpoint_url) for key, member in value.items()
            }
        case list():
            return [filled(member, stream_arn=stream_arn, endpoint_url=endpoint_url) for member in value]
        case _:
            return value
