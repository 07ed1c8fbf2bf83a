from __future__ import annotations

from qa_pipeline.domain import Span, Verdict
from qa_pipeline.testing.dummies import a_finding, a_transcript, a_turn, an_evidence
from qa_pipeline.web.excerpt import MOST_TURNS, excerpt

TALK = a_transcript(*(a_turn(str(n), start_ms=10_000 * n, end_ms=10_000 * n + 2000) for n in range(40)))


def texts(**finding: object) -> list[str]:
    return [f"{line.turn.text}{'*' if line.marked else ''}" for line in excerpt(TALK, a_finding(**finding))]


def test_the_turns_around_the_evidence_are_shown_and_it_is_marked() -> None:
    assert ["5*"] == texts(evidence=(an_evidence(start_ms=50_500, end_ms=51_000),))
    lines = excerpt(TALK, a_finding(evidence=(an_evidence(start_ms=50_500, end_ms=53_000),)))
    assert [("5", True), ("6", False)] == [(line.turn.text, line.gap) for line in lines]


def test_of_what_was_not_said_the_part_searched_is_shown() -> None:
    near = an_evidence(start_ms=300_500, end_ms=301_000)
    found = texts(verdict=Verdict.FAIL, near_misses=(near,), searched=Span(start_ms=0, end_ms=25_000))
    assert ["0", "1", "2", "30*"] == found


def test_never_more_than_fits() -> None:
    assert MOST_TURNS == len(texts(verdict=Verdict.FAIL, searched=Span(start_ms=0, end_ms=400_000)))


def test_in_a_silence_the_turn_before_is_shown() -> None:
    assert ["39"] == texts(evidence=(an_evidence(start_ms=900_000, end_ms=901_000),))


def test_without_any_moment_the_beginning_is_shown() -> None:
    assert ["0"] == texts()
