from __future__ import annotations

import csv
import io
import json

from qa_pipeline.domain import LedgerEntry, Status
from qa_pipeline.reporting.ledger_table import write_ledger


def an_entry(recording: str, line: int | None, status: Status = Status.SCORED, reason: str = "Scored.") -> LedgerEntry:
    return LedgerEntry(
        archive="/archive", recording=recording, line=line, call_id="c", status=status, code=status.value, reason=reason
    )


ENTRIES = [
    an_entry("b.wav", 3),
    an_entry("a.wav", 10, Status.FAILED, "Row 10, again:\n“a.wav”"),
    an_entry("a.wav", 2),
    an_entry("", 4, Status.FAILED),
    an_entry("客服.wav", None),
]


def written(entries: list[LedgerEntry], form: str) -> str:
    stream = io.StringIO(newline="")
    write_ledger(entries, form, stream)  # type: ignore[arg-type]  # each test names one of the two
    return stream.getvalue()


def test_csv_has_a_header_and_one_row_an_entry_by_recording_and_line() -> None:
    expected = (
        "recording,line,call_id,status,code,reason\n"
        ",4,c,failed,failed,Scored.\n"
        "a.wav,2,c,scored,scored,Scored.\n"
        'a.wav,10,c,failed,failed,"Row 10, again:\n“a.wav”"\n'
        "b.wav,3,c,scored,scored,Scored.\n"
        "客服.wav,,c,scored,scored,Scored.\n"
    )
    assert expected == written(ENTRIES, "csv")


def test_json_lines_have_the_same_rows_and_keys() -> None:
    rows = [json.loads(line) for line in written(ENTRIES, "jsonl").splitlines()]
    assert ["", "a.wav", "a.wav", "b.wav", "客服.wav"] == [row["recording"] for row in rows]
    expected = {
        "recording": "客服.wav",
        "line": None,
        "call_id": "c",
        "status": "scored",
        "code": "scored",
        "reason": "Scored.",
    }
    assert expected == rows[-1]


def test_the_order_of_entries_does_not_matter() -> None:
    assert written(ENTRIES, "csv") == written(ENTRIES[::-1], "csv")


def test_no_cell_of_the_csv_is_a_formula() -> None:
    entries = [an_entry(name, None) for name in ("=1+1.wav", "+86.wav", "-a.wav", "@b.wav", "\t=c.wav")]
    rows = list(csv.DictReader(io.StringIO(written(entries, "csv"))))
    assert {"'"} == {row["recording"][0] for row in rows}
    assert [entry.recording for entry in sorted(entries, key=lambda e: e.recording)] == [
        json.loads(line)["recording"] for line in written(entries, "jsonl").splitlines()
    ]


def test_file_names_that_are_no_utf8_can_be_written() -> None:
    for form in ("csv", "jsonl"):
        assert "\\udcc4.wav" in written([an_entry("\udcc4.wav", 1)], form).encode("utf-8").decode("utf-8")
