from __future__ import annotations

from datetime import datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from qa_pipeline.domain import CallScore, Evidence, Finding, LedgerEntry, Recording, Signal, SignalSet, Transcript
from qa_pipeline.domain.recording import CallMeta, Media
from qa_pipeline.store import mapping
from qa_pipeline.store.tables.base import AnyText
from qa_pipeline.store.tables.calls import (
    EvaluationRow,
    FindingRow,
    LedgerRow,
    RecordingRow,
    SignalSetRow,
    TranscriptRow,
)

ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=[])) | st.text()
ZONES = st.none() | st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = st.builds(lambda clock, zone: clock.replace(tzinfo=zone), st.datetimes(), ZONES)
st.register_type_strategy(datetime, MOMENTS)
st.register_type_strategy(float, st.floats(allow_nan=False))


@given(st.from_type(Recording))
def test_a_recording_comes_back(recording: Recording) -> None:
    row = RecordingRow(**mapping.recording_columns(recording))
    back = mapping.recording_of(row)
    assert recording == back
    for name in ("started_at", "resolved_at"):  # equal moments may stand on different clocks
        moment, again = getattr(recording.meta, name), getattr(back.meta, name)
        assert (moment and moment.isoformat()) == (again and again.isoformat())


@given(st.from_type(Transcript))
def test_a_transcript_comes_back(transcript: Transcript) -> None:
    assert transcript == mapping.transcript_of(TranscriptRow(**mapping.transcript_columns(transcript)))


@given(st.from_type(SignalSet))
def test_a_signal_set_comes_back(found: SignalSet) -> None:
    assert found == mapping.signal_set_of(SignalSetRow(**mapping.signal_set_columns(found)))


@given(st.from_type(Finding))
def test_a_finding_comes_back(finding: Finding) -> None:
    assert finding == mapping.finding_of(FindingRow(**mapping.finding_columns(finding)))


@given(st.from_type(CallScore))
def test_a_score_comes_back(score: CallScore) -> None:
    assert score == mapping.score_of(EvaluationRow(**mapping.score_columns(score)))


@given(st.from_type(LedgerEntry))
def test_a_ledger_entry_comes_back(entry: LedgerEntry) -> None:
    assert entry == mapping.ledger_of(LedgerRow(**mapping.ledger_columns(entry)))


@given(ANY_TEXT)
def test_any_text_comes_back_and_holds_nothing_that_a_database_refuses(text: str) -> None:
    kept = AnyText().process_bind_param(text, None)  # type: ignore[arg-type]  # the dialect plays no part
    assert kept is not None
    assert "\x00" not in kept
    kept.encode("utf-8")
    assert text == AnyText().process_result_value(kept, None)  # type: ignore[arg-type]  # likewise


def test_ordinary_text_is_stored_as_it_is() -> None:
    text = "C:\\calls\\客服 100% 'ok'\n"
    assert text == AnyText().process_bind_param(text, None)  # type: ignore[arg-type]  # likewise


def test_every_field_of_a_recording_has_a_column() -> None:
    columns = set(RecordingRow.__table__.columns.keys())
    fields = {*CallMeta.__dataclass_fields__, *Media.__dataclass_fields__, "uri", "sha256", "flags"}
    assert columns == {*fields, "utc_offset_s", "resolved_offset_s", "evaluation", "created_at"}


def test_json_is_the_same_bytes_whatever_the_order_of_keys() -> None:
    assert '{"a":"您好","b":[1,null]}' == mapping.canonical({"b": [1, None], "a": "您好"})
    assert mapping.canonical({"b": 1, "a": 2}) == mapping.canonical({"a": 2, "b": 1})


def test_round_trips_cover_evidence_and_signals() -> None:
    # from_type builds these too; named here so that a new field cannot pass unseen
    assert {"party", "start_ms", "end_ms", "quote"} == set(Evidence.__dataclass_fields__)
    assert 10 == len(Signal.__dataclass_fields__)
