"""CreateTable in one line."""

from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["table_request"]


def table_request(name: str, keys: Sequence[str], *, stream: str | None, members: Mapping[str, Any]) -> dict[str, Any]:
    """The request for a table on demand.

    *keys* are ``"name"`` or ``"name:TYPE"``, the partition key and at most one sort key; none means ``pk``. *stream* is
    a view type or ``None``. *members* are further members, which win; their attribute definitions join those of *keys*.

    Raises:
        TypeError: more than two keys.
    """
    if len(keys) > 2:
        raise TypeError(f"a table has a partition key and at most one sort key, not {', '.join(keys)}")
    definitions: list[dict[str, str]] = []
    schema: list[dict[str, str]] = []
    for key, kind in zip(keys or ("pk",), ("HASH", "RANGE"), strict=False):
        attribute, _, attribute_type = key.partition(":")
        definitions.append({"AttributeName": attribute, "AttributeType": attribute_type or "S"})
        schema.append({"AttributeName": attribute, "KeyType": kind})
    request: dict[str, Any] = {"TableName": name, "KeySchema": schema}
    if "ProvisionedThroughput" not in members:
        request["BillingMode"] = "PAY_PER_REQUEST"
    if stream is not None:
        request["StreamSpecification"] = {"StreamEnabled": True, "StreamViewType": stream}
    request |= members
    request["AttributeDefinitions"] = [*definitions, *members.get("AttributeDefinitions", ())]
    return request
