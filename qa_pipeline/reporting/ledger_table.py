"""The account of an archive as a table: what became of every recording and every refused manifest row."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from typing import Literal, TextIO

from qa_pipeline.domain import LedgerEntry

COLUMNS = ("recording", "line", "call_id", "status", "code", "reason")


def write_ledger(entries: Iterable[LedgerEntry], form: Literal["csv", "jsonl"], stream: TextIO) -> None:
    """Writes entries sorted by recording and line, CSV with a header. Open the stream with newline="".

    A line that is unknown is empty in CSV and null in JSON. In CSV, text that a spreadsheet would take for a
    formula gets an apostrophe in front; JSON lines have every name as it is.
    """
    ordered = sorted(entries, key=lambda entry: (entry.recording, entry.line or 0, entry.call_id))
    rows = [{name: getattr(entry, name) for name in COLUMNS} for entry in ordered]
    if form == "jsonl":
        stream.writelines(_printable(json.dumps(row, ensure_ascii=False)) + "\n" for row in rows)
        return
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([_cell(value) for value in row.values()])


def _cell(value: object) -> object:
    if not isinstance(value, str):
        return value
    return _printable(f"'{value}" if value.startswith(("=", "+", "-", "@", "\t", "\r")) else value)


def _printable(text: str) -> str:
    """The text with what no stream could write (bytes of a file name that is not UTF-8) shown as escapes."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
