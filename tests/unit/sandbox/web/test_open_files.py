"""The limit of open files is raised for connections, and never lowered."""

import subprocess
import sys

PROGRAM = """
import resource
from sandbox.web.open_files import allow_connections
_, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
room = allow_connections(400)
assert room == 400, room
assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == 400 + 512
assert allow_connections(10) == 10
assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == 400 + 512
resource.setrlimit(resource.RLIMIT_NOFILE, (600, 600))
assert allow_connections(400) == 600 - 512
"""


def test_the_limit_is_raised_as_far_as_it_goes() -> None:
    """In a process of its own: limits once lowered cannot be raised again."""
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
