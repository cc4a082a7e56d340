"""Web pages that the user lists get the headers AWS sends to every page. Source: dynamodb-exact §1.5; reliability S3."""

from tests.unit.sandbox.web.conftest import FakeForeignReply, Serve, World, signed, targeted

ORIGIN = {"Origin": "https://page.test", "Sec-Fetch-Site": "cross-site"}


def test_a_preflight_is_told_what_it_asks_for(serve: Serve) -> None:
    async def scenario(world: World) -> None:
        asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-amz-target,x-other"}
        answer = await world.ask(b"", ORIGIN | asked, method="OPTIONS")
        assert (answer.status, answer.body) == (200, b"")
        assert {name: value for name, value in answer.headers.items() if name.startswith("access-control")} == {
            "access-control-allow-origin": "*",
            "access-control-allow-headers": "x-amz-target,x-other",
            "access-control-allow-methods": "POST",
            "access-control-expose-headers": "x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date",
            "access-control-max-age": "172800",
        }
        assert answer.headers["content-length"] == "0"

    serve(scenario)


def test_a_preflight_that_asks_for_nothing(serve: Serve) -> None:
    async def scenario(world: World) -> None:
        answer = await world.ask(b"", ORIGIN, method="OPTIONS")
        assert answer.status == 200
        told = {name for name in answer.headers if name.startswith("access-control")}
        assert told == {"access-control-allow-origin", "access-control-expose-headers", "access-control-max-age"}

    serve(scenario)


def test_every_answer_can_be_read(serve: Serve) -> None:
    """Refusals too: a page that cannot read why it was refused tells its user of a network error."""

    async def scenario(world: World) -> None:
        for headers, status in [
            (targeted(), 200),
            (targeted("Refuse"), 400),
            (targeted("Missing"), 400),
            ({}, 404),
            (signed("sqs"), 200),
        ]:
            answer = await world.ask(b"{}", headers | ORIGIN)
            assert answer.status == status
            assert answer.headers["access-control-allow-origin"] == "*"
            assert "x-amzn-RequestId" in answer.headers["access-control-expose-headers"].split(",")
        answer = await world.ask(b"", ORIGIN, method="GET", path="/anything")
        assert (answer.status, answer.headers["access-control-allow-origin"]) == (403, "*")

    serve(scenario)


def test_what_no_page_asks_has_no_such_headers(serve: Serve) -> None:
    async def scenario(world: World) -> None:
        answer = await world.ask(b"{}", targeted())
        assert not any(name.startswith("access-control") for name in answer.headers)
        assert (await world.ask(b"", method="OPTIONS")).status == 404

    serve(scenario)


def test_a_service_that_says_who_may_read_is_left_alone(serve: Serve) -> None:
    """A bucket has CORS settings of its own."""

    async def scenario(world: World) -> None:
        world.foreign.reply = FakeForeignReply(headers=(("Access-Control-Allow-Origin", "https://page.test"),))
        answer = await world.ask(b"", signed("s3") | ORIGIN, method="GET", path="/bucket/key")
        assert answer.headers["access-control-allow-origin"] == "https://page.test"
        assert "access-control-expose-headers" not in answer.headers

    serve(scenario)


def test_the_administration_is_for_no_foreign_page(serve: Serve) -> None:
    """Who lists a page's origin means AWS's services, not the clock and the end of all data."""

    async def scenario(world: World) -> None:
        for method in ("GET", "POST", "OPTIONS"):
            answer = await world.ask(b"", ORIGIN, method=method, path="/_sandbox/status")
            assert answer.status == 403
            assert not any(name.startswith("access-control") for name in answer.headers)
        own = await world.connect()
        answer = await own.ask(b"", {"Origin": f"http://{own.host}"}, method="GET", path="/_sandbox/status")
        assert answer.json == {"tables": 0}

    serve(scenario)
