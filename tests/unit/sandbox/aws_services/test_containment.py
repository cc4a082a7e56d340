"""What the hosted code must not do to the process it lives in, to other sandboxes, or to the network."""

import asyncio
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from sandbox.aws_services.mount import MotoServices
from sandbox.aws_services.outbound import OutboundRefused, no_connections

Client = Callable[..., Any]


def test_two_sandboxes_of_one_process_are_two_clouds(loop: Any, connect: Any, services: MotoServices) -> None:
    async def make() -> MotoServices:
        return MotoServices()

    other = asyncio.run_coroutine_threadsafe(make(), loop).result()
    try:
        here, there = connect(services), connect(other)
        here("sqs").create_queue(QueueName="q")
        here("s3", region="us-east-1").create_bucket(Bucket="one-name")
        assert "QueueUrls" not in there("sqs").list_queues()
        there("s3", region="us-east-1", account="111111111111").create_bucket(Bucket="one-name")
        assert "QueueUrls" in here("sqs").list_queues()
    finally:
        asyncio.run_coroutine_threadsafe(other.close(), loop).result()


def test_a_users_own_mock_neither_sees_nor_resets_ours(client: Client) -> None:
    client("sqs").create_queue(QueueName="ours")
    with mock_aws():
        mocked = boto3.client("sqs", region_name="eu-west-1", aws_access_key_id="a", aws_secret_access_key="b")
        assert "QueueUrls" not in mocked.list_queues()
        mocked.create_queue(QueueName="theirs")
        client("sqs").create_queue(QueueName="ours-too")
        assert len(mocked.list_queues()["QueueUrls"]) == 1
    assert len(client("sqs").list_queues()["QueueUrls"]) == 2


def test_an_http_subscriber_is_not_called(client: Client) -> None:
    """A subscriber on this machine that calls back would wait for the thread that calls it."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setblocking(False)
    sns = client("sns")
    topic = sns.create_topic(Name="t")["TopicArn"]
    endpoint = f"http://127.0.0.1:{listener.getsockname()[1]}/hook"
    sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=endpoint)
    with pytest.raises(ClientError, match="no outbound connection"):
        sns.publish(TopicArn=topic, Message="hello")
    with pytest.raises(BlockingIOError):
        listener.accept()
    listener.close()


def test_the_promise_binds_one_thread_for_one_block() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    address = listener.getsockname()
    elsewhere: list[BaseException | None] = []

    def connect_elsewhere() -> None:
        try:
            socket.create_connection(address).close()
            elsewhere.append(None)
        except OSError as refused:
            elsewhere.append(refused)

    with no_connections():
        with pytest.raises(OutboundRefused):
            socket.create_connection(address)
        with pytest.raises(OutboundRefused):
            subprocess.run([sys.executable, "-c", ""], check=False)
        thread = threading.Thread(target=connect_elsewhere)
        thread.start()
        thread.join()
    socket.create_connection(address).close()
    listener.close()
    assert elsewhere == [None]


def test_nothing_is_imported_before_the_first_request() -> None:
    """Starting a sandbox must not cost a second of imports for services nobody asks for."""
    script = (
        "import asyncio, sys\n"
        "from sandbox.aws_services.mount import MotoServices\n"
        "async def main():\n"
        "    services = MotoServices()\n"
        "    await services.close()\n"
        "asyncio.run(main())\n"
        "print([m for m in ('moto', 'boto3', 'botocore', 'flask', 'docker') if m in sys.modules])\n"
    )
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


def test_a_request_is_answered_off_the_event_loop(
    services: MotoServices, loop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sandbox.aws_services import hosting  # noqa: PLC0415 - imports moto

    threads: list[int] = []
    answer = hosting.Hosting.answer

    def noting(self: Any, *arguments: Any) -> Any:
        threads.append(threading.get_ident())
        return answer(self, *arguments)

    monkeypatch.setattr(hosting.Hosting, "answer", noting)
    loop_thread = asyncio.run_coroutine_threadsafe(_ident(), loop).result()
    for _ in range(3):
        asyncio.run_coroutine_threadsafe(
            services.call("sqs", headers={"x-amz-target": "AmazonSQS.ListQueues"}), loop
        ).result()
    assert len(set(threads)) == 1
    assert loop_thread not in threads


async def _ident() -> int:
    return threading.get_ident()


@pytest.mark.parametrize(
    "path", ["/moto-api/reset", "/moto-api/data.json", "/latest/meta-data/", "/moto-api/recorder/start-recording"]
)
def test_the_hosted_codes_own_controls_are_closed(services: MotoServices, loop: Any, path: str) -> None:
    reply = asyncio.run_coroutine_threadsafe(
        services.answer(method="POST", path_and_query=path, headers={"Host": "localhost"}, body=b""), loop
    ).result()
    assert reply.status == 501


@pytest.mark.parametrize("path", ["/lambda_us-east-1/2015-03-31/functions/", "/dynamodb_us-east-1/"])
def test_a_path_that_names_our_services_does_not_reach_a_second_one(
    services: MotoServices, loop: Any, path: str
) -> None:
    """The hosted dispatcher would read ``/service_region/`` as a service; to us it is a bucket that does not exist."""
    reply = asyncio.run_coroutine_threadsafe(
        services.answer(method="GET", path_and_query=path, headers={"Host": "localhost"}, body=b""), loop
    ).result()
    assert b"<Code>NoSuchBucket</Code>" in reply.body


def test_a_compressed_body_may_not_unfold_without_bound(services: MotoServices, loop: Any) -> None:
    import zlib  # noqa: PLC0415 - one test only

    compressor = zlib.compressobj(9, wbits=31)
    bomb = b"".join(compressor.compress(bytes(1024 * 1024)) for _ in range(80)) + compressor.flush()
    reply = asyncio.run_coroutine_threadsafe(
        services.call("monitoring", headers={"content-encoding": "gzip"}, body=bomb), loop
    ).result()
    assert reply.status == 413
