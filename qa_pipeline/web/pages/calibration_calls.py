"""One call of a calibration session: judged blindly by each, then talked over by all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from qa_pipeline.domain import (
    ANSWERS,
    Calibration,
    CalibrationAnswer,
    CalibrationCall,
    Criterion,
    RevealedItem,
    Right,
    Scorecard,
    StoreError,
    Turn,
    Verdict,
)
from qa_pipeline.store.desk import calibration, calibration_results
from qa_pipeline.store.people import audit, users
from qa_pipeline.web.desk import Visit, changes, looks
from qa_pipeline.web.pages.calibration import card_of, number_of
from qa_pipeline.web.render import is_part, link, render

router = APIRouter()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A criterion of a call as a participant is asked about it; `rule` None where its scorecard is gone."""

    name: str
    title: str
    section: str
    rule: Criterion | None
    own: CalibrationAnswer | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallPage:
    """One call of a session, to judge; `final` where the person has handed in."""

    session: Calibration
    call: CalibrationCall
    position: int
    before: str
    after: str
    turns: tuple[Turn, ...]
    asked: tuple[Asked, ...]
    answers: tuple[Verdict, ...]
    final: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedPart:
    """What htmx shows after an answer."""

    call: CalibrationCall
    saved: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkPage:
    """One call of a session that is over: what all said, to talk over."""

    session: Calibration
    call: CalibrationCall
    position: int
    before: str
    after: str
    turns: tuple[Turn, ...]
    items: tuple[tuple[Asked, RevealedItem], ...]
    names: dict[str, str]


@router.get("/calibration/call")
def show_call(
    visit: Annotated[Visit, looks(Right.CALIBRATE)], session: str = "", call: Annotated[str, Query(alias="id")] = ""
) -> HTMLResponse:
    """A call to judge blindly, or, once the session is over, to talk over."""
    found = calibration.get(visit.store, visit.user, number_of(session))
    before_me = calibration.blind_call(visit.store, visit.user, found.id, call)
    ids = [one.call_id for one in calibration.calls(visit.store, visit.user, found.id)]
    at = ids.index(call)
    before, after = "" if at == 0 else ids[at - 1], ids[at + 1] if at + 1 < len(ids) else ""
    audit.record(visit.store, visit.user, "calibration.seen", "call", call, calibration=found.id)
    card, turns = card_of(visit, found), before_me.transcript.turns
    if found.revealed:
        items = calibration_results.revealed(visit.store, visit.user, found.id, call)
        talk = TalkPage(
            session=found,
            call=before_me.call,
            position=at + 1,
            before=before,
            after=after,
            turns=turns,
            items=tuple((_asked(card, one.criterion, None), one) for one in items),
            names=users.names(visit.store),
        )
        return render(visit, "calibration_talk.html", talk)
    mine = found.person(visit.user.id)
    page = CallPage(
        session=found,
        call=before_me.call,
        position=at + 1,
        before=before,
        after=after,
        turns=turns,
        asked=tuple(_asked(card, name, before_me.own.get(name)) for name in before_me.criteria),
        answers=ANSWERS,
        final=mine is not None and mine.submitted_at is not None,
    )
    return render(visit, "calibration_call.html", page)


@router.post("/calibration/answer")
def answer(
    request: Request,
    visit: Annotated[Visit, changes(Right.CALIBRATE)],
    *,
    session: Annotated[str, Form()],
    call: Annotated[str, Form()],
    criterion: Annotated[str, Form()],
    verdict: Annotated[str, Form()] = "",
    note: Annotated[str, Form()] = "",
) -> Response:
    """Keeps an answer; a note alone waits in the form until there is one."""
    number = number_of(session)
    if not verdict and is_part(request):
        before_me = calibration.blind_call(visit.store, visit.user, number, call)
        return render(visit, "calibration_saved.html", SavedPart(call=before_me.call, saved=False))
    if verdict not in set(Verdict):
        raise StoreError("That is no answer.", code="calibration_answer")
    reply = calibration.Reply(criterion=criterion, verdict=Verdict(verdict), note=note)
    kept = calibration.answer(visit.store, visit.user, number, call, reply)
    if is_part(request):
        return render(visit, "calibration_saved.html", SavedPart(call=kept, saved=True))
    return RedirectResponse(link("/calibration/call", session=number, id=call), status_code=303)


@router.post("/calibration/note")
def note(
    visit: Annotated[Visit, changes(Right.CALIBRATE)],
    session: Annotated[str, Form()],
    call: Annotated[str, Form()],
    criterion: Annotated[str, Form()],
    text: Annotated[str, Form()] = "",
) -> Response:
    """Keeps what the group said of an item."""
    calibration_results.note(visit.store, visit.user, number_of(session), call, criterion, text)
    return RedirectResponse(link("/calibration/call", session=session, id=call), status_code=303)


def _asked(card: Scorecard | None, name: str, own: CalibrationAnswer | None) -> Asked:
    for section in card.sections if card else ():
        for rule in section.criteria:
            if rule.name == name:
                return Asked(name=name, title=rule.title, section=section.title, rule=rule, own=own)
    return Asked(name=name, title=name, section="", rule=None, own=own)
