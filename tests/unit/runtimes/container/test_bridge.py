from runtimes.container.bridge import seen_from_inside


def test_our_own_endpoint_is_named_as_containers_know_it() -> None:
    inside, ports = seen_from_inside(
        {
            "AWS_ENDPOINT_URL": "http://127.0.0.1:4566",
            "AWS_ENDPOINT_URL_S3": "http://elsewhere.test:9000",
            "TABLE": "http://localhost:1",
        }
    )
    assert inside == {
        "AWS_ENDPOINT_URL": "http://host.docker.internal:4566",
        "AWS_ENDPOINT_URL_S3": "http://elsewhere.test:9000",
        "TABLE": "http://localhost:1",
    }
    assert ports == {4566}
