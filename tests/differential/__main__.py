"""Compare the sandbox with any other DynamoDB: ``python -m tests.differential --theirs URL``, or AWS without a URL.

It finds differences; who is right, AWS's documentation and recorded answers decide (docs/sources.md).
"""

import argparse

from sandbox.config import Settings
from sandbox.testing.embedded import EmbeddedSandbox
from tests.differential.comparison import compare
from tests.differential.drawn_requests import AREAS
from tests.differential.endpoints import Endpoint


def main() -> None:
    """Compare, and print the kinds of difference."""
    parser = argparse.ArgumentParser(prog="python -m tests.differential")
    parser.add_argument("--theirs", metavar="URL", help="the other endpoint; AWS, with your credentials, without it")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--requests", type=int, default=2_000, help="of each area")
    parser.add_argument("--area", choices=AREAS, action="append", help="only this; may be given more than once")
    options = parser.parse_args()
    with EmbeddedSandbox(Settings(port=0)) as sandbox:
        found = compare(
            Endpoint(sandbox.endpoint_url),
            Endpoint(options.theirs),
            seed=options.seed,
            requests=options.requests,
            areas=options.area or AREAS,
        )
    for line in found.lines():
        print(line)


if __name__ == "__main__":
    main()
