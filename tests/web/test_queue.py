from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from qa_pipeline.domain import QueueKind, Scope
from qa_pipeline.store import standing
from qa_pipeline.store.desk import queue
from qa_pipeline.store.desk.queue import Filters
from qa_pipeline.store.engine import Store
from qa_pipeline.testing.calls import made_up_calls
from qa_pipeline.testing.stored import keep

As = Callable[[str], Any]


def test_the_queue_shows_why_each_call_is_there(as_: As) -> None:
    page = as_("rosa").get("/queue")
    assert page.status_code == 200
    assert "Critical fail" in page.text
    assert "Undecided" in page.text


def test_a_reviewer_takes_the_most_urgent_free_call(as_: As) -> None:
    rosa, rene = as_("rosa"), as_("rene")
    first = rosa.submit("/queue/next").headers["location"]
    second = rene.submit("/queue/next").headers["location"]
    assert first.startswith("/call?id=")
    assert first != second


def test_a_lead_gives_a_call_to_somebody(as_: As, people: dict[str, Any]) -> None:
    lena, rosa = as_("lena"), as_("rosa")
    call = lena.submit("/queue/next").headers["location"].removeprefix("/call?id=")
    lena.submit("/queue/assign", call=call, to=people["rosa"].id)
    assert call in rosa.get("/queue?whose=mine").text


def test_filters_can_be_kept_under_a_name(as_: As) -> None:
    rosa = as_("rosa")
    rosa.submit("/queue/views", name="<b>North</b>", query="team=North")
    page = rosa.get("/queue").text
    assert "&lt;b&gt;North&lt;/b&gt;" in page
    assert "/queue?team=North" in page
    assert "North&lt;/b&gt;" not in as_("rene").get("/queue").text


def test_a_form_from_elsewhere_changes_nothing(as_: As) -> None:
    rosa = as_("rosa")
    answer = rosa.post("/queue/next", data={"csrf": "made up"})
    assert answer.status_code == 403


def test_who_is_not_signed_in_is_asked_to(stranger: Any) -> None:
    answer = stranger.get("/queue?team=North")
    assert (303, "/sign-in?to=%2Fqueue%3Fteam%3DNorth") == (answer.status_code, answer.headers["location"])


def test_an_agent_does_not_see_the_queue(as_: As) -> None:
    assert as_("hannah").get("/queue").status_code == 403


def test_the_queue_speaks_chinese(as_: As) -> None:
    assert "复核队列" in as_("rene").get("/queue").text


def test_of_the_random_slice_the_queue_tells_neither_score_nor_reasons(
    as_: As, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standing, "RANDOM_SHARE", 1.0)
    call = next(made_up_calls())
    meta = replace(call.recording.meta, call_id="drawn")
    keep(store, replace(call, recording=replace(call.recording, uri="drawn.wav", sha256="drawn", meta=meta)))
    (drawn,) = (one for one in queue.page(store, Scope(), Filters()).items if QueueKind.RANDOM in one.standing.kinds)
    assert ((QueueKind.RANDOM,), True) == (drawn.shown_kinds, drawn.blind)
    assert 1 == as_("rosa").get("/queue").text.count(">hidden<")
