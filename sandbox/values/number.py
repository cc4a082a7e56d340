"""Numbers: their normal form, their size, and exact arithmetic on them.

A number is text. Its normal form is plain decimal without exponent, superfluous zeros or plus sign, so equal numbers
are equal texts.
"""

import re
from decimal import Context, Decimal

from sandbox.values.invalid import InvalidValue

__all__ = ["add", "canonical", "is_whole", "number_bytes", "subtract"]

DIGITS_MAX = 38
EXPONENT_MAX = 125
EXPONENT_MIN = -130

_NUMBER = re.compile(r"([+-]?)([0-9]*)(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]+))?")
_is_normal = re.compile(r"-?[1-9][0-9]*|0|-?(?:0|[1-9][0-9]*)\.[0-9]*[1-9]").fullmatch
"""Matches a number in normal form; one of no more than 38 characters is in range too."""
is_whole = re.compile(rf"[1-9][0-9]{{0,{DIGITS_MAX - 1}}}").fullmatch
"""Matches the normal form of a positive whole number that has all its digits."""
_INT_MAX = 2**31 - 1
_EXACT = Context(prec=EXPONENT_MAX - EXPONENT_MIN + DIGITS_MAX)
"""Wide enough for the sum of the largest and the smallest number, so nothing is ever rounded."""


def canonical(text: str) -> str:
    """Give the normal form of a number as sent; the same object when it is normal already.

    Raises:
        InvalidValue: family ``number`` for the format, which comes first; ``range`` for overflow, underflow and digits.

    A zero may have an exponent, but not one beyond the range of the numbers; that AWS calls it an overflow is an
    assumption. Java's numbers have exponents of 32 bits: with a longer one the format is wrong.

    Source: dynamodb-exact §6 (order of the checks: the calibrated one of §25.11); scylladb/scylladb issue 26079 (AWS
    refuses 0e1000, measured in September 2025); DynamoDB Local 3.3.1, asked 2026-11 (a zero whose exponent is small, and
    exponents of more than 32 bits).
    """
    return text if _is_normal(text) and len(text) <= DIGITS_MAX else _canonical(text)


def _canonical(text: str) -> str:
    match = _NUMBER.fullmatch(text)
    if match is None:
        raise _not_numeric(text)
    sign, whole, fraction, exponent_text = match.groups()
    fraction = fraction or ""
    if not whole and not fraction:
        raise _not_numeric(text)
    digits = (whole + fraction).lstrip("0")
    leading = len(whole) - 1 - (len(whole) + len(fraction) - len(digits))  # power of ten of the first digit
    digits = digits.rstrip("0")
    exponent = _exponent(text, exponent_text, len(fraction))
    if not digits:
        if exponent > EXPONENT_MAX:
            raise _overflow()
        return "0"
    leading += exponent
    if leading > EXPONENT_MAX:
        raise _overflow()
    if leading < EXPONENT_MIN:
        raise InvalidValue(
            "Number underflow. Attempting to store a number with magnitude smaller than supported range", "range"
        )
    if len(digits) > DIGITS_MAX:
        raise InvalidValue("Attempting to store more than 38 significant digits in a Number", "range")
    minus = "-" if sign == "-" else ""
    if leading < 0:
        return f"{minus}0.{'0' * (-leading - 1)}{digits}"
    before_point = leading + 1
    if len(digits) <= before_point:
        return f"{minus}{digits}{'0' * (before_point - len(digits))}"
    return f"{minus}{digits[:before_point]}.{digits[before_point:]}"


def _overflow() -> InvalidValue:
    return InvalidValue(
        "Number overflow. Attempting to store a number with magnitude larger than supported range", "range"
    )


def _exponent(text: str, exponent_text: str | None, fraction_digits: int) -> int:
    """Read an exponent; one that no 32 bits hold, alone or with the digits after the point, makes the text no number."""
    if exponent_text is None:
        return 0
    digits = exponent_text.lstrip("+-").lstrip("0")
    if len(digits) > len(str(_INT_MAX)):
        raise _not_numeric(text)
    exponent = -int(digits or "0") if exponent_text[0] == "-" else int(digits or "0")
    if exponent > _INT_MAX or fraction_digits - exponent > _INT_MAX:
        raise _not_numeric(text)
    return exponent


def _not_numeric(text: str) -> InvalidValue:
    sentence = "The parameter cannot be converted to a numeric value"
    return InvalidValue(f"{sentence}: {text}" if text else sentence, "number")


def number_bytes(text: str) -> int:
    """Measure a number in its normal form, in bytes.

    Source: dynamodb-exact §7.1: one byte, half a byte per significant digit rounded up on either side of the point, and
    one byte for a minus sign.
    """
    if text[0] == "-":
        return 1 + number_bytes(text[1:])
    whole, point, fraction = text.partition(".")
    if not point:
        return 1 + (len(whole.rstrip("0")) + 1) // 2
    if whole == "0":
        return 1 + (len(fraction.lstrip("0")) + 1) // 2
    return 1 + (len(whole) + 1) // 2 + (len(fraction) + 1) // 2


def add(left: str, right: str) -> str:
    """Add two numbers in normal form, exactly; the result is in normal form.

    Raises:
        InvalidValue: the exact result has more than 38 digits or leaves the range; it is never rounded. AWS calls all
            of it an overflow, what is too small or too long too.

    Source: dynamodb-exact §6; scylladb/scylladb issue 6794 (what AWS cannot calculate exactly it refuses); floci pull
    request 3447 (the words, checked there on AWS).
    """
    return _result(_EXACT.add(Decimal(left), Decimal(right)))


def subtract(left: str, right: str) -> str:
    """Subtract *right* from *left*; like ``add``."""
    return _result(_EXACT.subtract(Decimal(left), Decimal(right)))


def _result(number: Decimal) -> str:
    try:
        return canonical(str(number))
    except InvalidValue:
        raise _overflow() from None
