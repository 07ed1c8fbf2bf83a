from __future__ import annotations

from pathlib import Path

import pytest

from qa_pipeline.checks import hold_thanks
from qa_pipeline.domain import ConfigurationError, SignalKind
from qa_pipeline.testing.cases import Case, load_cases, mistakes, view_of

PHRASES = (Path(__file__).parents[2] / "scorecards" / "phrases",)


def a_case(*turns: dict[str, object], **fields: object) -> Case:
    plain = {"name": "a case", "language": "en", "turns": turns, "expect": {"verdict": "pass"}}
    return Case.model_validate(plain | fields)


def test_a_right_answer_has_no_mistakes() -> None:
    case = a_case({"agent": "Please hold."}, {"agent": "Thank you for holding.", "gap_s": 6})
    assert () == mistakes(case, hold_thanks.check, PHRASES)


def test_a_wrong_answer_names_what_was_expected() -> None:
    case = a_case({"agent": "Please hold."}, {"agent": "Right, here it is now.", "gap_s": 6})
    (mistake,) = mistakes(case, hold_thanks.check, PHRASES)
    assert mistake.startswith("expected pass, got fail")


def test_a_wrong_quote_is_a_mistake() -> None:
    case = a_case(
        {"agent": "Please hold."},
        {"agent": "Thank you for holding.", "gap_s": 6},
        expect={"verdict": "pass", "quote": "sorry"},
    )
    (mistake,) = mistakes(case, hold_thanks.check, PHRASES)
    assert mistake.startswith("expected the evidence 'sorry'")


def test_a_parameter_that_the_check_does_not_have_is_a_mistake() -> None:
    assert ("the check has no parameter colour",) == mistakes(
        a_case({"agent": "Hello."}, parameters={"colour": "red"}), hold_thanks.check, PHRASES
    )


def test_gaps_become_holds_and_dead_air() -> None:
    view = view_of(
        a_case(
            {"agent": "One moment, please."},
            {"agent": "I see. So what was it about then?", "gap_s": 4},
            {"customer": "Well.", "gap_s": 6},
            {"agent": "Here we are.", "gap_s": 3.5, "music": True},
        ),
        PHRASES,
    )
    waits = [(s.kind, s.label) for s in view.signals if s.kind in (SignalKind.HOLD, SignalKind.DEAD_AIR)]
    assert [(SignalKind.HOLD, "asked"), (SignalKind.DEAD_AIR, ""), (SignalKind.HOLD, "music")] == waits


def test_every_fault_in_a_file_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "cases.yaml"
    path.write_text("- name: one\n  language: fr\n  turns: []\n  expect: {verdict: maybe}\n", encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load_cases(path)
    assert [2, 4] == [problem.line for problem in caught.value.problems]
