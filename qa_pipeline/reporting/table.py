"""What a table of a report is, and values as every file format takes them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from qa_pipeline.reporting.files import clean

Kind = Literal["text", "integer", "number", "score", "share", "flag", "time", "date", "clock"]
"""score: 0 to 100; share: 0 to 1; time: text, ISO 8601; clock: milliseconds from the start of the recording."""

Value = str | int | float | bool | datetime | date | None
Row = tuple[Value, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column; the name is the head in CSV and Parquet, and the key of its words in Excel."""

    name: str
    kind: Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table and its columns, in order."""

    name: str
    columns: tuple[Column, ...]


def table(name: str, **kinds: Kind) -> Table:
    """A table with these columns."""
    return Table(name=name, columns=tuple(Column(name=column, kind=kind) for column, kind in kinds.items()))


def plain_row(*values: Value) -> Row:
    """The values as every file format takes them."""
    return tuple(_plain(value) for value in values)


def _plain(value: Value) -> Value:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, float):
        # Digits beyond these are noise of the arithmetic.
        return round(value, 6) if math.isfinite(value) else None
    return value
