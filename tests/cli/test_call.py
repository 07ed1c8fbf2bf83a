"""What `qa call` tells beside the verdicts."""

from __future__ import annotations

import pytest

from qa_pipeline.cli.call import felt_lines
from qa_pipeline.domain import Party, Signal, SignalKind, Taxonomy
from qa_pipeline.testing.dummies import a_scored_call, a_signal

EVERYTHING = frozenset(SignalKind)


def lines(*signals: Signal, measured: frozenset[SignalKind] = EVERYTHING) -> tuple[str, str]:
    return felt_lines(a_scored_call(signals=signals, measured=measured), Taxonomy())


def test_the_mood_is_told_from_start_to_end() -> None:
    felt = [
        a_signal(SignalKind.SENTIMENT, label, party=Party.CUSTOMER, turn=turn)
        for turn, label in enumerate(("negative", "neutral", "positive"))
    ]
    assert "mood: negative → positive" == lines(*felt)[0]


@pytest.mark.parametrize(
    ("label", "causes", "expected"),
    [
        ("false", (), "no"),
        ("unsure", ("other",), "undecided"),
        ("true", (), "yes"),
        ("true", ("long_wait", "billing_error"), "yes (billing error, long wait)"),
    ],
)
def test_a_complaint_is_told_with_its_causes(label: str, causes: tuple[str, ...], expected: str) -> None:
    complaint = a_signal(SignalKind.COMPLAINT, label)
    assert f"complaint: {expected}" == lines(complaint, *[a_signal(SignalKind.CAUSE, one) for one in causes])[1]


def test_a_call_left_undecided_says_what_it_might_complain_of() -> None:
    found = a_signal(SignalKind.COMPLAINT, "unsure"), a_signal(SignalKind.CAUSE_HINT, "long_wait")
    assert "complaint: undecided (perhaps long wait)" == lines(*found)[1]


def test_what_nobody_measured_is_told_from_what_could_not_be_judged() -> None:
    assert ("mood: not measured", "complaint: not measured") == lines(measured=frozenset())
    assert ("mood: nothing to judge it by", "complaint: undecided") == lines()
