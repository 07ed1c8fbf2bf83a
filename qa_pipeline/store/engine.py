"""Opening a database and working in it: SQLite by default, PostgreSQL by URL."""

from __future__ import annotations

import random
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.orm import Session

from qa_pipeline.domain import StoreError
from qa_pipeline.store.schema import migrate

T = TypeVar("T")

_HOW_TO_WRITE_A_URL = "Write it as sqlite:///folder/qa.db or as postgresql://user@host/database."
_BUSY_S = 30  # how long SQLite waits for the one writer before it gives up
_TRIES = 20
# PostgreSQL: serialization failure, deadlock, and the unique violation that two first writers of one row can get.
_TRY_AGAIN = frozenset({"40001", "40P01", "23505"})


@dataclass(frozen=True, slots=True, repr=False)
class Store:
    """An open database. Use it as a context manager or call `close`; each process opens its own.

    Many may write at once and none loses another's update: SQLite takes the write lock before the first read
    (BEGIN IMMEDIATE), PostgreSQL runs writers SERIALIZABLE and `write` tries again after a collision. Readers see
    one moment and hold nobody up.

    `turn` is held while writing: SQLite's own waiting is sleep after sleep, so that of many threads some starve, and
    each of them keeps a connection from the readers meanwhile.
    """

    engine: Engine
    writer: Engine
    reader: Engine
    turn: AbstractContextManager[object] = field(default_factory=nullcontext, compare=False)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that sees one moment of the database and writes nothing. Raises StoreError."""
        try:
            with Session(self.reader) as session:
                yield session
        except SQLAlchemyError as error:
            raise _store_error(error) from None  # the database's own words may quote a customer

    def write(self, work: Callable[[Session], T]) -> T:
        """What `work` returns, all of its changes committed, or none and StoreError.

        `work` may run several times, so it must take everything from its session and change nothing else.
        """
        for attempt in count(1):
            try:
                with self.turn, Session(self.writer, expire_on_commit=False) as session, session.begin():
                    return work(session)
            except SQLAlchemyError as error:
                if attempt == _TRIES or not _may_succeed_next_time(error):
                    raise _store_error(error) from None  # as above
            time.sleep(random.uniform(0.0, min(1.0, 0.01 * 2**attempt)))  # noqa: S311 - spreads writers, hides nothing
        raise AssertionError

    def close(self) -> None:
        """Gives all connections back."""
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_store(url: str, *, create: bool = True) -> Store:
    """The store at this URL, its tables brought up to date; a SQLite file and its folder are made when missing.

    Args:
        url: `sqlite:///relative/qa.db`, `sqlite:////absolute/qa.db` or `postgresql://user:password@host/database`.
        create: False for commands that only read: a missing SQLite file is then an error, not an empty database.

    Raises:
        StoreError: code "store_url" (not a URL that can be used), "store_missing", "store_unreachable",
            "schema_newer" (a later version of this program wrote it) or "store" (anything else).
    """
    parsed = _parse(url)
    try:
        store = _sqlite(parsed, create=create) if parsed.get_backend_name() == "sqlite" else _postgresql(parsed)
        try:
            migrate(store.engine)
        except BaseException:
            store.close()
            raise
    except SQLAlchemyError as error:
        raise _store_error(error, reaching=parsed) from None  # the next line of defence for passwords
    return store


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        # The text is not shown: it may hold a password.
        raise StoreError("The database URL cannot be read.", code="store_url", hint=_HOW_TO_WRITE_A_URL) from None
    if parsed.drivername in ("postgresql", "postgresql+psycopg"):
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername not in ("sqlite", "sqlite+pysqlite"):
        raise StoreError(f"No database of the kind {parsed.drivername}.", code="store_url", hint=_HOW_TO_WRITE_A_URL)
    if parsed.database in (None, "", ":memory:"):
        raise StoreError("A SQLite database needs a file.", code="store_url", hint=_HOW_TO_WRITE_A_URL)
    return parsed


def _sqlite(url: URL, *, create: bool) -> Store:
    path = Path(url.database or "")
    if not create and not path.is_file():
        raise StoreError(
            f"There is no database at {path}.", code="store_missing", hint="Run qa nightly first, or check --db."
        )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"The folder of {path} cannot be made: {error.strerror}.",
            code="store_unreachable",
            hint="Name a place where you may write.",
        ) from None
    engine = create_engine(url, hide_parameters=True, connect_args={"timeout": _BUSY_S})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return Store(engine, writer=engine, reader=engine.execution_options(sqlite_begin="BEGIN"), turn=threading.Lock())


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # the driver would begin on its own, and too late
    connection.execute("PRAGMA foreign_keys=ON")
    # With a write-ahead log a commit survives the death of the process; only a power cut can take the last ones.
    connection.execute("PRAGMA synchronous=NORMAL")
    if connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
        _switch_to_wal(connection)


def _switch_to_wal(connection: sqlite3.Connection) -> None:
    """Once in a file's life; SQLite does not wait for other connections here, so this does."""
    give_up = time.monotonic() + _BUSY_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > give_up:
                raise
            time.sleep(0.02)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("sqlite_begin", "BEGIN IMMEDIATE"))


def _postgresql(url: URL) -> Store:
    arguments = {} if "connect_timeout" in url.query else {"connect_timeout": 10}
    engine = create_engine(
        url, hide_parameters=True, pool_pre_ping=True, isolation_level="READ COMMITTED", connect_args=arguments
    )
    return Store(
        engine,
        writer=engine.execution_options(isolation_level="SERIALIZABLE"),
        reader=engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True),
    )


def _may_succeed_next_time(error: SQLAlchemyError) -> bool:
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) in _TRY_AGAIN


def _store_error(error: SQLAlchemyError, *, reaching: URL | None = None) -> StoreError:
    """What happened, without the values that were being written: they may be a customer's words."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, sqlite3.Error) and getattr(cause, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY:
        return StoreError(
            f"Another program kept the database locked for {_BUSY_S} s.",
            code="store_busy",
            hint="Try again when it has finished; for many writers at a time use PostgreSQL.",
        )
    state = getattr(cause, "sqlstate", None) or getattr(cause, "sqlite_errorname", None) or "no code"
    if reaching is not None and isinstance(error, DBAPIError):
        return StoreError(
            f"The database {reaching.render_as_string(hide_password=True)} cannot be opened ({state}).",
            code="store_unreachable",
            hint="Check that the address, the name and the password are right, and that it runs and lets you in.",
        )
    return StoreError(f"The database refused: {type(cause).__name__} ({state}).", code="store")
