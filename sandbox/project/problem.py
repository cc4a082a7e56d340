"""What can be wrong with a project file, in words a newcomer can act on: file, line, what it is, what to do."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

__all__ = ["Problem", "Problems", "TemplateFault", "did_you_mean"]


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One fault of the template.

    Attributes:
        line: counted from 1; ``None`` where the fault is of the file as a whole.
        what: one clear sentence, without its full stop.
        advice: the next step, or empty where *what* already says it.
    """

    line: int | None
    what: str
    advice: str = ""

    def render(self, template: Path) -> str:
        """``template.yaml:LINE: what is wrong`` and, on a second line, what to do."""
        place = str(template) if self.line is None else f"{template}:{self.line}"
        return f"{place}: {self.what}" + (f"\n    {self.advice}" if self.advice else "")


class TemplateFault(Exception):  # noqa: N818 - a state of the user's file, not a bug
    """The template cannot be used; ``str()`` is ready to be shown.

    Attributes:
        template: the file as the user named it.
        problems: at least one, in the order of their lines.
    """

    def __init__(self, template: Path, problems: Iterable[Problem]) -> None:
        self.template = template
        self.problems = tuple(sorted(problems, key=lambda problem: problem.line or 0))
        super().__init__("\n".join(problem.render(template) for problem in self.problems))


@dataclass(frozen=True, kw_only=True)
class Problems:
    """Collects faults, so that one run shows all of them."""

    template: Path
    found: list[Problem] = field(default_factory=list)

    def add(self, line: int | None, what: str, advice: str = "") -> None:
        """Remember a fault; the same one is remembered once."""
        problem = Problem(line=line, what=what, advice=advice)
        if problem not in self.found:
            self.found.append(problem)

    def raise_if_any(self) -> None:
        """Raises: TemplateFault, with everything found so far."""
        if self.found:
            raise TemplateFault(self.template, self.found)


def did_you_mean(wrong: str, known: Iterable[str]) -> str:
    """``Did you mean X?`` for the closest of *known*; empty where nothing is close."""
    by_folded = {name.casefold(): name for name in known}
    close = get_close_matches(wrong.casefold(), by_folded, n=1, cutoff=0.6)
    return f"Did you mean {by_folded[close[0]]}?" if close else ""
