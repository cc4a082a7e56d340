"""A function under measurement: its folder, its mapping, and what it saw."""

from pathlib import Path
from typing import Any

from benchmarks.requests import call

__all__ = ["HANDLER", "create_function", "create_mapping", "stream_arn"]

HANDLER = """\
import os, time
_file = open(os.environ["SEEN_FILE"], "a", buffering=1)

def handler(event, context):
    now = time.time()
    _file.write("".join(f"{record['dynamodb']['Keys']['pk']['S']} {now:.6f}\\n" for record in event["Records"]))
"""
"""Notes when each record arrived, by the wall clock that the writer reads too."""


def create_function(
    port: int, name: str, folder: Path, source: str, *, environment: dict[str, str] | None = None
) -> str:
    """Create a function of *source* in *folder*, run by the ``process`` runtime, and give its ARN."""
    (folder / "handler.py").write_text(source)
    answer = call(
        port,
        "CreateFunction",
        {
            "FunctionName": name,
            "Role": "arn:aws:iam::000000000000:role/bench",
            "Runtime": "python3.12",
            "Handler": "handler.handler",
            "Timeout": 60,
            "Code": {"S3Bucket": "hot-reload", "S3Key": str(folder)},
            "Environment": {"Variables": environment or {}},
        },
        service="lambda",
        path="/2015-03-31/functions",
    )
    return str(answer["FunctionArn"])


def stream_arn(port: int, table: str) -> str:
    """The ARN of a table's newest stream."""
    return str(call(port, "DescribeTable", {"TableName": table})["Table"]["LatestStreamArn"])


def create_mapping(port: int, function: str, stream: str, **more: Any) -> str:
    """Map *stream* to *function*, from the oldest record on, and give the UUID."""
    answer = call(
        port,
        "CreateEventSourceMapping",
        {"FunctionName": function, "EventSourceArn": stream, "StartingPosition": "TRIM_HORIZON", **more},
        service="lambda",
        path="/2015-03-31/event-source-mappings",
    )
    return str(answer["UUID"])
