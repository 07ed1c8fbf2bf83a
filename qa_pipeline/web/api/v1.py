"""The operations of version 1. A call's id stands in the query (`?id=`): it may hold any character, slashes too."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import UTC, date, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import AwareDatetime

from qa_pipeline.domain import Decision, QueueState, Reopening, Right, Role, ScoredCall, Standing, StoreError
from qa_pipeline.store import listing, queries, standing
from qa_pipeline.store.desk import calibration, decisions
from qa_pipeline.store.desk.decisions import Word
from qa_pipeline.store.listing import After, Listed, Wanted
from qa_pipeline.store.people import audit
from qa_pipeline.web.api import cursor as cursors
from qa_pipeline.web.api.figures import Period, agents_of
from qa_pipeline.web.api.gate import Caller, calls_with
from qa_pipeline.web.api.models import (
    AgentsOut,
    CallOut,
    CallsOut,
    DecisionIn,
    DecisionOut,
    FindingOut,
    FindingPairOut,
    FindingsOut,
    FinishIn,
    ReopenIn,
    ReopeningOut,
    ReviewsOut,
    ScoreOut,
    ScoresOut,
    StandingOut,
    TranscriptOut,
)
from qa_pipeline.web.api.problems import Refused, answers

router = APIRouter()

Id = Annotated[str, Query(min_length=1, description="The call's id.")]
Text = Annotated[str, Query(max_length=500)]


def chosen_of(
    since: Annotated[date | None, Query(description="First day, on the calls' own clock.")] = None,
    until: Annotated[date | None, Query(description="The day after the last one.")] = None,
    team: Text = "",
    agent: Text = "",
) -> Wanted:
    """The filters that all lists know."""
    return Wanted(since=since, until=until, team=team, agent_id=agent)


Chosen = Annotated[Wanted, Depends(chosen_of)]


@router.get("/calls", summary="Judged calls", responses=answers())
def calls(
    caller: Annotated[Caller, calls_with(Right.HEAR)],
    chosen: Chosen,
    state: QueueState | None = None,
    changed_since: Annotated[
        AwareDatetime | None, Query(description="What has changed since, the longest ago first.")
    ] = None,
    cursor: Annotated[str | None, Query(max_length=4000, description="`next` of the answer before.")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> CallsOut:
    """The calls in your sight, sorted by id (code points), or with `changed_since` by when they changed.

    Send the same filters with each `cursor`.
    """
    wanted = replace(chosen, state=state, changed_since=_utc(changed_since))
    by_change = changed_since is not None
    after = cursors.read(cursor, by_change=by_change) if cursor is not None else None
    found = listing.page(caller.store, caller.scope, wanted, after=after, limit=limit + 1)
    shown = found[:limit]
    blind = calibration.hidden(caller.store, caller.user)
    last = shown[-1] if len(found) > limit else None
    audit.record(caller.store, caller.user, "exported", "calls", through="api", n=len(shown), **_said(chosen))
    return CallsOut(
        items=tuple(_call(one) for one in shown if one.recording.id not in blind),
        next=cursors.written(After(call_id=last.recording.id, changed_at=last.changed_at if by_change else None))
        if last
        else None,
    )


@router.get("/call", summary="One call", responses=answers(404))
def call(caller: Annotated[Caller, calls_with(Right.HEAR)], id: Id) -> CallOut:  # noqa: A002 - as the page has it
    """A call and what stands for it."""
    found = listing.one(caller.store, id, caller.scope)
    if found is None:
        raise _unknown()
    _exported(caller, id, "call")
    return _call(found)


@router.get("/findings", summary="A call's findings", responses=answers(404))
def findings(caller: Annotated[Caller, calls_with(Right.HEAR)], id: Id) -> FindingsOut:  # noqa: A002 - as above
    """Every criterion as it stands and as the machine alone has it, with the evidence."""
    stands, machine = _scored(caller, id), _scored(caller, id, machine=True)
    decided = listing.by_people(caller.store, id, caller.scope)
    _exported(caller, id, "findings")
    return FindingsOut(
        call_id=id,
        items=tuple(
            FindingPairOut(
                stands=FindingOut.model_validate(now),
                machine=FindingOut.model_validate(alone),
                by_person=now.criterion in decided,
            )
            for now, alone in zip(stands.findings, machine.findings, strict=True)
        ),
    )


@router.get("/scores", summary="A call's scores", responses=answers(404))
def scores(caller: Annotated[Caller, calls_with(Right.HEAR)], id: Id) -> ScoresOut:  # noqa: A002 - as above
    """The score as it stands and as the machine alone has it."""
    stands, machine = _scored(caller, id), _scored(caller, id, machine=True)
    _exported(caller, id, "scores")
    return ScoresOut(
        call_id=id,
        stands=ScoreOut.model_validate(stands.score),
        machine=ScoreOut.model_validate(machine.score),
    )


@router.get("/transcript", summary="What was said", responses=answers(404))
def transcript(caller: Annotated[Caller, calls_with(Right.HEAR)], id: Id) -> TranscriptOut:  # noqa: A002 - as above
    """The turns of a call: for those alone who may hear it."""
    found = _scored(caller, id, machine=True).transcript
    _exported(caller, id, "transcript")
    return TranscriptOut.model_validate({"call_id": id, **asdict(found)})


@router.get("/reviews", summary="A call's decisions", responses=answers(404))
def reviews(caller: Annotated[Caller, calls_with(Right.HEAR)], id: Id) -> ReviewsOut:  # noqa: A002 - as above
    """What people decided on a call, all of it, oldest first."""
    made = decisions.of_call(caller.store, id, caller.scope)
    shows_who = caller.user.role is not Role.AGENT
    _exported(caller, id, "reviews")
    return ReviewsOut(
        standing=_standing(_stands(caller, id)),
        reopened=_reopening(decisions.reopened(caller.store, id, caller.scope), shows_who=shows_who),
        items=tuple(_decision(one, shows_who=shows_who) for one in made),
    )


@router.post("/reviews", summary="Decide", responses=answers(404, 409))
def decide(
    caller: Annotated[Caller, calls_with(Right.REVIEW)],
    id: Id,  # noqa: A002 - as above
    word: DecisionIn,
) -> StandingOut:
    """Says of one criterion what holds; gives what stands then.

    Codes: `stale` (409: somebody decided meanwhile; `stands` in the answer is what holds now), `claimed` (409: somebody
    works on the call), `unknown_criterion`, `reason_missing`, `unknown_scorecard`.
    """
    said = Word(criterion=word.criterion, verdict=word.verdict, level=word.level, reason=word.reason)
    refold = caller.desk.scorecards.refold
    try:
        after = decisions.decide(caller.store, caller.user, id, said, seen=word.seen, refold=refold)
    except StoreError as error:
        raise _with_what_stands(caller, id, error) from None
    return _standing(after)


@router.post("/reviews/finish", summary="Finish a review", responses=answers(404, 409))
def finish(
    caller: Annotated[Caller, calls_with(Right.REVIEW)],
    id: Id,  # noqa: A002 - as above
    end: FinishIn,
) -> StandingOut:
    """Closes the review of a call.

    Codes: `stale`, `claimed` (409, as above), `undecided` (something open was not decided).
    """
    refold = caller.desk.scorecards.refold
    try:
        after = decisions.finish(caller.store, caller.user, id, seen=end.seen, refold=refold)
    except StoreError as error:
        raise _with_what_stands(caller, id, error) from None
    return _standing(after)


@router.post("/reviews/reopen", summary="Open a review again", responses=answers(404, 409))
def reopen(
    caller: Annotated[Caller, calls_with(Right.REVIEW)],
    id: Id,  # noqa: A002 - as above
    again: ReopenIn,
) -> StandingOut:
    """Opens a finished review again: the call waits for people as before, for this reason.

    Codes: `not_finished` (409), `reopen_right` (403: somebody else finished it, and you are no QA lead),
    `reason_missing`.
    """
    refold = caller.desk.scorecards.refold
    return _standing(decisions.reopen(caller.store, caller.user, id, again.reason, refold=refold))


@router.get("/agents", summary="Agents' figures", responses=answers())
def agents(
    caller: Annotated[Caller, calls_with(Right.SEE_AGENTS)],
    chosen: Chosen,
    by: Annotated[Period, Query(description="Over all of the time, or by week (from Monday) or month.")] = "all",
) -> AgentsOut:
    """The mean score of each agent in your sight with n and the 95 % interval, sorted by id: this is no ranking."""
    days = listing.added_up(caller.store, caller.scope, chosen, by_day=by != "all")
    least = caller.desk.settings.min_calls
    audit.record(caller.store, caller.user, "exported", "agents", through="api", **_said(chosen))
    return AgentsOut(min_calls=least, items=agents_of(days, by, least))


def _call(one: Listed) -> CallOut:
    meta = one.recording.meta
    return CallOut(
        id=one.recording.id,
        agent_id=meta.agent_id,
        agent_name=meta.agent_name,
        team=meta.team,
        queue=meta.queue,
        language=meta.language,
        direction=meta.direction,
        started_at=meta.started_at,
        duration_ms=one.recording.media.duration_ms,
        standing=_standing(one.standing),
        changed_at=one.changed_at.replace(tzinfo=UTC),
    )


def _standing(found: Standing) -> StandingOut:
    return StandingOut.model_validate(found)


def _decision(made: Decision, *, shows_who: bool) -> DecisionOut:
    changed = {"reviewer": made.reviewer if shows_who else None, "made_at": made.made_at.replace(tzinfo=UTC)}
    return DecisionOut.model_validate(asdict(made) | changed)


def _reopening(made: Reopening | None, *, shows_who: bool) -> ReopeningOut | None:
    if made is None:
        return None
    by, reason = (made.by, made.reason) if shows_who else (None, None)
    return ReopeningOut(by=by, reason=reason, at=made.at.replace(tzinfo=UTC))


def _said(chosen: Wanted) -> dict[str, str]:
    """The filters, for the audit log."""
    return {name: str(value) for name, value in asdict(chosen).items() if value}


def _stands(caller: Caller, call_id: str) -> Standing:
    found = standing.of(caller.store, call_id, caller.scope)
    if found is None:
        raise _unknown()
    return found


def _scored(caller: Caller, call_id: str, *, machine: bool = False) -> ScoredCall:
    found = queries.scored_call(caller.store, call_id, caller.scope, machine=machine)
    if found is None:
        raise _unknown()
    return found


def _unknown() -> Refused:
    return Refused("There is no such call, or it is not yours to see.", code="unknown_call", status=404)


def _with_what_stands(caller: Caller, call_id: str, error: StoreError) -> StoreError | Refused:
    """Whoever comes too late is told what holds now."""
    if error.code != "stale":
        return error
    now = _standing(_stands(caller, call_id)).model_dump(mode="json")
    return Refused(str(error), code="stale", status=409, more={"stands": now})


def _exported(caller: Caller, call_id: str, what: str) -> None:
    audit.record(caller.store, caller.user, "exported", "call", call_id, through="api", what=what)


def _utc(moment: datetime | None) -> datetime | None:
    return moment.astimezone(UTC).replace(tzinfo=None) if moment else None
