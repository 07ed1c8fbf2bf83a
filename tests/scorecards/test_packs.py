"""The scorecards that come along: no faults, and what their authors know to be right comes out right."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa_pipeline import assembly
from qa_pipeline.settings import Settings
from qa_pipeline.testing.pack_cases import count, failures

PACKS = Path(__file__).parents[2] / "scorecards"
NAMES = ("general-en", "general-zh", "complaints-en", "complaints-zh", "servqual-zh")


def test_there_are_no_others() -> None:
    assert sorted(NAMES) == sorted(path.parent.name for path in PACKS.glob("*/scorecard.yaml"))


@pytest.mark.parametrize("name", NAMES)
def test_every_criterion_has_its_standard_and_its_class(name: str) -> None:
    scorecard = assembly.scorecard_at(Settings(), PACKS / name / "scorecard.yaml")
    assert [one.name for one in scorecard.criteria if not (one.standard and one.indicator)] == []


@pytest.mark.models
@pytest.mark.parametrize("name", NAMES)
def test_the_cases_come_out_as_their_authors_say(name: str, weights: object) -> None:
    parts = assembly.parts(Settings(), scorecard=name)
    cases = PACKS / name / "cases"
    assert count(cases) >= 16
    assert failures(parts.scorecards[name[-2:]][-1], cases, parts.detectors, parts.checks) == ()
