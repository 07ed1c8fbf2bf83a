"""Which calls a scorecard judges."""

from __future__ import annotations

from datetime import date

import pytest

from qa_pipeline.testing.dummies import a_scorecard

FIRST, LAST = date(2026, 1, 1), date(2026, 7, 1)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2025, 12, 31), (False, True, False, True)),
        (date(2026, 1, 1), (True, True, True, True)),
        (date(2026, 6, 30), (True, True, True, True)),
        (date(2026, 7, 1), (False, False, True, True)),
        (None, (False, False, True, True)),
    ],
)
def test_a_scorecard_judges_from_its_first_day_up_to_its_last(day: date | None, expected: tuple[bool, ...]) -> None:
    limits = ((FIRST, LAST), (None, LAST), (FIRST, None), (None, None))
    assert expected == tuple(a_scorecard(effective_from=first, effective_to=last).judges(day) for first, last in limits)
