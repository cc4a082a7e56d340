"""``make demo`` is the first thing anyone sees; here it is without the installation."""

import re
from pathlib import Path

from tests.e2e.conftest import Start


def test_the_demo_tells_the_whole_story_and_ends_by_itself(start: Start, tmp_path: Path) -> None:
    command = start("demo", TMPDIR=str(tmp_path), COLUMNS="80")
    code = command.finish()
    assert code == 0, command.text
    for expected in (
        "Start  sandbox dev",
        "o-1 for ada: 42 in all",
        "ada is a gold customer now",
        "customer-totals   ada   spent  112   gold",
        "reloaded on_order in ",
        "Thank you, Ada! 120 so far.",
        "HELD",
        "Thank you, Bob! 20 so far.",
    ):
        assert expected in command.text
    assert re.search(r"Done in \d+\.\d s\.", command.text)
    assert "Traceback" not in command.text
    assert max(map(len, command.output)) <= 80
    assert not list(tmp_path.glob("sandbox-demo-*"))
