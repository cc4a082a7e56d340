"""The tool that compares endpoints: a sandbox does not differ from itself, and what differs is told."""

from random import Random

import pytest

from sandbox.testing.embedded import EmbeddedSandbox
from tests.differential.comparison import Comparison, compare
from tests.differential.drawn_requests import AREAS
from tests.differential.endpoints import Answer, Endpoint, Request
from tests.differential.stage import fill, table


@pytest.mark.parametrize("area", AREAS)
def test_a_sandbox_answers_as_another_one_does(sandbox: EmbeddedSandbox, area: str) -> None:
    """That requests are the same for both, and answers do not depend on chance: else every report is full of noise."""
    with EmbeddedSandbox() as other:
        found = compare(
            Endpoint(sandbox.endpoint_url), Endpoint(other.endpoint_url), seed=7, requests=150, areas=[area]
        )
    assert found.requests > 150
    assert list(found.lines())[1:] == []


@pytest.mark.parametrize("area", AREAS)
def test_most_requests_are_answered_and_some_are_refused(sandbox: EmbeddedSandbox, area: str) -> None:
    """A generator whose requests are all refused for the same reason compares nothing."""
    endpoint = Endpoint(sandbox.endpoint_url)
    name = f"stage-{area}"
    endpoint.make_table(table(name))
    random = Random(3)
    answers = [endpoint.ask(request) for request in fill(random, name)]
    answers += [endpoint.ask(request) for _ in range(120) for request in AREAS[area](random, name)]
    refusals = {answer.message for answer in answers if answer.document is None}
    assert sum(answer.document is not None for answer in answers) > len(answers) / 5
    assert len(refusals) > 10


@pytest.mark.parametrize(
    ("ours", "theirs", "differ"),
    [
        pytest.param(Answer({"Item": {"a": {"S": "x"}}}), Answer({"Item": {"a": {"S": "y"}}}), True, id="values"),
        pytest.param(Answer({"Item": {}}), Answer({}), True, id="a member that is missing"),
        pytest.param(Answer({}), Answer(code="C", message="m"), True, id="a refusal"),
        pytest.param(Answer(code="C", message="m"), Answer(code="D", message="m"), True, id="codes"),
        pytest.param(Answer(code="C", message="m"), Answer(code="C", message="n"), True, id="words"),
        pytest.param(
            Answer({"Items": [{"a": {"S": "x"}}, {"a": {"S": "y"}}]}),
            Answer({"Items": [{"a": {"S": "y"}}, {"a": {"S": "x"}}]}),
            False,
            id="order of items",
        ),
        pytest.param(
            Answer({"Attributes": {"a": {"SS": ["x", "y"]}}}),
            Answer({"Attributes": {"a": {"SS": ["y", "x"]}}}),
            False,
            id="order of sets",
        ),
        pytest.param(
            Answer(code="C", message="1 validation error detected: m"),
            Answer(code="C", message="m"),
            False,
            id="known words",
        ),
    ],
)
def test_what_counts_as_a_difference(ours: Answer, theirs: Answer, *, differ: bool) -> None:
    comparison = Comparison()
    comparison.add(Request("GetItem", {}), ours, theirs)
    assert bool(comparison.groups) is differ
    assert (len(list(comparison.lines())) > 1) is differ
