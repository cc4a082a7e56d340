"""How the five operations travel: paths, statuses, pages, errors. Source: lambda-event-source-mappings §1.1."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.conformance.awslambda.conftest import settled
from tests.conformance.conftest import RawAnswer
from tests.conformance.expect import refused

Make = Callable[..., dict[str, Any]]
Raw = Callable[..., RawAnswer]
PATH = "/2015-03-31/event-source-mappings"
NOBODY = "11111111-2222-4333-8444-555555555555"


@pytest.fixture(scope="module")
def rest(raw: Raw) -> Callable[..., RawAnswer]:
    """Call a path of the Lambda API without an SDK."""

    def call(method: str, path: str, body: object = None) -> RawAnswer:
        headers = {
            "X-Amz-Target": None,
            "Content-Type": "application/json",
            "Authorization": "AWS4-HMAC-SHA256 Credential=000000000000/20260101/us-east-1/lambda/aws4_request, "
            "SignedHeaders=host;x-amz-date, Signature=0000",
        }
        return raw(None, "" if body is None else json.dumps(body), method=method, path=path, headers=headers)

    return call


@pytest.mark.rule("1.1 statuses")
def test_statuses(awslambda: Any, make_mapping: Make, function: str, own_stream: str) -> None:
    def status(answer: dict[str, Any]) -> int:
        return int(answer["ResponseMetadata"]["HTTPStatusCode"])

    made = make_mapping(function, own_stream)
    assert status(made) == 202
    settled(awslambda, made["UUID"])
    assert status(awslambda.get_event_source_mapping(UUID=made["UUID"])) == 200
    assert status(awslambda.list_event_source_mappings()) == 200
    assert status(awslambda.update_event_source_mapping(UUID=made["UUID"], BatchSize=5)) == 202
    settled(awslambda, made["UUID"])
    assert status(awslambda.delete_event_source_mapping(UUID=made["UUID"])) == 202


@pytest.mark.rule("1.1 trailing slash")
def test_a_slash_at_the_end(rest: Callable[..., RawAnswer], awslambda: Any, function: str, own_stream: str) -> None:
    """As the older generations of SDKs send it."""
    body = {"FunctionName": function, "EventSourceArn": own_stream, "StartingPosition": "LATEST"}
    made = rest("POST", f"{PATH}/", body)
    assert made.status == 202
    listed = rest("GET", f"{PATH}/?EventSourceArn={own_stream}")
    assert (listed.status, [one["UUID"] for one in listed.json["EventSourceMappings"]]) == (200, [made.json["UUID"]])
    awslambda.delete_event_source_mapping(UUID=made.json["UUID"])


@pytest.mark.rule("1.2 EventSourceArn")
def test_update_cannot_change_the_source(
    rest: Callable[..., RawAnswer], awslambda: Any, make_mapping: Make, function: str, own_stream: str, stream: str
) -> None:
    """It is no member of Update; who sends it all the same changes nothing by it."""
    uuid = make_mapping(function, own_stream)["UUID"]
    settled(awslambda, uuid)
    rest("PUT", f"{PATH}/{uuid}", {"EventSourceArn": stream})
    assert settled(awslambda, uuid)["EventSourceArn"] == own_stream


@pytest.mark.rule("1.1 error envelope")
def test_an_error_on_the_wire(rest: Callable[..., RawAnswer], function: str, own_stream: str) -> None:
    """``Message`` where the UUID is unknown, ``message`` elsewhere; ``Type`` but on a broken constraint."""
    unknown = rest("GET", f"{PATH}/{NOBODY}")
    assert (unknown.status, unknown.headers["x-amzn-errortype"]) == (404, "ResourceNotFoundException")
    assert unknown.json == {"Type": "User", "Message": "The resource you requested does not exist."}
    body: dict[str, Any] = {"FunctionName": function, "StartingPosition": "LATEST"}
    refused_ = rest("POST", PATH, body)
    assert (refused_.status, refused_.headers["x-amzn-errortype"]) == (400, "InvalidParameterValueException")
    assert refused_.json == {"Type": "User", "message": "Unrecognized event source."}
    broken = rest("POST", PATH, {**body, "EventSourceArn": own_stream, "BatchSize": 0})
    assert (broken.status, broken.headers["x-amzn-errortype"]) == (400, "ValidationException")
    assert list(broken.json) == ["message"]


@pytest.mark.rule("1.1 list pages")
def test_pages(
    awslambda: Any, make_mapping: Make, make_function: Callable[..., str], function: str, own_stream: str
) -> None:
    made = {make_mapping(name, own_stream)["UUID"] for name in (function, f"{function}:$LATEST", make_function())}
    pages = []
    marker: dict[str, str] = {}
    while True:
        answer = awslambda.list_event_source_mappings(EventSourceArn=own_stream, MaxItems=1, **marker)
        pages.append([one["UUID"] for one in answer["EventSourceMappings"]])
        if not answer.get("NextMarker"):
            break
        marker = {"Marker": answer["NextMarker"]}
    assert [len(page) for page in pages if page] == [1, 1, 1]
    assert {uuid for page in pages for uuid in page} == made


@pytest.mark.rule("1.1 list pages")
@pytest.mark.parametrize("count", [0, 10_001])
def test_a_page_out_of_range(awslambda: Any, count: int) -> None:
    with refused("ValidationException") as refusal:
        awslambda.list_event_source_mappings(MaxItems=count)
    assert "'maxItems'" in refusal.message
