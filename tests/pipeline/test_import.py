"""Transcripts of other engines: judged like any call, and unsure where it takes the sound."""

from __future__ import annotations

import io
import json
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from qa_pipeline import assembly, batch
from qa_pipeline.archive.transcripts import read_transcripts
from qa_pipeline.domain import ConfigurationError, ScoredCall, SignalKind, Verdict
from qa_pipeline.pipeline import Forgetful, Parts, judge_transcript
from qa_pipeline.reporting.calls_jsonl import write_jsonl
from qa_pipeline.settings import Settings, load_settings
from qa_pipeline.signals.acts import Acts
from qa_pipeline.signals.holds import Holds
from qa_pipeline.signals.interruptions import Interruptions
from qa_pipeline.signals.pace import Pace
from qa_pipeline.signals.repetition import Repetition
from qa_pipeline.store.engine import open_store
from qa_pipeline.store.ledger import statuses
from qa_pipeline.store.queries import scored_calls

SOUND = ("hold_notice", "hold_thanks", "no_dead_air", "no_interruptions", "pace")
ENGLISH = (
    ("agent", "Hello, thank you for calling Northwind, my name is Laura, how can I help you?"),
    ("customer", "Could you tell me when my parcel comes, please?"),
    ("agent", "Could you hold on for a moment, please?"),
    ("customer", "Yes, of course."),
    ("agent", "Thank you for waiting. It comes on Tuesday. Is there anything else I can help you with?"),
    ("customer", "No, that is all."),
    ("agent", "Thank you for calling, goodbye."),
)
CHINESE = (
    ("agent", "您好，北風客服，請問有什麼可以幫您？"),
    ("customer", "我想問一下我的快遞什麼時候到"),
    ("agent", "星期二到。請問還有其他問題可以幫您嗎？"),
    ("customer", "沒有了"),
    ("agent", "感謝您的來電，再見"),
)


def call(call_id: str, said: Sequence[tuple[str, str]] = ENGLISH, language: str = "en") -> dict[str, object]:
    """A call in which each turn takes four seconds, and ten pass before the next."""
    turns = [
        {"party": party, "start_ms": n * 14_000, "end_ms": n * 14_000 + 4_000, "text": text}
        for n, (party, text) in enumerate(said)
    ]
    return {"call_id": call_id, "language": language, "turns": turns}


def write(path: Path, *lines: dict[str, object]) -> Path:
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), "utf-8")
    return path


@pytest.fixture(scope="module")
def acts() -> Acts:
    """Its books are built once: that takes a second."""
    return Acts(assembly.phrase_acts(load_settings()), brands=("Northwind", "北风"))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(db=f"sqlite:///{tmp_path}/qa.db", out=tmp_path / "out")


@pytest.fixture
def real(parts: Parts, acts: Acts, settings: Settings) -> Parts:
    """The real detectors that need no model, the real checks and scorecards."""
    return replace(
        parts,
        detectors=(acts, Holds(), Interruptions(), Pace(), Repetition()),
        checks=assembly.all_checks(),
        scorecards=assembly.scorecards(settings),
        book_of=acts.book,
    )


@pytest.fixture(autouse=True)
def no_models(monkeypatch: pytest.MonkeyPatch, real: Parts) -> None:
    monkeypatch.setattr(batch, "parts_for", lambda settings, scorecard: real)


def judged(path: Path, parts: Parts) -> dict[str, ScoredCall]:
    return {
        recording.id: judge_transcript(recording, transcript, parts, Forgetful())
        for recording, transcript in read_transcripts(path)
    }


def verdicts(scored: ScoredCall) -> dict[str, Verdict]:
    return {finding.criterion: finding.verdict for finding in scored.findings}


def kept(settings: Settings) -> str:
    """All that the database holds."""
    with sqlite3.connect(settings.db.removeprefix("sqlite:///")) as connection:
        dump = "\n".join(connection.iterdump())
    connection.close()
    return dump


def ledger(settings: Settings) -> dict[str, tuple[str, str]]:
    with open_store(settings.db) as store:
        return {entry.recording: (entry.status, entry.code) for entry in statuses(store)}


def test_words_are_judged_and_what_needs_sound_is_unsure(tmp_path: Path, real: Parts) -> None:
    scored = judged(write(tmp_path / "a.jsonl", call("e"), call("z", CHINESE, "zh")), real)
    for one in scored.values():
        found = verdicts(one)
        assert {Verdict.UNSURE} == {found[name] for name in SOUND}
        assert {Verdict.PASS} == {found[name] for name in ("greeting", "closing_check", "farewell")}
        assert {SignalKind.ACT, SignalKind.REPEAT} == one.measured
        assert one.score.needs_review
    quotes = [item.quote for one in scored["z"].findings if one.criterion == "closing_check" for item in one.evidence]
    assert ["请问还有其他问题可以帮您吗？"] == quotes


def test_a_detector_that_says_nothing_of_its_needs_runs(tmp_path: Path, real: Parts) -> None:
    class Outside:
        name = "outside"
        measures = (SignalKind.CAUSE,)
        needs_parties = False
        fingerprint = "outside"

        def __call__(self, view: object) -> tuple[()]:
            return ()

    (scored,) = judged(write(tmp_path / "a.jsonl", call("e")), replace(real, detectors=(Outside(), Holds()))).values()
    assert {SignalKind.CAUSE} == scored.measured


def test_without_parties_nothing_is_credited_to_anybody(tmp_path: Path, real: Parts) -> None:
    said = [("unknown", text) for _, text in ENGLISH]
    (scored,) = judged(write(tmp_path / "a.jsonl", call("e", said)), real).values()
    assert set(verdicts(scored).values()) <= {Verdict.UNSURE, Verdict.NOT_APPLICABLE, Verdict.PASS}
    assert {Verdict.UNSURE} == {verdicts(scored)[name] for name in (*SOUND, "greeting", "closing_check")}


def test_a_file_is_taken_in_and_told_in_ledger_export_and_reports(settings: Settings, tmp_path: Path) -> None:
    file = write(tmp_path / "a.jsonl", call("e"), call("silent", ()), call("z", CHINESE, "zh"))
    (tmp_path / "calls.csv").write_text("call_id,agent_id,team\ne,A7,North\nz,A7,North\nelse,A8,\n", "utf-8")
    counts = batch.import_transcripts(settings, file=file, manifest=tmp_path / "calls.csv")
    assert {"judged": 2, "needs_review": 2, "failed": 1} == counts
    assert {
        "transcript:a.jsonl#e": ("scored", "needs_review"),
        "transcript:a.jsonl#silent": ("failed", "no_speech"),
        "transcript:a.jsonl#z": ("scored", "needs_review"),
    } == ledger(settings)
    stream = io.StringIO()
    with open_store(settings.db) as store:
        write_jsonl(scored_calls(store), stream)
    exported = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert ["e", "z"] == [one["call_id"] for one in exported]
    assert {None} == {one["signals"][name] for one in exported for name in ("holds", "silences", "agent_pace")}
    assert [("A7", 2)] == [(one.agent_id, one.calls) for one in batch.report(settings)]


def test_a_second_import_of_the_same_file_changes_nothing(settings: Settings, tmp_path: Path) -> None:
    file = write(tmp_path / "a.jsonl", call("e"), call("silent", ()), call("z", CHINESE, "zh"))
    first = batch.import_transcripts(settings, file=file)
    before = kept(settings)
    assert first == batch.import_transcripts(settings, file=file)
    assert before == kept(settings)


def test_a_corrected_line_is_judged_anew(settings: Settings, tmp_path: Path) -> None:
    batch.import_transcripts(settings, file=write(tmp_path / "a.jsonl", call("e"), call("f", ENGLISH[:3])))
    batch.import_transcripts(settings, file=write(tmp_path / "a.jsonl", call("e", ENGLISH[1:]), call("f")))
    with open_store(settings.db) as store:
        assert {"e": 6, "f": 7} == {one.recording.id: len(one.transcript.turns) for one in scored_calls(store)}


def test_a_call_that_fails_does_not_stop_the_others(
    settings: Settings, tmp_path: Path, real: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Breaks:
        name, measures, needs_parties, fingerprint = "breaks", (), False, "breaks"

        def __call__(self, view: object) -> tuple[()]:
            if "Hello" in view.transcript.turns[0].text:  # type: ignore[attr-defined]  # a call view
                raise ZeroDivisionError
            return ()

    monkeypatch.setattr(batch, "parts_for", lambda settings, scorecard: replace(real, detectors=(Breaks(),)))
    file = write(tmp_path / "a.jsonl", call("e"), call("z", CHINESE, "zh"))
    assert {"judged": 1, "needs_review": 1, "failed": 1} == batch.import_transcripts(settings, file=file)
    assert ("failed", "internal") == ledger(settings)["transcript:a.jsonl#e"]


def test_a_call_id_that_another_recording_has_is_refused(settings: Settings, tmp_path: Path) -> None:
    batch.import_transcripts(settings, file=write(tmp_path / "a.jsonl", call("e")))
    counts = batch.import_transcripts(settings, file=write(tmp_path / "b.jsonl", call("e", ENGLISH[1:])))
    assert {"judged": 0, "needs_review": 0, "failed": 1} == counts
    assert {
        "transcript:a.jsonl#e": ("scored", "needs_review"),
        "transcript:b.jsonl#e": ("failed", "call_id_taken"),
    } == ledger(settings)


def test_faults_are_told_before_anything_is_written(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError):
        batch.import_transcripts(settings, file=write(tmp_path / "a.jsonl", call("e"), call("e")))
    assert not (tmp_path / "qa.db").exists()
