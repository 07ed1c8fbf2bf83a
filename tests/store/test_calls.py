from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import func, select, text

from qa_pipeline.domain import (
    CallMeta,
    Party,
    Recording,
    SignalKind,
    SignalSet,
    Span,
    Status,
    StoreError,
    TurnFlag,
    Verdict,
)
from qa_pipeline.store import calls, ledger, runs
from qa_pipeline.store.engine import Store, open_store
from qa_pipeline.store.tables.base import Base
from qa_pipeline.store.tables.calls import EvaluationRow, FindingRow, RecordingRow
from qa_pipeline.testing.dummies import (
    a_call_score,
    a_finding,
    a_recording,
    a_signal,
    a_transcript,
    a_turn,
    an_evaluation,
    an_evidence,
)

A = a_recording(call_id="a", uri="/calls/a.wav", sha256="aa")


def taken_in(store: Store, recording: Recording = A) -> None:
    """A recording with a transcript, two signal sets and a current evaluation."""
    call_id = recording.id
    assert () == calls.upsert_recordings(store, [recording])
    calls.save_transcript(store, call_id, f"transcript-{call_id}", a_transcript())
    for kind in ("audio", "text"):
        found = SignalSet(kind=kind, signals=(a_signal(SignalKind.SPEECH),), measured=frozenset({SignalKind.SPEECH}))
        calls.save_signals(store, call_id, f"{kind}-{call_id}", found)
    calls.save_evaluation(store, an_evaluation(call_id, signal_sets=(f"audio-{call_id}", f"text-{call_id}")))


def dump(store: Store) -> list[object]:
    """Every column of every row."""
    with store.read() as session:
        return [
            (table.name, *row)
            for table in Base.metadata.sorted_tables
            for row in session.execute(table.select().order_by(*table.primary_key.columns))
        ]


def test_what_is_not_there_is_none(store: Store) -> None:
    assert calls.recording(store, "a") is None
    assert calls.transcript(store, "t") is None
    assert calls.signals(store, "s") is None
    assert calls.evaluation(store, "e") is None
    assert {} == calls.current(store, ["a"])


@pytest.mark.parametrize(
    "recording",
    [
        A,
        a_recording(call_id="", agent_id="", started_at=None, csat=None),
        a_recording(
            call_id="王-1", started_at=datetime(2026, 3, 1, 23, 59, 59, 999999, tzinfo=timezone(timedelta(hours=8)))
        ),
        a_recording(call_id="naive", started_at=datetime(2026, 3, 1, 7, 0), csat=4.5, flags=("mono", "swapped")),  # noqa: DTZ001 - manifests write such
        a_recording(call_id="gbk-\udcc4\udce3", uri="/calls/\udcc4\udce3\x00.wav", disposition="\x1a0000"),
    ],
)
def test_a_recording_comes_back_from_the_database(store: Store, recording: Recording) -> None:
    calls.upsert_recordings(store, [recording])
    assert recording == calls.recording(store, recording.id)


def test_products_come_back_from_the_database(store: Store) -> None:
    transcript = a_transcript(
        a_turn("您好，请问有什么可以帮您？"),
        a_turn("My \x00 bill", party=Party.CUSTOMER, flags=(TurnFlag.LOOP,), channel=1),
        language="zh",
        flags=("mono",),
    )
    found = SignalSet(
        kind="text",
        signals=(
            a_signal(SignalKind.SENTIMENT, "negative", value=-1 / 3, turn=1),
            a_signal(SignalKind.SPEECH, value=float("-inf")),
        ),
        measured=frozenset({SignalKind.SENTIMENT, SignalKind.CAUSE}),
    )
    missed = a_finding("recap", Verdict.FAIL, near_misses=(an_evidence("so"),), searched=Span(start_ms=1, end_ms=2))
    evaluation = an_evaluation(
        "a",
        transcript="t",
        signal_sets=("s",),
        findings=(a_finding("closing_check", evidence=(an_evidence("还有吗"),), level=2, confidence=0.1 + 0.2), missed),
        score=a_call_score(None, review_reasons=("unsure:greeting",), critical_failures=("identity_verification",)),
    )
    calls.upsert_recordings(store, [A])
    calls.save_transcript(store, "a", "t", transcript)
    calls.save_signals(store, "a", "s", found)
    calls.save_evaluation(store, evaluation)
    assert transcript == calls.transcript(store, "t")
    assert found == calls.signals(store, "s")
    assert evaluation == calls.evaluation(store, evaluation.fingerprint)


def test_writing_everything_twice_changes_nothing(store: Store) -> None:
    taken_in(store)
    before = dump(store)
    taken_in(store)
    assert before == dump(store)


def test_what_is_published_is_never_rewritten(store: Store) -> None:
    taken_in(store)
    before = dump(store)
    calls.save_transcript(store, "a", "transcript-a", a_transcript(language="zh"))
    calls.save_signals(store, "a", "audio-a", SignalSet(kind="text", signals=(), measured=frozenset()))
    calls.save_evaluation(store, an_evaluation("a", findings=(), score=a_call_score(0.0)))
    assert before == dump(store)


def test_a_new_evaluation_supersedes_and_the_old_one_stays(store: Store) -> None:
    taken_in(store)
    newer = an_evaluation("a", "newer", score=a_call_score(10.0))
    calls.save_evaluation(store, newer)
    assert {"a": "newer"} == calls.current(store, ["a"])
    assert newer == calls.evaluation(store, "newer")
    older = calls.evaluation(store, "evaluation-a")
    assert older is not None
    assert a_call_score() == older.score
    assert (a_finding(),) == older.findings


def test_an_earlier_evaluation_can_become_current_again(store: Store) -> None:
    taken_in(store)
    calls.save_evaluation(store, an_evaluation("a", "newer"))
    calls.save_evaluation(store, an_evaluation("a"))
    assert {"a": "evaluation-a"} == calls.current(store, ["a"])


def test_an_evaluation_of_an_unknown_call_is_refused(store: Store) -> None:
    with pytest.raises(StoreError) as caught:
        calls.save_evaluation(store, an_evaluation("nobody"))
    assert "unknown_call" == caught.value.code


def test_an_evaluation_without_its_transcript_is_refused_whole(store: Store) -> None:
    calls.upsert_recordings(store, [A])
    with pytest.raises(StoreError):
        calls.save_evaluation(store, an_evaluation("a"))
    assert calls.evaluation(store, "evaluation-a") is None
    assert ("a",) == calls.pending(store, ["a"])


def test_changed_content_is_taken_and_the_call_must_be_judged_again(store: Store) -> None:
    taken_in(store)
    changed = replace(A, sha256="new")
    assert () == calls.upsert_recordings(store, [changed])
    assert changed == calls.recording(store, "a")
    assert ("a",) == calls.pending(store, ["a"])
    assert calls.evaluation(store, "evaluation-a") is not None


def test_a_moved_file_keeps_its_evaluation(store: Store) -> None:
    taken_in(store)
    assert () == calls.upsert_recordings(store, [replace(A, uri="/moved/a.wav")])
    moved = calls.recording(store, "a")
    assert moved is not None
    assert "/moved/a.wav" == moved.uri
    assert () == calls.pending(store, ["a"])


def test_new_metadata_are_taken_and_the_evaluation_stays(store: Store) -> None:
    taken_in(store)
    told = replace(A, meta=replace(A.meta, csat=2.0, started_at=datetime(2027, 1, 1, tzinfo=UTC)))
    assert () == calls.upsert_recordings(store, [told])
    assert told == calls.recording(store, "a")
    assert () == calls.pending(store, ["a"])


def test_a_call_id_of_another_recording_is_refused(store: Store) -> None:
    taken_in(store)
    before = dump(store)
    (entry,) = calls.upsert_recordings(store, [replace(A, uri="/calls/other.wav", sha256="other")])
    assert (Status.FAILED, "call_id_taken", "/calls/other.wav", "a") == (
        entry.status,
        entry.code,
        entry.recording,
        entry.call_id,
    )
    assert before == dump(store)


def test_two_recordings_of_one_batch_cannot_share_a_call_id(store: Store) -> None:
    (entry,) = calls.upsert_recordings(store, [A, replace(A, uri="/calls/other.wav", sha256="other")])
    assert ("call_id_taken", "/calls/other.wav") == (entry.code, entry.recording)
    assert A == calls.recording(store, "a")


@pytest.mark.parametrize("at_once", [True, False])
def test_the_same_content_under_another_call_id_and_path_is_a_duplicate(store: Store, at_once: bool) -> None:
    copy = a_recording(call_id="b", uri="/calls/b.wav", sha256="aa")
    batches = [[A, copy]] if at_once else [[A], [copy]]
    refused = [entry for batch in batches for entry in calls.upsert_recordings(store, batch)]
    assert [(Status.SKIPPED, "duplicate", "b")] == [(entry.status, entry.code, entry.call_id) for entry in refused]
    assert calls.recording(store, "b") is None


def test_a_corrected_call_id_takes_the_place_of_the_wrong_one(store: Store) -> None:
    taken_in(store)
    corrected = replace(A, meta=replace(A.meta, call_id="a2"))
    taken_in(store, corrected)
    assert {"a2": "evaluation-a2"} == calls.current(store, ["a", "a2"])
    assert () == calls.upsert_recordings(store, [replace(corrected, uri="/moved/a.wav")])
    assert {"a2": "evaluation-a2"} == calls.current(store, ["a", "a2"])


@pytest.mark.parametrize("name", ["call_id", "agent_id", "team"])
def test_an_id_too_long_for_an_index_is_refused_and_the_others_are_taken(store: Store, name: str) -> None:
    monster = replace(A, sha256="b", uri="b", meta=replace(CallMeta(call_id="b"), **{name: "字" * 501}))
    widest = replace(A, sha256="c", uri="c", meta=CallMeta(call_id="\U0001f4de" * 500, agent_id="\U0001f4de" * 500))
    (entry,) = calls.upsert_recordings(store, [monster, widest, A])
    assert (Status.FAILED, "id_too_long") == (entry.status, entry.code)
    assert widest == calls.recording(store, widest.id)
    assert A == calls.recording(store, "a")


def test_pending_keeps_the_order_and_counts_unknown_calls(store: Store) -> None:
    taken_in(store)
    calls.upsert_recordings(store, [a_recording(call_id="b", uri="b", sha256="b")])
    assert ("z", "b") == calls.pending(store, ["z", "a", "b"])


def test_many_recordings_go_in_by_batches(store: Store) -> None:
    many = [a_recording(call_id=f"c{n}", uri=f"{n}.wav", sha256=f"{n}") for n in range(1_201)]
    assert () == calls.upsert_recordings(store, iter(many))
    with store.read() as session:
        assert 1_201 == session.scalar(select(func.count()).select_from(RecordingRow))
    assert 1_201 == len(calls.pending(store, [recording.id for recording in many]))


def test_a_killed_writer_loses_at_most_the_call_it_was_writing(
    url: str, start: Callable[..., subprocess.Popen[str]]
) -> None:
    writer = start("save", url)
    assert writer.stdout is not None
    told = [writer.stdout.readline().strip() for _ in range(25)]
    writer.kill()
    told += writer.communicate()[0].split()
    with open_store(url) as store, store.read() as session:
        kept = set(session.scalars(select(RecordingRow.call_id).where(RecordingRow.evaluation.is_not(None))))
        assert set(told) <= kept
        assert len(kept - set(told)) <= 1
        parts = session.execute(
            select(EvaluationRow.call_id, func.count(FindingRow.position))
            .join(FindingRow)
            .group_by(EvaluationRow.call_id)
        )
        assert dict.fromkeys(kept, 14) == dict(parts.all())


def test_a_writer_killed_inside_a_transaction_leaves_no_trace_and_no_lock(
    store: Store, url: str, start: Callable[..., subprocess.Popen[str]]
) -> None:
    run_id = runs.start_run(store, "test", {})
    store.write(lambda session: session.execute(text("UPDATE run SET counts = '{\"n\": 1}'")))
    writer = start("stop", url)
    assert writer.stdout is not None
    assert "inside\n" == writer.stdout.readline()
    writer.kill()
    writer.communicate()
    runs.finish_run(store, run_id, {"n": 5})
    assert {"n": 5} == runs.counts(store, run_id)
    assert () == ledger.statuses(store)
