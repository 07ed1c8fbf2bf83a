"""The tables of calls. What a call is, what was heard and found in it, and what it earned stand apart, by fingerprint.

Rows of transcript, signal_set, evaluation and finding are never rewritten: a new configuration gives new
fingerprints and new rows, and `recording.evaluation` moves on. `created_at` (UTC) is for people who look into the
database; no report and no export reads it. A change here needs a migration; a test compares the two.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from qa_pipeline.domain import Status, Verdict
from qa_pipeline.store.tables.base import Base, now


class RecordingRow(Base):
    """A call's file and metadata as last seen. `evaluation` is the current one, NULL while there is none.

    `started_at` is the clock as the metadata wrote it, `utc_offset_s` its distance from UTC, NULL if not said; likewise
    `resolved_at` and `resolved_offset_s`.
    """

    __tablename__ = "recording"

    call_id: Mapped[str] = mapped_column(primary_key=True)
    uri: Mapped[str]
    sha256: Mapped[str] = mapped_column(index=True)
    container: Mapped[str]
    codec: Mapped[str]
    sample_rate_hz: Mapped[int]
    channels: Mapped[int]
    duration_ms: Mapped[int]
    agent_id: Mapped[str] = mapped_column(index=True)
    agent_name: Mapped[str]
    team: Mapped[str] = mapped_column(index=True)
    queue: Mapped[str]
    language: Mapped[str]
    started_at: Mapped[datetime | None] = mapped_column(index=True)
    utc_offset_s: Mapped[int | None]
    direction: Mapped[str]
    customer_id: Mapped[str]
    agent_channel: Mapped[str]
    csat: Mapped[float | None]
    disposition: Mapped[str]
    category: Mapped[str] = mapped_column(server_default="")
    resolved_at: Mapped[datetime | None]
    resolved_offset_s: Mapped[int | None]
    flags: Mapped[str]
    evaluation: Mapped[str | None] = mapped_column(ForeignKey("evaluation.fingerprint", use_alter=True), index=True)
    created_at: Mapped[datetime] = mapped_column(default=now)


class TranscriptRow(Base):
    """What one engine, with one configuration, heard in one recording."""

    __tablename__ = "transcript"

    fingerprint: Mapped[str] = mapped_column(primary_key=True)
    call_id: Mapped[str] = mapped_column(ForeignKey("recording.call_id"), index=True)
    language: Mapped[str]
    body: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=now)


class SignalSetRow(Base):
    """What one stage found; `kind` and `measured` as in SignalSet."""

    __tablename__ = "signal_set"

    fingerprint: Mapped[str] = mapped_column(primary_key=True)
    call_id: Mapped[str] = mapped_column(ForeignKey("recording.call_id"), index=True)
    kind: Mapped[str]
    measured: Mapped[str]
    body: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=now)


class EvaluationRow(Base):
    """One call judged by one version of one scorecard. `body` holds sections, reasons and critical failures."""

    __tablename__ = "evaluation"

    fingerprint: Mapped[str] = mapped_column(primary_key=True)
    call_id: Mapped[str] = mapped_column(ForeignKey("recording.call_id"), index=True)
    transcript: Mapped[str] = mapped_column(ForeignKey("transcript.fingerprint"), index=True)
    scorecard: Mapped[str]
    scorecard_version: Mapped[str]
    scorecard_fingerprint: Mapped[str]
    points: Mapped[float]
    out_of: Mapped[float]
    percent: Mapped[float | None]
    raw_percent: Mapped[float | None]
    band: Mapped[str]
    needs_review: Mapped[bool]
    body: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=now)


class EvaluationSignalsRow(Base):
    """Which signal sets an evaluation rests on, in order."""

    __tablename__ = "evaluation_signals"

    evaluation: Mapped[str] = mapped_column(ForeignKey("evaluation.fingerprint"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    signal_set: Mapped[str] = mapped_column(ForeignKey("signal_set.fingerprint"), index=True)


class FindingRow(Base):
    """One criterion's verdict; `position` is its place in the scorecard, `body` holds evidence and window."""

    __tablename__ = "finding"
    __table_args__ = (Index(None, "criterion", "verdict"),)

    evaluation: Mapped[str] = mapped_column(ForeignKey("evaluation.fingerprint"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    criterion: Mapped[str]
    verdict: Mapped[Verdict]
    level: Mapped[int | None]
    confidence: Mapped[float]
    why: Mapped[str]
    body: Mapped[str]


class LedgerRow(Base):
    """The account of an archive. `key` is the fingerprint of archive, recording and line: paths outgrow an index."""

    __tablename__ = "ledger"

    key: Mapped[str] = mapped_column(primary_key=True)
    archive: Mapped[str]
    recording: Mapped[str]
    line: Mapped[int | None]
    call_id: Mapped[str]
    status: Mapped[Status] = mapped_column(index=True)
    code: Mapped[str]
    reason: Mapped[str]
    inclusion_probability: Mapped[float | None]


class DetectorCardRow(Base):
    """How often a criterion's verdicts are right in a language, as measured last; `body` holds counts and intervals."""

    __tablename__ = "detector_card"

    scorecard: Mapped[str] = mapped_column(primary_key=True)
    criterion: Mapped[str] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    precision: Mapped[float | None]
    truth_sha256: Mapped[str]
    measured_at: Mapped[datetime]
    body: Mapped[str]


class LabelReviewRow(Base):
    """What a person said of one turn, with the turn as it was then. Rows are added and never changed.

    `key` is the fingerprint of the review and its text; `labels` and `flags` are JSON; `reviewed_at` is in UTC.
    """

    __tablename__ = "label_review"

    key: Mapped[str] = mapped_column(primary_key=True)
    call_id: Mapped[str] = mapped_column(ForeignKey("recording.call_id"), index=True)
    turn: Mapped[int]
    kind: Mapped[str]
    labels: Mapped[str]
    reviewer: Mapped[str]
    reviewed_at: Mapped[datetime]
    language: Mapped[str]
    party: Mapped[str]
    text: Mapped[str]
    flags: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=now)


class RunRow(Base):
    """One run of a flow: when, with what, and how many calls went where. `parameters` and `counts` are JSON."""

    __tablename__ = "run"

    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    parameters: Mapped[str]
    counts: Mapped[str]
