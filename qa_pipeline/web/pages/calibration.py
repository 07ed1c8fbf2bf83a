"""Calibration: the sessions, their worklists, and what all said afterwards."""

from __future__ import annotations

import csv
import io
import secrets
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated

from fastapi import APIRouter, Form, Query
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel

from qa_pipeline.analytics.calibration import MACHINE
from qa_pipeline.domain import (
    Calibration,
    CalibrationCall,
    Participant,
    Right,
    Scorecard,
    StoreError,
    User,
)
from qa_pipeline.reporting.tables import defuse
from qa_pipeline.store.desk import calibration, calibration_opening, calibration_results
from qa_pipeline.store.desk.calibration_opening import MOST_CALLS, Drawn, Named, Plan
from qa_pipeline.store.people import users
from qa_pipeline.web.calibration_figures import Results, Trend, results, trends
from qa_pipeline.web.desk import Visit, changes, looks
from qa_pipeline.web.render import link, render
from qa_pipeline.web.words import WORDS, say

router = APIRouter()

EXPORTED = (
    "session",
    "title",
    "scorecard",
    "version",
    "call_id",
    "criterion",
    "who",
    "name",
    "verdict",
    "note",
    "answered_at",
)
_TRENDS_FROM = 24  # the newest sessions: more would make the page slow


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A session in the list; `mine` is the person's own part in it."""

    session: Calibration
    scorecard: str
    mine: Participant | None
    overdue: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPage:
    """The sessions in sight, and how agreement went over time."""

    lines: tuple[Line, ...]
    trends: tuple[Trend, ...]
    offset: int
    limit: int


class Given(BaseModel, frozen=True):
    """The fields of the form as they were sent."""

    title: str = ""
    scorecard: str = ""
    how: str = "draw"
    n: str = "10"
    seed: str = ""
    since: str = ""
    ids: str = ""
    people: tuple[str, ...] = ()
    expert: str = ""
    due: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPage:
    """The form for a new session with what was put in; `wrong` says what is, "" at first."""

    given: Given
    scorecards: tuple[Scorecard, ...]
    people: tuple[User, ...]
    most: int
    wrong: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionPage:
    """A session before it is over: the worklist. `next_call` is the first that the person has not finished."""

    session: Calibration
    scorecard: str
    calls: tuple[CalibrationCall, ...]
    mine: Participant | None
    expert: str
    overdue: bool
    next_call: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultsPage:
    """A session that is over."""

    session: Calibration
    scorecard: str
    found: Results
    everything: bool


@router.get("/calibration")
def show_list(visit: Annotated[Visit, looks(Right.CALIBRATE)], offset: Annotated[int, Query(ge=0)] = 0) -> HTMLResponse:
    """The sessions."""
    found = calibration.page(visit.store, visit.user, offset=offset)
    newest = calibration.page(visit.store, visit.user, limit=_TRENDS_FROM)
    said = calibration_results.labels(visit.store, visit.user, [one.id for one in newest])
    page = ListPage(
        lines=tuple(
            Line(
                session=one,
                scorecard=_title(visit, one),
                mine=one.person(visit.user.id),
                overdue=_overdue(visit, one),
            )
            for one in found
        ),
        trends=trends(newest, said, {one.scorecard: _title(visit, one) for one in newest}),
        offset=offset,
        limit=calibration.PAGE,
    )
    return render(visit, "calibration.html", page)


@router.get("/calibration/new")
def new(visit: Annotated[Visit, looks(Right.LEAD_CALIBRATION)]) -> HTMLResponse:
    """The form for a new session."""
    return _form(visit, Given(seed=str(secrets.randbelow(1_000_000))))


@router.post("/calibration/new")
def open_session(visit: Annotated[Visit, changes(Right.LEAD_CALIBRATION)], given: Annotated[Given, Form()]) -> Response:
    """Opens a session, or shows the form again with what is wrong."""
    try:
        made = calibration_opening.start(visit.store, visit.user, _plan(visit, given))
    except StoreError as error:
        return _form(visit, given, error)
    return RedirectResponse(link("/calibration/session", id=made), status_code=303)


@router.get("/calibration/session")
def show_session(
    visit: Annotated[Visit, looks(Right.CALIBRATE)],
    number: Annotated[str, Query(alias="id")] = "",
    show: str = "",
) -> HTMLResponse:
    """A session: the worklist, or, once it is over, what all said."""
    session = calibration.get(visit.store, visit.user, number_of(number))
    listed = calibration.calls(visit.store, visit.user, session.id)
    if session.revealed:
        items = calibration_results.revealed(visit.store, visit.user, session.id)
        found = results(session, items, listed, card_of(visit, session), everything=show == "all")
        page = ResultsPage(session=session, scorecard=_title(visit, session), found=found, everything=show == "all")
        return render(visit, "calibration_results.html", page)
    expert = session.person(session.expert)
    mine = session.person(visit.user.id)
    waiting = (one.call_id for one in listed if one.answered < one.items)
    work = SessionPage(
        session=session,
        scorecard=_title(visit, session),
        calls=listed,
        mine=mine,
        expert=expert.name if expert else "",
        overdue=_overdue(visit, session),
        next_call=next(waiting, "") if mine and not mine.submitted_at else "",
    )
    return render(visit, "calibration_session.html", work)


@router.post("/calibration/submit")
def submit(visit: Annotated[Visit, changes(Right.CALIBRATE)], session: Annotated[str, Form()]) -> Response:
    """Hands the person's answers in."""
    calibration.submit(visit.store, visit.user, number_of(session))
    return RedirectResponse(link("/calibration/session", id=session), status_code=303)


@router.post("/calibration/close")
def close(visit: Annotated[Visit, changes(Right.LEAD_CALIBRATION)], session: Annotated[str, Form()]) -> Response:
    """Ends a session before all have handed in."""
    calibration.close(visit.store, visit.user, number_of(session))
    return RedirectResponse(link("/calibration/session", id=session), status_code=303)


@router.get("/calibration/export")
def export(visit: Annotated[Visit, looks(Right.EXPORT)], number: Annotated[str, Query(alias="id")] = "") -> Response:
    """All answers of a session that is over, the machine's among them, as CSV."""
    session, items = calibration_results.exported(visit.store, visit.user, number_of(number))
    known = {one.id: one for one in users.everybody(visit.store)}
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(EXPORTED)
    about = (str(session.id), session.title, session.scorecard, session.scorecard_version)
    for item in items:
        what = (*about, item.call_id, item.criterion)
        writer.writerow(map(defuse, (*what, MACHINE, "", item.machine.verdict.value, item.machine.why, "")))
        for who, said in sorted(item.answers.items(), key=lambda pair: known[pair[0]].login):
            one, at = known[who], f"{said.answered_at.isoformat(timespec='seconds')}Z"
            writer.writerow(map(defuse, (*what, one.login, one.name, said.verdict.value, said.note, at)))
    return Response(
        "\ufeff" + stream.getvalue(),  # Excel needs the mark to read Chinese
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="calibration-{session.id}.csv"'},
    )


def _plan(visit: Visit, given: Given) -> Plan:
    name, _, version = given.scorecard.partition("|")
    if visit.desk.scorecards.get(name, version) is None:
        raise StoreError("Choose a scorecard.", code="calibration_scorecard")
    drawn = Drawn(n=_whole(given.n), seed=_whole(given.seed), slice_only=given.how == "slice", since=_day(given.since))
    return Plan(
        title=given.title,
        scorecard=name,
        scorecard_version=version,
        calls=Named(ids=tuple(filter(None, map(str.strip, given.ids.splitlines())))) if given.how == "ids" else drawn,
        people=given.people,
        expert=given.expert,
        due_on=_day(given.due),
    )


def _form(visit: Visit, given: Given, error: StoreError | None = None) -> HTMLResponse:
    able = tuple(one for one in users.everybody(visit.store) if one.active and one.may(Right.CALIBRATE))
    page = NewPage(
        given=given,
        scorecards=tuple(sorted(visit.desk.scorecards, key=lambda card: (card.name, card.version))),
        people=able,
        most=MOST_CALLS,
        wrong=_words(visit, error) if error else "",
    )
    return render(visit, "calibration_new.html", page, status=422 if error else 200)


def _words(visit: Visit, error: StoreError) -> str:
    key = f"error_{error.code}"
    return say(visit.language, key) if key in WORDS else say(visit.language, "error_other", message=str(error))


def card_of(visit: Visit, session: Calibration) -> Scorecard | None:
    """The scorecard that a session judges by, None where its files are gone."""
    return visit.desk.scorecards.get(session.scorecard, session.scorecard_version)


def _title(visit: Visit, session: Calibration) -> str:
    card = card_of(visit, session)
    return card.title if card else session.scorecard


def _overdue(visit: Visit, session: Calibration) -> bool:
    today = datetime.now(UTC).astimezone(visit.zone).date()
    return session.due_on is not None and not session.revealed and session.due_on < today


def number_of(text: str) -> int:
    """The number of a session in an address. Raises StoreError, "not_found"."""
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise StoreError("There is no such session.", code="not_found")
    return int(text)


def _whole(text: str) -> int:
    if not (text.strip().isascii() and text.strip().isdigit() and len(text) < 10):
        raise StoreError("A number is needed.", code="calibration_number")
    return int(text)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise StoreError("A day is written 2026-12-31.", code="calibration_day") from None
