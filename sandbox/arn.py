"""Build and read the ARNs this sandbox hands out."""

from typing import NamedTuple

__all__ = [
    "TableArn",
    "event_source_mapping_arn",
    "function_arn",
    "layer_arn",
    "parse_table_arn",
    "stream_arn",
    "table_arn",
]


class TableArn(NamedTuple):
    """The pieces of a table ARN."""

    region: str
    account_id: str
    table_name: str
    partition: str = "aws"


def table_arn(region: str, account_id: str, table_name: str) -> str:
    """``arn:aws:dynamodb:<region>:<account>:table/<name>``."""
    return f"arn:aws:dynamodb:{region}:{account_id}:table/{table_name}"


def stream_arn(region: str, account_id: str, table_name: str, label: str) -> str:
    """``<table arn>/stream/<label>``."""
    return f"{table_arn(region, account_id, table_name)}/stream/{label}"


def function_arn(region: str, account_id: str, function_name: str) -> str:
    """``arn:aws:lambda:<region>:<account>:function:<name>``, without a qualifier."""
    return f"arn:aws:lambda:{region}:{account_id}:function:{function_name}"


def layer_arn(region: str, account_id: str, layer_name: str) -> str:
    """``arn:aws:lambda:<region>:<account>:layer:<name>``, without a version."""
    return f"arn:aws:lambda:{region}:{account_id}:layer:{layer_name}"


def event_source_mapping_arn(region: str, account_id: str, uuid: str) -> str:
    """``arn:aws:lambda:<region>:<account>:event-source-mapping:<uuid>``."""
    return f"arn:aws:lambda:{region}:{account_id}:event-source-mapping:{uuid}"


def parse_table_arn(text: str) -> TableArn | None:
    """The pieces of a table ARN, or ``None`` where *text* is not one."""
    parts = text.split(":", 5)
    if len(parts) != 6 or parts[0] != "arn" or parts[2] != "dynamodb" or not parts[5].startswith("table/"):
        return None
    name = parts[5][len("table/") :]
    if not name or "/" in name:
        return None
    return TableArn(region=parts[3], account_id=parts[4], table_name=name, partition=parts[1])
