import csv
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from qa_pipeline.domain import Party, ScoredCall, SignalKind, Span, Verdict
from qa_pipeline.reporting import tables
from qa_pipeline.reporting.rows import FINDINGS, TABLES
from qa_pipeline.reporting.tables import table_files
from qa_pipeline.testing.calls import made_up_calls
from qa_pipeline.testing.dummies import a_call_score, a_finding, a_scored_call, a_signal, an_evidence

from .conftest import HOSTILE, Report


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_there_is_a_row_for_every_call_finding_agent_and_criterion(report: Report, tmp_path: Path) -> None:
    calls = list(made_up_calls())
    report(calls)
    counts = {table.name: len(read(tmp_path / "tables" / f"{table.name}.csv")) for table in TABLES}
    assert (106, 6 * 106, 5, 30) == (counts["calls"], counts["findings"], counts["agents"], counts["criteria"])
    assert counts == {t.name: pq.read_table(tmp_path / "tables" / f"{t.name}.parquet").num_rows for t in TABLES}


def test_doubts_about_a_recording_stand_in_its_row(report: Report, tmp_path: Path) -> None:
    call = a_scored_call()
    report([replace(call, transcript=replace(call.transcript, flags=("mono", "parties_by_voice")))])
    (row,) = read(tmp_path / "tables" / "calls.csv")
    assert row["doubts"] == "mono parties_by_voice"


def test_a_calls_pace_stands_against_the_agents_own(report: Report, tmp_path: Path) -> None:
    paces = [150.0, 150.0, 150.0, 150.0, 200.0]
    calls = [
        a_scored_call(call_id=f"c{n}", signals=(a_signal(SignalKind.PACE, party=Party.AGENT, value=pace),))
        for n, pace in enumerate(paces)
    ]
    report(calls)
    assert ["0.9375"] * 4 + ["1.25"] == [row["pace_against_usual"] for row in read(tmp_path / "tables" / "calls.csv")]
    report(calls[1:])
    assert {""} == {row["pace_against_usual"] for row in read(tmp_path / "tables" / "calls.csv")}


def test_how_a_conversation_went_stands_in_its_row(report: Report, tmp_path: Path) -> None:
    signals = (
        a_signal(label="greeting", party=Party.AGENT, turn=0, start_ms=500),
        a_signal(SignalKind.MONOLOGUE, party=Party.AGENT, end_ms=31_500),
        a_signal(SignalKind.NARRATIVE, "interrupted", party=Party.CUSTOMER),
        a_signal(SignalKind.VOICE, "louder higher", party=Party.CUSTOMER),
        a_signal(SignalKind.TONE, "negative", party=Party.AGENT),
    )
    report([a_scored_call(signals=signals, measured=frozenset(SignalKind)), a_scored_call(call_id="c2")])
    names = (
        *("time_to_greeting_s", "longest_monologue_s", "questions", "narrative_interrupted", "voice_raised"),
        "negative_tone",
    )
    told, unknown = read(tmp_path / "tables" / "calls.csv")
    assert ["0.5", "31.5", "0", "true", "1", "1"] == [
        row.removesuffix(".0").lower() for row in map(told.get, names) if row
    ]
    assert [""] * len(names) == [unknown[name] for name in names]


def test_a_calls_severity_is_that_of_its_gravest_cause(report: Report, tmp_path: Path) -> None:
    graded = [a_signal(SignalKind.CAUSE, "other", value=value, confidence=value / 10) for value in (3.0, 2.0)]
    report([a_scored_call(signals=tuple(graded)), a_scored_call(call_id="c2")])
    rows = pq.read_table(tmp_path / "tables" / "calls.parquet")
    assert [3, None] == rows["severity"].to_pylist()


def test_no_cell_of_a_csv_starts_a_formula(report: Report, hostile_calls: list[ScoredCall], tmp_path: Path) -> None:
    report(hostile_calls)
    cells = [
        cell for table in TABLES for row in read(tmp_path / "tables" / f"{table.name}.csv") for cell in row.values()
    ]
    assert [] == [cell for cell in cells if cell.startswith(("=", "+", "@", "\t", "\r"))]
    assert "'" + HOSTILE[1] in cells


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\n", "＝"])
def test_text_that_looks_like_a_formula_gets_a_quote_in_csv_and_stays_as_it_is_in_parquet(
    report: Report, start: str, tmp_path: Path
) -> None:
    report([a_scored_call(queue=f"{start}1")])
    (row,) = read(tmp_path / "tables" / "calls.csv")
    assert f"'{start}1" == row["queue"]
    assert [f"{start}1"] == pq.read_table(tmp_path / "tables" / "calls.parquet")["queue"].to_pylist()


@pytest.mark.parametrize("break_", ["\r", "\r\n", "\n"])
def test_a_line_break_in_a_text_breaks_no_row(report: Report, break_: str, tmp_path: Path) -> None:
    report([a_scored_call(queue=f"a{break_}=b")])
    assert ["a\n=b"] == [row["queue"] for row in read(tmp_path / "tables" / "calls.csv")]


def test_negative_numbers_are_numbers_and_get_no_quote(report: Report, tmp_path: Path) -> None:
    report([a_scored_call(csat=-1.5)])
    assert "-1.5" == read(tmp_path / "tables" / "calls.csv")[0]["csat"]


def test_what_is_unknown_is_empty_and_a_csat_that_is_no_number_too(report: Report, tmp_path: Path) -> None:
    report([a_scored_call(score=a_call_score(None), started_at=None, csat=float("nan"))])
    (row,) = pq.read_table(tmp_path / "tables" / "calls.parquet").to_pylist()
    assert (None, None, None, None, None) == (
        row["percent"],
        row["started_at"],
        row["csat"],
        row["is_complaint"],
        row["interruptions"],
    )


def test_columns_have_types_even_when_empty(report: Report, tmp_path: Path) -> None:
    report([])
    schema = pq.read_schema(tmp_path / "tables" / "calls.parquet")
    assert ("string", "double", "bool", "int64") == tuple(
        str(schema.field(name).type) for name in ("call_id", "percent", "is_complaint", "repeats")
    )
    assert [] == read(tmp_path / "tables" / "calls.csv")


def test_a_finding_carries_its_quote_its_near_miss_and_the_window(report: Report, tmp_path: Path) -> None:
    finding = a_finding(
        "greeting",
        Verdict.FAIL,
        why="Not said.",
        near_misses=(an_evidence("hello", start_ms=1200),),
        searched=Span(start_ms=0, end_ms=9000),
    )
    report([a_scored_call(started_at=datetime(2026, 11, 2, 9, tzinfo=UTC), findings=(finding,))])
    (row,) = read(tmp_path / "tables" / "findings.csv")
    assert ("Greeting", "fail", "Not said.", "hello", "1200", "0", "9000", "") == (
        row["criterion_title"],
        row["verdict"],
        row["why"],
        row["near_miss"],
        row["near_miss_ms"],
        row["searched_start_ms"],
        row["searched_end_ms"],
        row["quote"],
    )


def test_many_rows_come_in_chunks_with_one_head(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "CHUNK", 3)
    empty = (None,) * (len(FINDINGS.columns) - 1)
    with table_files(tmp_path) as files:
        for i in range(10):
            files.add(FINDINGS, (f"c{i}", *empty))
    expected = [f"c{i}" for i in range(10)]
    assert expected == [row["call_id"] for row in read(tmp_path / "findings.csv")]
    assert expected == pd.read_parquet(tmp_path / "findings.parquet")["call_id"].tolist()


def test_an_error_leaves_no_files_behind(tmp_path: Path) -> None:
    def fail() -> None:
        with table_files(tmp_path):
            raise OSError("no calls")

    with pytest.raises(OSError, match="no calls"):
        fail()
    assert [] == list(tmp_path.iterdir())
