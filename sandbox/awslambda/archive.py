"""Unpack a deployment archive into a fresh folder, or refuse it whole.

An archive comes from a template or a client we do not know, so nothing in it is believed: sizes are counted while
unpacking, names may not leave the folder, links and devices are not made, and permissions are ours but for the
execute bit, which ``bootstrap`` needs. Source: reliability S7.
"""

import io
import re
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from sandbox.awslambda.limits import UNPACKED_BYTES_MAX

__all__ = ["ArchiveLimits", "ArchiveRefused", "ArchiveTooLarge", "unpack"]

_CHUNK_BYTES = 1 << 18
_ENCRYPTED_FLAG = 0x1
_PART_BYTES_MAX = 255
_NAME_BYTES_MAX = 1_024
_DRIVE = re.compile(r"[A-Za-z]:")


class ArchiveRefused(Exception):  # noqa: N818 - what is wrong with the archive, not with us
    """The archive is broken or hostile; the text says in a few words why."""


class ArchiveTooLarge(ArchiveRefused):
    """What is in the archive exceeds the size that Lambda allows."""


@dataclass(frozen=True, kw_only=True)
class ArchiveLimits:
    """How much an archive may unfold to.

    Attributes:
        unpacked_bytes_max: Lambda's own limit.
        ratio_max: unpacked by packed size, looked at only beyond *ratio_exempt_bytes*.
    """

    unpacked_bytes_max: int = UNPACKED_BYTES_MAX
    entries_max: int = 65_535
    ratio_max: int = 200
    ratio_exempt_bytes: int = 16_777_216


def unpack(archive: bytes, folder: Path, limits: ArchiveLimits | None = None) -> int:
    """Unpack *archive* into *folder*, which is empty and ours, and give how many bytes that made.

    After a refusal the folder's content is worthless.

    Raises:
        ArchiveTooLarge: more than *limits* allow in bytes.
        ArchiveRefused: not a zip archive, damaged, or with an entry that is not a plain file or folder inside it.
    """
    limits = limits or ArchiveLimits()
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            entries = opened.infolist()
            _judge(entries, len(archive), limits)
            written_bytes = 0
            for entry in entries:
                written_bytes += _unpack_entry(opened, entry, folder, limits.unpacked_bytes_max - written_bytes)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise ArchiveRefused(str(error) or "damaged archive") from error
    except (FileExistsError, NotADirectoryError, IsADirectoryError) as error:
        # Two names that this file system takes for one, which _judge did not; a full disk is not the archive's fault.
        raise ArchiveRefused("two entries are the same file here") from error
    return written_bytes


def _judge(entries: Iterable[zipfile.ZipInfo], archive_bytes: int, limits: ArchiveLimits) -> None:
    """Refuse by names and declared sizes before anything is written."""
    names: dict[str, bool] = {}
    declared_bytes = 0
    for count, entry in enumerate(entries, start=1):
        if count > limits.entries_max:
            raise ArchiveRefused(f"more than {limits.entries_max} entries")
        _judge_name(entry.orig_filename)
        _judge_kind(entry)
        folded = _folded(entry.filename)
        if folded in names:
            raise ArchiveRefused(f"two entries named {entry.filename!r}, or differing only in case")
        names[folded] = entry.is_dir()
        declared_bytes += entry.file_size
        if declared_bytes > limits.unpacked_bytes_max:
            raise ArchiveTooLarge(f"more than {limits.unpacked_bytes_max} bytes unpacked")
    if declared_bytes > limits.ratio_exempt_bytes and declared_bytes > archive_bytes * limits.ratio_max:
        raise ArchiveRefused(f"unpacks to more than {limits.ratio_max} times its size")
    for name in names:
        for parent in PurePosixPath(name).parents:
            if names.get(str(parent)) is False:
                raise ArchiveRefused(f"{str(parent)!r} is a file and a folder")


def _judge_name(name: str) -> None:
    parts = re.split(r"[/\\]", name)
    if not name or "\0" in name:
        raise ArchiveRefused("an entry without a usable name")
    if name[0] in "/\\" or _DRIVE.match(name):
        raise ArchiveRefused(f"the entry {name!r} has an absolute path")
    if ".." in parts:
        raise ArchiveRefused(f"the entry {name!r} leaves the folder")
    lengths = [len(part.encode(errors="surrogatepass")) for part in (name, *parts)]
    if lengths[0] > _NAME_BYTES_MAX or max(lengths[1:]) > _PART_BYTES_MAX:
        raise ArchiveRefused("an entry with too long a name")


def _judge_kind(entry: zipfile.ZipInfo) -> None:
    if entry.flag_bits & _ENCRYPTED_FLAG:
        raise ArchiveRefused(f"the entry {entry.filename!r} is encrypted")
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise ArchiveRefused(f"the entry {entry.filename!r} is a link or a device")


def _folded(name: str) -> str:
    """What the name is on a file system that knows neither case nor Unicode composition."""
    return str(PurePosixPath(unicodedata.normalize("NFC", name).casefold()))


def _unpack_entry(opened: zipfile.ZipFile, entry: zipfile.ZipInfo, folder: Path, room_bytes: int) -> int:
    """Write one entry, at most *room_bytes*; give the bytes written."""
    target = folder / entry.filename
    if entry.is_dir():
        target.mkdir(mode=0o700, parents=True, exist_ok=True)
        return 0
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    written_bytes = 0
    with opened.open(entry) as source, target.open("xb") as sink:
        while chunk := source.read(_CHUNK_BYTES):
            written_bytes += len(chunk)
            if written_bytes > room_bytes:
                raise ArchiveTooLarge("more bytes than declared")
            sink.write(chunk)
    executable = (entry.external_attr >> 16) & 0o111
    target.chmod(0o700 if executable else 0o600)
    return written_bytes
