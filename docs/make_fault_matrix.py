"""Make ``docs/fault-matrix.md`` of the table of faults that the tests play, ``tests/e2e/runtimes/faults.py``.

Run ``python docs/make_fault_matrix.py`` in the project's folder after a change of it; a test fails until it is done.
"""

# ruff: noqa: INP001 - documentation is no package

import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:  # run as a script, the folder of this file is what Python looks in
    sys.path.insert(0, str(ROOT))

from tests.e2e.runtimes.faults import FAULTS, KINDS, PHASES, Fault, Fine, Kind, Phase, Seen, Uncontained  # noqa: E402 - see above

__all__ = ["PAGE", "fault_page"]

PAGE = ROOT / "docs" / "fault-matrix.md"
HEAD = """# Every way to fail

What a handler can do wrong, and what comes of it in each runtime: while it is loaded (init) and while it is called
(invoke). Each cell is a test, `tests/e2e/runtimes/test_fault_matrix.py`: a mapping delivers a batch that meets the fault.
Asserted are the error document, the log (with the words of the INIT_REPORT or REPORT line), the trace of the batch, and
that the record after it is delivered by a clean invocation.

- **The type of an error** stands for Lambda's error document with that type, and for a batch that has failed with it.
- *unnoticed* means that the invocation succeeds, and that nothing of the fault reaches the next one.
- In containers AWS's own client runs the handler: closing standard output ends it there, as in Lambda. It is the first
  process of the container, which `os.abort()` ends by another signal than in Lambda.
- “…” is what the sandbox adds to the function's log, where it has something to add.
- **ends the sandbox** is what in-process cannot contain: the handler is part of the process. Standard error has the words,
  and the line of the handler. `--runtime process`, the default, contains everything.

"""
FOOT = """
`tests/e2e/runtimes/test_many_faults.py` plays faults in a row (`SANDBOX_FAULTS` says how many) and counts what they leave:
descriptors, processes, zombies, containers.

What in-process cannot contain, and how it is seen: a thread in a loop goes on until the process ends, and is told; memory
that was taken is told, and belongs to the process; the working folder is put back, and told; processes are told, and
killed with the environment; files stay open until the code is loaded anew; changes of modules outside the code folder
(`json.loads = None`) are everybody's, and not seen.

Made by `python docs/make_fault_matrix.py`.
"""


def fault_page() -> str:
    """The page: a row for each fault and phase, a column for each runtime."""
    rows = [["Fault", "Phase", *(f"`{kind}`" for kind in KINDS)], ["---"] * (2 + len(KINDS))]
    for fault in FAULTS.values():
        rows += _rows(fault)
    return HEAD + "\n".join(map(_row, rows)) + "\n" + FOOT


def _rows(fault: Fault) -> Iterator[list[str]]:
    title = fault.title
    for phase in PHASES:
        if phase in fault.expected:
            yield [title, phase, *(_cell(fault, kind, phase) for kind in KINDS)]
            title = ""


def _cell(fault: Fault, kind: Kind, phase: Phase) -> str:
    match fault.expects(kind, phase):
        case Seen() as seen:
            late = ", at the first invocation" if seen.is_late else ""
            return (
                f"**{seen.error_type}**: {seen.message.removeprefix('RequestId: {id} Error: ')}{late}{_told(seen.says)}"
            )
        case Fine() as fine:
            following = "" if fine.next_fails is None else f"; the next invocation **{fine.next_fails.error_type}**"
            return f"unnoticed{_told(fine.says)}{following}"
        case Uncontained() as uncontained:
            return f"**ends the sandbox**: {uncontained.says}"
        case None:
            return ""


def _told(says: str) -> str:
    return f"; “… {says}”" if says else ""


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


if __name__ == "__main__":
    PAGE.write_text(fault_page())
