import io
import re
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from qa_pipeline.domain import ScoredCall
from qa_pipeline.reporting import xlsx
from qa_pipeline.reporting.rows import CALLS
from qa_pipeline.testing.calls import made_up_calls
from qa_pipeline.testing.dummies import a_call_score, a_finding, a_scored_call, an_evidence

from .conftest import HOSTILE, Report

# openpyxl does not know Excel's solid data bars.
pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported")


def load(path: Path) -> Any:
    # openpyxl leaves a path's file open.
    return openpyxl.load_workbook(io.BytesIO(path.read_bytes()))


def opened(report: Report, calls: list[ScoredCall], **options: str) -> Any:
    return load(report(calls, **options).workbook)


def test_the_workbook_has_its_sheets_with_frozen_filtered_heads(report: Report) -> None:
    book = opened(report, list(made_up_calls()))
    of_agents = ["Agents", "Criteria", "Calls", "Findings", "Causes"]
    of_complaints = ["Rises", "Emerging causes", "Mismatches", "Repeat contacts", "Promise to resolve"]
    assert [*of_agents, *of_complaints, "How to read"] == book.sheetnames
    for sheet in book.worksheets[:10]:
        assert "B2" == sheet.freeze_panes
        assert sheet.auto_filter.ref == sheet.dimensions
    assert (106 + 1, 5 + 1) == (book["Calls"].max_row, book["Agents"].max_row)


def test_scores_are_numbers_with_bars_and_times_are_times(report: Report) -> None:
    call = a_scored_call(
        started_at=datetime(2026, 11, 2, 9, 30, tzinfo=UTC),
        score=a_call_score(62.5),
        findings=(a_finding(evidence=(an_evidence(start_ms=65_000, end_ms=66_000),)),),
    )
    book = opened(report, [call])
    row = dict(zip([cell.value for cell in book["Calls"][1]], book["Calls"][2], strict=True))
    assert (62.5, "0.0", datetime(2026, 11, 2, 9, 30)) == (  # noqa: DTZ001 - Excel knows no time zones
        row["Score"].value,
        row["Score"].number_format,
        row["Start"].value,
    )
    assert "dataBar" in {rule.type for rules in book["Calls"].conditional_formatting for rule in rules.rules}
    finding = dict(zip([cell.value for cell in book["Findings"][1]], book["Findings"][2], strict=True))
    assert "[mm]:ss" == finding["From"].number_format


def test_a_chinese_archive_gets_chinese_heads(report: Report) -> None:
    book = opened(report, list(made_up_calls()), language="zh")
    assert "座席" == book.sheetnames[0]
    assert "平均分" in [cell.value for cell in book["座席"][1]]


def test_hostile_text_is_text_and_never_a_formula_or_a_link(report: Report, hostile_calls: list[ScoredCall]) -> None:
    path = report(hostile_calls).workbook
    book = load(path)
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    assert set() == {cell.data_type for cell in cells} & {"f", "e"}
    assert [] == [cell.value for cell in cells if cell.hyperlink]
    with zipfile.ZipFile(path) as archive:
        sheets = b"".join(archive.read(name) for name in archive.namelist() if "worksheets" in name)
    assert b"<f>" not in sheets
    assert HOSTILE[1] in [cell.value for cell in cells]


def test_a_time_that_excel_does_not_know_and_a_text_that_is_too_long_are_kept_as_far_as_it_goes(
    report: Report,
) -> None:
    call = a_scored_call(started_at=datetime(1, 1, 1, tzinfo=UTC), queue="x" * 40_000)
    book = opened(report, [call])
    values = {cell.value for cell in book["Calls"][2]}
    assert "0001-01-01T00:00:00+00:00" in values
    assert "x" * 32_767 in values


def test_a_full_sheet_ends_with_where_the_other_rows_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "MAX_ROWS", 4)
    with xlsx.workbook(tmp_path / "a.xlsx", "en", 10) as book:
        for i in range(6):
            book.add(CALLS, (f"c{i}", *(None,) * (len(CALLS.columns) - 1)))
    sheet = load(tmp_path / "a.xlsx")["Calls"]
    column = [row[0].value for row in sheet.iter_rows()]
    assert ["Call", "c0", "c1"] == column[:3]
    assert re.search(r"tables/calls\.csv", str(column[3]))
    assert 4 == len(column)


def test_an_error_leaves_no_file_behind(tmp_path: Path) -> None:
    def fail() -> None:
        with xlsx.workbook(tmp_path / "a.xlsx", "en", 10):
            raise OSError("no calls")

    with pytest.raises(OSError, match="no calls"):
        fail()
    assert [] == list(tmp_path.iterdir())
