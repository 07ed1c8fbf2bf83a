"""Tables for accounts and for what people decide about calls."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TABLES = (
    "person",
    "web_session",
    "login_throttle",
    "api_token",
    "audit",
    "saved_view",
    "webhook",
    "webhook_delivery",
    "decision",
    "finished_review",
    "comment",
    "standing",
    "standing_verdict",
    "claim",
    "assignment",
)
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
VERDICT = sa.String(20)


def upgrade() -> None:
    """All of them."""
    _accounts()
    _decisions()


def downgrade() -> None:
    """None of them."""
    for table in reversed(TABLES):
        op.drop_table(table)


def _accounts() -> None:
    """Accounts, their sessions, tokens and views, the audit log, webhooks."""
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("user", TEXT, nullable=False),
        sa.Column("login", TEXT, nullable=False),
        sa.Column("action", TEXT, nullable=False),
        sa.Column("subject_kind", TEXT, nullable=False),
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("detail", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_index("ix_audit_at", "audit", ["at"])
    op.create_index("ix_audit_subject_kind_subject", "audit", ["subject_kind", "subject"])
    op.create_index("ix_audit_login_at", "audit", ["login", "at"])
    op.create_table(
        "login_throttle",
        sa.Column("key", TEXT, nullable=False),
        sa.Column("failures", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_login_throttle"),
    )
    op.create_table(
        "person",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("login", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("role", TEXT, nullable=False),
        sa.Column("team", TEXT, nullable=False),
        sa.Column("agent_id", TEXT, nullable=False),
        sa.Column("language", TEXT, nullable=False),
        sa.Column("timezone", TEXT, nullable=False),
        sa.Column("theme", TEXT, nullable=False),
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("password", TEXT, nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_person"),
        sa.UniqueConstraint("login", name="uq_person_login"),
    )
    op.create_index("ix_person_subject", "person", ["subject"])
    op.create_table(
        "api_token",
        sa.Column("token", TEXT, nullable=False),
        sa.Column("user", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(), nullable=True),
        sa.Column("used_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["user"], ["person.id"], name="fk_api_token_user_person"),
        sa.PrimaryKeyConstraint("token", name="pk_api_token"),
    )
    op.create_index("ix_api_token_user", "api_token", ["user"])
    op.create_table(
        "saved_view",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user", TEXT, nullable=False),
        sa.Column("page", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("query", TEXT, nullable=False),
        sa.ForeignKeyConstraint(["user"], ["person.id"], name="fk_saved_view_user_person"),
        sa.PrimaryKeyConstraint("id", name="pk_saved_view"),
        sa.UniqueConstraint("user", "page", "name", name="uq_saved_view_user_page_name"),
    )
    op.create_table(
        "web_session",
        sa.Column("token", TEXT, nullable=False),
        sa.Column("user", TEXT, nullable=False),
        sa.Column("csrf", TEXT, nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user"], ["person.id"], name="fk_web_session_user_person"),
        sa.PrimaryKeyConstraint("token", name="pk_web_session"),
    )
    op.create_index("ix_web_session_expires_at", "web_session", ["expires_at"])
    op.create_index("ix_web_session_user", "web_session", ["user"])
    op.create_table(
        "webhook",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("url", TEXT, nullable=False),
        sa.Column("secret", TEXT, nullable=False),
        sa.Column("events", TEXT, nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_by", TEXT, nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name="fk_webhook_created_by_person"),
        sa.PrimaryKeyConstraint("id", name="pk_webhook"),
    )
    op.create_table(
        "webhook_delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("webhook", sa.Integer(), nullable=False),
        sa.Column("event", TEXT, nullable=False),
        sa.Column("payload", TEXT, nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("next_at", sa.DateTime(), nullable=True),
        sa.Column("delivered_at", sa.DateTime(), nullable=True),
        sa.Column("error", TEXT, nullable=False),
        sa.ForeignKeyConstraint(["webhook"], ["webhook.id"], name="fk_webhook_delivery_webhook_webhook"),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_delivery"),
    )
    op.create_index("ix_webhook_delivery_delivered_at_next_at", "webhook_delivery", ["delivered_at", "next_at"])
    op.create_index("ix_webhook_delivery_webhook", "webhook_delivery", ["webhook"])


def _decisions() -> None:
    """What people decide, and what stands."""
    op.create_table(
        "assignment",
        sa.Column("call_id", TEXT, nullable=False),
        sa.Column("user", TEXT, nullable=False),
        sa.Column("by", TEXT, nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name="fk_assignment_by_person"),
        sa.ForeignKeyConstraint(["call_id"], ["recording.call_id"], name="fk_assignment_call_id_recording"),
        sa.ForeignKeyConstraint(["user"], ["person.id"], name="fk_assignment_user_person"),
        sa.PrimaryKeyConstraint("call_id", name="pk_assignment"),
    )
    op.create_index("ix_assignment_user", "assignment", ["user"])
    op.create_table(
        "claim",
        sa.Column("call_id", TEXT, nullable=False),
        sa.Column("user", TEXT, nullable=False),
        sa.Column("until", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["recording.call_id"], name="fk_claim_call_id_recording"),
        sa.ForeignKeyConstraint(["user"], ["person.id"], name="fk_claim_user_person"),
        sa.PrimaryKeyConstraint("call_id", name="pk_claim"),
    )
    op.create_index("ix_claim_user", "claim", ["user"])
    op.create_table(
        "comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", TEXT, nullable=False),
        sa.Column("author", TEXT, nullable=False),
        sa.Column("criterion", TEXT, nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=True),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["author"], ["person.id"], name="fk_comment_author_person"),
        sa.ForeignKeyConstraint(["call_id"], ["recording.call_id"], name="fk_comment_call_id_recording"),
        sa.PrimaryKeyConstraint("id", name="pk_comment"),
    )
    op.create_index("ix_comment_author", "comment", ["author"])
    op.create_index("ix_comment_call_id", "comment", ["call_id"])
    op.create_table(
        "standing_verdict",
        sa.Column("call_id", TEXT, nullable=False),
        sa.Column("criterion", TEXT, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column(
            "verdict",
            VERDICT,
            nullable=False,
        ),
        sa.Column("coach_only", sa.Boolean(), nullable=False),
        sa.Column("by_person", sa.Boolean(), nullable=False),
        sa.Column("agent_id", TEXT, nullable=False),
        sa.Column("team", TEXT, nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["recording.call_id"], name="fk_standing_verdict_call_id_recording"),
        sa.PrimaryKeyConstraint("call_id", "criterion", name="pk_standing_verdict"),
    )
    op.create_index(
        "ix_standing_verdict_agent_id_day_criterion_verdict",
        "standing_verdict",
        ["agent_id", "day", "criterion", "verdict"],
    )
    op.create_index("ix_standing_verdict_criterion_day_verdict", "standing_verdict", ["criterion", "day", "verdict"])
    op.create_table(
        "decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", TEXT, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("evaluation", TEXT, nullable=False),
        sa.Column("scorecard", TEXT, nullable=False),
        sa.Column("scorecard_version", TEXT, nullable=False),
        sa.Column("criterion", TEXT, nullable=False),
        sa.Column(
            "verdict",
            VERDICT,
            nullable=True,
        ),
        sa.Column("level", sa.BigInteger(), nullable=True),
        sa.Column(
            "machine",
            VERDICT,
            nullable=False,
        ),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("origin", TEXT, nullable=False),
        sa.Column("reviewer", TEXT, nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["recording.call_id"], name="fk_decision_call_id_recording"),
        sa.ForeignKeyConstraint(["evaluation"], ["evaluation.fingerprint"], name="fk_decision_evaluation_evaluation"),
        sa.ForeignKeyConstraint(["reviewer"], ["person.id"], name="fk_decision_reviewer_person"),
        sa.PrimaryKeyConstraint("id", name="pk_decision"),
        sa.UniqueConstraint("call_id", "revision", name="uq_decision_call_id_revision"),
    )
    op.create_index("ix_decision_evaluation", "decision", ["evaluation"])
    op.create_index("ix_decision_made_at", "decision", ["made_at"])
    op.create_index("ix_decision_reviewer", "decision", ["reviewer"])
    op.create_table(
        "finished_review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", TEXT, nullable=False),
        sa.Column("evaluation", TEXT, nullable=False),
        sa.Column("reviewer", TEXT, nullable=False),
        sa.Column("kinds", TEXT, nullable=False),
        sa.Column("finished_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["recording.call_id"], name="fk_finished_review_call_id_recording"),
        sa.ForeignKeyConstraint(
            ["evaluation"], ["evaluation.fingerprint"], name="fk_finished_review_evaluation_evaluation"
        ),
        sa.ForeignKeyConstraint(["reviewer"], ["person.id"], name="fk_finished_review_reviewer_person"),
        sa.PrimaryKeyConstraint("id", name="pk_finished_review"),
    )
    op.create_index("ix_finished_review_call_id", "finished_review", ["call_id"])
    op.create_index("ix_finished_review_evaluation", "finished_review", ["evaluation"])
    op.create_index("ix_finished_review_finished_at", "finished_review", ["finished_at"])
    op.create_index("ix_finished_review_reviewer", "finished_review", ["reviewer"])
    op.create_table(
        "standing",
        sa.Column("call_id", TEXT, nullable=False),
        sa.Column("evaluation", TEXT, nullable=False),
        sa.Column("agent_id", TEXT, nullable=False),
        sa.Column("agent_name", TEXT, nullable=False),
        sa.Column("team", TEXT, nullable=False),
        sa.Column("queue", TEXT, nullable=False),
        sa.Column("language", TEXT, nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=True),
        sa.Column("scorecard", TEXT, nullable=False),
        sa.Column("scorecard_version", TEXT, nullable=False),
        sa.Column("points", sa.Double(), nullable=False),
        sa.Column("out_of", sa.Double(), nullable=False),
        sa.Column("percent", sa.Double(), nullable=True),
        sa.Column("raw_percent", sa.Double(), nullable=True),
        sa.Column("band", TEXT, nullable=False),
        sa.Column("needs_review", sa.Boolean(), nullable=False),
        sa.Column("body", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("kinds", TEXT, nullable=False),
        sa.Column("priority", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("decided", sa.BigInteger(), nullable=False),
        sa.Column("settled", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["recording.call_id"], name="fk_standing_call_id_recording"),
        sa.ForeignKeyConstraint(["evaluation"], ["evaluation.fingerprint"], name="fk_standing_evaluation_evaluation"),
        sa.PrimaryKeyConstraint("call_id", name="pk_standing"),
    )
    op.create_index("ix_standing_agent_id_started_at", "standing", ["agent_id", "started_at"])
    op.create_index("ix_standing_changed_at", "standing", ["changed_at"])
    op.create_index("ix_standing_evaluation", "standing", ["evaluation"])
    op.create_index("ix_standing_settled", "standing", ["settled"])
    op.create_index("ix_standing_started_at", "standing", ["started_at"])
    op.create_index(
        "ix_standing_state_priority_started_at_call_id", "standing", ["state", "priority", "started_at", "call_id"]
    )
    op.create_index(
        "ix_standing_state_kinds_team_language_agent_id", "standing", ["state", "kinds", "team", "language", "agent_id"]
    )
    op.create_index("ix_standing_team_agent_id_agent_name", "standing", ["team", "agent_id", "agent_name"])
    op.create_index("ix_standing_team_started_at", "standing", ["team", "started_at"])
