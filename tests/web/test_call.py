from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from qa_pipeline.domain import Scope, ScoredCall, Verdict
from qa_pipeline.store import queries, standing
from qa_pipeline.store.desk import claims, decisions, queue
from qa_pipeline.store.engine import Store
from qa_pipeline.store.people import audit
from qa_pipeline.testing.stored import keep

As = Callable[[str], Any]
ALL = Scope()
HOSTILE = "<script>alert('x')</script>"


def calls_of(store: Store, agent_id: str = "A101") -> Iterator[ScoredCall]:
    return queries.scored_calls(store, agent_id=agent_id)


@pytest.fixture
def call(store: Store) -> ScoredCall:
    """A call of Hannah's in which something failed, and which is not of the random slice."""
    return next(
        one
        for one in calls_of(store)
        if not standing.drawn(one.recording.id)
        and any(finding.verdict is Verdict.FAIL for finding in one.findings)
        and any(finding.verdict is Verdict.PASS for finding in one.findings)
    )


@pytest.fixture
def random_call(store: Store, monkeypatch: pytest.MonkeyPatch, call: ScoredCall) -> ScoredCall:
    """The same call as one of the random slice."""
    monkeypatch.setattr(standing, "drawn", lambda call_id: call_id == call.recording.id)
    keep(store, replace(call, score=replace(call.score, needs_review=True)))
    stands = standing.of(store, call.recording.id, ALL)
    assert stands is not None
    assert "random" in stands.kinds
    return call


def the(call: ScoredCall, verdict: Verdict) -> str:
    return next(one.criterion for one in call.findings if one.verdict is verdict)


def link(call: ScoredCall) -> str:
    return f"/call?id={call.recording.id}"


def seen(store: Store, call: ScoredCall) -> int:
    found = standing.of(store, call.recording.id, ALL)
    return found.revision if found else -1


def test_the_page_shows_words_verdicts_and_evidence(as_: As, call: ScoredCall) -> None:
    page = as_("rosa").get(link(call))
    assert page.status_code == 200
    for finding in call.findings:
        assert f'data-criterion="{finding.criterion}"' in page.text
        for moment in finding.evidence:
            assert f'data-start="{moment.start_ms}"' in page.text


@pytest.mark.parametrize("login", ["ada", "lena", "rosa", "rene", "tom", "hannah", "audrey"])
def test_everybody_whose_call_it_may_be_sees_it(as_: As, call: ScoredCall, login: str) -> None:
    assert as_(login).get(link(call)).status_code == 200


@pytest.mark.parametrize("path", ["/call", "/call/sound", "/call/peaks"])
def test_the_call_of_another_agent_is_not_there(as_: As, call: ScoredCall, path: str) -> None:
    assert as_("omar").get(f"{path}?id={call.recording.id}").status_code == 404


@pytest.mark.parametrize("path", ["/call", "/call/sound", "/call/peaks"])
def test_a_team_lead_does_not_see_another_team(as_: As, store: Store, path: str) -> None:
    other = next(calls_of(store, "B201"))
    assert as_("tom").get(f"{path}?id={other.recording.id}").status_code == 404


@pytest.mark.parametrize("call_id", ["../../etc/passwd", "/etc/passwd", "", "%00", HOSTILE])
def test_no_id_leads_out_of_the_database(as_: As, call_id: str) -> None:
    rosa = as_("rosa")
    for path in ("/call", "/call/sound", "/call/peaks"):
        answer = rosa.get(path, params={"id": call_id})
        assert answer.status_code == 404
        assert HOSTILE not in answer.text


def test_opening_and_playing_are_written_into_the_audit_log(
    as_: As, store: Store, sounding: ScoredCall, people: Any
) -> None:
    rosa = as_("rosa")
    rosa.get(link(sounding))
    assert ["saw"] == [one.action for one in audit.entries(store, user="rosa", subject=sounding.recording.id)]
    for _ in range(3):
        rosa.get(f"/call/sound?id={sounding.recording.id}", headers={"Range": "bytes=0-99"})
    assert ["played", "saw"] == [one.action for one in audit.entries(store, user="rosa", subject=sounding.recording.id)]


@pytest.fixture
def sounding(store: Store, call: ScoredCall, tmp_path: Path) -> ScoredCall:
    """The call with a recording that is there."""
    import numpy as np
    import soundfile

    path = tmp_path / "call.wav"
    soundfile.write(path, np.zeros((16000, 2)), 8000)
    found = replace(call, recording=replace(call.recording, uri=str(path)))
    keep(store, found)
    return found


def test_a_part_of_the_recording_can_be_read(as_: As, sounding: ScoredCall) -> None:
    there = f"/call/sound?id={sounding.recording.id}"
    answer = as_("rosa").get(there, headers={"Range": "bytes=100-199"})
    assert (206, 100, "audio/wav") == (answer.status_code, len(answer.content), answer.headers["content-type"])
    assert answer.headers["content-range"].startswith("bytes 100-199/")


def test_the_waveform_is_made_on_the_server(as_: As, sounding: ScoredCall) -> None:
    peaks = as_("rosa").get(f"/call/peaks?id={sounding.recording.id}").json()
    assert (2000, 2) == (peaks["duration_ms"], len(peaks["channels"]))


def test_of_a_recording_that_is_gone_the_words_stay(as_: As, call: ScoredCall) -> None:
    rosa = as_("rosa")
    assert "file is not there any more" in rosa.get(link(call)).text
    answer = rosa.get(f"/call/sound?id={call.recording.id}")
    assert 404 == answer.status_code
    assert "not there any more" in answer.text


def test_an_override_needs_a_reason_and_moves_the_score(as_: As, store: Store, call: ScoredCall) -> None:
    rosa = as_("rosa")
    form = {"id": call.recording.id, "criterion": the(call, Verdict.PASS), "answer": "fail"}
    refused = rosa.submit("/call/decide", **form, seen=0)
    assert 422 == refused.status_code
    taken = rosa.submit("/call/decide", **form, seen=0, reason="Not said.")
    assert 303 == taken.status_code
    stands = standing.of(store, call.recording.id, ALL)
    assert stands is not None
    assert stands.score.points < call.score.points
    page = rosa.get(link(call)).text
    assert "Not said." in page
    assert "Machine:" in page


def test_deciding_claims_the_call(as_: As, store: Store, call: ScoredCall, people: Any) -> None:
    rosa = as_("rosa")
    rosa.submit("/call/decide", id=call.recording.id, criterion=the(call, Verdict.FAIL), answer="fail", seen=0)
    held = claims.holder(store, call.recording.id)
    assert people["rosa"].id == (held and held[0])
    rosa.submit("/call/release", id=call.recording.id)
    assert claims.holder(store, call.recording.id) is None


def test_who_decides_on_something_old_is_told_and_keeps_the_words(as_: As, call: ScoredCall) -> None:
    rosa, lena = as_("rosa"), as_("lena")
    first, second = the(call, Verdict.FAIL), the(call, Verdict.PASS)
    lena.submit("/call/decide", id=call.recording.id, criterion=first, answer="pass", reason="It was.", seen=0)
    lena.submit("/call/release", id=call.recording.id)
    answer = rosa.submit(
        "/call/decide", id=call.recording.id, criterion=second, answer="fail", reason="My long words", seen=0
    )
    assert 409 == answer.status_code
    assert "Lena Lead" in answer.text
    assert "It was." in answer.text
    assert "My long words</textarea>" in answer.text
    assert 'name="seen" value="1"' in answer.text


def test_a_call_that_somebody_has_is_not_decided_by_another(as_: As, store: Store, call: ScoredCall) -> None:
    as_("lena").submit("/call/claim", id=call.recording.id)
    answer = as_("rosa").submit(
        "/call/decide", id=call.recording.id, criterion=the(call, Verdict.PASS), answer="fail", reason="Kept", seen=0
    )
    assert 409 == answer.status_code
    assert "Kept</textarea>" in answer.text
    assert 0 == seen(store, call)


def test_the_own_other_window_is_no_stranger(as_: As, store: Store, call: ScoredCall) -> None:
    rosa = as_("rosa")
    for name in (the(call, Verdict.FAIL), the(call, Verdict.PASS)):
        value = next(one.verdict.value for one in call.findings if one.criterion == name)
        assert (
            303 == rosa.submit("/call/decide", id=call.recording.id, criterion=name, answer=value, seen=0).status_code
        )
    assert 2 == seen(store, call)


def test_a_decision_is_taken_back(as_: As, store: Store, call: ScoredCall) -> None:
    rosa = as_("rosa")
    rosa.submit(
        "/call/decide", id=call.recording.id, criterion=the(call, Verdict.PASS), answer="fail", reason="No", seen=0
    )
    rosa.submit("/call/undo", id=call.recording.id, seen=1)
    stands = standing.of(store, call.recording.id, ALL)
    assert call.score.points == (stands and stands.score.points)
    assert "taken back" in rosa.get(link(call)).text


def test_htmx_gets_the_parts_that_change(as_: As, call: ScoredCall) -> None:
    rosa = as_("rosa")
    answer = rosa.post("/call/claim", data={"csrf": rosa.csrf, "id": call.recording.id}, headers={"HX-Request": "true"})
    assert "<html" not in answer.text
    for part in ("board", "call-head", "lanes", "remark-list", "notices"):
        assert f'id="{part}"' in answer.text


def test_a_remark_stands_at_its_moment(as_: As, store: Store, call: ScoredCall) -> None:
    tom = as_("tom")
    tom.submit("/call/comment", id=call.recording.id, text=HOSTILE, moment="01:05")
    assert [65_000] == [one.at_ms for one in decisions.comments(store, call.recording.id, ALL)]
    page = tom.get(link(call)).text
    assert HOSTILE not in page
    assert "&lt;script&gt;" in page
    assert 422 == tom.submit("/call/comment", id=call.recording.id, text="x", moment="soon").status_code


def test_an_agent_reads_what_stands_but_no_names(as_: As, call: ScoredCall) -> None:
    rosa = as_("rosa")
    rosa.submit(
        "/call/decide", id=call.recording.id, criterion=the(call, Verdict.PASS), answer="fail", reason="Why so", seen=0
    )
    rosa.submit("/call/comment", id=call.recording.id, text="Listen to this")
    page = as_("hannah").get(link(call)).text
    assert "Why so" in page
    assert "Listen to this" in page
    assert "Rosa" not in page
    assert "/call/decide" not in page
    assert "/call/comment" not in page


@pytest.mark.parametrize("login", ["tom", "hannah", "audrey"])
def test_who_only_looks_cannot_decide(as_: As, store: Store, call: ScoredCall, login: str) -> None:
    browser = as_(login)
    for path in ("decide", "undo", "finish", "reopen", "claim", "take-over", "release", "beat"):
        answer = browser.submit(f"/call/{path}", id=call.recording.id, criterion="greeting", answer="pass", seen=0)
        assert 403 == answer.status_code
    assert 0 == seen(store, call)


def test_words_of_the_call_are_never_markup(as_: As, store: Store, call: ScoredCall) -> None:
    first, *rest = call.transcript.turns
    hostile = replace(first, text=HOSTILE, words=())
    flagged = replace(call.findings[0], why=HOSTILE)
    keep(
        store,
        replace(
            call,
            recording=replace(
                call.recording, meta=replace(call.recording.meta, call_id=f"{HOSTILE}/&", agent_name=HOSTILE)
            ),
            transcript=replace(call.transcript, turns=(hostile, *rest)),
            findings=(flagged, *call.findings[1:]),
        ),
    )
    page = as_("rosa").get("/call", params={"id": f"{HOSTILE}/&"})
    assert 200 == page.status_code
    assert "<script>" not in page.text
    assert "alert(&#39;x&#39;)" in page.text


def test_blind_pages_hold_nothing_of_the_machine(as_: As, random_call: ScoredCall) -> None:
    page = as_("rosa").get(link(random_call)).text
    board = page[page.index('id="board"') : page.index('id="remark-list"')]
    assert not re.search(r'class="chip (pass|fail|unsure)"|data-agrees|data-differs|class="clip', board)
    for finding in random_call.findings:
        assert len(finding.why) < 2 or finding.why not in page
        assert not any(f'data-from="{one.start_ms - 1000}"' in page for one in finding.evidence)
    assert f"{random_call.score.points:g} of" not in page
    assert 'data-percent=""' in page
    assert 'class="chip kind-critical"' not in page


def test_a_blind_word_shows_what_the_machine_said(as_: As, random_call: ScoredCall) -> None:
    rosa = as_("rosa")
    name = the(random_call, Verdict.FAIL)
    answer = rosa.submit("/call/decide", id=random_call.recording.id, criterion=name, answer="pass", seen=0, blind="1")
    assert 303 == answer.status_code  # no question why: it would tell that the machine said otherwise
    page = rosa.get(link(random_call)).text
    assert 1 == page.count("Machine:</b>")
    refused = rosa.submit("/call/finish", id=random_call.recording.id, seen=1, blind="1")
    assert 422 == refused.status_code


def test_the_blind_mode_can_be_left(as_: As, random_call: ScoredCall) -> None:
    page = as_("rosa").get(f"{link(random_call)}&blind=0").text
    assert "data-agrees" in page
    assert "data-agrees" not in as_("lena").get(link(random_call)).text
    assert "Judge blind" not in as_("tom").get(link(random_call)).text


def test_next_follows_the_filters_and_passes_over_what_others_have(as_: As, store: Store) -> None:
    rosa = as_("rosa")
    ids = [one.recording.id for one in queue.page(store, ALL, queue.Filters(team="North")).items]
    as_("lena").submit("/call/claim", id=ids[1])
    there = rosa.get(f"/call/next?id={ids[0]}&query=team%3DNorth").headers["location"]
    assert f"/call?id={ids[2]}&team=North" == there
    last = rosa.get(f"/call/next?id={ids[-1]}&query=team%3DNorth").headers["location"]
    assert "/queue?team=North" == last


def test_finishing_waits_for_what_is_open(as_: As, store: Store) -> None:
    rosa = as_("rosa")
    item = queue.page(store, ALL, queue.Filters(language="en")).items[0]
    call_id = item.recording.id
    assert 422 == rosa.submit("/call/finish", id=call_id, seen=0, blind="0").status_code
    found = queries.scored_call(store, call_id)
    assert found is not None
    for finding in found.findings:
        rosa.submit(
            "/call/decide", id=call_id, criterion=finding.criterion, answer=finding.verdict.value, seen=0, blind="0"
        )
    at = seen(store, found)
    assert 303 == rosa.submit("/call/finish", id=call_id, seen=at, blind="0").status_code
    assert "Reviewed by Rosa Reviewer" in rosa.get(f"/call?id={call_id}").text


def test_a_sign_of_life_renews_the_claim_and_tells_the_news(as_: As, store: Store, call: ScoredCall) -> None:
    rosa, lena = as_("rosa"), as_("lena")
    lena.submit("/call/decide", id=call.recording.id, criterion=the(call, Verdict.FAIL), answer="fail", seen=0)
    told = rosa.submit("/call/beat", id=call.recording.id, seen=0)
    assert "Lena Lead works on this call" in told.text
    assert "Decided meanwhile" in told.text
    before = claims.holder(store, call.recording.id)
    lena.submit("/call/beat", id=call.recording.id, seen=1)
    after = claims.holder(store, call.recording.id)
    assert before is not None
    assert after is not None
    assert before[1] < after[1]


def test_a_scorecard_that_is_gone_leaves_the_page_to_read(as_: As, app: FastAPI, call: ScoredCall) -> None:
    from qa_pipeline.reviewing import Scorecards

    app.state.desk = replace(app.state.desk, scorecards=Scorecards(()))
    page = as_("rosa").get(link(call))
    assert "version of the scorecard is not there any more" in page.text
    assert "/call/decide" not in page.text


def test_the_page_speaks_chinese(as_: As, call: ScoredCall) -> None:
    assert "完成复核" in as_("rene").get(link(call)).text
