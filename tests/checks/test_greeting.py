from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from qa_pipeline.checks import greeting
from qa_pipeline.domain import CallView, Verdict
from qa_pipeline.testing.cases import Case, view_of

PHRASES = (Path(__file__).parents[2] / "scorecards" / "phrases",)


def with_first_word_as_clear_as(probability: float) -> CallView:
    turns = [{"agent": "Norfin mole, how can I help you today?"}]
    case = Case.model_validate({"name": "", "language": "en", "turns": turns, "expect": {"verdict": "fail"}})
    view = view_of(case, PHRASES)
    (turn,) = view.transcript.turns
    words = (replace(turn.words[0], probability=probability), *turn.words[1:])
    return replace(view, transcript=replace(view.transcript, turns=(replace(turn, words=words),)))


def test_a_name_that_recognition_may_have_misheard_is_not_counted_as_missing() -> None:
    assert Verdict.UNSURE is greeting.check(with_first_word_as_clear_as(0.2)).verdict


def test_a_clear_opening_without_the_company_fails() -> None:
    finding = greeting.check(with_first_word_as_clear_as(0.9))
    assert Verdict.FAIL is finding.verdict
    assert ("how can I help you today?",) == tuple(near.quote.split(", ")[1] for near in finding.near_misses)
    assert finding.searched is not None
