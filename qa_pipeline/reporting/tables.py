"""CSV and Parquet: the tables of a report for other programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

from qa_pipeline.reporting.files import replacing
from qa_pipeline.reporting.rows import TABLES
from qa_pipeline.reporting.table import Column, Kind, Row, Table, Value

CHUNK = 5000
"""Rows held in memory for each table, and the size of a Parquet row group."""

# A spreadsheet takes text that starts with one of these for a formula and may run it; full width ones too.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

# pandas' type, and the name of Arrow's.
_TYPES: dict[Kind, tuple[Any, str]] = {
    "text": ("string", "string"),
    "integer": ("Int64", "int64"),
    "number": ("Float64", "float64"),
    "score": ("Float64", "float64"),
    "share": ("Float64", "float64"),
    "flag": ("boolean", "bool_"),
    "time": ("string", "string"),
    "date": ("string", "string"),
    "clock": ("Int64", "int64"),
}


class TableFiles:
    """Rows go in with `add`, files come out when `table_files` ends."""

    def __init__(self, tables: Sequence[Table], parts: dict[str, tuple[Path, Path]]) -> None:
        self._tables = tables
        self._parts = parts
        self._rows: dict[str, list[Row]] = {table.name: [] for table in tables}
        self._parquet: dict[str, Any] = {}

    def add(self, table: Table, row: Row) -> None:
        """One more row of a table."""
        self._rows[table.name].append(row)
        if len(self._rows[table.name]) >= CHUNK:
            self._flush(table)

    def close(self) -> None:
        """Writes what is left; a table without rows still gets its heads."""
        for table in self._tables:
            if self._rows[table.name] or table.name not in self._parquet:
                self._flush(table)
            self._parquet[table.name].close()

    def abandon(self) -> None:
        """Lets go of the files after an error."""
        for writer in self._parquet.values():
            writer.close()

    def _flush(self, table: Table) -> None:
        import pandas as pd  # noqa: PLC0415 - heavy
        import pyarrow as pa  # noqa: PLC0415 - heavy
        import pyarrow.parquet as pq  # noqa: PLC0415 - heavy

        csv_path, parquet_path = self._parts[table.name]
        rows, self._rows[table.name] = self._rows[table.name], []
        frame = pd.DataFrame(
            {
                column.name: pd.array([_cell(row[i]) for row in rows], dtype=_TYPES[column.kind][0])
                for i, column in enumerate(table.columns)
            }
        )
        first = table.name not in self._parquet
        # Excel needs the mark at the start of the file to read Chinese.
        with csv_path.open("a", encoding="utf-8-sig" if first else "utf-8", newline="") as file:
            _defused(frame, table.columns).to_csv(file, header=first, index=False, lineterminator="\n")
        # With a schema of our own, empty columns have their type and nothing depends on the version of pandas.
        schema = pa.schema([(column.name, getattr(pa, _TYPES[column.kind][1])()) for column in table.columns])
        content = pa.Table.from_pandas(frame, schema=schema, preserve_index=False).replace_schema_metadata(None)
        if first:
            self._parquet[table.name] = pq.ParquetWriter(parquet_path, schema, compression="zstd")
        self._parquet[table.name].write_table(content)


@contextmanager
def table_files(folder: Path, chosen: Sequence[Table] = TABLES) -> Iterator[TableFiles]:
    """Writes `<table>.csv` and `<table>.parquet` for every table chosen into `folder`, all of them whole.

    CSV is UTF-8 with a mark; text that a spreadsheet would take for a formula gets a "'" in front. Parquet has
    the text as it is. Times are ISO 8601 text, since manifests may or may not name time zones.
    """
    with ExitStack() as stack:
        parts = {
            table.name: (
                stack.enter_context(replacing(folder / f"{table.name}.csv")),
                stack.enter_context(replacing(folder / f"{table.name}.parquet")),
            )
            for table in chosen
        }
        files = TableFiles(chosen, parts)
        try:
            yield files
            files.close()
        except BaseException:
            files.abandon()
            raise


def defuse(text: str) -> str:
    """The text, so that a spreadsheet shows it and never runs it.

    >>> defuse("=1+1"), defuse("hello")
    ("'=1+1", 'hello')
    """
    return f"'{text}" if text.startswith(_FORMULA) else text


def _cell(value: Value) -> object:
    return value.isoformat() if isinstance(value, datetime | date) else value


def _defused(frame: Any, columns: tuple[Column, ...]) -> Any:  # noqa: ANN401 - pandas is not imported here
    return frame.assign(
        **{
            column.name: frame[column.name].map(defuse, na_action="ignore")
            for column in columns
            if column.kind == "text"
        }
    )
