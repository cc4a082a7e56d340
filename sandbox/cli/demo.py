"""``sandbox demo``: a real ``sandbox dev`` on a copy of the example, driven with boto3, told step by step."""

import shutil
import statistics
import sysconfig
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import click

import sandbox
from sandbox.cli.demo_session import DemoFailed, DevSession
from sandbox.cli.failure import StartFailure
from sandbox.cli.live import echo, terminal_columns

__all__ = ["command"]

_EXAMPLE: Final = Path("examples") / "orders"
_EDITED: Final = "functions/on_order/greeting.py"
_OLD_LINE: Final = """return f"{order['order_id']} for {order['customer']}: {spent} in all\""""
_NEW_LINE: Final = """return f"Thank you, {order['customer'].title()}! {spent} so far.\""""
_BROKEN_LINE: Final = """return "Thank you, " +"""


@click.command("demo")
@click.option("--keep", is_flag=True, help="Keep the copy of the example, to go on with it.")
def command(*, keep: bool) -> None:
    """Watch it work: writes, deliveries, an edit, a mistake and its fix."""
    example = _example()
    began = time.perf_counter()
    folder = Path(tempfile.mkdtemp(prefix="sandbox-demo-")).resolve()
    try:
        shutil.copytree(example, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
        with DevSession.started(folder, columns=terminal_columns()) as session:
            demo = _Demo(folder=folder, session=session)
            demo.play()
            session.stop()
        demo.summarise(time.perf_counter() - began)
    except DemoFailed as failure:
        raise StartFailure(f"The demo stopped: {failure}.", "Please report it with the lines above.") from failure
    finally:
        if keep:
            echo(f"The copy of the example is in {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)


def _example() -> Path:
    """The example: beside the source in a clone, among the data files of an installation."""
    roots = (Path(sandbox.__file__).parent.parent, Path(sysconfig.get_path("data")) / "share" / "serverless-sandbox")
    found = next((root / _EXAMPLE for root in roots if (root / _EXAMPLE / "template.yaml").is_file()), None)
    if found is None:
        raise StartFailure(
            f"The demo needs {_EXAMPLE}, which is not beside this installation.", "Run make demo in a clone."
        )
    return found


@dataclass(kw_only=True)
class _Demo:
    """The story, and the figures it gathers on the way."""

    folder: Path
    session: DevSession
    orders: Any = None
    totals: Any = None
    writes: int = 0
    counted: int = 0
    delivery_ms: list[float] = field(default_factory=list)
    reload_ms: list[float] = field(default_factory=list)
    held_ms: float = 0.0
    ready_ms: float = 0.0

    def play(self) -> None:
        """All steps, in order. Raises: DemoFailed."""
        self._start()
        self._write()
        self._read()
        self._edit()
        self._break_and_fix()

    def _start(self) -> None:
        with _step(1, "Start", "sandbox dev, on a copy of examples/orders"):
            import boto3  # noqa: PLC0415 - a third of a second, while the other process starts

            endpoint_url = self.session.endpoint_url()
            self.session.show_until("Ctrl-C stops")
            self.ready_ms = self.session.ready_ms
            dynamodb = boto3.resource(
                "dynamodb",
                endpoint_url=endpoint_url,
                region_name=self.session.region,
                aws_access_key_id="local",
                aws_secret_access_key="local",  # noqa: S106 - any key will do here
            )
            self.orders = dynamodb.Table("orders")
            self.totals = dynamodb.Table("customer-totals")

    def _write(self) -> None:
        with _step(2, "Write", "three orders with boto3; each arrives at on_order at once"):
            self._put("ada", "o-1", 42, "o-1 for ada")
            self._put("bob", "o-2", 15, "o-2 for bob")
            self._put("ada", "o-3", 70, "o-3 for ada", "ada is a gold customer now")

    def _read(self) -> None:
        with _step(3, "Read", "what on_order keeps in the second table"):
            for total in sorted(self.totals.scan()["Items"], key=lambda item: str(item["customer"])):
                words = f"{total['customer']:<5} spent {total['spent']:>4}   {total.get('tier', '')}".rstrip()
                echo(f"    customer-totals   {words}")

    def _edit(self) -> None:
        with _step(4, "Edit", f"{_EDITED}, while everything runs"):
            _show_change(_OLD_LINE, _NEW_LINE)
            self._save(_OLD_LINE, _NEW_LINE)
            self._put("ada", "o-4", 8, "Thank you, Ada!")

    def _break_and_fix(self) -> None:
        with _step(5, "Break", "a slip of the pen: the order is held, not lost"):
            _show_change(_NEW_LINE, _BROKEN_LINE)
            self._replace(_NEW_LINE, _BROKEN_LINE)
            self.session.show_until("cannot load on_order")
            self._put("bob", "o-5", 5, "nothing is lost", measured=False)
        with _step(6, "Fix", "save the correct line; the held order goes through"):
            began = time.perf_counter()
            self._replace(_BROKEN_LINE, _NEW_LINE)
            self.held_ms = (self.session.show_until("Thank you, Bob!") - began) * 1000
        self.counted = sum(len(total["order_ids"]) for total in self.totals.scan()["Items"])
        if self.counted != self.writes:
            raise DemoFailed(f"{self.writes} orders were written, but {self.counted} were counted")

    def _put(self, customer: str, order_id: str, amount: int, *expected: str, measured: bool = True) -> None:
        item = {"customer": customer, "order_id": order_id, "amount": Decimal(amount)}
        echo(
            click.style(
                f'    orders.put_item(Item={{"customer": "{customer}", "order_id": "{order_id}", "amount": {amount}}})',
                fg="blue",
            )
        )
        self.orders.put_item(Item=item)
        answered = time.perf_counter()
        self.writes += 1
        arrived = self.session.show_until(*expected)
        if measured:
            self.delivery_ms.append((arrived - answered) * 1000)

    def _save(self, old: str, new: str) -> None:
        began = time.perf_counter()
        self._replace(old, new)
        arrived = self.session.show_until("reloaded on_order")
        self.reload_ms.append((arrived - began) * 1000)

    def _replace(self, old: str, new: str) -> None:
        """Save as editors do: write beside it, then rename over it."""
        path = self.folder / _EDITED
        text = path.read_text(encoding="utf-8")
        if old not in text:
            raise DemoFailed(f"{_EDITED} is not as expected")
        beside = path.with_suffix(".tmp")
        beside.write_text(text.replace(old, new), encoding="utf-8")
        beside.replace(path)

    def summarise(self, seconds: float) -> None:
        """The figures and the way on."""
        rows = [
            ("ready", f"{self.ready_ms / 1000:.1f} s", "from the command to its first answer"),
            (
                "write to handler's output",
                f"{statistics.median(self.delivery_ms):.0f} ms",
                "with its write to the second table",
            ),
            ("save to new code", f"{max(self.reload_ms):.0f} ms", "boto3 import included"),
            ("fix to held order delivered", f"{self.held_ms:.0f} ms", "nothing lost, no retry used up"),
            ("orders written, counted", f"{self.writes}, {self.counted}", "each exactly once"),
        ]
        echo("")
        echo(click.style(f"Done in {seconds:.1f} s.", bold=True))
        for name, figure, meaning in rows:
            echo(f"  {name:<28}{figure:>8}   {click.style(meaning, dim=True)}")
        echo("")
        echo("Next, with your own SAM or CloudFormation template:")
        echo(click.style("  source .venv/bin/activate", fg="cyan"))
        echo(click.style("  cd your-project && sandbox dev", fg="cyan"))


@contextmanager
def _step(number: int, word: str, what: str) -> Iterator[None]:
    echo("")
    echo(f"{click.style(f' {number} ', reverse=True)} {click.style(word, bold=True)}  {what}")
    yield


def _show_change(old: str, new: str) -> None:
    echo(click.style(f"    - {old}", fg="red"))
    echo(click.style(f"    + {new}", fg="green"))
