"""Whose the data folder must be, and whose its files are. Source: reliability study, S12."""

import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.dynamodb.storage.database import Database, DatabaseInUse, DatabaseUnusable

_SOMEBODY, _SOMEBODY_ELSE = 4711, 4712


def _permissions(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def _refusal(folder: Path) -> str:
    with pytest.raises(DatabaseUnusable) as caught:
        Database(folder)
    return str(caught.value)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "data"
    made.mkdir(mode=0o700)
    return made


@pytest.fixture
def umask() -> Iterator[None]:
    """The most careless one there is."""
    before = os.umask(0)
    yield
    os.umask(before)


def test_a_second_process_is_refused_with_the_holder(folder: Path) -> None:
    """Two writers would ruin each other's data; the text says whom to stop."""
    first = Database(folder)
    with pytest.raises(DatabaseInUse, match=str(os.getpid())):
        Database(folder)
    first.close()
    Database(folder).close()


@pytest.mark.usefixtures("umask")
def test_the_folder_and_its_files_are_private(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    database = Database(folder)
    with database.write():
        database.connection.execute("CREATE TABLE t (x)")
    assert _permissions(folder) == 0o700
    assert {path.name: _permissions(path) for path in folder.iterdir()} == {
        "lock": 0o600,
        "sandbox.db": 0o600,
        "sandbox.db-wal": 0o600,
    }
    database.close()


@pytest.mark.usefixtures("umask")
def test_the_database_is_never_open_to_others(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Made private, not closed afterwards: in between somebody could open it, and would go on reading."""
    monkeypatch.setattr(Path, "chmod", lambda *_: pytest.fail("the file was open until now"))
    Database(folder).close()
    assert _permissions(folder / "sandbox.db") == 0o600


def test_files_of_before_are_closed_to_others(folder: Path) -> None:
    Database(folder).close()
    (folder / "sandbox.db").chmod(0o644)
    (folder / "lock").chmod(0o666)
    Database(folder).close()
    assert [_permissions(folder / name) for name in ("sandbox.db", "lock")] == [0o600, 0o600]


@pytest.mark.parametrize("permissions", [0o755, 0o775, 0o2770, 0o700])
def test_a_folder_that_is_there_is_taken_as_it_is(folder: Path, permissions: int) -> None:
    """That of a project may be shared with a group: it is not ours to close, and our files in it are closed."""
    folder.chmod(permissions)
    Database(folder).close()
    assert _permissions(folder) == permissions


@pytest.mark.parametrize("permissions", [0o777, 0o1777, 0o702])
def test_a_folder_that_everybody_may_write_is_refused(folder: Path, permissions: int) -> None:
    folder.chmod(permissions)
    assert _refusal(folder) == (
        f"The data folder {folder} can be written by every user of this machine. Take a folder inside of it, "
        f"--data {folder}/sandbox, or close it: chmod o-w {folder}"
    )
    assert list(folder.iterdir()) == []
    Database(folder / "sandbox").close()  # the advice holds: only the folder itself is judged
    folder.chmod(permissions & ~0o002)
    Database(folder).close()


def test_on_a_file_system_without_permissions_nothing_can_be_told_from_them(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A Windows drive in WSL shows mode 777 for everything, whatever is done about it: advice would lead nowhere."""
    fstat = os.fstat

    def open_to_all(file: int) -> os.stat_result:
        mode, *others = fstat(file)[:10]
        return os.stat_result((int(mode) | 0o777, *others))

    folder.chmod(0o777)
    monkeypatch.setattr(os, "fstat", open_to_all)
    Database(folder).close()
    assert sorted(path.name for path in folder.iterdir()) == ["lock", "sandbox.db"]


def test_a_link_is_refused_with_where_it_leads(folder: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(folder)
    assert _refusal(link) == (
        f"The data folder {link} is a symbolic link. Name the folder that it leads to: --data {folder}"
    )
    nowhere = tmp_path / "nowhere"
    nowhere.symlink_to(tmp_path / "gone")
    assert "is a symbolic link" in _refusal(nowhere)
    assert not (tmp_path / "gone").exists()


def test_links_above_the_folder_are_nobodys_business(folder: Path, tmp_path: Path) -> None:
    """The folder for temporary files is one on macOS."""
    (tmp_path / "link").symlink_to(folder)
    Database(tmp_path / "link" / "data").close()
    assert (folder / "data" / "sandbox.db").exists()


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "data").touch()
    assert _refusal(tmp_path / "data") == (
        f"The data folder {tmp_path / 'data'} is a file. Choose another with --data."
    )


# -- owners: root may be anybody, so these say who they are ----------------------------------------------------------


needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")


@needs_root
def test_a_folder_of_another_user_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.chown(folder, _SOMEBODY, -1)
    monkeypatch.setattr(os, "geteuid", lambda: _SOMEBODY_ELSE)
    assert _refusal(folder) == (
        f"The data folder {folder} belongs to another user (user {_SOMEBODY}). Choose a folder of your own with --data, "
        f"or run the sandbox as user {_SOMEBODY}."
    )


@needs_root
def test_root_takes_any_folder_and_anybody_takes_one_of_root(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one is root in a container, lent a folder of the user; the other a volume that is given to a group."""
    os.chown(folder, _SOMEBODY, -1)
    Database(folder).close()
    os.chown(folder, 0, -1)
    monkeypatch.setattr(os, "geteuid", lambda: _SOMEBODY)
    Database(folder).close()


@needs_root
def test_files_of_another_user_are_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Database(folder).close()
    os.chown(folder / "sandbox.db", _SOMEBODY_ELSE, -1)
    monkeypatch.setattr(os, "geteuid", lambda: _SOMEBODY)
    assert _refusal(folder) == (
        f"The data folder {folder} holds a sandbox.db of another user (user {_SOMEBODY_ELSE}). Make it yours, "
        f"sudo chown -R $(id -u) {folder}, or choose another --data folder."
    )
    os.chown(folder / "sandbox.db", _SOMEBODY, -1)
    Database(folder).close()  # the refused one has let the folder go


@needs_root
def test_who_may_not_write_is_told_whose_it_is(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sandbox that ran as root left its files: nothing but their owner explains the refusal."""

    def refuse(*_: object, **__: object) -> int:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(os, "open", refuse)
    monkeypatch.setattr(os, "geteuid", lambda: _SOMEBODY)
    assert _refusal(folder) == (
        f"The data folder {folder} cannot be written: Permission denied. Choose another with --data, or take it over from "
        f"root: sudo chown -R $(id -u) {folder}."
    )


# -- files that are not the sandbox's --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["lock", "sandbox.db"])
def test_files_that_are_links_are_refused(folder: Path, tmp_path: Path, name: str) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("kept")
    (folder / name).symlink_to(elsewhere)
    assert _refusal(folder) == (
        f"The data folder {folder} holds a {name} that is no plain file. Move it away, or choose another --data folder."
    )
    assert elsewhere.read_text() == "kept"


def test_somebodys_own_file_named_lock_is_left_alone(folder: Path) -> None:
    """``--data .`` in a project that has one."""
    theirs = folder / "lock"
    theirs.write_text("requests==2.32.0\n")
    theirs.chmod(0o644)
    assert _refusal(folder) == (
        f"The data folder {folder} holds a file named lock that is not the sandbox's. Choose a folder of its own: "
        f"--data {folder}/.sandbox"
    )
    assert (theirs.read_text(), _permissions(theirs)) == ("requests==2.32.0\n", 0o644)
