"""A file of reviews."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from qa_pipeline.archive.reviews import read_reviews
from qa_pipeline.domain import ConfigurationError, LabelReview, SignalKind

KNOWN = {
    SignalKind.ACT: frozenset({"apology", "solution"}),
    SignalKind.SENTIMENT: frozenset({"negative", "positive"}),
    SignalKind.TONE: frozenset({"negative", "positive"}),
    SignalKind.COMPLAINT: frozenset({"true", "false"}),
    SignalKind.CAUSE: frozenset({"billing_error"}),
}
HEADER = "call_id,turn,kind,labels,reviewer,reviewed_at"


def written(folder: Path, *lines: str) -> Path:
    path = folder / "reviews.csv"
    path.write_text("\n".join([*lines, ""]), "utf-8-sig")
    return path


def faults(path: Path) -> list[tuple[int, str]]:
    with pytest.raises(ConfigurationError) as caught:
        read_reviews(path, KNOWN)
    assert "reviews" == caught.value.code
    return [(problem.line, problem.message) for problem in caught.value.problems]


def test_every_row_is_read_with_its_line(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        HEADER,
        '"C,1",0,act,solution|apology,李雷,2026-12-01T17:00:00+08:00',
        "",
        '"C,1",1,cause,,Ann,2026-12-01',
    )
    (second, first), (fourth, none) = read_reviews(path, KNOWN)
    assert (2, 4) == (second, fourth)
    assert first == LabelReview(
        call_id="C,1",
        turn=0,
        kind=SignalKind.ACT,
        labels=frozenset({"apology", "solution"}),
        reviewer="李雷",
        reviewed_at=datetime(2026, 12, 1, 9, tzinfo=UTC),
    )
    assert (frozenset(), datetime(2026, 12, 1, tzinfo=UTC)) == (none.labels, none.reviewed_at)


def test_columns_may_stand_in_any_order(tmp_path: Path) -> None:
    path = written(tmp_path, "Kind,labels,Call ID,turn,reviewed_at,reviewer", "sentiment,positive,C1,3,2026-12-01,Ann")
    assert [("C1", 3, {"positive"})] == [(r.call_id, r.turn, r.labels) for _, r in read_reviews(path, KNOWN)]


def test_every_fault_is_told_with_its_line(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        HEADER,
        ",-1,mood,x,,yesterday",
        "C1,1,sentiment,,Ann,2026-12-01",
        "C1,2,tone,negative|positive,Ann,2026-12-01",
        "C1,2,tone,bored,Bob,2026-12-01",
        "C1,1,complaint,true|false,Ann,2026-12-01",
        "C1,1,cause,parking|billing_error,Ann,2026-12-01",
        "C1,1,act,apology,Ann",
        "C1,1,act,apology,Ann,2026-12-01T08:00:00+08:00",
        "C1,1,act,,Bob,2026-12-01T00:00:00Z",
    )
    assert faults(path) == [
        (2, "call_id: is empty"),
        (2, "reviewer: is empty"),
        (2, "reviewed_at: is no date and time like 2026-12-01T09:30:00+08:00"),
        (2, "turn: must be a whole number, 0 for the first turn"),
        (2, "kind: must be one of act, sentiment, tone, complaint, cause"),
        (3, "labels: a sentiment has exactly one"),
        (4, "labels: a tone has exactly one"),
        (5, "labels: bored unknown; a tone is negative, positive"),
        (6, "labels: a complaint has exactly one"),
        (7, "labels: parking unknown; a cause is billing_error"),
        (8, "has quotes that do not close, or not 6 values"),
        (10, "is of the same turn, kind and time as line 9"),
    ]


def test_a_file_without_reviews_is_told(tmp_path: Path) -> None:
    assert [(0, "no review stands in it")] == faults(written(tmp_path, HEADER))
    ((line, message),) = faults(written(tmp_path, "call_id,turn"))
    assert (1, True) == (line, message.endswith("it lacks kind, labels, reviewer, reviewed_at"))
    assert 1 == len(faults(tmp_path / "nowhere.csv"))
