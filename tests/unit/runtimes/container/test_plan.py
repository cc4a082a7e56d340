"""What a container runs, however its image and its function say so. Source: moby, ``merge`` of an image's configuration."""

from collections.abc import Sequence
from typing import Any

import pytest

from runtimes.container.bridge import Bridge
from runtimes.container.engine import Image
from runtimes.container.plan import Plan


@pytest.mark.parametrize(
    ("options", "arguments"),
    [
        pytest.param({"command": ["handler.handler"]}, ["/entry", "handler.handler"], id="the command of a function"),
        pytest.param({"command": None}, ["/entry", "own"], id="no command"),
        pytest.param({}, ["/entry", "own"], id="as the image has it"),
        pytest.param({"entrypoint": ["/other"]}, ["/other"], id="another program, without the command of the first"),
        pytest.param({"entrypoint": ["/other"], "command": ["theirs"]}, ["/other", "theirs"], id="all is given"),
    ],
)
def test_what_a_container_runs(options: dict[str, Any], arguments: Sequence[str]) -> None:
    plan = Plan(
        image=Image(name="image", identity="sha256:0", entry_point=("/entry",), command=("own",)),
        bridge=Bridge(network="network", gateway=None),
        options=options,
        ports=frozenset(),
        folders=(),
        debug_port=None,
        copies=(),
    )
    assert plan.arguments == arguments
