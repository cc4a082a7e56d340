"""Many files change at once: packages are installed, another branch is checked out. Each is one reload."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from runtimes.reload.events import ReloadEvent
from sandbox.config import Settings
from sandbox.testing.embedded import EmbeddedSandbox
from tests.e2e.told import Told, listen

HANDLER = """
try:
    from greeting import VERSION
except ImportError:
    VERSION = 0

def handler(event, context):
    return VERSION
"""
CHECKOUT = """
import importlib

TOTAL = sum(importlib.import_module(f"package.module{number}").VERSION for number in range(300))

def handler(event, context):
    return TOTAL
"""


def reloads(told: Told) -> list[ReloadEvent]:
    """Those that went well."""
    return [event for _, event in told.reloads if event.error is None]


def wait_for_reloads(told: Told, count: int) -> None:
    """Return once there were so many."""
    told.wait_for(lambda: len(reloads(told)) >= count, f"reload number {count}")


def answer(sandbox: EmbeddedSandbox) -> int:
    """What the function gives now."""
    reply = sandbox.client("lambda").invoke(FunctionName="handler")
    return int(json.loads(reply["Payload"].read()))


Run = Callable[..., tuple[EmbeddedSandbox, Told]]


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    running: list[EmbeddedSandbox] = []

    def begin(source: str, runtime: str, python: Path | None = None) -> tuple[EmbeddedSandbox, Told]:
        folder = tmp_path / "code"
        folder.mkdir(exist_ok=True)
        (folder / "handler.py").write_text(source)
        sandbox = EmbeddedSandbox(Settings(port=0, runtime=runtime, python=python, project_folder=folder))
        sandbox.__enter__()
        running.append(sandbox)
        told = listen(sandbox)
        sandbox.deploy(f"{folder}/handler.py:handler", name="handler", timeout_seconds=60)
        return sandbox, told

    yield begin
    for sandbox in running:
        sandbox.__exit__(None, None, None)


def test_an_installed_package_reaches_functions_by_itself(run: Run, tmp_path: Path) -> None:
    """Nothing in the code folder is touched: only the interpreter's packages are others."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv"], check=True)
    (packages,) = (tmp_path / "venv").glob("lib/python*/site-packages")
    sandbox, told = run(HANDLER, "process", tmp_path / "venv" / "bin" / "python")
    assert answer(sandbox) == 0
    for version in (1, 2):
        _install(packages, version)
        wait_for_reloads(told, version)
        assert reloads(told)[-1].changed_files == (packages,)
        assert answer(sandbox) == version
    assert len(reloads(told)) == 2


def _install(packages: Path, version: int) -> None:
    """As pip does: the files, then the word of it in a folder of its own."""
    (packages / "greeting.py").write_text(f"VERSION = {version}  {'#' * version}\n")
    for old in packages.glob("greeting-*.dist-info"):
        old.rmdir()
    (packages / f"greeting-{version}.dist-info").mkdir()


@pytest.mark.parametrize("runtime", ["process", "in-process"])
def test_a_checkout_of_300_files_is_one_reload(run: Run, tmp_path: Path, runtime: str) -> None:
    """Whatever is between two commits runs at no time."""
    package = tmp_path / "code" / "package"
    package.mkdir(parents=True)
    for number in range(300):
        (package / f"module{number}.py").write_text("VERSION = 1\n")
        (tmp_path / f"module{number}.py").write_text("VERSION = 2\n")
    sandbox, told = run(CHECKOUT, runtime)
    assert answer(sandbox) == 300
    for number in range(300):
        (tmp_path / f"module{number}.py").rename(package / f"module{number}.py")
    wait_for_reloads(told, 1)
    assert answer(sandbox) == 600
    (event,) = reloads(told)
    # What the watcher tells after the code was read needs no reload, so on a busy machine the last few may be missing.
    assert 0 < len(set(event.changed_files)) <= 300


FINDER = """
import importlib.machinery, importlib.util, sys

MAPPING = {{"shared": {folder!r}}}

class _EditableFinder:
    @classmethod
    def find_spec(cls, fullname, path=None, target=None):
        if fullname in MAPPING:
            return importlib.util.spec_from_file_location(fullname, MAPPING[fullname] + "/__init__.py")

def install():
    sys.meta_path.append(_EditableFinder)
"""


def _install_path(packages: Path, source: Path) -> None:
    """Most backends: the folder joins ``sys.path``."""
    (packages / "__editable__.shared-1.0.pth").write_text(f"{source}\n")


def _install_finder(packages: Path, source: Path) -> None:
    """As setuptools where the folder holds more than the package: it is found by name."""
    (packages / "__editable___shared_1_0_finder.py").write_text(FINDER.format(folder=str(source / "shared")))
    (packages / "__editable__.shared-1.0.pth").write_text(
        "import __editable___shared_1_0_finder; __editable___shared_1_0_finder.install()"
    )


SHARED_HANDLER = """
from shared import VERSION
from shared.deep.values import VALUE

def handler(event, context):
    import single
    return VERSION * 100 + VALUE * 10 + single.VALUE
"""


@pytest.mark.parametrize("install", [_install_path, _install_finder])
def test_a_package_installed_editable_is_edited_like_the_code(
    run: Run, tmp_path: Path, install: Callable[[Path, Path], None]
) -> None:
    """``pip install -e``: the package lies where it is developed, beside the functions that share it."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv"], check=True)
    (packages,) = (tmp_path / "venv").glob("lib/python*/site-packages")
    source = tmp_path / "libraries" / "src"
    (source / "shared" / "deep").mkdir(parents=True)
    for file, text in (
        ("shared/__init__.py", "VERSION = \n"),
        ("shared/deep/__init__.py", ""),
        ("shared/deep/values.py", "VALUE = 1\n"),
        ("unused.py", ""),
    ):
        (source / file).write_text(text)
    (tmp_path / "beside").mkdir()
    (tmp_path / "beside" / "single.py").write_text("VALUE = 1\n")
    (packages / "beside.pth").write_text(f"{tmp_path / 'beside'}\n")
    install(packages, source)
    sandbox, told = run(SHARED_HANDLER, "process", tmp_path / "venv" / "bin" / "python")

    def save(file: Path, text: str) -> ReloadEvent:
        before = len(told.reloads)
        file.write_text(text)
        told.wait_for(lambda: told.reloads[before:], f"reload after a save of {file}")
        return told.reloads[-1][1]

    told.wait_for(lambda: told.reloads, "word of code that does not load")
    for version in (1, 2, 3):
        assert save(source / "shared" / "__init__.py", f"VERSION = {version}\n").error is None
        assert answer(sandbox) == version * 100 + 11
    (source / "unused.py").write_text("VALUE = 2\n")
    assert save(source / "shared" / "deep" / "values.py", "VALUE = 2\n").changed_files == (
        source / "shared" / "deep" / "values.py",
    )
    assert answer(sandbox) == 321
    save(tmp_path / "beside" / "single.py", "VALUE = 2\n")
    assert answer(sandbox) == 322
    assert "SyntaxError" in str(save(source / "shared" / "__init__.py", "VERSION = \n").error)
    assert save(source / "shared" / "__init__.py", "VERSION = 4\n").error is None
    assert answer(sandbox) == 422


def test_a_package_around_the_code_folder_reloads_it_once_per_save(run: Run, tmp_path: Path) -> None:
    """Installed editable, a project holds its own handlers."""
    for file in ("project/__init__.py", "project/shared.py"):
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).write_text("VERSION = 1\n")
    (tmp_path / "project" / "code").mkdir()
    (tmp_path / "code").symlink_to(tmp_path / "project" / "code")
    source = f"import sys\nsys.path.append({str(tmp_path)!r})\nfrom project.shared import VERSION\n{{}}\n{HANDLER[HANDLER.index('def') :]}"
    sandbox, told = run(source.format(""), "process")
    assert answer(sandbox) == 1
    (tmp_path / "project" / "shared.py").write_text("VERSION = 2\n")
    wait_for_reloads(told, 1)
    assert answer(sandbox) == 2
    (tmp_path / "code" / "handler.py").write_text(source.format("VERSION += 5"))
    wait_for_reloads(told, 2)
    assert answer(sandbox) == 7
    (tmp_path / "project" / "shared.py").write_text("VERSION = 3\n")
    wait_for_reloads(told, 3)
    assert answer(sandbox) == 8
    (deployed,) = sandbox._sandbox.function_host._deployed.values()
    assert deployed.spec.revision.endswith("+3")
