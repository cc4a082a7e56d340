"""Make ``docs/operations.md`` of the catalog and of ``docs/differences.toml``.

Run ``python docs/make_operations.py`` in the project's folder after a change of either; a test fails until it is done.
"""

# ruff: noqa: INP001 - documentation is no package

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:  # run as a script, the folder of this file is what Python looks in
    sys.path.insert(0, str(ROOT))

from sandbox.catalog import DYNAMODB, LAMBDA, LOGS, METRICS, STREAMS, Operations  # noqa: E402 - see above

__all__ = ["PAGE", "Difference", "Differences", "Members", "SERVICES", "operations_page", "read_differences"]  # noqa: RUF022 - constants first

PAGE = ROOT / "docs" / "operations.md"
SOURCE = ROOT / "docs" / "differences.toml"

SERVICES: dict[str, tuple[str, Operations]] = {
    "dynamodb": ("DynamoDB", DYNAMODB),
    "streams": ("DynamoDB Streams", STREAMS),
    "lambda": ("Lambda", LAMBDA),
    "logs": ("CloudWatch Logs", LOGS),
    "metrics": ("CloudWatch", METRICS),
}
"""The services of the catalog: heading and operations by the name they have in the differences."""


class Difference(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One way in which the sandbox is known to answer otherwise than AWS, or does not know what AWS answers.

    Attributes:
        code: the dotted name of where it lives.
        operations: the wire names it concerns; none is all of the service.
    """

    says: str
    source: str
    code: str
    operations: tuple[str, ...] = ()


class Members(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Members of one operation's request that the service model and ours see differently."""

    service: str
    operation: str
    members: tuple[str, ...]
    because: str


class Differences(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"lambda_": "lambda"}):
    """All of ``docs/differences.toml``; what each table means stands there."""

    everything: tuple[Difference, ...]
    dynamodb: tuple[Difference, ...]
    streams: tuple[Difference, ...]
    lambda_: tuple[Difference, ...]
    mappings: tuple[Difference, ...]
    others: tuple[Difference, ...]
    logs: tuple[Difference, ...]
    metrics: tuple[Difference, ...]
    unread: tuple[Members, ...]
    required_here: tuple[Members, ...]

    def of(self, service: str) -> tuple[Difference, ...]:
        """The differences of one service."""
        found: tuple[Difference, ...] = getattr(self, "lambda_" if service == "lambda" else service)
        return found

    def all(self) -> Iterator[Difference]:
        """Every difference, in the order of the file."""
        for service in ("everything", "dynamodb", "streams", "lambda", "mappings", "logs", "metrics", "others"):
            yield from self.of(service)


def read_differences() -> Differences:
    """Read the file.

    Raises:
        msgspec.ValidationError: an entry has a wrong shape.
    """
    return msgspec.toml.decode(SOURCE.read_bytes(), type=Differences)


def operations_page() -> str:
    """The page as it has to be now."""
    differences = read_differences()
    lines = [
        "# Operations",
        "",
        "Made by `docs/make_operations.py` of `sandbox/catalog.py` and `docs/differences.toml`: change those, not this page.",
        "",
        "Each operation of the services that the sandbox answers itself, its state, and where it is known to differ from",
        "AWS. *Written* operations follow AWS wherever nothing is said here; what that rests on is in",
        "[sources](sources.md). Operations that are *not yet* written answer NotImplementedException with their name. Every",
        "other AWS service is answered by moto, on the same endpoint.",
        "",
        *_summary(),
        "",
        "## Everywhere",
        "",
        *_notes(differences.everything),
    ]
    for service, (heading, operations) in SERVICES.items():
        lines += ["", f"## {heading}", "", *_service(service, operations, differences)]
        if service == "lambda":
            lines += ["", "## Event source mappings", "", *_notes(differences.mappings)]
    lines += ["", "## Every other service", "", *_notes(differences.others)]
    return "\n".join(lines) + "\n"


_SHARED = {"logs": ("groups", "groups"), "metrics": ("metrics", "namespaces")}
"""Services of which moto answers a part: what is ours, and what is not."""


def _summary() -> Iterator[str]:
    yield "| Service | Operations | Written | Not yet | By moto |"
    yield "| --- | --- | --- | --- | --- |"
    for service, (heading, operations) in SERVICES.items():
        written, unwritten = len(operations.written), len(operations.unwritten)
        if service in _SHARED:
            what, others = _SHARED[service]
            yield f"| {heading} | {written} for the {what} of functions | {written} | none | all others, and other {others} |"
        else:
            yield f"| {heading} | {written + unwritten} | {written} | {unwritten or 'none'} | none |"
    yield "| Every other service | all that moto has | none | none | all |"


def _service(service: str, operations: Operations, differences: Differences) -> Iterator[str]:
    notes = differences.of(service)
    members = {entry.operation: entry for entry in differences.unread if entry.service == service}
    yield "| Operation | State | Differences |"
    yield "| --- | --- | --- |"
    for name in sorted([*operations.written, *operations.unwritten]):
        if name in operations.unwritten:
            yield f"| {name} | not yet | |"
            continue
        numbers = [
            f"{number}" for number, note in enumerate(notes, 1) if name in note.operations or not note.operations
        ]
        told = ", ".join(numbers)
        if name in members:
            unread = ", ".join(members[name].members)
            told += f"{'; ' if told else ''}not read: {unread} ({members[name].because})"
        path = operations.written[name].replace(".", "/") + ".py"
        yield f"| [{name}](../{path}) | written | {told} |"
    yield ""
    yield from _notes(notes)


def _notes(notes: Sequence[Difference]) -> Iterator[str]:
    for number, note in enumerate(notes, 1):
        yield f"{number}. {note.says} *Source: {note.source}.* `{note.code}`"


if __name__ == "__main__":
    PAGE.write_text(operations_page(), encoding="utf-8")
