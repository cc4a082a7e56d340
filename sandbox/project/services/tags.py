"""Tags as most resources have them: a list of pairs."""

from typing import Any, Final

from sandbox.project.shapes import ListOf, Struct, Text

__all__ = ["TAG_LIST", "tag_map"]

TAG_LIST: Final = ListOf(of=Struct(name="a tag", members={"Key": Text(), "Value": Text()}, required=("Key", "Value")))


def tag_map(tags: list[dict[str, Any]]) -> dict[str, str]:
    """The tags by their key; pairs at fault are left out."""
    return {tag["Key"]: tag["Value"] for tag in tags if len(tag) == 2}
