"""Name the type of an Amazon Ion literal, of which DynamoDB takes none.

Source: the Amazon Ion specification (text encoding); DynamoDB Local 3.3.1, asked 2026-11 (that the type is named).
"""

import re
from typing import Final

__all__ = ["ion_type"]

_ANNOTATION: Final = re.compile(r"\s*(?:[A-Za-z_$][\w$]*|'[^']+')\s*::")
_TYPES: Final = tuple(
    (name, re.compile(pattern, re.DOTALL))
    for name, pattern in (
        ("NULL", r"null(?:\.null)?"),
        ("BOOL", r"true|false"),
        ("TIMESTAMP", r"\d{4}(?:T|-\d\d(?:T|-\d\d(?:T.*)?))"),
        ("FLOAT", r"-?\d[\d_]*(?:\.[\d_]*)?[eE][+-]?\d+|nan|[+-]inf"),
        ("INT", r"-?(?:0[xX][0-9a-fA-F_]+|0[bB][01_]+|\d[\d_]*)"),
        ("DECIMAL", r"-?\d[\d_]*(?:\.[\d_]*)?(?:[dD][+-]?\d+)?"),
        ("STRING", r"\".*\"|'''.*'''"),
        ("SYMBOL", r"[A-Za-z_$][\w$]*|'.*'"),
        ("CLOB", r"\{\{\s*(?:\"|''').*\}\}"),
        ("BLOB", r"\{\{[A-Za-z0-9+/=\s]*\}\}"),
        ("LIST", r"\[.*\]"),
        ("SEXP", r"\(.*\)"),
        ("STRUCT", r"\{.*\}"),
    )
)
_TYPED_NULL: Final = re.compile(r"null\.([a-z]+)")


def ion_type(text: str) -> str | None:
    """Name the type of a literal by its text; ``None`` if it is none."""
    while (annotation := _ANNOTATION.match(text)) is not None:
        text = text[annotation.end() :]
    text = text.strip()
    typed = _TYPED_NULL.fullmatch(text)
    if typed is not None:
        return typed.group(1).upper()
    return next((name for name, pattern in _TYPES if pattern.fullmatch(text)), None)
