"""Bringing a database's tables to what this version of the program knows (Alembic, run from here)."""

from __future__ import annotations

import sqlite3
import threading
from typing import cast

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from qa_pipeline.domain import StoreError

# Not Alembic's usual name: another program that shares the database (Prefect does) may use that one.
VERSION_TABLE = "schema_version"
_ADVISORY_LOCK = 0x7161_7363_6865  # "qasche"; any number will do that nobody else uses
_ONE_AT_A_TIME = threading.Lock()  # Alembic keeps the migration under way in a module global


def migrate(engine: Engine, revision: str = "head") -> None:
    """Brings the database to `revision` ("base" takes everything away); safe when several processes open it at once.

    Raises:
        StoreError: code "schema_newer" when a later version of the program has been here.
    """
    script = ScriptDirectory.from_config(_configuration())
    target = script.get_current_head() if revision == "head" else revision
    # A reader's transaction, where that is something else: nobody should wait for a look at the version.
    with engine.execution_options(sqlite_begin="BEGIN").connect() as connection:
        if _check(connection, script) == target:
            return
    with _ONE_AT_A_TIME, engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.detach()  # closed afterwards, not handed to others with its foreign keys off
            # Batch mode drops and renames whole tables; the keys are checked at the end instead.
            cast("sqlite3.Connection", connection.connection.dbapi_connection).execute("PRAGMA foreign_keys=OFF")
        with connection.begin():  # SQLite: the write lock
            if engine.dialect.name == "postgresql":
                # READ COMMITTED, so that what the holder before us did is seen afterwards.
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
            _run(connection, script, revision)


def _run(connection: Connection, script: ScriptDirectory, revision: str) -> None:
    _check(connection, script)
    configuration = _configuration()
    configuration.attributes["connection"] = connection
    (command.downgrade if revision == "base" else command.upgrade)(configuration, revision)
    if connection.dialect.name == "sqlite" and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
        raise StoreError(
            "Updating the database would break references in it; nothing was changed.", code="schema_broken"
        )


def _check(connection: Connection, script: ScriptDirectory) -> str | None:
    """The revision that the database has. Raises StoreError when this program does not know it."""
    current = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE}).get_current_revision()
    if current is not None and current not in {known.revision for known in script.walk_revisions()}:
        raise StoreError(
            f"The database was written by a newer version of this program (its tables are at {current}).",
            code="schema_newer",
            hint="Update the program, or name another database.",
        )
    return current


def _configuration() -> Config:
    configuration = Config()
    configuration.set_main_option("script_location", "qa_pipeline.store:migrations")
    return configuration
