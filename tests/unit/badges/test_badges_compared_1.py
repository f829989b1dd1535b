"""Generated badges compared with two other canonicalizers, part 1 of 4: one file for each process to take."""

import pytest
from support.badge_fuzz import assert_compared, daily


@pytest.mark.parametrize("numbers", daily(0), ids=str)
def test_generated_badges_have_the_same_form_everywhere(numbers: range) -> None:
    assert_compared(numbers)
