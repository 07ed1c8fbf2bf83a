"""A table for what `qa evaluate` measures."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """The cards."""
    op.create_table(
        "detector_card",
        sa.Column("scorecard", TEXT, nullable=False),
        sa.Column("criterion", TEXT, nullable=False),
        sa.Column("language", TEXT, nullable=False),
        sa.Column("precision", sa.Double()),
        sa.Column("truth_sha256", TEXT, nullable=False),
        sa.Column("measured_at", sa.DateTime(), nullable=False),
        sa.Column("body", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("scorecard", "criterion", "language", name="pk_detector_card"),
    )


def downgrade() -> None:
    """No cards."""
    op.drop_table("detector_card")
