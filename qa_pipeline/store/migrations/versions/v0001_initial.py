"""The first tables: recordings, transcripts, signals, evaluations with their findings, the ledger, runs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# PostgreSQL sorts text by the server's locale unless told otherwise; reports must not depend on it.
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
INDEXES = (
    ("recording", ("sha256",)),
    ("recording", ("agent_id",)),
    ("recording", ("team",)),
    ("recording", ("started_at",)),
    ("recording", ("evaluation",)),
    ("transcript", ("call_id",)),
    ("signal_set", ("call_id",)),
    ("evaluation", ("call_id",)),
    ("evaluation", ("transcript",)),
    ("evaluation_signals", ("signal_set",)),
    ("finding", ("criterion", "verdict")),
    ("ledger", ("status",)),
)
TABLES = ("run", "ledger", "finding", "evaluation_signals", "evaluation", "signal_set", "transcript", "recording")


def upgrade() -> None:
    """All tables, then the one reference that closes the circle between recording and evaluation."""
    _recording()
    _products()
    _evaluation()
    _accounts()
    with op.batch_alter_table("recording") as recording:
        recording.create_foreign_key(
            "fk_recording_evaluation_evaluation", "evaluation", ["evaluation"], ["fingerprint"]
        )
    for table, columns in INDEXES:
        op.create_index(f"ix_{table}_{'_'.join(columns)}", table, list(columns))


def downgrade() -> None:
    """No tables."""
    with op.batch_alter_table("recording") as recording:
        recording.drop_constraint("fk_recording_evaluation_evaluation", type_="foreignkey")
    for table in TABLES:
        op.drop_table(table)


def _recording() -> None:
    op.create_table(
        "recording",
        _text("call_id"),
        _text("uri"),
        _text("sha256"),
        _text("container"),
        _text("codec"),
        sa.Column("sample_rate_hz", sa.BigInteger(), nullable=False),
        sa.Column("channels", sa.BigInteger(), nullable=False),
        sa.Column("duration_ms", sa.BigInteger(), nullable=False),
        _text("agent_id"),
        _text("agent_name"),
        _text("team"),
        _text("queue"),
        _text("language"),
        sa.Column("started_at", sa.DateTime()),
        sa.Column("utc_offset_s", sa.BigInteger()),
        _text("direction"),
        _text("customer_id"),
        _text("agent_channel"),
        sa.Column("csat", sa.Double()),
        _text("disposition"),
        _text("flags"),
        sa.Column("evaluation", TEXT),
        _created_at(),
        sa.PrimaryKeyConstraint("call_id", name="pk_recording"),
    )


def _products() -> None:
    op.create_table(
        "transcript",
        _text("fingerprint"),
        _text("call_id"),
        _text("language"),
        _text("body"),
        _created_at(),
        sa.PrimaryKeyConstraint("fingerprint", name="pk_transcript"),
        _reference("transcript", "call_id", "recording", "call_id"),
    )
    op.create_table(
        "signal_set",
        _text("fingerprint"),
        _text("call_id"),
        _text("kind"),
        _text("measured"),
        _text("body"),
        _created_at(),
        sa.PrimaryKeyConstraint("fingerprint", name="pk_signal_set"),
        _reference("signal_set", "call_id", "recording", "call_id"),
    )


def _evaluation() -> None:
    op.create_table(
        "evaluation",
        _text("fingerprint"),
        _text("call_id"),
        _text("transcript"),
        _text("scorecard"),
        _text("scorecard_version"),
        _text("scorecard_fingerprint"),
        sa.Column("points", sa.Double(), nullable=False),
        sa.Column("out_of", sa.Double(), nullable=False),
        sa.Column("percent", sa.Double()),
        sa.Column("raw_percent", sa.Double()),
        _text("band"),
        sa.Column("needs_review", sa.Boolean(), nullable=False),
        _text("body"),
        _created_at(),
        sa.PrimaryKeyConstraint("fingerprint", name="pk_evaluation"),
        _reference("evaluation", "call_id", "recording", "call_id"),
        _reference("evaluation", "transcript", "transcript", "fingerprint"),
    )
    op.create_table(
        "evaluation_signals",
        _text("evaluation"),
        sa.Column("position", sa.BigInteger(), nullable=False),
        _text("signal_set"),
        sa.PrimaryKeyConstraint("evaluation", "position", name="pk_evaluation_signals"),
        _reference("evaluation_signals", "evaluation", "evaluation", "fingerprint"),
        _reference("evaluation_signals", "signal_set", "signal_set", "fingerprint"),
    )
    op.create_table(
        "finding",
        _text("evaluation"),
        sa.Column("position", sa.BigInteger(), nullable=False),
        _text("criterion"),
        sa.Column("verdict", sa.String(20), nullable=False),
        sa.Column("level", sa.BigInteger()),
        sa.Column("confidence", sa.Double(), nullable=False),
        _text("why"),
        _text("body"),
        sa.PrimaryKeyConstraint("evaluation", "position", name="pk_finding"),
        _reference("finding", "evaluation", "evaluation", "fingerprint"),
    )


def _accounts() -> None:
    op.create_table(
        "ledger",
        _text("key"),
        _text("archive"),
        _text("recording"),
        sa.Column("line", sa.BigInteger()),
        _text("call_id"),
        sa.Column("status", sa.String(20), nullable=False),
        _text("code"),
        _text("reason"),
        sa.Column("inclusion_probability", sa.Double()),
        sa.PrimaryKeyConstraint("key", name="pk_ledger"),
    )
    op.create_table(
        "run",
        _text("id"),
        _text("kind"),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("finished_at", sa.DateTime()),
        _text("parameters"),
        _text("counts"),
        sa.PrimaryKeyConstraint("id", name="pk_run"),
    )


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, TEXT, nullable=False)


def _created_at() -> sa.Column[object]:
    return sa.Column("created_at", sa.DateTime(), nullable=False)


def _reference(table: str, column: str, target: str, key: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.{key}"], name=f"fk_{table}_{column}_{target}")
