import asyncio
import stat
from pathlib import Path

import pytest

from sandbox.awslambda.archive import ArchiveLimits
from sandbox.awslambda.code import CodeStore, S3Object, S3ObjectUnavailable
from sandbox.awslambda.faults import InvalidParameterValueException, RequestEntityTooLargeException
from sandbox.awslambda.limits import UPLOAD_BYTES_MAX
from sandbox.awslambda.shapes import FunctionCode
from sandbox.awslambda.store.ports import CodeReference
from sandbox.faults import ApiFault
from sandbox.ids import Ids
from tests.unit.sandbox.awslambda.conftest import archive

ZIP = archive({"app.py": "pass"})


def receive(store: CodeStore, code: FunctionCode) -> CodeReference:
    return asyncio.run(store.receive(code, account_id="123456789012", region="eu-west-1"))


def refusal(store: CodeStore, code: FunctionCode, fault: type[ApiFault] = InvalidParameterValueException) -> str:
    with pytest.raises(fault) as caught:
        receive(store, code)
    return caught.value.message or ""


@pytest.fixture
def store(tmp_path: Path) -> CodeStore:
    (tmp_path / "project").mkdir()
    return CodeStore(ids=Ids(1), folder=tmp_path / "kept" / "code", allowed_roots=[tmp_path / "project"])


# -- uploads ---------------------------------------------------------------------------------------------------------


def test_an_upload_lies_in_a_fresh_folder_of_the_users_own(store: CodeStore) -> None:
    first, second = receive(store, FunctionCode(zip_file=ZIP)), receive(store, FunctionCode(zip_file=ZIP))
    assert first.path != second.path
    assert first.size == len(ZIP)
    assert (store.path(first) / "app.py").read_text() == "pass"
    for folder in (store.path(first), store.path(first).parent):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_refused_upload_leaves_nothing_but_a_reason_in_the_log(
    store: CodeStore, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    message = refusal(store, FunctionCode(zip_file=archive({"a.py": "x", "../b.py": "x"})))
    assert message == "Could not unzip uploaded file. Please check your file, then try to upload again."
    assert "the entry '../b.py' leaves the folder" in caplog.text
    assert refusal(store, FunctionCode(zip_file=b"no zip")) == message
    assert list((tmp_path / "kept/code").iterdir()) == []


def test_too_much_is_refused_as_lambda_does(tmp_path: Path) -> None:
    store = CodeStore(ids=Ids(1), folder=tmp_path, limits=ArchiveLimits(unpacked_bytes_max=3))
    assert refusal(store, FunctionCode(zip_file=ZIP)) == "Unzipped size must be smaller than 3 bytes"
    too_much = FunctionCode(zip_file=bytes(UPLOAD_BYTES_MAX + 1))
    assert refusal(store, too_much, RequestEntityTooLargeException) == "Zipped size must be smaller than 52428800 bytes"


def test_two_sources_are_one_too_many(store: CodeStore) -> None:
    message = refusal(store, FunctionCode(zip_file=ZIP, s3_bucket="bucket", s3_key="key"))
    assert message == "Please do not provide other FunctionCode parameters when providing a ZipFile."


def test_seeded_ids_do_not_meet_an_older_folder(tmp_path: Path) -> None:
    """The same seed gives the same names after a restart on the same data folder."""
    first = receive(CodeStore(ids=Ids(1), folder=tmp_path), FunctionCode(zip_file=ZIP))
    second = receive(CodeStore(ids=Ids(1), folder=tmp_path), FunctionCode(zip_file=ZIP))
    assert first.path != second.path


# -- the user's own folder -------------------------------------------------------------------------------------------


def hot_reload(path: Path | str) -> FunctionCode:
    return FunctionCode(s3_bucket="hot-reload", s3_key=str(path))


def test_a_folder_is_run_from_where_it_is(store: CodeStore, tmp_path: Path) -> None:
    folder = tmp_path / "project" / "src"
    folder.mkdir()
    code = receive(store, hot_reload(folder))
    assert (code.sha256, code.size) == ("hot-reloading-hash-not-available", 0)
    assert store.path(code) == folder
    store.retire(code)
    store.close()
    assert folder.is_dir(), "the user's folder is the user's"


def test_a_folder_elsewhere_is_refused_with_the_way_out(store: CodeStore, tmp_path: Path) -> None:
    (tmp_path / "secret").mkdir()
    (tmp_path / "project" / "link").symlink_to(tmp_path / "secret")
    (tmp_path / "projects").mkdir()
    for path in (
        tmp_path / "secret",
        tmp_path / "project" / ".." / "secret",
        tmp_path / "project" / "link",
        tmp_path / "projects",
        "/",
        "/etc",
    ):
        message = refusal(store, hot_reload(path))
        assert "outside the allowed folders" in message
        assert str(tmp_path / "project") in message


def test_a_folder_must_be_absolute_and_there(store: CodeStore, tmp_path: Path) -> None:
    (tmp_path / "project" / "file").touch()
    assert "absolute" in refusal(store, hot_reload("src"))
    assert "does not exist" in refusal(store, hot_reload(tmp_path / "project" / "src"))
    assert "not a folder" in refusal(store, hot_reload(tmp_path / "project" / "file"))


def test_a_path_that_no_system_has_is_refused(store: CodeStore, tmp_path: Path) -> None:
    """A client's path must never become an internal error."""
    (tmp_path / "project" / "loop").symlink_to(tmp_path / "project" / "loop")
    for path in (f"{tmp_path}/project/a\0b", f"{tmp_path}/project/loop", f"{tmp_path}/project/{'n' * 300}"):
        message = refusal(store, hot_reload(path))
        assert "cannot be looked up" in message or "does not exist" in message


def test_a_folder_that_became_a_link_is_refused_when_it_is_run(store: CodeStore, tmp_path: Path) -> None:
    folder = tmp_path / "project" / "src"
    folder.mkdir()
    code = receive(store, hot_reload(folder))
    folder.rmdir()
    (tmp_path / "secret").mkdir()
    folder.symlink_to(tmp_path / "secret")
    with pytest.raises(InvalidParameterValueException, match="outside the allowed folders"):
        store.path(code)


def test_a_project_reached_by_a_link_is_allowed(tmp_path: Path) -> None:
    """As /tmp is on macOS."""
    (tmp_path / "real" / "src").mkdir(parents=True)
    (tmp_path / "alias").symlink_to(tmp_path / "real")
    store = CodeStore(ids=Ids(1), allowed_roots=[tmp_path / "alias"])
    assert store.path(receive(store, hot_reload(tmp_path / "alias" / "src"))) == tmp_path / "real" / "src"


# -- S3 --------------------------------------------------------------------------------------------------------------


def test_an_object_is_fetched_for_the_account_that_asks(tmp_path: Path) -> None:
    asked: list[S3Object] = []

    async def fetch(wanted: S3Object) -> bytes:
        asked.append(wanted)
        return ZIP

    store = CodeStore(ids=Ids(1), folder=tmp_path, fetch_s3_object=fetch)
    code = receive(store, FunctionCode(s3_bucket="bucket", s3_key="key", s3_object_version="3"))
    assert (store.path(code) / "app.py").exists()
    assert asked == [S3Object(account_id="123456789012", region="eu-west-1", bucket="bucket", key="key", version="3")]


def test_what_s3_refuses_is_quoted(tmp_path: Path) -> None:
    async def fetch(_wanted: S3Object) -> bytes:
        raise S3ObjectUnavailable("NoSuchBucket", "The specified bucket does not exist")

    store = CodeStore(ids=Ids(1), folder=tmp_path, fetch_s3_object=fetch)
    assert refusal(store, FunctionCode(s3_bucket="bucket", s3_key="key")) == (
        "Error occurred while GetObject. S3 Error Code: NoSuchBucket. "
        "S3 Error Message: The specified bucket does not exist"
    )


# -- keeping ---------------------------------------------------------------------------------------------------------


def test_retired_code_stays_a_while_and_then_goes(store: CodeStore) -> None:
    """An invocation in flight may import from it; a hundred updates must not fill the disk."""
    codes = [receive(store, FunctionCode(zip_file=ZIP)) for _ in range(20)]
    for code in codes[:-1]:
        store.retire(code)
    assert not store.path(codes[0]).exists()
    assert store.path(codes[-2]).exists()
    store.close()
    assert [store.path(code).exists() for code in codes] == [False] * 19 + [True]


def test_a_sweep_leaves_what_is_referred_to(store: CodeStore) -> None:
    kept, orphan = receive(store, FunctionCode(zip_file=ZIP)), receive(store, FunctionCode(zip_file=ZIP))
    store.sweep([kept])
    assert (store.path(kept).exists(), store.path(orphan).exists()) == (True, False)


def test_a_sweep_leaves_what_is_not_the_sandboxs(store: CodeStore) -> None:
    """``--data .`` in a project that has a folder named code: what is in it is somebody's work."""
    kept = receive(store, FunctionCode(zip_file=ZIP))
    theirs = store.path(kept).parent / "on_order"
    theirs.mkdir()
    store.sweep([])
    assert (store.path(kept).exists(), theirs.exists()) == (False, True)


def test_a_temporary_folder_goes_at_the_end() -> None:
    store = CodeStore(ids=Ids(1))
    folder = store.path(receive(store, FunctionCode(zip_file=ZIP)))
    assert folder.exists()
    store.close()
    assert not folder.parent.exists()
