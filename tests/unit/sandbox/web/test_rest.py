"""The Lambda route table is the service model's, route by route."""

import gzip
import json
from pathlib import Path
from typing import Any

import botocore
import pytest

from sandbox.web.rest import ROUTES, Route, find_route

MODEL: dict[str, Any] = json.loads(
    gzip.decompress((Path(botocore.__file__).parent / "data/lambda/2015-03-31/service-2.json.gz").read_bytes())
)


def members_at(operation: str, location: str) -> dict[str, str]:
    shape = MODEL["shapes"][MODEL["operations"][operation]["input"]["shape"]]
    return {
        member["locationName"]: name for name, member in shape["members"].items() if member.get("location") == location
    }


def test_every_operation_of_the_model_has_its_route() -> None:
    assert {route.operation for route in ROUTES} >= set(MODEL["operations"])


def declared(places: str) -> dict[str, str]:
    return {place: member or place for place, _, member in (text.partition("=") for text in places.split())}


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.operation)
def test_a_route_is_the_models(route: Route) -> None:
    if route.operation not in MODEL["operations"]:
        pytest.skip("this botocore does not know the operation yet")
    http = MODEL["operations"][route.operation]["http"]
    path, _, fixed = http["requestUri"].partition("?")
    assert (route.method, route.path) == (http["method"], path)
    assert route.fixed == (tuple(fixed.split("=")) if fixed else None)
    assert declared(route.query) == members_at(route.operation, "querystring")
    assert declared(route.headers) == members_at(route.operation, "header")
    shape = MODEL["shapes"][MODEL["operations"][route.operation]["input"]["shape"]]
    assert (route.payload or route.document) == shape.get("payload")


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.operation)
def test_a_route_finds_itself(route: Route) -> None:
    path = route.path.replace("{", "").replace("}", "-1")
    query = "=".join(route.fixed) if route.fixed else ""
    found = find_route(route.method, path, query, {})
    assert found is not None
    assert found.route is route
    assert found.texts == {
        segment[1:-1]: [f"{segment[1:-1]}-1"] for segment in route.path.split("/") if segment.startswith("{")
    }


def test_members_are_read_from_path_query_and_headers() -> None:
    found = find_route(
        "POST",
        "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aeu-west-1%3A000000000000%3Afunction%3Af/invocations",
        "Qualifier=live%2D1&Unknown=x",
        {"X-Amz-Invocation-Type": "Event"},
    )
    assert found is not None
    assert found.route.payload == "Payload"
    assert found.texts == {
        "FunctionName": ["arn:aws:lambda:eu-west-1:000000000000:function:f"],
        "Qualifier": ["live-1"],
        "InvocationType": ["Event"],
    }


def test_a_trailing_slash_is_tolerated() -> None:
    found = find_route("GET", "/2015-03-31/event-source-mappings/", "", {})
    assert found is not None
    assert found.route.operation == "ListEventSourceMappings"


def test_repeated_parameters_are_a_list() -> None:
    found = find_route("DELETE", "/2017-03-31/tags/arn%3Ax", "tagKeys=a&tagKeys=b", {})
    assert found is not None
    assert found.texts["TagKeys"] == ["a", "b"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("PATCH", "/2015-03-31/functions"),
        ("GET", "/2015-03-31/function"),
        ("GET", "/2015-03-31/functions/a/b/c/d/e"),
        ("GET", "/2018-10-31/layers-x"),
        ("GET", ""),
    ],
)
def test_other_paths_find_nothing(method: str, path: str) -> None:
    assert find_route(method, path, "", {}) is None
