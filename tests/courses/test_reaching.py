"""What is read as a mobile number, and what is none."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from courses.reaching import normal_mobile


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("400 00 000", "+4740000000"),
        ("00 00 10 01", "+4700001001"),
        ("0046 70 123 45 67", "+46701234567"),
        ("47 400 00 000", "+4740000000"),
    ],
)
def test_eight_digits_are_norwegian_also_when_they_begin_with_two_zeroes(written: str, number: str) -> None:
    assert normal_mobile(written) == number


@pytest.mark.parametrize("written", ["0000", "000 01 00 11", "4000000", "abc"])
def test_what_is_no_number_is_refused(written: str) -> None:
    with pytest.raises(ValidationError):
        normal_mobile(written)
