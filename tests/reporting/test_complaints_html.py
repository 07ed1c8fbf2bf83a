"""The page about complaints: what it shows, what it says of what is missing, and that it is safe."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from qa_pipeline.analytics.complaints import complaint_report
from qa_pipeline.analytics.contacts import Contacts
from qa_pipeline.domain import ComplaintReport, ModelError, Party, ScoredCall, SignalKind
from qa_pipeline.reporting.complaints_html import complaints_page
from qa_pipeline.reporting.report import write_complaints
from qa_pipeline.testing.complaints import made_up_complaints
from qa_pipeline.testing.dummies import a_scored_call, a_signal

from .conftest import HOSTILE, TAXONOMY, Report
from .test_html import Page


def alike(texts: Sequence[str]) -> NDArray[np.float32]:
    return np.ones((len(texts), 1), np.float32)


def report_of(calls: Sequence[ScoredCall]) -> ComplaintReport:
    contacts = Contacts(taxonomy=TAXONOMY)
    for call in calls:
        contacts.add(call)
    return complaint_report(contacts, alike)


def page_of(*calls: ScoredCall, language: str = "en") -> Page:
    return Page(complaints_page(report_of(calls), TAXONOMY, language))


def a_complaint(call_id: str = "c1", **changes: object) -> ScoredCall:
    signals = (
        a_signal(SignalKind.COMPLAINT, "true"),
        a_signal(SignalKind.CAUSE, "long_wait", quote="I waited an hour.", party=Party.CUSTOMER),
    )
    return a_scored_call(**({"call_id": call_id, "signals": signals, "measured": frozenset(SignalKind)} | changes))


def test_the_page_shows_owners_rises_new_matters_and_every_list() -> None:
    text = page_of(*made_up_complaints()).text
    for words in ("Owner: Billing", "Refund delay", "▲ rising", "car park", "Complaint filed as enquiry", "says so"):
        assert words in text
    assert "VIP" in text  # a category that no cause names
    assert "Overdue by" in text


def test_the_chinese_page_is_chinese() -> None:
    text = page_of(*made_up_complaints("zh"), language="zh").text
    for words in ("责任部门", "账务", "退款延迟", "▲ 上升", "停车场", "投诉登记为咨询", "客户自述", "已超时"):
        assert words in text


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        ("customer_id", "No complaint has a customer number (customer_id)"),
        ("disposition", "No call has a disposition that says enquiry or complaint"),
        ("category", "No complaint has a ticket category that means a cause"),
        ("resolved_at", "No complaint has a resolved_at yet"),
    ],
)
def test_what_the_metadata_lack_is_said(missing: str, said: str) -> None:
    assert said in page_of(a_complaint()).text
    started = a_complaint().recording.meta.started_at
    known = {"customer_id": "K", "disposition": "complaint", "category": "Long wait", "resolved_at": started}
    assert said not in page_of(a_complaint(**{missing: known[missing]})).text


def test_a_first_week_says_that_nothing_can_be_compared() -> None:
    assert "nothing can be compared yet" in page_of(a_complaint()).text


def test_no_calls_and_calls_without_times_say_so() -> None:
    assert "No scored calls yet." in page_of().text
    assert "No call has a time" in page_of(a_complaint(started_at=None)).text


def test_missing_weights_are_named_on_the_page() -> None:
    def missing(texts: Sequence[str]) -> NDArray[np.float32]:
        raise ModelError(f"{len(texts)} texts and no weights", code="model_missing")

    contacts = Contacts(taxonomy=TAXONOMY)
    for call in made_up_complaints():
        contacts.add(call)
    assert "qa models pull" in Page(complaints_page(complaint_report(contacts, missing), TAXONOMY, "en")).text


def test_long_lists_are_cut_on_the_page_and_whole_in_the_tables(tmp_path: Path) -> None:
    calls = [a_complaint(f"c{i}", disposition="enquiry") for i in range(30)]
    page = page_of(*calls).text
    assert 12 == sum(f" c{i} " in page for i in range(30))
    assert "The newest 12 of each kind" in page
    write_complaints(report_of(calls), TAXONOMY, tmp_path)
    with (tmp_path / "tables" / "mismatches.csv").open(encoding="utf-8-sig", newline="") as file:
        assert 30 == len(list(csv.DictReader(file)))


def test_the_page_stands_alone_and_other_peoples_words_never_become_markup() -> None:
    calls = [
        a_complaint(
            f"{evil} {i}",
            agent_id=evil,
            customer_id=evil,
            disposition=f"{evil} enquiry",
            category=evil,
            signals=(
                a_signal(SignalKind.COMPLAINT, "true"),
                a_signal(SignalKind.CAUSE, evil, quote=evil, party=Party.CUSTOMER),
                a_signal(SignalKind.ACT, "called_before", quote=evil, party=Party.CUSTOMER),
            ),
        )
        for i, evil in enumerate(HOSTILE)
    ]
    source = complaints_page(report_of(calls), TAXONOMY, "en")
    page = Page(source)
    assert set() == {tag for tag, _ in page.elements} & {"script", "img", "link", "iframe", "form"}
    assert [] == [name for _, attributes in page.elements for name in attributes if name.startswith("on")]
    assert [] == page.open
    assert "<script>alert(1)</script>" in page.text


def test_a_report_links_its_page_and_fills_its_tables(report: Report, tmp_path: Path) -> None:
    calls = list(made_up_complaints())
    paths = report(calls, complaints=report_of(calls))
    assert tmp_path / "complaints.html" == paths.complaints
    assert 'href="complaints.html"' in paths.index.read_text(encoding="utf-8")
    with (tmp_path / "tables" / "rises.csv").open(encoding="utf-8-sig", newline="") as file:
        first = next(csv.DictReader(file))
    assert ("refund_delay", "billing", "True") == (first["cause"], first["owner"], first["rises"])


def test_without_complaints_no_page_is_linked(report: Report) -> None:
    assert "complaints.html" not in report([a_complaint()]).index.read_text(encoding="utf-8")
