import asyncio
from collections import Counter
from typing import Any

import pytest

from sandbox.awslambda.faults import (
    InvalidParameterValueException,
    PreconditionFailedException,
    ResourceConflictException,
    ResourceNotFoundException,
)
from sandbox.awslambda.routing import may_be_alias
from sandbox.faults import ApiFault
from sandbox.wire.faults import ValidationException
from tests.unit.sandbox.awslambda.conftest import Api

ARN = "arn:aws:lambda:eu-west-1:123456789012:function:handle-orders"


@pytest.fixture
def two(api: Api) -> Api:
    """With the versions 1 and 2 of ``handle-orders``."""
    api.create_function(Publish=True)
    api.call("UpdateFunctionConfiguration", FunctionName="handle-orders", Timeout=9)
    api.call("PublishVersion", FunctionName="handle-orders")
    return api


def create(api: Api, name: str = "live", version: str = "1", **members: Any) -> Any:
    return api.call("CreateAlias", FunctionName="handle-orders", Name=name, FunctionVersion=version, **members)


def weights(**shares: float) -> dict[str, Any]:
    return {"AdditionalVersionWeights": {name.removeprefix("v"): share for name, share in shares.items()}}


def test_an_alias_is_answered_as_it_was_made(two: Api) -> None:
    made = create(two, Description="what users see")
    assert made == {
        "AliasArn": f"{ARN}:live",
        "Name": "live",
        "FunctionVersion": "1",
        "Description": "what users see",
        "RevisionId": made["RevisionId"],
    }
    assert two.call("GetAlias", FunctionName="handle-orders", Name="live") == made
    assert create(two, "quiet")["Description"] == ""


def test_an_alias_runs_its_version_and_is_told_its_own_arn(two: Api) -> None:
    create(two)
    two.call("Invoke", FunctionName="handle-orders:live")
    two.call("Invoke", FunctionName="handle-orders", Qualifier="live")
    two.call("UpdateAlias", FunctionName="handle-orders", Name="live", FunctionVersion="$LATEST")
    two.call("Invoke", FunctionName=f"{ARN}:live")
    assert [(call["function_arn"], call["invoked_arn"]) for call in two.functions.invoked] == [
        (f"{ARN}:1", f"{ARN}:live"),
        (f"{ARN}:1", f"{ARN}:live"),
        (ARN, f"{ARN}:live"),
    ]


def test_weights_share_the_invocations_out(two: Api) -> None:
    create(two, RoutingConfig=weights(v2=0.25))

    async def many() -> None:
        for _ in range(400):
            await two.ask("Invoke", FunctionName="handle-orders:live")

    asyncio.run(many())
    ran = Counter(call["function_arn"][-1] for call in two.functions.invoked)
    assert 70 < ran["2"] < 130
    assert ran["1"] + ran["2"] == 400


@pytest.mark.parametrize(("share", "version"), [(0.0, "1"), (1.0, "2")])
def test_all_or_nothing_is_no_lottery(two: Api, share: float, version: str) -> None:
    create(two, RoutingConfig=weights(v2=share))
    assert {two.scope.routing.target(f"{ARN}:live") for _ in range(50)} == {f"{ARN}:{version}"}


def test_a_function_is_described_under_its_alias(two: Api) -> None:
    create(two)
    found = two.call("GetFunction", FunctionName="handle-orders", Qualifier="live")["Configuration"]
    assert (found["FunctionArn"], found["Version"], found["Timeout"]) == (f"{ARN}:live", "1", 3)
    with pytest.raises(ResourceNotFoundException, match=f"Function not found: {ARN}:dead"):
        two.call("GetFunctionConfiguration", FunctionName="handle-orders:dead")


def test_a_mapping_may_name_an_alias(two: Api) -> None:
    create(two)
    assert two.create_mapping("handle-orders:live")["FunctionArn"] == f"{ARN}:live"
    with pytest.raises(InvalidParameterValueException, match="Function does not exist"):
        two.create_mapping("handle-orders:dead")


def test_an_update_changes_what_is_given(two: Api) -> None:
    made = create(two, Description="a", RoutingConfig=weights(v2=0.5))
    assert made["RoutingConfig"] == weights(v2=0.5)
    described = two.call("UpdateAlias", FunctionName="handle-orders", Name="live", Description="b")
    assert (described["Description"], described["RoutingConfig"]) == ("b", weights(v2=0.5))
    assert described["RevisionId"] != made["RevisionId"]
    plain = two.call("UpdateAlias", FunctionName="handle-orders", Name="live", RoutingConfig=weights())
    assert "RoutingConfig" not in plain
    with pytest.raises(PreconditionFailedException):
        two.call("UpdateAlias", FunctionName="handle-orders", Name="live", RevisionId=made["RevisionId"])


@pytest.mark.parametrize(
    ("version", "routing", "fault", "says"),
    [
        ("7", None, ResourceNotFoundException, f"Function not found: {ARN}:7"),
        ("1", weights(v7=0.1), ResourceNotFoundException, f"Function not found: {ARN}:7"),
        ("1", weights(v1=0.1), InvalidParameterValueException, "already included in routing configuration"),
        ("1", weights(v2=0.1, v3=0.1), InvalidParameterValueException, "cannot be greater than 1"),
        ("$LATEST", weights(v2=0.1), InvalidParameterValueException, "more than 1 version"),
        ("1", weights(v2=1.5), ValidationException, "less than or equal to 1.0"),
        ("1", weights(vx=0.5), ValidationException, "regular expression pattern"),
    ],
)
def test_what_an_alias_cannot_point_to(two: Api, version: str, routing: Any, fault: type[ApiFault], says: str) -> None:
    members = {} if routing is None else {"RoutingConfig": routing}
    with pytest.raises(fault) as caught:
        create(two, version=version, **members)
    assert says in str(caught.value.message)


def test_names(two: Api) -> None:
    create(two)
    with pytest.raises(ResourceConflictException, match=f"Alias already exists: {ARN}:live"):
        create(two)
    with pytest.raises(ValidationException):
        create(two, "12")
    with pytest.raises(ResourceNotFoundException, match=f"Cannot find alias arn: {ARN}:dead"):
        two.call("GetAlias", FunctionName="handle-orders", Name="dead")
    with pytest.raises(ResourceNotFoundException):
        two.call("UpdateAlias", FunctionName="handle-orders", Name="dead")
    with pytest.raises(InvalidParameterValueException):
        two.call("CreateAlias", FunctionName="handle-orders:1", Name="x", FunctionVersion="1")


def test_lists(two: Api) -> None:
    for name, version in (("c", "1"), ("a", "2"), ("b", "1")):
        create(two, name, version, **({"RoutingConfig": weights(v2=0.5)} if name == "c" else {}))
    first = two.call("ListAliases", FunctionName="handle-orders", MaxItems=2)
    rest = two.call("ListAliases", FunctionName="handle-orders", Marker=first["NextMarker"])
    assert [each["Name"] for page in (first, rest) for each in page["Aliases"]] == ["a", "b", "c"]
    second = two.call("ListAliases", FunctionName="handle-orders", FunctionVersion="2")["Aliases"]
    assert [each["Name"] for each in second] == ["a", "c"]


def test_deleting(two: Api) -> None:
    create(two, RoutingConfig=weights(v2=0.5))
    for version in ("1", "2"):
        with pytest.raises(ResourceConflictException, match="used by the alias live"):
            two.call("DeleteFunction", FunctionName="handle-orders", Qualifier=version)
    with pytest.raises(InvalidParameterValueException, match="Deletion of aliases"):
        two.call("DeleteFunction", FunctionName="handle-orders:live")
    for _ in range(2):
        two.call("DeleteAlias", FunctionName="handle-orders", Name="live")
    two.call("DeleteFunction", FunctionName="handle-orders", Qualifier="2")
    create(two)
    two.call("DeleteFunction", FunctionName="handle-orders")
    two.create_function()
    assert two.call("ListAliases", FunctionName="handle-orders")["Aliases"] == []


def test_who_waits_for_an_alias_hears_of_its_change(two: Api) -> None:
    async def wait() -> None:
        waiting = asyncio.ensure_future(two.scope.routing.changed())
        await asyncio.sleep(0)
        await two.ask("CreateAlias", FunctionName="handle-orders", Name="live", FunctionVersion="1")
        await asyncio.wait_for(waiting, 5)

    asyncio.run(wait())


@pytest.mark.parametrize(
    ("arn", "expected"), [(ARN, False), (f"{ARN}:$LATEST", False), (f"{ARN}:12", False), (f"{ARN}:live", True)]
)
def test_what_may_be_an_alias(*, arn: str, expected: bool) -> None:
    assert may_be_alias(arn) is expected
