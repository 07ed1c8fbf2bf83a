"""Tables for appeals, calibration and coaching."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLES = (
    "acknowledgement",
    "appeal",
    "appeal_event",
    "calibration",
    "calibration_call",
    "calibration_person",
    "calibration_answer",
    "calibration_note",
    "coaching_plan",
    "coaching_clip",
    "coaching_action",
)
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
VERDICT = sa.String(20)


def upgrade() -> None:
    """All of them."""
    _appeals()
    _calibration()
    _coaching()


def downgrade() -> None:
    """None of them."""
    for table in reversed(TABLES):
        op.drop_table(table)


def _appeals() -> None:
    """Agents' questions."""
    op.create_table(
        "acknowledgement",
        sa.Column("call_id", TEXT, nullable=False),
        sa.Column("user", TEXT, nullable=False),
        sa.Column("evaluation", TEXT, nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["recording.call_id"], name="fk_acknowledgement_call_id_recording"),
        sa.ForeignKeyConstraint(["user"], ["person.id"], name="fk_acknowledgement_user_person"),
        sa.PrimaryKeyConstraint("call_id", "user", name="pk_acknowledgement"),
    )
    op.create_table(
        "appeal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", TEXT, nullable=False),
        sa.Column("evaluation", TEXT, nullable=False),
        sa.Column("criterion", TEXT, nullable=False),
        sa.Column("agent", TEXT, nullable=False),
        sa.Column("agent_id", TEXT, nullable=False),
        sa.Column("team", TEXT, nullable=False),
        sa.Column(
            "stood",
            VERDICT,
            nullable=False,
        ),
        sa.Column(
            "proposed",
            VERDICT,
            nullable=False,
        ),
        sa.Column("round", sa.BigInteger(), nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("first_reviewer", TEXT, nullable=False),
        sa.Column(
            "outcome",
            VERDICT,
            nullable=True,
        ),
        sa.Column("opened_at", sa.DateTime(), nullable=False),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["agent"], ["person.id"], name="fk_appeal_agent_person"),
        sa.ForeignKeyConstraint(["call_id"], ["recording.call_id"], name="fk_appeal_call_id_recording"),
        sa.ForeignKeyConstraint(["evaluation"], ["evaluation.fingerprint"], name="fk_appeal_evaluation_evaluation"),
        sa.PrimaryKeyConstraint("id", name="pk_appeal"),
    )
    op.create_index("ix_appeal_agent", "appeal", ["agent"])
    op.create_index("ix_appeal_call_id_criterion", "appeal", ["call_id", "criterion"])
    op.create_index("ix_appeal_evaluation", "appeal", ["evaluation"])
    op.create_index("ix_appeal_state", "appeal", ["state"])
    op.create_index("ix_appeal_team", "appeal", ["team"])
    op.create_table(
        "appeal_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("appeal", sa.Integer(), nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("user", TEXT, nullable=False),
        sa.Column("note", TEXT, nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["appeal"], ["appeal.id"], name="fk_appeal_event_appeal_appeal"),
        sa.ForeignKeyConstraint(["user"], ["person.id"], name="fk_appeal_event_user_person"),
        sa.PrimaryKeyConstraint("id", name="pk_appeal_event"),
    )
    op.create_index("ix_appeal_event_appeal", "appeal_event", ["appeal"])
    # ### end Alembic commands ###


def _calibration() -> None:
    """Sessions in which several judge the same calls."""
    op.create_table(
        "calibration",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", TEXT, nullable=False),
        sa.Column("scorecard", TEXT, nullable=False),
        sa.Column("scorecard_version", TEXT, nullable=False),
        sa.Column("expert", TEXT, nullable=True),
        sa.Column("created_by", TEXT, nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name="fk_calibration_created_by_person"),
        sa.ForeignKeyConstraint(["expert"], ["person.id"], name="fk_calibration_expert_person"),
        sa.PrimaryKeyConstraint("id", name="pk_calibration"),
    )
    op.create_table(
        "calibration_answer",
        sa.Column("session", sa.Integer(), nullable=False),
        sa.Column("call_id", TEXT, nullable=False),
        sa.Column("user", TEXT, nullable=False),
        sa.Column("criterion", TEXT, nullable=False),
        sa.Column(
            "verdict",
            VERDICT,
            nullable=False,
        ),
        sa.Column("note", TEXT, nullable=False),
        sa.Column("answered_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["recording.call_id"], name="fk_calibration_answer_call_id_recording"),
        sa.ForeignKeyConstraint(["session"], ["calibration.id"], name="fk_calibration_answer_session_calibration"),
        sa.ForeignKeyConstraint(["user"], ["person.id"], name="fk_calibration_answer_user_person"),
        sa.PrimaryKeyConstraint("session", "call_id", "user", "criterion", name="pk_calibration_answer"),
    )
    op.create_table(
        "calibration_person",
        sa.Column("session", sa.Integer(), nullable=False),
        sa.Column("user", TEXT, nullable=False),
        sa.Column("submitted_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["session"], ["calibration.id"], name="fk_calibration_person_session_calibration"),
        sa.ForeignKeyConstraint(["user"], ["person.id"], name="fk_calibration_person_user_person"),
        sa.PrimaryKeyConstraint("session", "user", name="pk_calibration_person"),
    )
    op.create_table(
        "calibration_call",
        sa.Column("session", sa.Integer(), nullable=False),
        sa.Column("call_id", TEXT, nullable=False),
        sa.Column("evaluation", TEXT, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["recording.call_id"], name="fk_calibration_call_call_id_recording"),
        sa.ForeignKeyConstraint(
            ["evaluation"], ["evaluation.fingerprint"], name="fk_calibration_call_evaluation_evaluation"
        ),
        sa.ForeignKeyConstraint(["session"], ["calibration.id"], name="fk_calibration_call_session_calibration"),
        sa.PrimaryKeyConstraint("session", "call_id", name="pk_calibration_call"),
    )
    op.create_table(
        "calibration_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session", sa.Integer(), nullable=False),
        sa.Column("call_id", TEXT, nullable=False),
        sa.Column("criterion", TEXT, nullable=False),
        sa.Column("author", TEXT, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["author"], ["person.id"], name="fk_calibration_note_author_person"),
        sa.ForeignKeyConstraint(["call_id"], ["recording.call_id"], name="fk_calibration_note_call_id_recording"),
        sa.ForeignKeyConstraint(["session"], ["calibration.id"], name="fk_calibration_note_session_calibration"),
        sa.PrimaryKeyConstraint("id", name="pk_calibration_note"),
    )
    op.create_index("ix_calibration_note_session", "calibration_note", ["session"])


def _coaching() -> None:
    """Plans."""
    op.create_table(
        "coaching_plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agent_id", TEXT, nullable=False),
        sa.Column("team", TEXT, nullable=False),
        sa.Column("title", TEXT, nullable=False),
        sa.Column("criterion", TEXT, nullable=False),
        sa.Column("note", TEXT, nullable=False),
        sa.Column("created_by", TEXT, nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("follow_up_on", sa.Date(), nullable=True),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.Column("agreed_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name="fk_coaching_plan_created_by_person"),
        sa.PrimaryKeyConstraint("id", name="pk_coaching_plan"),
    )
    op.create_index("ix_coaching_plan_agent_id", "coaching_plan", ["agent_id"])
    op.create_index("ix_coaching_plan_team", "coaching_plan", ["team"])
    op.create_table(
        "coaching_action",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan", sa.Integer(), nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("owner", TEXT, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("done_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["plan"], ["coaching_plan.id"], name="fk_coaching_action_plan_coaching_plan"),
        sa.PrimaryKeyConstraint("id", name="pk_coaching_action"),
    )
    op.create_index("ix_coaching_action_plan", "coaching_action", ["plan"])
    op.create_table(
        "coaching_clip",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan", sa.Integer(), nullable=False),
        sa.Column("call_id", TEXT, nullable=False),
        sa.Column("start_ms", sa.BigInteger(), nullable=False),
        sa.Column("end_ms", sa.BigInteger(), nullable=False),
        sa.Column("note", TEXT, nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["recording.call_id"], name="fk_coaching_clip_call_id_recording"),
        sa.ForeignKeyConstraint(["plan"], ["coaching_plan.id"], name="fk_coaching_clip_plan_coaching_plan"),
        sa.PrimaryKeyConstraint("id", name="pk_coaching_clip"),
    )
    op.create_index("ix_coaching_clip_plan", "coaching_clip", ["plan"])
