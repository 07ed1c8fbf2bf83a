"""Every test that takes `url` or `store` runs on SQLite and, where QA_TEST_POSTGRES_URL names one, on PostgreSQL."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url

import qa_pipeline
from qa_pipeline.store.engine import Store, open_store

WORKERS = Path(__file__).with_name("workers.py")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database that nobody has opened yet."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/new/qa.db"
        return
    server = os.environ.get("QA_TEST_POSTGRES_URL")
    if not server:
        pytest.skip("QA_TEST_POSTGRES_URL names no PostgreSQL")
    schema = f"test_{uuid.uuid4().hex}"
    admin = create_engine(make_url(server).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql(f"CREATE SCHEMA {schema}")
    yield make_url(server).update_query_dict({"options": f"-csearch_path={schema}"}).render_as_string(False)
    with admin.connect() as connection:
        connection.exec_driver_sql(f"DROP SCHEMA {schema} CASCADE")
    admin.dispose()


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    with open_store(url) as opened:
        yield opened


@pytest.fixture
def start() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts a worker of workers.py in a process of its own; what still runs afterwards is killed."""
    running: list[subprocess.Popen[str]] = []

    def _start(*arguments: str) -> subprocess.Popen[str]:
        home = str(Path(qa_pipeline.__file__).parents[1])
        environment = os.environ | {"PYTHONPATH": home}
        command = [sys.executable, "-W", "error", str(WORKERS), *arguments]
        running.append(subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True))
        return running[-1]

    yield _start
    for process in running:
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()
