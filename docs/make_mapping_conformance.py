"""Make ``docs/mapping-conformance.md``: the black-box tests of event source mappings, run against us and against moto.

Run ``python docs/make_mapping_conformance.py`` in the project's folder; it takes some minutes. With two JUnit files, ours
and moto's, it writes the page of those instead of running anything.
"""

# ruff: noqa: INP001 - documentation is no package

import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

import boto3

__all__ = ["PAGE", "conformance_page", "results"]

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "mapping-conformance.md"
TESTS = (
    "tests/conformance/mappings",
    "tests/conformance/awslambda/test_delivery.py",
    "tests/conformance/awslambda/test_event_source_mappings.py",
)
PEER_TESTS = TESTS[2:]
"""Moto hands nothing to a function without a Docker engine: each test of delivery would only wait for its time to be up."""

WORKERS = "3"
ACCOUNT = "000000000000"
HEAD = """# Event source mappings, seen from outside

The tests below `tests/conformance` that concern event source mappings, run against this project and against moto's server,
the peer that installs from a package and needs nothing else. They speak to the public APIs alone (boto3, functions as zip
files) and take `--endpoint-url`, so they can be aimed at anything:

    pytest {tests} --endpoint-url URL

Moto runs functions in containers only. The tests of delivery are not run against it, since this page is made without a
Docker engine; those of the API are, with a role made for them and in the account they speak of. What has no public API
(expired iterators, shard splits, ages beyond a minute: C7, C8, C18, C20) is tested with the sandbox's own clock and shards
and is not on this page.

Made by `python docs/make_mapping_conformance.py`.

| | this project | moto {moto} |
|---|---|---|
| **passed** | **{ours}** | **{theirs}** |
"""


def results(report: Path) -> dict[str, bool]:
    """Per test, ``module::name``, whether it passed; *report* is a JUnit file of pytest."""
    found: dict[str, bool] = {}
    for case in ET.parse(report).getroot().iter("testcase"):  # noqa: S314 - pytest wrote it, a moment ago
        name = f"{case.attrib['classname'].rpartition('.')[2]}::{case.attrib['name']}"
        has_passed = case.find("failure") is None and case.find("error") is None and case.find("skipped") is None
        found[name] = has_passed and found.get(name, True)  # an error after the test is a second entry
    return found


def conformance_page(ours: dict[str, bool], theirs: dict[str, bool]) -> str:
    """The page: a row per test of *ours*."""
    rows = [f"| {_cell(name)} | {_mark(ours[name])} | {_mark(theirs.get(name))} |" for name in sorted(ours)]
    head = HEAD.format(
        tests=" ".join(TESTS),
        moto=version("moto"),
        ours=f"{sum(ours.values())} of {len(ours)}",
        theirs=f"{sum(theirs.values())} of {len(theirs)} run",
    )
    return head + "\n".join(rows) + "\n"


def _cell(name: str) -> str:
    return f"`{name}`".replace("|", "\\|")


def _mark(has_passed: bool | None) -> str:
    match has_passed:
        case None:
            return "not run"
        case _:
            return "passes" if has_passed else "fails"


def _run(report: Path, tests: Sequence[str], *more: str) -> dict[str, bool]:
    command = [sys.executable, "-m", "pytest", "-q", "-n", WORKERS, f"--junitxml={report}", *tests, *more]
    subprocess.run(command, cwd=ROOT, check=False)  # noqa: S603 - our own tests; that some fail is a result
    return results(report)


def _run_both() -> tuple[dict[str, bool], dict[str, bool]]:
    os.environ["MOTO_ACCOUNT_ID"] = ACCOUNT  # read when moto is imported
    from moto.server import ThreadedMotoServer  # noqa: PLC0415 - see above

    with tempfile.TemporaryDirectory() as folder:
        ours = _run(Path(folder, "ours.xml"), TESTS)
        server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        server.start()
        try:
            host, port = server.get_host_and_port()
            url = f"http://{host}:{port}"
            keys = {"aws_access_key_id": ACCOUNT, "aws_secret_access_key": "secret", "region_name": "us-east-1"}
            boto3.client("iam", endpoint_url=url, **keys).create_role(RoleName="test", AssumeRolePolicyDocument="{}")
            theirs = _run(Path(folder, "theirs.xml"), PEER_TESTS, "--endpoint-url", url)
        finally:
            server.stop()
    return ours, theirs


def main(arguments: Sequence[str]) -> None:
    """Write the page."""
    ours, theirs = [results(Path(one)) for one in arguments] if arguments else _run_both()
    PAGE.write_text(conformance_page(ours, theirs))


if __name__ == "__main__":
    main(sys.argv[1:])
