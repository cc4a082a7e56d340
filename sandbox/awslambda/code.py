"""Where the code of functions and layers comes from and where it lies: uploaded archives, objects in S3, and the user's own folders.

An archive is unpacked into a fresh folder of its own, which is never changed again: an update makes another, so that
an invocation in flight keeps the code it began with. A folder named by ``{"S3Bucket": "hot-reload", "S3Key": "/path"}``
is run from where it is. Source: esm §6.3; reliability S7, S8.
"""

import asyncio
import base64
import hashlib
import logging
import re
import shutil
import tempfile
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sandbox.awslambda.archive import ArchiveLimits, ArchiveRefused, ArchiveTooLarge, unpack
from sandbox.awslambda.faults import (
    InvalidParameterValueException,
    NotImplementedException,
    RequestEntityTooLargeException,
)
from sandbox.awslambda.limits import UPLOAD_BYTES_MAX
from sandbox.awslambda.shapes import ArchiveSource
from sandbox.awslambda.store.ports import CodeReference
from sandbox.ids import Ids

__all__ = ["HOT_RELOAD_BUCKET", "CodeStore", "FetchS3Object", "S3Object", "S3ObjectUnavailable"]

HOT_RELOAD_BUCKET = "hot-reload"
HOT_RELOAD_SHA256 = "hot-reloading-hash-not-available"
_RETIRED_FOLDERS_MAX = 16
_ARCHIVE_NAME = re.compile(r"[0-9a-f]{32}")

_log = logging.getLogger(__name__)


class S3ObjectUnavailable(Exception):  # noqa: N818 - S3's answer, passed on
    """S3 refused; *code* and *message* as it said them (``NoSuchBucket``, ``NoSuchKey``)."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True, kw_only=True)
class S3Object:
    """Which object to fetch, for whom."""

    account_id: str
    region: str
    bucket: str
    key: str
    version: str | None = None


FetchS3Object = Callable[[S3Object], Awaitable[bytes]]
"""Give the object's bytes, or raise ``S3ObjectUnavailable``."""


class CodeStore:
    """Receives code and keeps the folders of unpacked archives.

    Args:
        folder: where to keep them; ``None`` takes a temporary folder that ``close`` removes.
        allowed_roots: the folders that the user's own code must lie under.
        fetch_s3_object: how to read S3; ``None`` where there is no S3.
    """

    def __init__(
        self,
        *,
        ids: Ids,
        folder: Path | None = None,
        allowed_roots: Sequence[Path] = (),
        fetch_s3_object: FetchS3Object | None = None,
        limits: ArchiveLimits | None = None,
    ) -> None:
        self._ids = ids
        self._folder = folder
        self._temporary = folder is None
        self._allowed_roots = tuple(root.resolve() for root in allowed_roots)
        self._fetch_s3_object = fetch_s3_object
        self._limits = limits or ArchiveLimits()
        self._retired: deque[str] = deque()

    async def receive(self, source: ArchiveSource, *, account_id: str, region: str) -> CodeReference:
        """Take the code that *source* speaks of.

        Raises:
            InvalidParameterValueException: no source or several, an unreadable archive, a folder that is missing or
                not allowed, or S3 refused.
            RequestEntityTooLargeException: an upload of more than 50 MB.
            NotImplementedException: there is no S3.

        Source: esm §5.2.
        """
        if source.zip_file is not None:
            if source.s3_bucket is not None or source.s3_key is not None:
                raise InvalidParameterValueException(
                    "Please do not provide other FunctionCode parameters when providing a ZipFile."
                )
            if len(source.zip_file) > UPLOAD_BYTES_MAX:
                raise RequestEntityTooLargeException(f"Zipped size must be smaller than {UPLOAD_BYTES_MAX} bytes")
            return await self._keep_archive(source.zip_file)
        if source.s3_bucket is None or source.s3_key is None:
            raise InvalidParameterValueException("Please provide a source for function code.")
        if source.s3_bucket == HOT_RELOAD_BUCKET:
            return self._use_folder(source.s3_key)
        wanted = S3Object(
            account_id=account_id,
            region=region,
            bucket=source.s3_bucket,
            key=source.s3_key,
            version=source.s3_object_version,
        )
        return await self._keep_archive(await self._fetch(wanted))

    def path(self, code: CodeReference) -> Path:
        """The folder that holds the handler's file; the user's own is judged anew, as links may have changed.

        Raises:
            InvalidParameterValueException: the user's folder is gone or (no longer) allowed.
        """
        return self._root() / code.path if code.kind == "archive" else self._allowed_folder(code.path)

    def location(self, code: CodeReference) -> str:
        """A ``file:`` URL of the folder."""
        return (self._root() / code.path).as_uri()

    def retire(self, code: CodeReference) -> None:
        """Let an unpacked archive go that nothing refers to any more.

        The latest few stay, so that invocations in flight can go on importing from them; ``sweep`` and ``close``
        take the rest.
        """
        if code.kind != "archive":
            return
        self._retired.append(code.path)
        if len(self._retired) > _RETIRED_FOLDERS_MAX:
            shutil.rmtree(self._root() / self._retired.popleft(), ignore_errors=True)

    def sweep(self, kept: Iterable[CodeReference]) -> None:
        """Remove every unpacked archive that is not in *kept*; for a start after a crash.

        What else lies there is not ours: somebody keeps the data in the folder of a project that has code of its own.
        """
        if self._folder is None or not self._folder.is_dir():
            return
        names = {code.path for code in kept if code.kind == "archive"}
        for child in self._folder.iterdir():
            if child.name not in names and _ARCHIVE_NAME.fullmatch(child.name):
                shutil.rmtree(child, ignore_errors=True)

    def close(self) -> None:
        """Remove retired archives, and the whole folder where it is a temporary one."""
        if self._temporary and self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None
        elif self._folder is not None:
            for name in self._retired:
                shutil.rmtree(self._folder / name, ignore_errors=True)
        self._retired.clear()

    def _root(self) -> Path:
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="serverless-sandbox-code-"))
        return self._folder

    async def _fetch(self, wanted: S3Object) -> bytes:
        if self._fetch_s3_object is None:
            raise NotImplementedException("This sandbox has no S3 to read function code from.")
        try:
            return await self._fetch_s3_object(wanted)
        except S3ObjectUnavailable as refusal:
            raise InvalidParameterValueException(
                f"Error occurred while GetObject. S3 Error Code: {refusal.code}. S3 Error Message: {refusal.message}"
            ) from refusal

    async def _keep_archive(self, archive: bytes) -> CodeReference:
        name = self._fresh_folder()
        is_kept = False
        try:
            sha256, unpacked_size = await asyncio.to_thread(self._unpack, archive, self._root() / name)
            is_kept = True
        except ArchiveTooLarge as refusal:
            raise InvalidParameterValueException(
                f"Unzipped size must be smaller than {self._limits.unpacked_bytes_max} bytes"
            ) from refusal
        except ArchiveRefused as refusal:
            # AWS says no more than this sentence; who runs the sandbox may know more.
            _log.warning("an archive with function code was refused: %s", refusal)
            raise InvalidParameterValueException(
                "Could not unzip uploaded file. Please check your file, then try to upload again."
            ) from refusal
        finally:
            if not is_kept:
                shutil.rmtree(self._root() / name, ignore_errors=True)
        return CodeReference(kind="archive", path=name, sha256=sha256, size=len(archive), unpacked_size=unpacked_size)

    def _unpack(self, archive: bytes, folder: Path) -> tuple[str, int]:
        """Unpack and give CodeSha256 and how many bytes that made; runs on a thread, as both take their time."""
        unpacked_size = unpack(archive, folder, self._limits)
        return base64.b64encode(hashlib.sha256(archive).digest()).decode(), unpacked_size

    def _fresh_folder(self) -> str:
        root = self._root()
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        while True:  # seeded ids come again after a restart on the same data folder
            name = self._ids.hex(32)
            try:
                (root / name).mkdir(mode=0o700)
            except FileExistsError:
                continue
            return name

    def _use_folder(self, text: str) -> CodeReference:
        return CodeReference(kind="folder", path=str(self._allowed_folder(text)), sha256=HOT_RELOAD_SHA256)

    def _allowed_folder(self, text: str) -> Path:
        folder = Path(text)
        if not folder.is_absolute():
            raise InvalidParameterValueException(
                f"The S3Key of the {HOT_RELOAD_BUCKET} bucket must be an absolute path of a folder, not '{text}'."
            )
        try:
            resolved = folder.resolve()
            is_folder = resolved.is_dir()
        except (OSError, RuntimeError, ValueError) as error:  # a loop of links, a NUL, a name too long for the system
            raise InvalidParameterValueException(f"The code folder {text!r} cannot be looked up: {error}.") from error
        if not any(resolved.is_relative_to(root) for root in self._allowed_roots):
            allowed = ", ".join(str(root) for root in self._allowed_roots) or "none"
            raise InvalidParameterValueException(
                f"The code folder '{text}' is outside the allowed folders ({allowed}). "
                f"Move it under the project folder, or start the sandbox with --code-folder {folder}."
            )
        if not is_folder:
            raise InvalidParameterValueException(f"The code folder '{text}' does not exist or is not a folder.")
        return resolved
