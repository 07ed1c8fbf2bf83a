"""What Alembic runs; `schema.migrate` hands over a connection that already is in a transaction."""

from __future__ import annotations

from alembic import context

from qa_pipeline.store.schema import VERSION_TABLE
from qa_pipeline.store.tables.base import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    version_table=VERSION_TABLE,
    render_as_batch=True,  # SQLite alters a table by making it anew
)
context.run_migrations()
