"""A refusal below AWS's protocols: HTTP alone, with a sentence for the person who reads the log."""

from collections.abc import Iterable

__all__ = ["Refusal", "there_are"]

_NAMED_MAX = 10

_SENTENCES = {
    400: "The body cannot be decompressed.",
    403: "Forbidden.",
    404: "There is nothing here.",
    405: "This path wants another method.",
    408: "The body took too long to arrive.",
    413: "The body is too large.",
    415: "The body has a type or encoding that is not read here.",
}


class Refusal(Exception):  # noqa: N818 - named as what it is, like the faults of the API
    """An answer of HTTP's own, plain text.

    Attributes:
        status: the HTTP status.
        sentence: the body.
    """

    def __init__(self, status: int, sentence: str | None = None) -> None:
        self.status = status
        self.sentence = _SENTENCES[status] if sentence is None else sentence
        super().__init__(self.sentence)


def there_are(names: Iterable[str]) -> str:
    """``There are orders and totals.``: what could have been meant, for the end of a refusal; the first ten."""
    known = sorted(set(names))
    if not known:
        return "There are none."
    if len(known) > _NAMED_MAX:
        return f"There are {', '.join(known[:_NAMED_MAX])} and {len(known) - _NAMED_MAX} more."
    *others, last = known
    return f"There are {', '.join(others)} and {last}." if others else f"There is only {last}."
