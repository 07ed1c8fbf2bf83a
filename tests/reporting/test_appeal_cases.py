from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from qa_pipeline.domain import AppealCase, Party, SignalKind, Verdict
from qa_pipeline.reporting.appeal_cases import cases_yaml
from qa_pipeline.testing.dummies import a_call_score, a_finding, a_scored_call, a_signal, a_transcript, a_turn
from qa_pipeline.testing.pack_cases import Dialogue, read_pack_cases

CALL = a_scored_call(
    call_id="a: b # <c>",
    transcript=a_transcript(
        a_turn('no: I\'m "sorry" - 您好，#1'),
        a_turn("  ", start_ms=2100, end_ms=2200),
        a_turn("yes", party=Party.CUSTOMER, start_ms=3000, end_ms=4000, confidence=0.61234),
        a_turn("- null\nand so on", party=Party.UNKNOWN, start_ms=9000, end_ms=9900),
    ),
    findings=(a_finding("apology", Verdict.PASS), a_finding("closing_check", Verdict.PASS, level=2)),
    signals=(
        a_signal(SignalKind.COMPLAINT, "true"),
        a_signal(SignalKind.INTERRUPTION, party=Party.AGENT),
        a_signal(SignalKind.SENTIMENT, "negative"),
        a_signal(SignalKind.TALK_SHARE, value=0.51),
    ),
    measured=frozenset(SignalKind) - {SignalKind.PACE},
)


def written(folder: Path, *cases: AppealCase) -> tuple[str, list[Dialogue]]:
    text = "".join(cases_yaml(cases))
    (folder / "appeals.yaml").write_text(text, encoding="utf-8")
    return text, [case for _, _, case in read_pack_cases(folder) if isinstance(case, Dialogue)]


def a_case(criterion: str = "apology", verdict: Verdict = Verdict.PASS, **changes: object) -> AppealCase:
    return AppealCase(appeal=7, criterion=criterion, verdict=verdict, call=replace(CALL, **changes))  # type: ignore[arg-type]


def test_what_is_written_is_read_as_a_case_of_the_scorecard(tmp_path: Path) -> None:
    _, (case, second) = written(tmp_path, a_case(), a_case("closing_check"))
    assert case.name == "Appeal 7, call a: b # <c>, general-en 1"
    assert ['no: I\'m "sorry" - 您好，#1', "", ""] == [turn.agent for turn in case.turns]
    assert ["", "yes", ""] == [turn.customer for turn in case.turns]
    assert "- null\nand so on" == case.turns[2].unknown
    assert (3000, 4000, 0.612) == (case.turns[1].start_ms, case.turns[1].end_ms, case.turns[1].confidence)
    assert case.complaint is True
    assert [SignalKind.INTERRUPTION, SignalKind.TALK_SHARE] == [one.kind for one in case.signals]
    assert (SignalKind.PACE,) == case.not_measured
    assert {"apology": {"verdict": Verdict.PASS, "level": None, "quote": ""}} == case.model_dump()["expect"]
    assert 2 == second.model_dump()["expect"]["closing_check"]["level"]


def test_each_scorecard_is_named_where_its_cases_begin(tmp_path: Path) -> None:
    other = a_case(score=a_call_score(scorecard="billing-en"))
    text, cases = written(tmp_path, a_case(), a_case("closing_check"), other)
    assert 3 == len(cases)
    assert 2 == text.count("# Upheld appeals of")
    assert "scorecards/billing-en/cases/" in text


def test_what_no_longer_stands_is_left_out(tmp_path: Path) -> None:
    gone = a_case("greeting")
    changed = a_case(verdict=Verdict.NOT_APPLICABLE)
    silent = a_case(transcript=replace(CALL.transcript, turns=()))
    assert ("[]\n", []) == written(tmp_path, gone, changed, silent)
