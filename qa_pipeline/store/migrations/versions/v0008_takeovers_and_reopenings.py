"""Since when a call is claimed, who took one from whom, and which finished reviews were opened again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
LONG_AGO = "2000-01-01 00:00:00"
"""Of claims that are there already nobody knows since when: they run out within half an hour."""


def upgrade() -> None:
    """A column and two tables."""
    op.add_column("claim", sa.Column("since", sa.DateTime(), nullable=False, server_default=LONG_AGO))
    op.create_table(
        "takeover",
        sa.Column("call_id", TEXT, nullable=False),
        sa.Column("taken_from", TEXT, nullable=False),
        sa.Column("by", TEXT, nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["recording.call_id"], name="fk_takeover_call_id_recording"),
        sa.ForeignKeyConstraint(["taken_from"], ["person.id"], name="fk_takeover_taken_from_person"),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name="fk_takeover_by_person"),
        sa.PrimaryKeyConstraint("call_id", "taken_from", name="pk_takeover"),
    )
    op.create_table(
        "reopened_review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("finished", sa.Integer(), nullable=False),
        sa.Column("by", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["finished"], ["finished_review.id"], name="fk_reopened_review_finished_finished_review"
        ),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name="fk_reopened_review_by_person"),
        sa.PrimaryKeyConstraint("id", name="pk_reopened_review"),
        sa.UniqueConstraint("finished", name="uq_reopened_review_finished"),
    )
    op.create_index("ix_reopened_review_by", "reopened_review", ["by"])


def downgrade() -> None:
    """Without them."""
    op.drop_table("reopened_review")
    op.drop_table("takeover")
    op.drop_column("claim", "since")
