"""Every way in which a handler can fail, as a table.

``test_fault_matrix.py`` plays each cell, and ``docs/make_fault_matrix.py`` makes a page of it. Source: reliability §4 C;
Lambda's words: lambda-event-source-mappings §5.3.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

__all__ = ["FAULTS", "KINDS", "PHASES", "Fault", "Fine", "Kind", "Phase", "Seen", "Uncontained"]

Kind = Literal["process", "docker", "in-process"]
Phase = Literal["init", "invoke"]
KINDS: tuple[Kind, ...] = ("process", "docker", "in-process")
PHASES: tuple[Phase, ...] = ("init", "invoke")


@dataclass(frozen=True, kw_only=True)
class Seen:
    """The function fails, in Lambda's shape.

    Attributes:
        message: of the error document; ``{id}`` stands for the request id.
        report: how the REPORT line (INIT_REPORT in the init phase) ends.
        says: a sentence of the sandbox's own in the log; empty where there is nothing to add.
        is_late: what was done while loading is not noticed before the first invocation.
    """

    error_type: str
    message: str
    report: str = ""
    says: str = ""
    is_late: bool = False


@dataclass(frozen=True, kw_only=True)
class Fine:
    """The function answers as if nothing had happened.

    Attributes:
        next_fails: the invocation after it ends its environment, as AWS's own client does then; the one after that is clean.
    """

    says: str = ""
    next_fails: Seen | None = None


@dataclass(frozen=True, kw_only=True)
class Uncontained:
    """The sandbox itself ends; *says* is what it leaves on standard error."""

    says: str


Expected = Seen | Fine | Uncontained


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One way to fail.

    Attributes:
        title: for people.
        code: the statements; ``STOP`` names a file that will be there when the test is over.
        expected: by phase; a phase that is missing cannot have the fault.
        elsewhere: what differs, by runtime and phase.
        module: a whole file instead of *code*.
        is_slow: it is a matter of the time limit.
    """

    title: str
    expected: Mapping[Phase, Expected]
    code: str = ""
    elsewhere: Mapping[tuple[Kind, Phase], Expected] = field(default_factory=dict)
    module: str = ""
    is_slow: bool = False

    def expects(self, kind: Kind, phase: Phase) -> Expected | None:
        """What is seen in one cell; ``None`` where there is no such cell."""
        return self.elsewhere.get((kind, phase), self.expected[phase]) if phase in self.expected else None


def _exits(reason: str, says: str = "", error_type: str = "Runtime.ExitError") -> Seen:
    return Seen(
        error_type=error_type,
        message=f"RequestId: {{id}} Error: {reason}",
        report=f"Status: error\tError Type: {error_type}",
        says=says,
    )


def _both(one: Expected) -> Mapping[Phase, Expected]:
    return {"init": one, "invoke": one}


def _in(kind: Kind, one: Expected) -> Mapping[tuple[Kind, Phase], Expected]:
    return {(kind, "init"): one, (kind, "invoke"): one}


_TIMED_OUT = Seen(
    error_type="Sandbox.Timedout",
    message="RequestId: {id} Error: Task timed out after 1.00 seconds",
    report="Status: timeout",
)
_LEFT_BEHIND = replace(
    _TIMED_OUT, says="the thread of the timed-out handler cannot be stopped in-process; it is left behind"
)
_CRASHES = Uncontained(says="Fatal Python error: Segmentation fault")
_GREW = Fine(says="Lambda would have ended it, in-process cannot")
_PUT_BACK = Fine(says="the handler changed the whole process's working folder; it is put back")

FAULTS: Mapping[str, Fault] = {
    "raise": Fault(
        title="raises an exception",
        code="raise ValueError('no good')",
        expected={
            "init": Seen(
                error_type="ValueError", message="no good", report="Phase: init\tStatus: error\tError Type: ValueError"
            ),
            "invoke": Seen(error_type="ValueError", message="no good"),
        },
    ),
    "base-exception": Fault(
        title="raises a BaseException",
        code="raise type('Own', (BaseException,), {})('gone')",
        expected=_both(_exits("Runtime exited with error: exit status 1")),
    ),
    "sys.exit": Fault(
        title="`sys.exit(3)`",
        code="sys.exit(3)",
        expected=_both(_exits("Runtime exited with error: exit status 3")),
    ),
    "os._exit": Fault(
        title="`os._exit(7)`",
        code="os._exit(7)",
        expected=_both(_exits("Runtime exited with error: exit status 7")),
        elsewhere=_in(
            "in-process",
            _exits(
                "Runtime exited with error: exit status 7",
                "os._exit would end the sandbox; in-process it ends the environment alone",
            ),
        ),
    ),
    "abort": Fault(
        title="`os.abort()`",
        code="os.abort()",
        expected=_both(_exits("Runtime exited with error: signal: aborted")),
        # The first process of a container gets no SIGABRT; what abort() does next is an invalid instruction.
        elsewhere={
            **_in(
                "in-process",
                _exits(
                    "Runtime exited with error: signal: aborted",
                    "os.abort would end the sandbox; in-process it ends the environment alone",
                ),
            ),
            **_in("docker", _exits("Runtime exited with error: signal: segmentation fault")),
        },
    ),
    "segfault": Fault(
        title="segmentation fault",
        code="ctypes.string_at(0)",
        expected=_both(_exits("Runtime exited with error: signal: segmentation fault")),
        elsewhere=_in("in-process", _CRASHES),
    ),
    "infinite-loop": Fault(
        title="infinite loop",
        code="while not os.path.exists(STOP): pass",
        expected=_both(_TIMED_OUT),
        elsewhere=_in("in-process", _LEFT_BEHIND),
        is_slow=True,
    ),
    "blocking-sleep": Fault(
        title="sleeps past the timeout",
        code="while not os.path.exists(STOP): time.sleep(0.2)",
        expected={"invoke": _TIMED_OUT},
        elsewhere=_in("in-process", _LEFT_BEHIND),
        is_slow=True,
    ),
    "slow-import": Fault(
        title="import that takes longer than the init phase may",
        code="while not os.path.exists(STOP): time.sleep(0.2)",
        expected={"init": _TIMED_OUT},
        elsewhere=_in("in-process", _LEFT_BEHIND),
        is_slow=True,
    ),
    "out-of-memory": Fault(
        title="takes 400 MB of 128",
        code="KEPT.extend(b'x' * 1_000_000 for _ in range(400))",
        expected=_both(_exits("Runtime exited with error: signal: killed", error_type="Runtime.OutOfMemory")),
        elsewhere=_in("in-process", _GREW),
    ),
    "large-answer": Fault(
        title="answer over 6 MB",
        code="return 'x' * 7_000_000",
        expected={
            "invoke": Seen(
                error_type="Function.ResponseSizeTooLarge",
                message="Response payload size exceeded maximum allowed payload size (6291556 bytes).",
                report="Status: error\tError Type: Function.ResponseSizeTooLarge",
            )
        },
    ),
    "not-json": Fault(
        title="answer that is not JSON",
        code="return {1}",
        expected={
            "invoke": Seen(
                error_type="Runtime.MarshalError",
                message="Unable to marshal response: Object of type set is not JSON serializable",
            )
        },
    ),
    "much-output": Fault(
        title="prints 100 MB",
        code="for _ in range(1000): print('y' * 99_999)",
        expected=_both(Fine(says="bytes of output dropped: more than 1 MB in one invocation")),
    ),
    "leaked-thread": Fault(
        title="leaves threads running that print",
        code="def late():\n    while not os.path.exists(STOP): time.sleep(0.05); print('late')\n"
        "for _ in range(5): threading.Thread(target=late, daemon=True).start()",
        expected=_both(Fine()),
    ),
    "leaked-child": Fault(
        title="leaves a child process running",
        code="child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "child.returncode = 0  # Python itself would warn of it",
        expected=_both(Fine()),
        elsewhere=_in("in-process", Fine(says="still runs; it is ended with the environment")),
    ),
    "leaked-files": Fault(
        title="leaves 200 files open",
        code="class Opened:\n"
        "    def __init__(self): self.fd = os.open(os.devnull, os.O_RDONLY)\n"
        "    def __del__(self): os.close(self.fd)\n"
        "KEPT.extend(Opened() for _ in range(200))",
        expected=_both(Fine()),
    ),
    "chdir": Fault(
        title="`os.chdir('/')`",
        code="os.chdir('/')",
        expected=_both(Fine()),
        elsewhere=_in("in-process", _PUT_BACK),
    ),
    "closed-stdout": Fault(
        title="closes its standard output",
        code="sys.stdout.close()",
        expected=_both(Fine()),
        elsewhere={
            ("docker", "init"): replace(_exits("Runtime exited with error: exit status 1"), is_late=True),
            ("docker", "invoke"): Fine(next_fails=_exits("Runtime exited with error: exit status 1")),
        },
    ),
    "missing-handler": Fault(
        title="handler that is not there",
        module="def other(event, context): pass\n",
        expected={
            "init": Seen(
                error_type="Runtime.HandlerNotFound",
                message="Handler 'handler' missing on module 'handler'",
                report="Phase: init\tStatus: error\tError Type: Runtime.HandlerNotFound",
            )
        },
    ),
    "wrong-arity": Fault(
        title="handler with one parameter",
        module="def handler(event): pass\n",
        expected={
            "invoke": Seen(error_type="TypeError", message="handler() takes 1 positional argument but 2 were given")
        },
    ),
}
