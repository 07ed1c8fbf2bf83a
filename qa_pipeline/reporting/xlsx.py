"""One Excel workbook with everything, for people who sort and filter."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from qa_pipeline.reporting.complaint_rows import COMPLAINTS
from qa_pipeline.reporting.files import replacing
from qa_pipeline.reporting.rows import AGENTS, CALLS, CAUSES, CRITERIA, FINDINGS
from qa_pipeline.reporting.table import Column, Kind, Row, Table, Value
from qa_pipeline.reporting.wording import say

SHEETS = (AGENTS, CRITERIA, CALLS, FINDINGS, CAUSES, *COMPLAINTS)
MAX_ROWS = 1_048_576
MAX_TEXT = 32_767

_FORMATS: dict[Kind, str] = {
    "text": "@",
    "integer": "0",
    "number": "0.00",
    "score": "0.0",
    "share": "0%",
    "flag": "@",
    "time": "yyyy-mm-dd hh:mm",
    "date": "yyyy-mm-dd",
    "clock": "[mm]:ss",
}
_WIDTHS = {"why": 60, "quote": 60, "near_miss": 40, "criterion_title": 24, "cause_title": 24, "review_reasons": 30}
_BARS = {"mean": 100, "percent": 100, "rate": 1}
"""Columns with a bar in each cell, and the end of their scale."""

# Sheets and heads, not data: a workbook made twice has the same bytes.
_CREATED = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)


class Workbook:
    """Rows go in with `add`, sheet by sheet or mixed; the file is there when `workbook` ends."""

    def __init__(self, path: Path, language: str) -> None:
        import xlsxwriter  # noqa: PLC0415 - only those who write a workbook need it

        self._language = language
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self._book: Any = xlsxwriter.Workbook(str(path), {**options, "strings_to_numbers": False})
        self._book.set_properties({"title": say(language, "index_title"), "created": _CREATED})
        self._formats = {kind: self._book.add_format({"num_format": form}) for kind, form in _FORMATS.items()}
        self._sheets: dict[str, Any] = {}
        self._used = dict.fromkeys((table.name for table in SHEETS), 0)
        for table in SHEETS:
            self._open(table)

    def add(self, table: Table, row: Row) -> None:
        """One more row of a sheet; where Excel holds no more, the last row says where the others are."""
        sheet, self._used[table.name] = self._sheets[table.name], self._used[table.name] + 1
        at = self._used[table.name]
        if at < MAX_ROWS - 1:
            for i, (column, value) in enumerate(zip(table.columns, row, strict=True)):
                self._write(sheet, at, i, column.kind, value)
        elif at == MAX_ROWS - 1:
            sheet.write_string(at, 0, say(self._language, "rows_left_out", table=table.name))

    def close(self, min_calls: int) -> None:
        """Finishes the sheets and writes the file."""
        for table in SHEETS:
            last = min(self._used[table.name], MAX_ROWS - 1)
            self._sheets[table.name].autofilter(0, 0, last, len(table.columns) - 1)
            for i, column in enumerate(table.columns):
                if column.name in _BARS and last:
                    self._sheets[table.name].conditional_format(1, i, last, i, _bar(_BARS[column.name]))
        self._explain(min_calls)
        self._book.close()

    def _open(self, table: Table) -> None:
        sheet = self._book.add_worksheet(say(self._language, f"sheet_{table.name}"))
        head = self._book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        for i, column in enumerate(table.columns):
            sheet.set_column(i, i, _width(column), self._formats[column.kind])
        for i, column in enumerate(table.columns):
            sheet.write_string(0, i, say(self._language, column.name), head)
        sheet.freeze_panes(1, 1)
        self._sheets[table.name] = sheet

    def _write(self, sheet: Any, row: int, column: int, kind: Kind, value: Value) -> None:  # noqa: ANN401 - untyped
        form = self._formats[kind]
        if value is None or value == "":
            return
        if isinstance(value, bool):
            sheet.write_string(row, column, say(self._language, "yes" if value else "no"), form)
        elif isinstance(value, str):
            # Never `write`, which would look for formulas and links in it.
            sheet.write_string(row, column, value[:MAX_TEXT], form)
        elif isinstance(value, date) and value.year < 1900:
            # Excel knows no such days.
            sheet.write_string(row, column, value.isoformat(), form)
        elif isinstance(value, datetime):
            # As the call centre's clock showed it; Excel knows no time zones.
            sheet.write_datetime(row, column, value.replace(tzinfo=None), form)
        elif isinstance(value, date):
            sheet.write_datetime(row, column, value, form)
        else:
            # Excel counts in days.
            sheet.write_number(row, column, value / 86_400_000 if kind == "clock" else value, form)

    def _explain(self, min_calls: int) -> None:
        sheet = self._book.add_worksheet(say(self._language, "sheet_how"))
        sheet.set_column(0, 0, 110, self._book.add_format({"text_wrap": True, "valign": "top"}))
        for row, key in enumerate(
            ("how_n", "how_interval", "how_unsure", "how_rates", "how_order", "how_rises", "how_promises")
        ):
            sheet.write_string(row, 0, say(self._language, key, min=min_calls))


@contextmanager
def workbook(path: Path, language: str, min_calls: int) -> Iterator[Workbook]:
    """A workbook at `path`, whole or not at all, with heads in "zh" or English.

    Text is never a formula or a link. Memory does not grow with the rows.
    """
    with replacing(path) as part:
        book = Workbook(part, language)
        try:
            yield book
        finally:
            # After an error too: XlsxWriter holds a file open for each sheet until then.
            book.close(min_calls)


def _width(column: Column) -> int:
    return _WIDTHS.get(column.name, {"text": 18, "time": 17, "date": 12}.get(column.kind, 11))


def _bar(end: float) -> dict[str, object]:
    return {
        "type": "data_bar",
        "bar_solid": True,
        "bar_color": "#9FD0D0",
        "min_type": "num",
        "min_value": 0,
        "max_type": "num",
        "max_value": end,
    }
