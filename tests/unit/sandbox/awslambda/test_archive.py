"""Hostile and broken archives: nothing may be written outside the folder, and nothing without bounds."""

import io
import stat
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox.awslambda.archive import ArchiveLimits, ArchiveRefused, ArchiveTooLarge, unpack

Fill = Callable[[zipfile.ZipFile], None]


def archived(*entries: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in entries:
            opened.writestr(name, content)
    return target.getvalue()


def entry(name: str, mode: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = mode << 16
    return info


def raw_name(name: str) -> zipfile.ZipInfo:
    """An entry whose name zipfile does not tidy up."""
    info = zipfile.ZipInfo("x")
    info.filename = name
    return info


def test_files_and_folders_come_out(tmp_path: Path) -> None:
    unpack(archived(("app.py", b"1"), ("pkg/", b""), ("pkg/a/b.txt", b"2"), ("empty/", b"")), tmp_path)
    assert (tmp_path / "app.py").read_bytes() == b"1"
    assert (tmp_path / "pkg/a/b.txt").read_bytes() == b"2"
    assert (tmp_path / "empty").is_dir()


def test_permissions_are_ours_but_for_the_execute_bit(tmp_path: Path) -> None:
    unpack(
        archived((entry("bootstrap", stat.S_IFREG | 0o4755), b"x"), (entry("data", stat.S_IFREG | 0o666), b"x")),
        tmp_path,
    )
    assert stat.S_IMODE((tmp_path / "bootstrap").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("entries", "reason"),
    [
        ([("/etc/cron.d/x", b"")], "absolute"),
        ([("//server/share", b"")], "absolute"),
        ([("\\windows\\x", b"")], "absolute"),
        ([("C:\\windows\\x", b"")], "absolute"),
        ([("c:x", b"")], "absolute"),
        ([("../x", b"")], "leaves"),
        ([("a/../../x", b"")], "leaves"),
        ([("a/..", b"")], "leaves"),
        ([("a\\..\\..\\x", b"")], "leaves"),
        ([("../", b"")], "leaves"),
        ([(raw_name("a\0b"), b"")], "name"),
        ([("n" * 256, b"")], "too long"),
        ([("a/" * 600 + "x", b"")], "too long"),
        ([("é" * 128, b"")], "too long"),
        ([(entry("link", stat.S_IFLNK | 0o777), b"/etc/passwd")], "link or a device"),
        ([(entry("fifo", stat.S_IFIFO | 0o644), b"")], "link or a device"),
        ([(entry("char", stat.S_IFCHR | 0o644), b"")], "link or a device"),
        ([(entry("block", stat.S_IFBLK | 0o644), b"")], "link or a device"),
        ([(entry("socket", stat.S_IFSOCK | 0o644), b"")], "link or a device"),
        ([("App.py", b"1"), ("app.py", b"2")], "case"),
        ([("a/b", b"1"), ("a//b", b"2")], "case"),
        ([("./a", b"1"), ("a", b"2")], "case"),
        ([("caf\u00e9", b"1"), ("cafe\u0301", b"2")], "case"),
        ([("stra\u00dfe", b"1"), ("STRASSE", b"2")], "case"),
        ([("a", b"1"), ("a/b", b"2")], "file and a folder"),
        ([("a/b", b"2"), ("A", b"1")], "file and a folder"),
    ],
)
def test_an_entry_that_is_not_a_plain_file_inside_is_refused(
    tmp_path: Path, entries: list[tuple[str | zipfile.ZipInfo, bytes]], reason: str
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    with pytest.raises(ArchiveRefused, match=reason):
        unpack(archived(*entries), folder)
    assert list(folder.iterdir()) == [], "refused before anything is written"
    assert list(tmp_path.iterdir()) == [folder]


@pytest.mark.filterwarnings("ignore:Duplicate name")  # zipfile says so while the test makes the archive
def test_a_name_that_stands_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArchiveRefused, match="two entries"):
        unpack(archived(("a", b"1"), ("a", b"2")), tmp_path)


@pytest.mark.parametrize(
    "body",
    [b"", b"not a zip", b"PK\x05\x06", archived(("a", b"1"))[:-10], b"\x1f\x8b gzip"],
    ids=["empty", "text", "only an end", "cut short", "gzip"],  # an archive's bytes hold the time: no name for a test
)
def test_what_is_not_an_archive_is_refused(tmp_path: Path, body: bytes) -> None:
    with pytest.raises(ArchiveRefused):
        unpack(body, tmp_path)


def test_a_damaged_entry_is_refused(tmp_path: Path) -> None:
    body = bytearray(archived(("a.py", b"some text that is compressed " * 50)))
    body[45] ^= 0xFF
    with pytest.raises(ArchiveRefused):
        unpack(bytes(body), tmp_path)


def test_an_encrypted_entry_is_refused(tmp_path: Path) -> None:
    body = bytearray(archived(("a.py", b"x")))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = body.index(signature) + offset
        body[at] |= 1
    with pytest.raises(ArchiveRefused, match="encrypted"):
        unpack(bytes(body), tmp_path)


def test_a_compression_nobody_knows_is_refused(tmp_path: Path) -> None:
    body = bytearray(archived(("a.py", b"x")))
    for signature, offset in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        at = body.index(signature) + offset
        body[at : at + 2] = struct.pack("<H", 98)
    with pytest.raises(ArchiveRefused):
        unpack(bytes(body), tmp_path)


def test_the_name_in_front_of_the_data_must_be_the_listed_one(tmp_path: Path) -> None:
    """Two readers of such an archive would see two different files."""
    body = archived(("safe.py", b"x")).replace(b"safe.py", b"evil.py", 1)
    with pytest.raises(ArchiveRefused):
        unpack(body, tmp_path)


# -- bounds ----------------------------------------------------------------------------------------------------------


def test_a_bomb_is_refused_before_it_goes_off(tmp_path: Path) -> None:
    """250 MB of zeros in 250 KB: within Lambda's size, far beyond any ratio of code."""
    with pytest.raises(ArchiveRefused, match="200 times"):
        unpack(archived(("zeros", bytes(20_000_000))), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_small_file_may_be_very_compressible(tmp_path: Path) -> None:
    unpack(archived(("zeros", bytes(1_000_000))), tmp_path)
    assert (tmp_path / "zeros").stat().st_size == 1_000_000


def test_more_than_the_limit_is_refused(tmp_path: Path) -> None:
    limits = ArchiveLimits(unpacked_bytes_max=10)
    unpack(archived(("a", b"12345"), ("b", b"12345")), tmp_path, limits)
    with pytest.raises(ArchiveTooLarge):
        unpack(archived(("c", b"12345"), ("d", b"123456")), tmp_path, limits)


def test_a_declared_size_is_not_believed(tmp_path: Path) -> None:
    """The directory says one byte, the data are a thousand: refused, or cut and then refused by its checksum."""
    body = bytearray(archived(("a", bytes(1_000))))
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = body.index(signature) + offset
        body[at : at + 4] = struct.pack("<I", 1)
    with pytest.raises(ArchiveRefused):
        unpack(bytes(body), tmp_path, ArchiveLimits(unpacked_bytes_max=10))
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 10


def test_more_entries_than_the_limit_are_refused(tmp_path: Path) -> None:
    body = archived(*((f"f{n}", b"") for n in range(4)))
    unpack(body, tmp_path, ArchiveLimits(entries_max=4))
    with pytest.raises(ArchiveRefused, match="entries"):
        unpack(body, tmp_path, ArchiveLimits(entries_max=3))
