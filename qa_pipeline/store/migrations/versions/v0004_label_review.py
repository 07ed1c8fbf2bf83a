"""A table for what people say of turns."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """The reviews."""
    op.create_table(
        "label_review",
        sa.Column("key", TEXT, nullable=False),
        sa.Column("call_id", TEXT, nullable=False),
        sa.Column("turn", sa.BigInteger(), nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("labels", TEXT, nullable=False),
        sa.Column("reviewer", TEXT, nullable=False),
        sa.Column("reviewed_at", sa.DateTime(), nullable=False),
        sa.Column("language", TEXT, nullable=False),
        sa.Column("party", TEXT, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("flags", TEXT, nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_label_review"),
        sa.ForeignKeyConstraint(["call_id"], ["recording.call_id"], name="fk_label_review_call_id_recording"),
    )
    op.create_index("ix_label_review_call_id", "label_review", ["call_id"])


def downgrade() -> None:
    """No reviews."""
    op.drop_table("label_review")
