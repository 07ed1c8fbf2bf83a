from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from qa_pipeline.domain import LedgerEntry, Status
from qa_pipeline.store import ledger, runs
from qa_pipeline.store.engine import Store

As = Callable[[str], Any]


def an_entry(number: int, status: Status = Status.FAILED, code: str = "unreadable") -> LedgerEntry:
    return LedgerEntry(
        archive="/recordings",
        recording=f"<b>{number:03d}.wav",
        line=number + 2,
        call_id=f"C/{number}",
        status=status,
        code=code,
        reason="The file breaks off.",
    )


@pytest.mark.parametrize(
    ("login", "status"), [("ada", 200), ("lena", 200), ("audrey", 200), ("rosa", 403), ("tom", 403), ("hannah", 403)]
)
def test_who_sees_runs(as_: As, login: str, status: int) -> None:
    assert [status, 404 if status == 200 else 403] == [
        as_(login).get(path).status_code for path in ("/runs", "/run?id=none")
    ]


def test_a_night_is_told_with_its_counts(as_: As, store: Store) -> None:
    run_id = runs.start_run(store, "nightly", {"archive": "/rec <1>", "plan": "weekly", "taken": 12})
    lena = as_("lena")
    assert "under way" in lena.get("/runs").text
    runs.finish_run(store, run_id, {"scored": 10, "failed": 2, "passed over": 3})
    page = lena.get("/runs").text
    assert "/rec &lt;1&gt;" in page
    assert '<b class="bad">2</b>' in page
    one = lena.get(f"/run?id={run_id}").text
    assert "No recordings" in one
    assert "weekly" in one


def test_failures_are_listed_by_reason_and_paged(as_: As, store: Store) -> None:
    ledger.record(store, [an_entry(number) for number in range(60)])
    ledger.record(store, [an_entry(number, Status.SKIPPED, "too_short") for number in range(60, 63)])
    lena = as_("lena")
    page = lena.get("/runs").text
    assert 50 == page.count("The file breaks off.")
    assert "&lt;b&gt;000.wav" in page
    assert "<b>000.wav" not in page
    assert 10 == lena.get("/runs?at=50").text.count("The file breaks off.")
    assert 3 == lena.get("/runs?status=skipped&code=too_short").text.count("The file breaks off.")
    assert "No recording has this status." in lena.get("/runs?status=failed&code=too_short").text
    assert 200 == lena.get("/runs?status=nonsense&archive=nowhere").status_code
