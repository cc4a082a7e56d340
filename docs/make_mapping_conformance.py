"""Make ``docs/mapping-conformance.md``: the rules of event source mappings, tested on us and on other implementations.

Run ``python docs/make_mapping_conformance.py`` in the project's folder; it takes some minutes. Moto is started by itself; a
column for anything else that answers somewhere is added with ``--peer NAME=URL``. With ``--reports NAME=FILE ...`` the page is
written from JUnit files of former runs instead, ours first.
"""

# ruff: noqa: INP001 - documentation is no package

import argparse
import json
import os
import subprocess
import sys
import tempfile
import tomllib
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Literal

import boto3

__all__ = ["PAGE", "Case", "conformance_page", "results"]

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "mapping-conformance.md"
RULES = ROOT / "docs" / "mapping-rules.toml"
OURS = "this project"
BLACK_BOX = "tests/conformance"
WORKERS = "2"
ACCOUNT = "000000000000"
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
)
HEAD = """# Event source mappings, rule by rule

What Lambda and DynamoDB Streams do with each other, one rule a line ([mapping-rules.toml](mapping-rules.toml)), with the
tests that hold it and how they end against this project and against others. The tests below `tests/conformance` speak to the
public APIs alone (boto3; a function is uploaded as a zip file) and take `--endpoint-url`, so they can be aimed at anything:

    pytest -m rule tests/conformance --endpoint-url URL
    pytest -m rule tests/conformance --endpoint-url URL --no-invocations    # where no function can run

Hours pass at once, and shards are split, through `/_sandbox/clock` and `/_sandbox/streams/split`; a test that needs one of
them is skipped, and says so, where the endpoint has none. A few rules cannot be seen from outside; the tests of those are
ours alone ("inside").

Moto and LocalEmu run functions in containers of images from the network, and this page is made without: what needs an
invocation is "not run" against them. They get the role that the tests speak of.

Made by `python docs/make_mapping_conformance.py`, which starts moto; LocalEmu, or anything else that answers somewhere, gets
its column by `--peer "NAME=URL"`.
"""

Outcome = Literal["passed", "failed", "skipped"]


@dataclass(frozen=True, kw_only=True)
class Case:
    """One test, one set of its parameters.

    Attributes:
        test: file and function, without parameters.
        case: the name with its parameters.
        rules: the ids of the rules it holds.
    """

    test: str
    case: str
    rules: tuple[str, ...]
    outcome: Outcome


def results(report: Path) -> list[Case]:
    """The tests of a JUnit file of pytest; what failed while it was torn down failed."""
    found: dict[str, Case] = {}
    for entry in ET.parse(report).getroot().iter("testcase"):  # noqa: S314 - pytest wrote it, a moment ago
        path, name = entry.attrib["classname"].replace(".", "/") + ".py", entry.attrib["name"]
        case = Case(
            test=f"{path}::{name.partition('[')[0]}",
            case=f"{path}::{name}",
            rules=tuple(one.attrib["value"] for one in entry.iter("property") if one.attrib["name"] == "rule"),
            outcome=_outcome(entry),
        )
        before = found.get(case.case)
        if before is None or before.outcome == "passed":
            found[case.case] = case
    return list(found.values())


def _outcome(entry: ET.Element) -> Outcome:
    if entry.find("failure") is not None or entry.find("error") is not None:
        return "failed"
    return "passed" if entry.find("skipped") is None else "skipped"


def conformance_page(columns: Mapping[str, Sequence[Case]]) -> str:
    """The page: per rule a row for each of its tests, per column how that ended; the first column is ours."""
    sections = tomllib.loads(RULES.read_text())["section"]
    rules = [f"{number} {name}" for number, section in sections.items() for name in section["rules"]]
    page = [HEAD, _row(["", *columns]), _row(["---"] * (len(columns) + 1))]
    page.append(_row(["**rules held**", *(_rules_held(rules, cases) for cases in columns.values())]))
    page.append(_row(["tests passed", *(_passed(cases) for cases in columns.values())]))
    for number, section in sections.items():
        page += ["", f"## {number} {section['title']}", "", _row(["Rule", "Test", *columns])]
        page.append(_row(["---"] * (len(columns) + 2)))
        for name, text in section["rules"].items():
            page += _rows_of_rule(f"{number} {name}", f"**{name}**: {text}", columns)
        page += [
            _row([f"**{name}**", f"none: {reason}", *[""] * len(columns)])
            for name, reason in section.get("untested", {}).items()
        ]
    return "\n".join(page) + "\n"


def _rows_of_rule(rule: str, words: str, columns: Mapping[str, Sequence[Case]]) -> list[str]:
    ours = next(iter(columns.values()))
    tests = sorted({case.test for case in ours if rule in case.rules})
    rows = []
    for at, test in enumerate(tests):
        is_black_box = test.startswith(BLACK_BOX)
        cells = [
            _ended([case for case in cases if case.test == test and rule in case.rules])
            if is_black_box or cases is ours
            else "inside"
            for cases in columns.values()
        ]
        rows.append(_row([words if at == 0 else "", f"`{test.removeprefix('tests/')}`", *cells]))
    return rows


def _ended(cases: Sequence[Case]) -> str:
    run = [case for case in cases if case.outcome != "skipped"]
    passed = sum(case.outcome == "passed" for case in run)
    if not run:
        return "skipped" if cases else "not run"
    if passed in {0, len(run)}:
        return ("passes" if passed else "fails") + (f" ({len(run)} cases)" if len(run) > 1 else "")
    return f"passes {passed} of {len(run)} cases"


def _rules_held(rules: Sequence[str], cases: Sequence[Case]) -> str:
    """How many rules have all their tests passed, of those with a test that was run."""
    run = [case for case in cases if case.outcome != "skipped"]
    asked = [rule for rule in rules if any(rule in case.rules for case in run)]
    held = [rule for rule in asked if all(case.outcome == "passed" for case in run if rule in case.rules)]
    return f"**{len(held)} of {len(asked)}**"


def _passed(cases: Sequence[Case]) -> str:
    run = [case for case in cases if case.outcome != "skipped"]
    return f"{sum(case.outcome == 'passed' for case in run)} of {len(run)}"


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _run(report: Path, *arguments: str) -> list[Case]:
    command = [sys.executable, "-m", "pytest", "-q", "-m", "rule", "-n", WORKERS, f"--junitxml={report}", *arguments]
    subprocess.run(command, cwd=ROOT, check=False)  # noqa: S603 - our own tests; that some fail is a result
    return results(report)


def _run_peer(report: Path, url: str) -> list[Case]:
    keys = {"aws_access_key_id": ACCOUNT, "aws_secret_access_key": "secret", "region_name": "us-east-1"}
    boto3.client("iam", endpoint_url=url, **keys).create_role(RoleName="test", AssumeRolePolicyDocument=TRUST)
    return _run(report, BLACK_BOX, "--endpoint-url", url, "--no-invocations")


def _run_all(peers: Mapping[str, str]) -> dict[str, list[Case]]:
    os.environ["MOTO_ACCOUNT_ID"] = ACCOUNT  # read when moto is imported
    from moto.server import ThreadedMotoServer  # noqa: PLC0415 - see above

    with tempfile.TemporaryDirectory() as folder:
        columns = {OURS: _run(Path(folder, "ours.xml"), "tests")}
        server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        server.start()
        try:
            host, port = server.get_host_and_port()
            columns[f"moto {version('moto')}"] = _run_peer(Path(folder, "moto.xml"), f"http://{host}:{port}")
        finally:
            server.stop()
        for number, (name, url) in enumerate(peers.items()):
            columns[name] = _run_peer(Path(folder, f"peer-{number}.xml"), url)
    return columns


def _pairs(texts: Sequence[str]) -> dict[str, str]:
    return dict(text.split("=", 1) for text in texts)


def main(arguments: Sequence[str]) -> None:
    """Write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer", action="append", default=[], metavar="NAME=URL")
    parser.add_argument("--reports", nargs="+", metavar="NAME=FILE")
    given = parser.parse_args(arguments)
    columns = (
        {name: results(Path(file)) for name, file in _pairs(given.reports).items()}
        if given.reports
        else _run_all(_pairs(given.peer))
    )
    PAGE.write_text(conformance_page(columns))


if __name__ == "__main__":
    main(sys.argv[1:])
