from __future__ import annotations

import tracemalloc
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from qa_pipeline.domain import Recording, ScoredCall, SignalKind, SignalSet, StoreError
from qa_pipeline.store import calls, mapping
from qa_pipeline.store.engine import Store
from qa_pipeline.store.queries import scored_call, scored_calls
from qa_pipeline.store.tables.calls import EvaluationRow, FindingRow, RecordingRow, TranscriptRow
from qa_pipeline.testing.dummies import a_recording, a_signal, a_transcript, a_turn, an_evaluation


def save(store: Store, *recordings: Recording) -> None:
    """Calls that share one transcript, in one transaction."""
    store.write(lambda session: _save(session, recordings))


def _save(session: Session, recordings: Iterable[Recording]) -> None:
    transcript = mapping.transcript_columns(a_transcript(*[a_turn() for _ in range(10)]))
    evaluations = [an_evaluation(recording.id) for recording in recordings]
    session.execute(insert(RecordingRow), [mapping.recording_columns(recording) for recording in recordings])
    session.execute(
        insert(TranscriptRow),
        [{"fingerprint": e.transcript, "call_id": e.call_id} | transcript for e in evaluations],
    )
    session.execute(
        insert(EvaluationRow),
        [
            {
                "fingerprint": e.fingerprint,
                "call_id": e.call_id,
                "transcript": e.transcript,
                "scorecard_fingerprint": "s",
            }
            | mapping.score_columns(e.score)
            for e in evaluations
        ],
    )
    session.execute(
        insert(FindingRow),
        [
            {"evaluation": e.fingerprint, "position": i} | mapping.finding_columns(finding)
            for e in evaluations
            for i, finding in enumerate(e.findings)
        ],
    )
    session.execute(update(RecordingRow), [{"call_id": e.call_id, "evaluation": e.fingerprint} for e in evaluations])


def ids(found: Iterable[ScoredCall]) -> list[str]:
    return [call.recording.id for call in found]


def call(call_id: str, **changes: object) -> Recording:
    return a_recording(call_id=call_id, uri=call_id, sha256=call_id, **changes)


def test_a_scored_call_holds_all_that_the_current_evaluation_rests_on(store: Store) -> None:
    late, early = a_signal(SignalKind.HOLD, start_ms=900), a_signal(SignalKind.ACT, "greeting", start_ms=100)
    stale = SignalSet(kind="audio", signals=(a_signal(SignalKind.MUSIC),), measured=frozenset({SignalKind.MUSIC}))
    recording, transcript = call("a"), a_transcript(a_turn("Hello."))
    calls.upsert_recordings(store, [recording])
    calls.save_transcript(store, "a", "transcript-a", transcript)
    calls.save_signals(store, "a", "stale", stale)
    calls.save_signals(
        store, "a", "audio", SignalSet(kind="audio", signals=(late,), measured=frozenset({SignalKind.HOLD}))
    )
    calls.save_signals(
        store,
        "a",
        "text",
        SignalSet(kind="text", signals=(early,), measured=frozenset({SignalKind.ACT, SignalKind.CAUSE})),
    )
    calls.save_evaluation(store, an_evaluation("a", "old", signal_sets=("stale",)))
    evaluation = an_evaluation("a", signal_sets=("audio", "text"))
    calls.save_evaluation(store, evaluation)
    expected = ScoredCall(
        recording=recording,
        transcript=transcript,
        signals=(early, late),
        measured=frozenset({SignalKind.HOLD, SignalKind.ACT, SignalKind.CAUSE}),
        findings=evaluation.findings,
        score=evaluation.score,
    )
    assert [expected] == list(scored_calls(store))
    assert expected == scored_call(store, "a")


def test_calls_without_a_current_evaluation_are_left_out(store: Store) -> None:
    save(store, call("a"))
    calls.upsert_recordings(store, [call("b"), replace(call("a"), sha256="changed")])
    assert [] == list(scored_calls(store))
    assert scored_call(store, "a") is None


def test_calls_come_by_code_points_of_their_id_across_chunks(store: Store) -> None:
    names = ["B", "a", "_", "Z9", "王", "é", "-", "10", "9", *(f"n{i}" for i in range(120))]
    save(store, *(call(name) for name in names))
    assert sorted(names) == ids(scored_calls(store))


def test_a_whole_number_of_chunks_ends(store: Store) -> None:
    save(store, *(call(f"n{i:03}") for i in range(100)))
    assert 100 == len(ids(scored_calls(store)))


def test_team_and_agent_choose(store: Store) -> None:
    save(store, call("a", team="north"), call("b", team="south"), call("c", team="south", agent_id="a2"))
    assert ["b", "c"] == ids(scored_calls(store, team="south"))
    assert ["c"] == ids(scored_calls(store, team="south", agent_id="a2"))
    assert [] == ids(scored_calls(store, team=""))


def test_since_is_included_until_is_not_on_the_calls_own_clock(store: Store) -> None:
    east = timezone(timedelta(hours=8))
    save(
        store,
        call("early", started_at=datetime(2026, 11, 1, 23, 59, tzinfo=east)),
        call("first", started_at=datetime(2026, 11, 2, 0, 0, tzinfo=east)),
        call("naive", started_at=datetime(2026, 11, 2, 12, 0)),  # noqa: DTZ001 - manifests write such
        call("late", started_at=datetime(2026, 11, 3, 0, 0, tzinfo=UTC)),
        call("unknown", started_at=None),
    )
    day = datetime(2026, 11, 2)  # noqa: DTZ001 - the calls' own clock
    assert ["first", "naive"] == ids(scored_calls(store, since=day, until=day + timedelta(days=1)))
    assert ["first", "late", "naive"] == ids(scored_calls(store, since=day))


def test_a_bound_with_a_time_zone_is_refused_at_once(store: Store) -> None:
    with pytest.raises(StoreError) as caught:
        scored_calls(store, since=datetime(2026, 11, 2, tzinfo=UTC))
    assert "time_zone" == caught.value.code


def test_a_reader_may_write_while_it_reads(store: Store) -> None:
    save(store, *(call(f"n{i:03}") for i in range(60)))
    for found in scored_calls(store):
        calls.save_evaluation(store, an_evaluation(found.recording.id, f"new-{found.recording.id}"))
    assert "new-n059" == calls.current(store, ["n059"])["n059"]


@pytest.mark.slow
def test_ten_thousand_calls_stream_in_bounded_memory(store: Store) -> None:
    for start in range(0, 10_000, 1_000):
        save(store, *(call(f"n{i:05}") for i in range(start, start + 1_000)))
    stream = scored_calls(store)
    next(stream)
    tracemalloc.start()
    try:
        count = 1 + sum(1 for _ in stream)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert 10_000 == count
    assert peak < 20_000_000
