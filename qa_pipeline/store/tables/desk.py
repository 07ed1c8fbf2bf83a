"""The tables of what people do with calls: decisions, what stands, appeals, calibration, coaching.

A migration goes with a change. Decisions, comments, answers and events are only added to. Times are in UTC.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from qa_pipeline.domain import Verdict
from qa_pipeline.store.tables.base import Base, now


class DecisionRow(Base):
    """A person's word on one criterion of one call; `verdict` NULL takes an earlier one back."""

    __tablename__ = "decision"
    __table_args__ = (UniqueConstraint("call_id", "revision"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    call_id: Mapped[str] = mapped_column(ForeignKey("recording.call_id"))
    revision: Mapped[int]
    evaluation: Mapped[str] = mapped_column(ForeignKey("evaluation.fingerprint"), index=True)
    scorecard: Mapped[str]
    scorecard_version: Mapped[str]
    criterion: Mapped[str]
    verdict: Mapped[Verdict | None]
    level: Mapped[int | None]
    machine: Mapped[Verdict]
    reason: Mapped[str]
    origin: Mapped[str]
    reviewer: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    made_at: Mapped[datetime] = mapped_column(index=True)


class FinishedRow(Base):
    """A review that a person has finished; whether it holds says `store.finished`."""

    __tablename__ = "finished_review"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    call_id: Mapped[str] = mapped_column(ForeignKey("recording.call_id"), index=True)
    evaluation: Mapped[str] = mapped_column(ForeignKey("evaluation.fingerprint"), index=True)
    reviewer: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    kinds: Mapped[str]
    finished_at: Mapped[datetime] = mapped_column(index=True)


class ReopenedRow(Base):
    """A finished review that somebody opened again, once: what was finished stays as it was written."""

    __tablename__ = "reopened_review"
    __table_args__ = (UniqueConstraint("finished"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    finished: Mapped[int] = mapped_column(Integer, ForeignKey("finished_review.id"))
    by: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    reason: Mapped[str]
    at: Mapped[datetime]


class CommentRow(Base):
    """A remark on a call, a criterion ("": none) or a moment (NULL: none)."""

    __tablename__ = "comment"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    call_id: Mapped[str] = mapped_column(ForeignKey("recording.call_id"), index=True)
    author: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    criterion: Mapped[str]
    at_ms: Mapped[int | None]
    text: Mapped[str]
    made_at: Mapped[datetime]


class StandingRow(Base):
    """What stands for a call now. It can be made again from evaluation, findings and decisions.

    `agent_id`, `team`, `language`, `queue` and `started_at` are the recording's, so that many calls can be counted
    without it. `body` as in evaluation. `settled` is false while the machine has judged anew and people's words are
    not yet laid over. `changed_at` is when any of this changed last: other programs ask what is new.
    """

    __tablename__ = "standing"
    __table_args__ = (
        Index(None, "state", "priority", "started_at", "call_id"),
        Index(None, "state", "kinds", "team", "language", "agent_id"),  # counts by reason without the rows
        Index(None, "team", "agent_id", "agent_name"),  # what filters offer
        Index(None, "agent_id", "started_at"),
        Index(None, "team", "started_at"),
    )

    call_id: Mapped[str] = mapped_column(ForeignKey("recording.call_id"), primary_key=True)
    evaluation: Mapped[str] = mapped_column(ForeignKey("evaluation.fingerprint"), index=True)
    agent_id: Mapped[str]
    agent_name: Mapped[str]
    team: Mapped[str]
    queue: Mapped[str]
    language: Mapped[str]
    started_at: Mapped[datetime | None] = mapped_column(index=True)
    scorecard: Mapped[str]
    scorecard_version: Mapped[str]
    points: Mapped[float]
    out_of: Mapped[float]
    percent: Mapped[float | None]
    raw_percent: Mapped[float | None]
    band: Mapped[str]
    needs_review: Mapped[bool]
    body: Mapped[str]
    state: Mapped[str]
    kinds: Mapped[str]
    priority: Mapped[int]
    revision: Mapped[int]
    decided: Mapped[int]
    settled: Mapped[bool] = mapped_column(index=True)
    changed_at: Mapped[datetime] = mapped_column(default=now, index=True)


class StandingVerdictRow(Base):
    """What stands for one criterion of a call; `day` and `agent_id` are the call's."""

    __tablename__ = "standing_verdict"
    __table_args__ = (
        Index(None, "agent_id", "day", "criterion", "verdict"),
        Index(None, "criterion", "day", "verdict"),
    )

    call_id: Mapped[str] = mapped_column(ForeignKey("recording.call_id"), primary_key=True)
    criterion: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    verdict: Mapped[Verdict]
    coach_only: Mapped[bool]
    by_person: Mapped[bool]
    agent_id: Mapped[str]
    team: Mapped[str]
    day: Mapped[date | None] = mapped_column(Date)


class ClaimRow(Base):
    """Who works on a call, since when and until when."""

    __tablename__ = "claim"

    call_id: Mapped[str] = mapped_column(ForeignKey("recording.call_id"), primary_key=True)
    user: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    since: Mapped[datetime]
    until: Mapped[datetime]


class TakeoverRow(Base):
    """A call was taken from whoever had it: they are told, until they claim it again."""

    __tablename__ = "takeover"

    call_id: Mapped[str] = mapped_column(ForeignKey("recording.call_id"), primary_key=True)
    taken_from: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]


class AssignmentRow(Base):
    """Whose task a call is."""

    __tablename__ = "assignment"

    call_id: Mapped[str] = mapped_column(ForeignKey("recording.call_id"), primary_key=True)
    user: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]


class AcknowledgementRow(Base):
    """An agent has seen the judgement on a call."""

    __tablename__ = "acknowledgement"

    call_id: Mapped[str] = mapped_column(ForeignKey("recording.call_id"), primary_key=True)
    user: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    evaluation: Mapped[str]
    at: Mapped[datetime]


class AppealRow(Base):
    """An agent's question about one item; its history stands in `appeal_event`."""

    __tablename__ = "appeal"
    __table_args__ = (Index(None, "call_id", "criterion"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    call_id: Mapped[str] = mapped_column(ForeignKey("recording.call_id"))
    evaluation: Mapped[str] = mapped_column(ForeignKey("evaluation.fingerprint"), index=True)
    criterion: Mapped[str]
    agent: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    agent_id: Mapped[str]
    team: Mapped[str] = mapped_column(index=True)
    stood: Mapped[Verdict]
    proposed: Mapped[Verdict]
    round: Mapped[int]
    state: Mapped[str] = mapped_column(index=True)
    first_reviewer: Mapped[str]
    outcome: Mapped[Verdict | None]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class AppealEventRow(Base):
    """One step of an appeal, and who took it, with what words."""

    __tablename__ = "appeal_event"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    appeal: Mapped[int] = mapped_column(ForeignKey("appeal.id"), index=True)
    kind: Mapped[str]
    user: Mapped[str] = mapped_column(ForeignKey("person.id"))
    note: Mapped[str]
    at: Mapped[datetime]


class CalibrationRow(Base):
    """A calibration session; `expert` is the person whose answers are the baseline, NULL: none."""

    __tablename__ = "calibration"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    title: Mapped[str]
    scorecard: Mapped[str]
    scorecard_version: Mapped[str]
    expert: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    created_by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    due_on: Mapped[date | None] = mapped_column(Date)
    closed_at: Mapped[datetime | None]


class CalibrationCallRow(Base):
    """A call of a session, with the evaluation that everybody judges beside."""

    __tablename__ = "calibration_call"

    session: Mapped[int] = mapped_column(ForeignKey("calibration.id"), primary_key=True)
    call_id: Mapped[str] = mapped_column(ForeignKey("recording.call_id"), primary_key=True)
    evaluation: Mapped[str] = mapped_column(ForeignKey("evaluation.fingerprint"))
    position: Mapped[int]


class CalibrationPersonRow(Base):
    """Who takes part; `submitted_at` NULL while the answers may still change."""

    __tablename__ = "calibration_person"

    session: Mapped[int] = mapped_column(ForeignKey("calibration.id"), primary_key=True)
    user: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    submitted_at: Mapped[datetime | None]


class CalibrationAnswerRow(Base):
    """One person's answer to one criterion of one call of a session."""

    __tablename__ = "calibration_answer"

    session: Mapped[int] = mapped_column(ForeignKey("calibration.id"), primary_key=True)
    call_id: Mapped[str] = mapped_column(ForeignKey("recording.call_id"), primary_key=True)
    user: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    criterion: Mapped[str] = mapped_column(primary_key=True)
    verdict: Mapped[Verdict]
    note: Mapped[str]
    answered_at: Mapped[datetime]


class CalibrationNoteRow(Base):
    """What was said of an item when the group talked it over, after the answers could be seen."""

    __tablename__ = "calibration_note"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    session: Mapped[int] = mapped_column(ForeignKey("calibration.id"), index=True)
    call_id: Mapped[str] = mapped_column(ForeignKey("recording.call_id"))
    criterion: Mapped[str]
    author: Mapped[str] = mapped_column(ForeignKey("person.id"))
    text: Mapped[str]
    made_at: Mapped[datetime]


class CoachingPlanRow(Base):
    """What an agent works on, from when; what came before `created_at` is compared with what comes after."""

    __tablename__ = "coaching_plan"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    agent_id: Mapped[str] = mapped_column(index=True)
    team: Mapped[str] = mapped_column(index=True)
    title: Mapped[str]
    criterion: Mapped[str]
    note: Mapped[str]
    created_by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    follow_up_on: Mapped[date | None] = mapped_column(Date)
    closed_at: Mapped[datetime | None]
    agreed_at: Mapped[datetime | None]


class CoachingClipRow(Base):
    """A moment to listen to together."""

    __tablename__ = "coaching_clip"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    plan: Mapped[int] = mapped_column(ForeignKey("coaching_plan.id"), index=True)
    call_id: Mapped[str] = mapped_column(ForeignKey("recording.call_id"))
    start_ms: Mapped[int]
    end_ms: Mapped[int]
    note: Mapped[str]


class CoachingActionRow(Base):
    """What was agreed, who does it, by when."""

    __tablename__ = "coaching_action"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    plan: Mapped[int] = mapped_column(ForeignKey("coaching_plan.id"), index=True)
    text: Mapped[str]
    owner: Mapped[str]
    due_on: Mapped[date | None] = mapped_column(Date)
    done_at: Mapped[datetime | None]
