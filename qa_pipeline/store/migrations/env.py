"""What Alembic runs; `schema.migrate` hands over a connection that already is in a transaction."""

from __future__ import annotations

from alembic import context

import qa_pipeline.store.account_tables
import qa_pipeline.store.desk_tables
import qa_pipeline.store.tables  # noqa: F401 - with the other one, imported for its tables
from qa_pipeline.store.base import Base
from qa_pipeline.store.schema import VERSION_TABLE

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    version_table=VERSION_TABLE,
    render_as_batch=True,  # SQLite alters a table by making it anew
)
context.run_migrations()
