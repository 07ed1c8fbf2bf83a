from __future__ import annotations

import os
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from qa_pipeline.domain import StoreError
from qa_pipeline.store import runs
from qa_pipeline.store.engine import Store, open_store
from qa_pipeline.store.tables.calls import RunRow, TranscriptRow

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("qa.db", "store_url"),
        ("", "store_url"),
        ("mysql://host/db", "store_url"),
        ("postgres://host/db", "store_url"),
        ("postgresql://host:port/db", "store_url"),
        ("sqlite://", "store_url"),
        ("sqlite:///:memory:", "store_url"),
        ("postgresql://qa:geheim@127.0.0.1:1/qa", "store_unreachable"),
        ("sqlite:////proc/nowhere/qa.db", "store_unreachable"),
    ],
)
def test_a_url_that_cannot_be_used_gives_a_code_and_a_hint_and_never_the_password(url: str, code: str) -> None:
    with pytest.raises(StoreError) as caught:
        open_store(url)
    assert code == caught.value.code
    assert "geheim" not in str(caught.value)
    assert caught.value.hint


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("call the customer back\n" * 100)
    with pytest.raises(StoreError) as caught:
        open_store(f"sqlite:///{path}")
    assert "store_unreachable" == caught.value.code
    assert path.read_text().startswith("call the customer back")


def test_a_reader_does_not_make_an_empty_database(tmp_path: Path) -> None:
    with pytest.raises(StoreError) as caught:
        open_store(f"sqlite:///{tmp_path}/typo/qa.db", create=False)
    assert "store_missing" == caught.value.code
    assert [] == list(tmp_path.iterdir())


def test_opening_makes_the_folder_and_opening_again_keeps_the_content(url: str) -> None:
    with open_store(url) as store:
        run_id = runs.start_run(store, "nightly", {})
        runs.finish_run(store, run_id, {"scored": 3})
    with open_store(url) as store:
        assert {"scored": 3} == runs.counts(store, run_id)


def test_five_processes_may_open_a_new_database_at_once(url: str, start: Start) -> None:
    openers = [start("open", url) for _ in range(5)]
    assert [0] * 5 == [opener.wait(60) for opener in openers]


def test_a_database_of_a_later_version_is_refused(url: str) -> None:
    with open_store(url) as store:
        store.write(lambda session: session.execute(text("UPDATE schema_version SET version_num = '9999'")))
    with pytest.raises(StoreError) as caught:
        open_store(url)
    assert "schema_newer" == caught.value.code


def test_sqlite_is_set_up_for_many_readers_and_one_writer(tmp_path: Path) -> None:
    with open_store(f"sqlite:///{tmp_path}/qa.db") as store, store.read() as session:
        found = {
            name: session.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "foreign_keys", "busy_timeout")
        }
    assert {"journal_mode": "wal", "foreign_keys": 1, "busy_timeout": 30_000} == found


def test_four_processes_that_read_then_write_lose_nothing(store: Store, url: str, start: Start) -> None:
    run = {"id": "r", "kind": "test", "started_at": runs._now(), "parameters": "{}", "counts": '{"n": 0}'}
    store.write(lambda session: session.execute(insert(RunRow), run))
    writers = [start("count", url) for _ in range(4)]
    assert [0] * 4 == [writer.wait(120) for writer in writers]
    with store.read() as session:
        assert '{"n": 200}' == session.scalar(select(RunRow.counts))


def test_four_processes_may_save_the_same_calls(store: Store, url: str, start: Start) -> None:
    writers = [start("same", url) for _ in range(4)]
    assert [0] * 4 == [writer.wait(120) for writer in writers]
    with store.read() as session:
        assert 30 == len(session.scalars(select(TranscriptRow.fingerprint)).all())


def test_an_open_reader_sees_one_moment_and_holds_no_writer_up(store: Store) -> None:
    first = runs.start_run(store, "nightly", {})
    with store.read() as session:
        assert [first] == list(session.scalars(select(RunRow.id)))
        runs.start_run(store, "nightly", {})
        assert [first] == list(session.scalars(select(RunRow.id)))
    with store.read() as session:
        assert 2 == len(session.scalars(select(RunRow.id)).all())


def test_a_failed_write_changes_nothing(store: Store) -> None:
    run_id = runs.start_run(store, "nightly", {})

    def work(session: Session) -> None:
        row = session.get(RunRow, run_id)
        assert row is not None
        row.kind = "changed"
        session.flush()
        raise LookupError

    with pytest.raises(LookupError):
        store.write(work)
    with store.read() as session:
        assert "nightly" == session.scalar(select(RunRow.kind))


def test_a_refused_write_does_not_repeat_the_customers_words(store: Store) -> None:
    row = {"fingerprint": "t", "call_id": "nobody", "language": "en", "body": "my card number is"}
    with pytest.raises(StoreError) as caught:
        store.write(lambda session: session.execute(insert(TranscriptRow), row))
    assert "store" == caught.value.code
    assert "card" not in str(caught.value)
    assert caught.value.__suppress_context__


def test_a_locked_database_is_named_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa_pipeline.store.engine._BUSY_S", 0.1)
    with open_store(f"sqlite:///{tmp_path}/qa.db") as store:
        other = sqlite3.connect(tmp_path / "qa.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError) as caught:
            runs.start_run(store, "nightly", {})
        other.close()
    assert "store_busy" == caught.value.code


@pytest.mark.postgres
@pytest.mark.skipif("QA_TEST_POSTGRES_URL" not in os.environ, reason="QA_TEST_POSTGRES_URL names no PostgreSQL")
def test_a_postgresql_database_that_is_not_there_is_named_without_the_password() -> None:
    with pytest.raises(StoreError) as caught:
        open_store(os.environ["QA_TEST_POSTGRES_URL"].rsplit("/", 1)[0] + "/no_such_database")
    assert "store_unreachable" == caught.value.code
