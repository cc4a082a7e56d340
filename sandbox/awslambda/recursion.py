"""Whether a function may feed itself: ``Terminate``, unless its user has said ``Allow``."""

from typing import Literal

from sandbox.awslambda.names import LATEST
from sandbox.awslambda.store.ports import AttachmentStore
from sandbox.wire.operation import ResponseShape

__all__ = ["RecursionConfig", "RecursiveLoop", "recursive_loop"]

RecursiveLoop = Literal["Allow", "Terminate"]


class RecursionConfig(ResponseShape):
    """What happens to a loop."""

    recursive_loop: RecursiveLoop


def recursive_loop(attachments: AttachmentStore, account_id: str, region: str, name: str) -> RecursiveLoop:
    """What was said of the function."""
    document = attachments.get("recursion", account_id, region, name, LATEST)
    return "Allow" if document is not None and document["RecursiveLoop"] == "Allow" else "Terminate"
