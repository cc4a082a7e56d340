"""A bare aiohttp server: reads the body, answers fixed bytes. The unit everything is measured in."""

import argparse
import asyncio
import contextlib

from aiohttp import web


async def serve(port_file: str, body_bytes: int) -> None:
    """Answer every request with *body_bytes* bytes; ``/resize/N`` changes that. Writes the port into *port_file*."""
    body = b"x" * body_bytes

    async def answer(request: web.BaseRequest) -> web.Response:
        nonlocal body
        if request.path.startswith("/resize/"):
            body = b"x" * int(request.path.rsplit("/", 1)[1])
        await request.read()
        return web.Response(body=body, content_type="application/x-amz-json-1.0")

    runner = web.ServerRunner(web.Server(answer))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    address = runner.addresses[0]
    with open(port_file, "w") as file:  # noqa: ASYNC230, PTH123 - once, before anything is served
        file.write(str(address[1]))
    await asyncio.Event().wait()


def main() -> None:
    """Run until killed, on uvloop where it exists, as the sandbox does."""
    parser = argparse.ArgumentParser()
    parser.add_argument("port_file")
    parser.add_argument("--body-bytes", type=int, default=2)
    options = parser.parse_args()
    factory = None
    with contextlib.suppress(ImportError):
        import uvloop  # noqa: PLC0415 - not on every system

        factory = uvloop.new_event_loop
    with contextlib.suppress(KeyboardInterrupt), asyncio.Runner(loop_factory=factory) as runner:
        runner.run(serve(options.port_file, options.body_bytes))


if __name__ == "__main__":
    main()
