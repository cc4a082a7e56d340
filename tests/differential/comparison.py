"""Ask two endpoints the same, and group what they answer otherwise."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.differential.drawn_requests import AREAS
from tests.differential.endpoints import Answer, Endpoint, Request
from tests.differential.stage import fill, table
from tests.model.values import freeze

__all__ = ["KNOWN", "Comparison", "Group", "Known", "compare"]

_PROGRAM_STEPS = 100
"""Requests to one pair of tables, before they are made anew."""


@dataclass(frozen=True)
class Known:
    """Words that may differ: where *pattern* is found, *told* stands for it on both sides."""

    pattern: str
    told: str
    because: str


KNOWN = (
    Known(
        r"^1 validation error detected: (?!.*failed to satisfy)", "", "AWS has it since 2025, DynamoDB Local has not"
    ),
    Known(r"^Cannot do operations on a non-existent table", "Requested resource not found", "DynamoDB Local's words"),
    Known(r"(valid types|operand type): \{[A-Z,]+\}", r"\1: {}", "the order of a Java set"),
    Known(r"typeSet: ALLOWED_FOR_\w+", "typeSet: …", "AWS changed it after DynamoDB Local was made"),
    Known(r"can't be processed: .*", "can't be processed", "DynamoDB Local repeats the statement"),
    Known(r"(Type mismatch for \w+ ?\w*).*", r"\1", "DynamoDB Local names neither attribute nor types"),
    Known(r"(Size limit exceeded).*", r"\1", "DynamoDB Local tells no sizes"),
    Known(r"The document path provided in the update expression is invalid.*", "path invalid", "no more is told"),
    Known(r"; expression size: \d+", ";", "told of some expressions and not of others"),
    Known(r"^Return values set to invalid value", "ReturnValues can only be ALL_OLD or NONE", "DynamoDB Local's words"),
    Known(r"(does not have the specified index): .*", r"\1", "AWS leaves the name out of a statement's refusal"),
)
KNOWN_CODES = {"DuplicateItem": "DuplicateItemException"}
"""DynamoDB Local gives an exception the name of a statement's error in a batch."""


@dataclass
class Group:
    """Requests whose answers differ alike; the first is an example."""

    operation: str
    ours: str
    theirs: str
    example: Request
    count: int = 1


@dataclass
class Comparison:
    """What came of it."""

    requests: int = 0
    groups: dict[tuple[str, str, str], Group] = field(default_factory=dict)

    def add(self, request: Request, ours: Answer, theirs: Answer) -> None:
        """Take one pair of answers."""
        self.requests += 1
        told_ours, told_theirs = _told(ours), _told(theirs)
        if told_ours == told_theirs:
            return
        if ours.document is not None and theirs.document is not None:  # one group for each member that differs
            members = sorted(ours.document.keys() | theirs.document.keys())
            differing = [name for name in members if _told_member(ours, name) != _told_member(theirs, name)]
            key = (request.operation, " ".join(differing), "")
        else:
            key = (request.operation, _template(told_ours), _template(told_theirs))
        if key in self.groups:
            self.groups[key].count += 1
        else:
            self.groups[key] = Group(request.operation, str(ours), str(theirs), request)

    def lines(self) -> Iterator[str]:
        """The report, most frequent differences first."""
        yield f"{self.requests:,} requests, {len(self.groups)} kinds of difference"
        for group in sorted(self.groups.values(), key=lambda group: -group.count):
            yield f"\n{group.count} x {group.operation} {json.dumps(group.example.parameters, default=repr)[:600]}"
            yield f"    ours    {group.ours[:400]}"
            yield f"    theirs  {group.theirs[:400]}"


def _told(answer: Answer) -> Any:
    if answer.document is not None:
        return {name: _told_member(answer, name) for name in answer.document}
    message = answer.message
    for known in KNOWN:
        message = re.sub(known.pattern, known.told, message, flags=re.DOTALL)
    return f"{KNOWN_CODES.get(answer.code, answer.code)}: {message}"


def _told_member(answer: Answer, name: str) -> Any:
    content = (answer.document or {}).get(name)
    if name in ("Item", "Attributes") and content is not None:
        return freeze({"M": content})
    if name == "Items":  # neither a scan nor equal keys of an index have an order that is told
        return Counter(freeze({"M": item}) for item in content or ())
    return content


def _template(told: Any) -> str:
    return re.sub(r"\[[^]]*\]|\"[^\"]*\"|:v\d+|#?\b[a-z]\b|\d+", "…", told) if isinstance(told, str) else "answered"


def compare(ours: Endpoint, theirs: Endpoint, *, seed: int, requests: int, areas: Iterable[str]) -> Comparison:
    """Send *requests* of each of *areas* to both; each area has the same requests for the same *seed*."""
    comparison = Comparison()
    for area in areas:
        random = Random(f"{seed} {area}")
        done = 0
        while done < requests:
            name = f"differential-{random.randrange(10**9):09d}"
            for endpoint in (ours, theirs):
                endpoint.make_table(table(name))
            try:
                for request in fill(random, name):
                    comparison.add(request, ours.ask(request), theirs.ask(request))
                for _ in range(_PROGRAM_STEPS):
                    for request in AREAS[area](random, name):
                        comparison.add(request, ours.ask(request), theirs.ask(request))
                        done += 1
            finally:
                for endpoint in (ours, theirs):
                    endpoint.drop_table(name)
    return comparison
