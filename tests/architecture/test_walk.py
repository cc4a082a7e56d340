"""Documentation about code is executed: every name in it leads somewhere.

Prose drifts in silence otherwise. A renamed function leaves a walk that nobody can follow, and a walk that was wrong once is
not read again.
"""

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import pytest

from sandbox.compose import Sandbox
from sandbox.config import Settings
from tests.architecture import names

ROOT = Path(__file__).parents[2]

WALK = sorted((ROOT / "docs" / "walk").glob("*.md"))
CHAPTERS = [path for path in WALK if path.name != "README.md"]
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
PAGES = [*WALK, ROOT / "docs" / "sources.md", ROOT / "CONTRIBUTING.md", ROOT / "INVARIANTS.md"]
PACKAGE_DOCSTRINGS = sorted(
    path for package in ("sandbox", "pollers", "runtimes") for path in (ROOT / package).rglob("__init__.py")
)


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=relative)
def test_every_name_of_a_page_leads_somewhere(page: Path) -> None:
    """Paths exist, dotted names resolve, commands are there; any other word stands in the code as it is written."""
    lost = [f"{name.place}: {name.text}" for name in names.names_in_markdown(page) if not leads_somewhere(name.text)]
    assert not lost, "\n".join(lost)


def leads_somewhere(text: str) -> bool:
    if text.startswith("make "):
        return bool(set(text.split()[1:]) <= names.make_targets())
    if text in names.documents() or text.startswith(("{", "[")):  # a document, or a sample of JSON
        return True
    if names.is_dotted(text) and text.split(".", maxsplit=1)[0] in names.PACKAGES:
        return bool(names.resolves(text) or (names.is_path(text) and names.path_exists(text)))
    if names.is_path(text):
        return bool(names.path_exists(text) or names.is_in_code(text))
    return bool(names.is_in_code(text))


@pytest.mark.parametrize("page", DECISIONS, ids=relative)
def test_what_a_decision_names_by_its_place_is_there(page: Path) -> None:
    """A decision also speaks of what was not chosen, so only places are looked up."""
    lost = [
        f"{name.place}: {name.text}"
        for name in names.names_in_markdown(page)
        if names.is_path(name.text) and "/" in name.text.rstrip("/") and not names.path_exists(name.text)
    ]
    assert not lost, "\n".join(lost)


@pytest.mark.parametrize("page", [*PAGES, *DECISIONS, ROOT / "README.md"], ids=relative)
def test_every_link_leads_to_a_file(page: Path) -> None:
    lost = [
        f"{link.place}: {link.text}"
        for link in names.links_in_markdown(page)
        if not (page.parent / link.text).resolve().exists()
    ]
    assert not lost, "\n".join(lost)


@pytest.mark.parametrize("path", PACKAGE_DOCSTRINGS, ids=relative)
def test_every_name_of_a_package_docstring_leads_somewhere(path: Path) -> None:
    """Names may be relative to the package, as its readers are."""
    package = ".".join(path.parent.relative_to(ROOT).parts)
    lost = [
        f"{name.place}: {name.text}"
        for name in names.names_in_docstring(path)
        if not leads_somewhere_from(package, name.text)
    ]
    assert not lost, "\n".join(lost)


def leads_somewhere_from(package: str, text: str) -> bool:
    if (names.is_dotted(text) or text.isidentifier()) and names.resolves(f"{package}.{text}"):
        return True
    if names.is_path(text) and names.path_exists(f"{package.replace('.', '/')}/{text}"):
        return True
    return leads_somewhere(text)


def test_the_chapters_follow_one_another() -> None:
    """Each links to the one before and the one after, at its head and at its foot, and the index lists them all in order."""
    index = (ROOT / "docs" / "walk" / "README.md").read_text()
    assert [path.name for path in CHAPTERS] == re.findall(r"^\| \[\d+ [^]]+\]\((.+?)\)", index, re.MULTILINE)
    order = ["README.md", *(path.name for path in CHAPTERS), "README.md"]
    for before, path, after in zip(order, CHAPTERS, order[2:], strict=False):
        lines = path.read_text().splitlines()
        for line in (lines[2], lines[-1]):
            assert [target for _, target in re.findall(r"\[([^]]+)\]\(([^)]+)\)", line)] == [before, after], path.name
        number, title = re.match(r"# (\d+) (.+)", lines[0]).groups()  # type: ignore[union-attr] # else it fails as it should
        assert path.name.startswith(f"{int(number):02}-"), title
        assert f"[{number} {title}]({path.name})" in index


def test_the_request_of_the_walk_gives_its_event(tmp_path: Path) -> None:
    """The two samples frame the walk; what lies between is one run of the real thing."""
    request = json.loads(block(ROOT / "docs/walk/README.md").partition("\n\n")[2])
    told = json.loads(block(ROOT / "docs/walk/09-a-batch.md"))

    seen = asyncio.run(event_of(request, tmp_path))

    for event in (told, seen):
        (record,) = event["Records"]
        record["eventID"] = re.sub("[0-9a-f]{32}", "id", record["eventID"])
        record["eventSourceARN"] = re.sub(r"[0-9T:.-]{23}$", "label", record["eventSourceARN"])
        record["dynamodb"]["ApproximateCreationDateTime"] //= 10**9
    assert json.dumps(seen) == json.dumps(told), "members, their order and values"


def block(path: Path) -> str:
    """The first code block of a page."""
    return path.read_text().split("```")[1].strip()


async def event_of(put_item: dict[str, Any], folder: Path) -> Any:
    """What a function on the table's stream receives for *put_item*."""
    (folder / "handler.py").write_text("def handle(event, context):\n    return None\n")
    keys = [("customer", "HASH"), ("order_id", "RANGE")]
    sandbox = Sandbox(Settings(runtime="in-process", project_folder=folder, watch_code=False))
    await sandbox.start_without_port()
    try:
        table = await sandbox.call(
            "CreateTable",
            {
                "TableName": put_item["TableName"],
                "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name, _ in keys],
                "KeySchema": [{"AttributeName": name, "KeyType": kind} for name, kind in keys],
                "BillingMode": "PAY_PER_REQUEST",
                "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
            },
        )
        function = {
            "FunctionName": "on_order",
            "Runtime": "python3.13",
            "Handler": "handler.handle",
            "Role": "arn:aws:iam::000000000000:role/any",
            "Code": {"S3Bucket": "hot-reload", "S3Key": str(folder)},
        }
        await sandbox.call("CreateFunction", function, service="lambda")
        mapping = {
            "FunctionName": "on_order",
            "EventSourceArn": table["TableDescription"]["LatestStreamArn"],
            "StartingPosition": "LATEST",
        }
        await sandbox.call("CreateEventSourceMapping", mapping, service="lambda")
        await sandbox.call("PutItem", put_item)
        report = await sandbox.drain()
        assert report.drained, report
        (invocation,) = sandbox.function_host.last_invocations("on_order")
        return json.loads(invocation.payload)
    finally:
        await sandbox.close()


def test_every_document_that_is_cited_is_described() -> None:
    """``dynamodb-exact §9`` means something only to who finds the name in docs/sources.md."""
    cited: dict[str, str] = {}
    for package in names.PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            for document in re.findall(r"([a-z]+(?:-[a-z]+)*)(?: study)?,? §", path.read_text()):
                cited.setdefault(document, relative(path))
    words = {"and", "of", "see", "to"}  # between two sections of one document
    assert {document: place for document, place in cited.items() if document not in names.documents() | words} == {}
    assert "dynamodb-exact" in cited
