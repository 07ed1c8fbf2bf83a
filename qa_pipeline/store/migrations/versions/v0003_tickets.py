"""What the ticket says of a call: its category, and when it was resolved."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Columns beside the other metadata; of calls that are there already nothing is known."""
    op.add_column("recording", sa.Column("category", TEXT, nullable=False, server_default=""))
    op.add_column("recording", sa.Column("resolved_at", sa.DateTime()))
    op.add_column("recording", sa.Column("resolved_offset_s", sa.BigInteger()))


def downgrade() -> None:
    """Without them."""
    for name in ("resolved_offset_s", "resolved_at", "category"):
        op.drop_column("recording", name)
