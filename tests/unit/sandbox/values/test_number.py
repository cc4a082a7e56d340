from decimal import Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.values import InvalidValue, add, canonical, subtract
from sandbox.values.number import number_bytes

OVERFLOW = "Number overflow. Attempting to store a number with magnitude larger than supported range"
UNDERFLOW = "Number underflow. Attempting to store a number with magnitude smaller than supported range"
TOO_LONG = "Attempting to store more than 38 significant digits in a Number"
NOT_NUMERIC = "The parameter cannot be converted to a numeric value"


@st.composite
def numbers(draw: st.DrawFn) -> str:
    """Numbers in range and precision, as a client may write them."""
    digits = draw(st.integers(min_value=0, max_value=10**38 - 1))
    leading = draw(st.integers(min_value=-130, max_value=125))
    exponent = leading - (len(str(digits)) - 1)
    return f"{draw(st.sampled_from(['', '-', '+']))}{digits}E{exponent}"


@pytest.mark.parametrize(
    ("sent", "normal"),
    [
        ("0", "0"),
        ("-0", "0"),
        ("-0.00", "0"),
        ("0e125", "0"),
        ("0E-2147483647", "0"),
        ("0.0E-2147483646", "0"),
        ("000", "0"),
        (".0", "0"),
        ("+5", "5"),
        ("-7", "-7"),
        ("+.5", "0.5"),
        ("5.", "5"),
        (".5", "0.5"),
        ("1e+2", "100"),
        ("1.5E+3", "1500"),
        ("1E3", "1000"),
        ("1E-3", "0.001"),
        ("1.200", "1.2"),
        ("00042", "42"),
        ("100", "100"),
        ("-12.50", "-12.5"),
        ("0.012", "0.012"),
        ("123E-2", "1.23"),
        ("1E-130", "0." + "0" * 129 + "1"),
        ("1E125", "1" + "0" * 125),
        ("9" * 38, "9" * 38),
        ("0." + "0" * 129 + "1", "0." + "0" * 129 + "1"),
        ("9.9999999999999999999999999999999999999E+125", "9" * 38 + "0" * 88),
        ("-9.9999999999999999999999999999999999999E+125", "-" + "9" * 38 + "0" * 88),
        ("1" + "0" * 60, "1" + "0" * 60),
        ("0" * 60 + "1", "1"),
        ("1." + "0" * 60, "1"),
        ("1e00000000000000000000002", "100"),
    ],
)
def test_the_normal_form_is_plain_decimal(sent: str, normal: str) -> None:
    assert canonical(sent) == normal
    assert canonical(normal) == normal


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ("", NOT_NUMERIC),
        *(
            (text, f"{NOT_NUMERIC}: {text}")
            for text in (" 5", "5 ", "+e2", "1+2", "1.2.3", "++5", "1e", ".", "-", "NaN")
        ),
        *(
            (text, f"{NOT_NUMERIC}: {text}")
            for text in ("Infinity", "1_000", "0x1", "1\n", "\u0661", "\u00b2", "1e1.0")
        ),
        *(
            (text, f"{NOT_NUMERIC}: {text}")
            for text in (
                "1E2147483648",
                "1E-2147483648",
                "0.0E-2147483647",
                "0e-99999999999",
                "1e999999999999999999999",
            )
        ),
        ("1E126", OVERFLOW),
        ("0e1000", OVERFLOW),
        ("-0.00e2147483647", OVERFLOW),
        ("-1E126", OVERFLOW),
        ("1" + "0" * 126, OVERFLOW),
        ("1e2147483647", OVERFLOW),
        ("1e0000000000000000000000000126", OVERFLOW),
        ("1E-131", UNDERFLOW),
        ("1e-2147483647", UNDERFLOW),
        ("1" * 39, TOO_LONG),
        ("1." + "0" * 37 + "1", TOO_LONG),
        ("1" * 39 + "E126", OVERFLOW),
    ],
)
def test_a_bad_number_is_refused_in_the_words_of_aws(sent: str, message: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        canonical(sent)
    family = "number" if message.startswith(NOT_NUMERIC) else "range"
    assert (refused.value.family, refused.value.message) == (family, message)


def test_a_number_longer_than_pythons_integer_limit_is_refused_not_a_crash() -> None:
    with pytest.raises(InvalidValue, match="Number overflow"):
        canonical("1" * 100_000)
    with pytest.raises(InvalidValue, match="cannot be converted"):
        canonical("1e" + "1" * 100_000)


@given(numbers())
def test_the_normal_form_keeps_the_value(text: str) -> None:
    with localcontext(prec=400):
        assert Decimal(canonical(text)) == Decimal(text)
    assert "E" not in canonical(text)


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("0", 1),
        ("-0", 1),
        ("5", 2),
        ("100", 2),
        ("1E125", 2),
        ("42", 2),
        ("-42", 3),
        ("123", 3),
        ("12000", 2),
        ("0.0000001", 2),
        ("1.5", 3),
        ("123.45", 4),
        ("0.012", 2),
        ("100.5", 4),
        ("-0.5", 3),
    ],
)
def test_the_size_of_a_number_counts_digits_on_either_side_of_the_point(text: str, size: int) -> None:
    assert number_bytes(canonical(text)) == size


@pytest.mark.parametrize(
    ("left", "right", "total", "difference"),
    [
        ("1", "2", "3", "-1"),
        ("0.1", "0.2", "0.3", "-0.1"),
        ("5", "5", "10", "0"),
        ("-1.5", "1.5", "0", "-3"),
        ("9" * 37, "1", "1" + "0" * 37, "9" * 36 + "8"),
    ],
)
def test_arithmetic_is_exact(left: str, right: str, total: str, difference: str) -> None:
    assert add(left, right) == total
    assert subtract(left, right) == difference


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("1" + "0" * 38, "1"),
        ("1" + "0" * 125, "0." + "0" * 129 + "1"),
        ("9" + "0" * 125, "1" + "0" * 125),
    ],
)
def test_a_result_that_does_not_fit_is_an_overflow_whatever_is_wrong_with_it(left: str, right: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        add(left, right)
    assert refused.value.message == OVERFLOW


@given(st.integers(-(10**36), 10**36), st.integers(-(10**36), 10**36))
def test_sums_of_integers_agree_with_python(left: int, right: int) -> None:
    assert add(str(left), str(right)) == str(left + right)
    assert subtract(str(left), str(right)) == str(left - right)
