"""Filter patterns over plain text: terms, phrases, ``?`` for any of several, ``-`` for none of them.

Terms are looked for anywhere in the message, with their case. ``?`` terms count only where there are no others, as
CloudWatch documents. Patterns over JSON (``{ $.level = "ERROR" }``), columns (``[a, b]``) and regular expressions
(``%…%``) are refused rather than half understood. Source: CloudWatch Logs user guide, filter pattern syntax.
"""

import re
from dataclasses import dataclass

from sandbox.logs.faults import InvalidParameterException

__all__ = ["FilterPattern", "read_filter_pattern"]

_TERM = re.compile(r'\s*(?P<sign>[?-]?)(?:"(?P<phrase>(?:[^"\\]|\\.)*)"|(?P<word>[^\s"]+))(?=\s|$)')
_ESCAPED = re.compile(r"\\(.)")


@dataclass(frozen=True, kw_only=True)
class FilterPattern:
    """What a message must hold (all of it), may not hold, and, alone, must hold one of."""

    every: tuple[str, ...] = ()
    none: tuple[str, ...] = ()
    some: tuple[str, ...] = ()

    def matches(self, message: str) -> bool:
        """Whether the event is given back."""
        if self.every or self.none:
            return all(term in message for term in self.every) and not any(term in message for term in self.none)
        return not self.some or any(term in message for term in self.some)


def read_filter_pattern(text: str | None) -> FilterPattern:
    """Read a pattern; an empty one, or none, matches everything.

    Raises:
        InvalidParameterException: an unfinished phrase, or a kind of pattern that is not understood here.
    """
    terms: dict[str, list[str]] = {"": [], "-": [], "?": []}
    rest = (text or "").strip()
    if rest[:1] in ("{", "[") or (len(rest) > 1 and rest[0] == rest[-1] == "%"):
        raise InvalidParameterException(
            f"Invalid filter pattern: {rest} (this sandbox understands terms and phrases, not patterns over JSON, "
            "columns or regular expressions)"
        )
    position = 0
    while position < len(rest):
        term = _TERM.match(rest, position)
        if term is None:
            raise InvalidParameterException(f"Invalid filter pattern: {rest}")
        phrase = term["phrase"]
        terms[term["sign"]].append(term["word"] if phrase is None else _ESCAPED.sub(r"\1", phrase))
        position = term.end()
    return FilterPattern(every=tuple(terms[""]), none=tuple(terms["-"]), some=tuple(terms["?"]))
