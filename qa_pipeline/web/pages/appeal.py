"""One appeal, and the form to make one: what stands, why, on what evidence, by which standard."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from qa_pipeline.domain import (
    ANSWER_WITHIN,
    BETTER,
    Appeal,
    AppealedItem,
    AppealState,
    Criterion,
    Finding,
    Right,
    ScoredCall,
    StoreError,
    Verdict,
    opening_refused,
    step_refused,
)
from qa_pipeline.store import queries
from qa_pipeline.store.desk import appeal_lists, appeals, calibration
from qa_pipeline.store.desk.appeal_lists import AppealLine
from qa_pipeline.store.desk.appeals import Question
from qa_pipeline.store.people import audit, users
from qa_pipeline.web.desk import Blind, Visit, changes, looks
from qa_pipeline.web.excerpt import Line, excerpt
from qa_pipeline.web.pages.appeals import number, turn
from qa_pipeline.web.render import link, render

router = APIRouter()


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What one must see of an item to judge a judgement; `finding` is None where the call has no such item any more."""

    call: ScoredCall | None
    title: str
    criterion: Criterion | None
    finding: Finding | None
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealView:
    """An appeal as somebody sees it. `turn` says whether the next step is theirs ("yes"), or why not (a code).

    `outcomes` are the verdicts that may be decided, the proposed one first; `stays` the verdict that a rejection keeps.
    """

    line: AppealLine
    look: Looked
    item: AppealedItem | None
    others: tuple[Appeal, ...]
    names: Mapping[str, str]
    turn: str
    may_send_back: bool
    may_withdraw: bool
    outcomes: tuple[Verdict, ...]
    stays: Verdict
    levels: bool
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAppeal:
    """The form; `refused` is a code where the item cannot be questioned (any more)."""

    call_id: str
    look: Looked
    item: AppealedItem
    others: tuple[Appeal, ...]
    names: Mapping[str, str]
    refused: str
    proposals: tuple[Verdict, ...]
    until: datetime
    rounds_left: int
    answer_days: int


@router.get("/appeal")
def show(visit: Annotated[Visit, looks()], id: str = "") -> HTMLResponse:  # noqa: A002 - the address says id
    """An appeal about a call in sight."""
    store, scope = visit.store, visit.user.scope
    line = appeal_lists.one(store, scope, number(id))
    appeal = line.appeal
    if (session := calibration.hidden(store, visit.user).get(appeal.call_id)) is not None:
        raise Blind(session, appeal.call_id)
    audit.record(store, visit.user, "saw", "call", appeal.call_id, appeal=appeal.id)
    look = _look(visit, appeal.call_id, appeal.criterion)
    item = appeals.item(store, scope, appeal.call_id, appeal.criterion) if look.finding else None
    stands = item.verdict if item else appeal.stood
    better = [one for one in BETTER[appeal.stood] if one in (stands, *BETTER[stands])]
    page = AppealView(
        line=line,
        look=look,
        item=item,
        others=tuple(
            one for one in appeal_lists.of_item(store, scope, appeal.call_id, appeal.criterion) if one.id != appeal.id
        ),
        names=users.names(store),
        turn=turn(visit, line),
        may_send_back=not step_refused(appeal, AppealState.SENT_BACK, visit.user, line.judges),
        may_withdraw=not step_refused(appeal, AppealState.WITHDRAWN, visit.user, line.judges),
        outcomes=tuple(sorted(better, key=lambda one: one is not appeal.proposed)),
        stays=stands,
        levels=bool(look.criterion and look.criterion.bonus and look.criterion.weight),
        now=datetime.now(UTC).replace(tzinfo=None),
    )
    return render(visit, "appeal.html", page)


@router.get("/appeals/new")
def form(visit: Annotated[Visit, looks(Right.APPEAL)], call: str = "", criterion: str = "") -> HTMLResponse:
    """What stands for an item of an own call, and the form to question it."""
    store, scope, settings = visit.store, visit.user.scope, visit.desk.settings
    item = appeals.item(store, scope, call, criterion)
    audit.record(store, visit.user, "saw", "call", call, criterion=criterion)
    now = datetime.now(UTC).replace(tzinfo=None)
    page = NewAppeal(
        call_id=call,
        look=_look(visit, call, criterion),
        item=item,
        others=appeal_lists.of_item(store, scope, call, criterion),
        names=users.names(store),
        refused=opening_refused(item, now, days=settings.appeal_days, rounds=settings.appeal_rounds),
        proposals=tuple(one for one in BETTER[item.verdict] if one is not Verdict.UNSURE),
        until=item.until(settings.appeal_days),
        rounds_left=max(0, settings.appeal_rounds - item.rounds),
        answer_days=ANSWER_WITHIN.days,
    )
    return render(visit, "appeal_new.html", page)


@router.post("/appeals/new")
def ask(
    visit: Annotated[Visit, changes(Right.APPEAL)],
    call: Annotated[str, Form()] = "",
    criterion: Annotated[str, Form()] = "",
    proposed: Annotated[str, Form()] = "",
    note: Annotated[str, Form()] = "",
) -> Response:
    """An agent questions an item of an own call."""
    if proposed not in set(Verdict):
        raise StoreError("Propose what would be right instead.", code="appeal_proposed")
    settings = visit.desk.settings
    made = appeals.open_appeal(
        visit.store,
        visit.user,
        call,
        Question(criterion=criterion, proposed=Verdict(proposed), note=note),
        days=settings.appeal_days,
        rounds=settings.appeal_rounds,
        refold=visit.desk.scorecards.refold,
    )
    return RedirectResponse(link("/appeal", id=made), status_code=303)


def _look(visit: Visit, call_id: str, name: str) -> Looked:
    call = queries.scored_call(visit.store, call_id, visit.user.scope)
    card = visit.desk.scorecards.get(call.score.scorecard, call.score.scorecard_version) if call else None
    criterion = next((one for one in card.criteria if one.name == name), None) if card else None
    finding = next((one for one in call.findings if one.criterion == name), None) if call else None
    return Looked(
        call=call,
        title=criterion.title if criterion else name,
        criterion=criterion,
        finding=finding,
        lines=excerpt(call.transcript, finding) if call and finding else (),
    )
