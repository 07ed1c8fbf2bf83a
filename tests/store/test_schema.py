from __future__ import annotations

from datetime import datetime

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import column, insert, inspect
from sqlalchemy import table as table_

from qa_pipeline.domain import Role, User
from qa_pipeline.store.calls import recording
from qa_pipeline.store.desk import claims
from qa_pipeline.store.engine import Store, open_store
from qa_pipeline.store.mapping import recording_columns
from qa_pipeline.store.people import users
from qa_pipeline.store.schema import VERSION_TABLE, migrate
from qa_pipeline.store.tables.base import Base, now
from qa_pipeline.testing.dummies import a_recording

EMPTY = ("team", "agent_id", "language", "timezone", "theme", "subject", "password")


def test_tables_and_migrations_agree(store: Store) -> None:
    options = {"version_table": VERSION_TABLE, "compare_type": True, "target_metadata": Base.metadata}
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=options)
        assert [] == compare_metadata(context, Base.metadata)


def test_names_of_constraints_follow_the_convention_in_both(store: Store) -> None:
    looked_at = inspect(store.engine)
    for table in Base.metadata.sorted_tables:
        assert table.primary_key.name == looked_at.get_pk_constraint(table.name)["name"]
        declared = {str(key.name) for key in table.foreign_key_constraints}
        assert declared == {str(key["name"]) for key in looked_at.get_foreign_keys(table.name)}


def test_migrations_go_down_and_up_again(url: str) -> None:
    with open_store(url) as store:
        before = _tables(store)
        migrate(store.engine, "base")
        assert {VERSION_TABLE} == _tables(store)
        migrate(store.engine)
        assert before == _tables(store)
        with store.read() as session:
            assert [] == list(session.execute(Base.metadata.tables["recording"].select()))


def test_recordings_of_an_earlier_version_stay_and_say_nothing_of_tickets(url: str) -> None:
    known = recording_columns(a_recording())
    then = {
        name: value for name, value in known.items() if name not in ("category", "resolved_at", "resolved_offset_s")
    }
    with open_store(url) as store:
        migrate(store.engine, "base")
        migrate(store.engine, "0002")
        with store.engine.begin() as connection:
            old = Base.metadata.tables["recording"].insert().values(**then, created_at=datetime(2026, 11, 3))  # noqa: DTZ001 - UTC, as the column has it
            connection.execute(old)
        migrate(store.engine)
        assert a_recording() == recording(store, "call-1")


def test_people_of_an_earlier_version_keep_their_password(url: str) -> None:
    with open_store(url) as store:
        ada = users.add(store, User(id="", login="ada", name="Ada", role=Role.ADMIN), "a hash")
        with store.engine.begin() as connection:
            person = Base.metadata.tables["person"]
            kept = dict(connection.execute(person.select()).mappings().one())
            del kept["must_change"]
        migrate(store.engine, "base")
        migrate(store.engine, "0006")
        with store.engine.begin() as connection:
            connection.execute(person.insert().values(**kept))
        migrate(store.engine)
        assert (ada, "a hash") == users.by_login(store, "ada")


def test_a_claim_of_an_earlier_version_goes_on_and_may_be_taken_over(url: str) -> None:
    with open_store(url) as store:
        migrate(store.engine, "base")
        migrate(store.engine, "0006")
        until = now() + claims.CLAIM
        # As it was then, whatever columns the tables have got since.
        person = table_("person", *map(column, ("id", "login", "name", "role", *EMPTY, "active", "created_at")))
        rosa = {"id": "rosa", "login": "rosa", "name": "Rosa", "role": "reviewer", "active": True, "created_at": until}
        claim = table_("claim", column("call_id"), column("user"), column("until"))
        known = recording_columns(a_recording()) | {"created_at": until}
        with store.engine.begin() as connection:
            connection.execute(Base.metadata.tables["recording"].insert().values(**known))
            connection.execute(insert(person).values(**rosa, **dict.fromkeys(EMPTY, "")))
            connection.execute(insert(claim).values(call_id="call-1", user="rosa", until=until))
        migrate(store.engine)
        assert ("rosa", until) == claims.holder(store, "call-1")
        rene = users.add(store, User(id="", login="rene", name="René", role=Role.REVIEWER), "")
        claims.take_over(store, rene, "call-1", "rosa")


def test_a_migrated_sqlite_connection_still_checks_references(store: Store) -> None:
    if store.engine.dialect.name == "sqlite":
        with store.read() as session:
            assert 1 == session.connection().exec_driver_sql("PRAGMA foreign_keys").scalar()


def _tables(store: Store) -> set[str]:
    return set(inspect(store.engine).get_table_names())
