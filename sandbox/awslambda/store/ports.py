"""What the Lambda API remembers, and the narrow ports it remembers it through; ``tables`` implements them.

Every ``put`` and ``delete`` belongs inside ``with store.change():``, which makes all of a block happen or none of it.
"""

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from typing import Any, Literal, Protocol

import msgspec

__all__ = [
    "Attachment",
    "AttachmentKind",
    "AttachmentStore",
    "CodeReference",
    "FunctionStore",
    "LambdaStore",
    "LayerStore",
    "MappingStore",
    "StoredFunction",
    "StoredLayer",
    "StoredMapping",
    "TagStore",
]


class CodeReference(msgspec.Struct, frozen=True, kw_only=True):
    """Where a function's code lies.

    Attributes:
        kind: ``archive``: unpacked by us into *path*, a folder inside the code store; ``folder``: the user's own
            folder, absolute, run from where it is; ``image``: a container image, *path* its URI.
        sha256: CodeSha256 as answered.
        size: CodeSize in bytes; 0 for a folder.
        unpacked_size: in bytes; 0 for a folder.
    """

    kind: Literal["archive", "folder", "image"]
    path: str
    sha256: str
    size: int = 0
    unpacked_size: int = 0


class StoredFunction(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a function.

    Attributes:
        version: ``$LATEST`` or a number.
        configuration: a FunctionConfiguration, members as on the wire.
        reserved_concurrency: of the function as a whole, kept with ``$LATEST``; ``None`` reserves nothing.
    """

    account_id: str
    region: str
    name: str
    version: str
    configuration: Mapping[str, Any]
    code: CodeReference
    reserved_concurrency: int | None = None


class StoredMapping(msgspec.Struct, frozen=True, kw_only=True):
    """One event source mapping.

    Attributes:
        configuration: an EventSourceMappingConfiguration without LastProcessingResult, members as on the wire.
    """

    uuid: str
    account_id: str
    region: str
    configuration: Mapping[str, Any]

    @property
    def enabled(self) -> bool:
        """Whether it is to be polled."""
        return bool(self.configuration["State"] == "Enabled")


AttachmentKind = Literal[
    "alias", "event-invoke", "numbering", "policy", "provisioned", "recursion", "runtime-management", "url"
]
"""Of what an attachment is: ``numbering`` is the last number that a version had, which outlives the function."""


class Attachment(msgspec.Struct, frozen=True, kw_only=True):
    """One document that hangs on a function and is removed with it.

    Attributes:
        qualifier: the alias's name; else what it was set for: a version, an alias, ``$LATEST``.
        document: members as on the wire.
    """

    account_id: str
    region: str
    name: str
    kind: AttachmentKind
    qualifier: str
    document: Mapping[str, Any]


class StoredLayer(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a layer.

    Attributes:
        document: the answer of GetLayerVersion without Content, members as on the wire.
        code: ``None`` once it is deleted and no function needs it: the number stays taken.
        deleted: nobody sees it any more; functions that have it keep it.
        policy: who may use it, ``None`` where nobody else may.
    """

    account_id: str
    region: str
    name: str
    version: int
    document: Mapping[str, Any]
    code: CodeReference | None
    deleted: bool = False
    policy: Mapping[str, Any] | None = None


class FunctionStore(Protocol):
    """Functions by account, region and name, with their versions."""

    def get(self, account_id: str, region: str, name: str, version: str) -> StoredFunction | None:
        """One version, or ``None``."""

    def put(self, function: StoredFunction) -> None:
        """Add or replace one version."""

    def delete(self, account_id: str, region: str, name: str, version: str | None) -> None:
        """Remove one version, or with ``None`` all of them."""

    def versions(self, account_id: str, region: str, name: str) -> list[StoredFunction]:
        """``$LATEST``, then the published versions in order."""

    def of_account(self, account_id: str, region: str) -> list[StoredFunction]:
        """Every ``$LATEST``, by name."""

    def everything(self) -> list[StoredFunction]:
        """All versions of all accounts and regions."""


class MappingStore(Protocol):
    """Event source mappings by UUID."""

    def get(self, account_id: str, region: str, uuid: str) -> StoredMapping | None:
        """One mapping, or ``None``."""

    def put(self, mapping: StoredMapping) -> None:
        """Add or replace."""

    def delete(self, uuid: str) -> None:
        """Remove."""

    def of_account(self, account_id: str, region: str) -> list[StoredMapping]:
        """All of one account and region, oldest first."""

    def everything(self) -> list[StoredMapping]:
        """All of them, oldest first."""


class TagStore(Protocol):
    """Tags by the ARN of what they are on."""

    def get(self, arn: str) -> dict[str, str]:
        """The tags by key; empty where there are none."""

    def set(self, arn: str, tags: Mapping[str, str]) -> None:
        """Add or replace these keys."""

    def remove(self, arn: str, keys: Iterable[str] | None) -> None:
        """Remove these keys, with ``None`` all; a key that is not there is no error."""


class LayerStore(Protocol):
    """Layer versions by account, region and name; deleted ones among them."""

    def get(self, account_id: str, region: str, name: str, version: int) -> StoredLayer | None:
        """One version, or ``None``."""

    def put(self, layer: StoredLayer) -> None:
        """Add or replace one version."""

    def versions(self, account_id: str, region: str, name: str) -> list[StoredLayer]:
        """All versions, newest first."""

    def of_account(self, account_id: str, region: str) -> list[StoredLayer]:
        """All versions of all layers, by name, newest first."""

    def everything(self) -> list[StoredLayer]:
        """All versions of all accounts and regions."""


class AttachmentStore(Protocol):
    """Attachments by function, kind and qualifier."""

    def get(
        self, kind: AttachmentKind, account_id: str, region: str, name: str, qualifier: str
    ) -> Mapping[str, Any] | None:
        """One document, or ``None``."""

    def put(self, attachment: Attachment) -> None:
        """Add or replace."""

    def delete(
        self,
        account_id: str,
        region: str,
        name: str,
        *,
        kind: AttachmentKind | None = None,
        qualifier: str | None = None,
    ) -> None:
        """Remove what *kind* and *qualifier* leave over; ``None`` means any. The numbering always stays."""

    def of_function(self, kind: AttachmentKind, account_id: str, region: str, name: str) -> list[Attachment]:
        """All of one kind on one function, by qualifier."""

    def everything(self, kind: AttachmentKind) -> list[Attachment]:
        """All of one kind, of all accounts and regions."""


class LambdaStore(Protocol):
    """Everything the Lambda API remembers."""

    @property
    def functions(self) -> FunctionStore:
        """The functions."""

    @property
    def mappings(self) -> MappingStore:
        """The event source mappings."""

    @property
    def tags(self) -> TagStore:
        """The tags of both."""

    @property
    def layers(self) -> LayerStore:
        """The layers."""

    @property
    def attachments(self) -> AttachmentStore:
        """What hangs on functions."""

    def change(self) -> AbstractContextManager[None]:
        """Open a block of changes: all of it happens, or, when the block raises, none."""
