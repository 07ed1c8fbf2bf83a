"""What all tables share: the base class, text that comes back exactly, enums as plain text."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, DateTime, Dialect, Double, Enum, MetaData, Text, TypeDecorator
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeEngine

from qa_pipeline.domain import Status, Verdict

_ESCAPE = "\x1a"  # ASCII "substitute"; nobody types it
_UNSTORABLE = re.compile("[\x00\x1a\ud800-\udfff]")
_ESCAPED = re.compile(f"{_ESCAPE}([0-9a-f]{{4}})")


class AnyText(TypeDecorator[str]):
    """Text that comes back exactly, whatever is in it, and sorts by code point in both databases.

    A file name that is not UTF-8 reaches Python with lone surrogates and a manifest can hold NUL; neither database
    takes the first, PostgreSQL takes neither. Both are stored escaped; all other text is stored as it is.
    """

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[str]:
        return Text(collation="C") if dialect.name == "postgresql" else Text()

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - fixed by the base
        return None if value is None else _UNSTORABLE.sub(lambda found: f"{_ESCAPE}{ord(found[0]):04x}", value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - fixed by the base
        return None if value is None else _ESCAPED.sub(lambda found: chr(int(found[1], 16)), value)


def _values(kind: type[StrEnum]) -> Enum:
    """An enum stored as its values, in a plain text column: a new member needs no migration."""
    return Enum(
        kind,
        native_enum=False,
        create_constraint=False,
        length=20,
        values_callable=lambda members: [member.value for member in members],
    )


def now() -> datetime:
    """This moment in UTC, as the columns have it: without a zone."""
    return datetime.now(UTC).replace(tzinfo=None)


class Base(DeclarativeBase):
    """Names of constraints are spelled out, because migrations have to call them by name."""

    metadata = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
        }
    )
    # Numbers that stand in a recording's header may be anything that 32 bits without a sign can hold.
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it so
        str: AnyText,
        int: BigInteger,
        float: Double,
        datetime: DateTime,
        Status: _values(Status),
        Verdict: _values(Verdict),
    }
