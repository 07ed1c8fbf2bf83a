"""The page of one call: hear it, read it, decide on it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import FileResponse, PlainTextResponse, RedirectResponse, Response

from qa_pipeline import assembly
from qa_pipeline.audio.review_copy import ReviewCopy, prune, review_copy
from qa_pipeline.domain import AudioError, QueueState, Recording, Right, StoreError, Taxonomy, Verdict
from qa_pipeline.settings import Settings
from qa_pipeline.store.desk import call_page, claims, decisions, queue
from qa_pipeline.store.desk.call_page import OpenedCall
from qa_pipeline.store.desk.decisions import Word
from qa_pipeline.store.desk.queue import Filters
from qa_pipeline.store.people import audit
from qa_pipeline.web.call_values import Asking, Draft
from qa_pipeline.web.call_view import agrees, changes_since, is_blind
from qa_pipeline.web.call_view import call_page as view_of
from qa_pipeline.web.desk import Visit, changes, looks
from qa_pipeline.web.pages.queue import filters_of, theirs
from qa_pipeline.web.render import is_part, link, render
from qa_pipeline.web.words import say

router = APIRouter()

_FAR = 20  # calls of other people that "next" passes over
_taxonomies: dict[Path | None, Taxonomy] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What every form of the page carries: the call, the revision seen, the queue's filters, whether blind."""

    id: str
    seen: int
    query: str
    blind: str


def asked(
    id: Annotated[str, Form()],  # noqa: A002 - as in addresses
    seen: Annotated[int, Form()] = -1,
    query: Annotated[str, Form()] = "",
    blind: Annotated[str, Form()] = "",
) -> Asked:
    """The fields that every form carries."""
    return Asked(id=id, seen=seen, query=query, blind=blind)


Form_ = Annotated[Asked, Depends(asked)]
Reviewer = Annotated[Visit, changes(Right.REVIEW)]


@router.get("/call")
def show(
    request: Request,
    visit: Annotated[Visit, looks()],
    id: str,  # noqa: A002 - as in addresses
    at: int = 0,
    blind: str = "",
) -> Response:
    """The call; opening it is written into the audit log."""
    opened = call_page.opened(visit.store, id, visit.user.scope)
    audit.record(visit.store, visit.user, "saw", "call", id, blind=is_blind(visit, opened, blind))
    query = "&".join(part for part in request.url.query.split("&") if not part.startswith(("id=", "at=", "blind=")))
    return _page(request, visit, opened, Asking(query=query, at_ms=at, blind=blind))


@router.get("/call/next")
def neighbour(
    visit: Annotated[Visit, looks(Right.REVIEW)],
    id: str,  # noqa: A002 - as in addresses
    step: int = 1,
    query: str = "",
) -> Response:
    """The next call of the queue that nobody else works on, or the one before; at its end the queue."""
    filters = theirs(_filters(query), visit.user)
    call_id: str | None = id
    for _ in range(_FAR):
        call_id = queue.neighbour(visit.store, visit.user.scope, filters, call_id or "", step=1 if step > 0 else -1)
        holder = claims.holder(visit.store, call_id) if call_id else None
        if call_id is None or holder is None or holder[0] == visit.user.id:
            break
    if call_id is None:
        return RedirectResponse(f"/queue?{query}" if query else "/queue", status_code=303)
    return RedirectResponse(_link(call_id, query), status_code=303)


@router.get("/call/sound")
def sound(visit: Annotated[Visit, looks(Right.HEAR)], id: str) -> Response:  # noqa: A002 - as in addresses
    """The recording as a WAV that can be read from any moment."""
    recording = call_page.recording(visit.store, id, visit.user.scope)
    copy = _copy(visit, recording)
    if isinstance(copy, Response):
        return copy
    call_page.note_played(visit.store, visit.user, id)
    return FileResponse(copy.sound, media_type="audio/wav")


@router.get("/call/peaks")
def peaks(visit: Annotated[Visit, looks(Right.HEAR)], id: str) -> Response:  # noqa: A002 - as in addresses
    """What the waveform is drawn from."""
    copy = _copy(visit, call_page.recording(visit.store, id, visit.user.scope))
    return copy if isinstance(copy, Response) else FileResponse(copy.peaks, media_type="application/json")


@router.post("/call/decide")
def decide(
    request: Request,
    visit: Reviewer,
    form: Form_,
    criterion: Annotated[str, Form()],
    answer: Annotated[str, Form()] = "",
    reason: Annotated[str, Form()] = "",
) -> Response:
    """Takes a person's word on a criterion."""
    opened = call_page.opened(visit.store, form.id, visit.user.scope)
    verdict, level = _answered(answer)
    machine = next((one for one in opened.call.findings if one.criterion == criterion), None)
    if machine is not None and not agrees(machine, verdict, level) and not reason.strip():
        if not is_blind(visit, opened, form.blind):
            raise StoreError("Say why it is so.", code="reason_missing")
        # To ask for a reason only now would tell what the machine said.
        reason = say(opened.call.transcript.language, "call_given_blind")
    word = Word(criterion=criterion, verdict=verdict, level=level, reason=reason)

    def work(seen: int) -> None:
        refold = visit.desk.scorecards.refold
        decisions.decide(visit.store, visit.user, form.id, word, seen=seen, refold=refold)

    draft = Draft(criterion=criterion, answer=answer, reason=reason)
    return _changed(request, visit, form, opened, work, said="call_said_decided", draft=draft)


@router.post("/call/undo")
def undo(request: Request, visit: Reviewer, form: Form_) -> Response:
    """Takes the person's own last word back."""

    def work(seen: int) -> None:
        decisions.undo(visit.store, visit.user, form.id, seen=seen, refold=visit.desk.scorecards.refold)

    opened = call_page.opened(visit.store, form.id, visit.user.scope)
    return _changed(request, visit, form, opened, work, said="call_said_undone")


@router.post("/call/finish")
def finish(request: Request, visit: Reviewer, form: Form_) -> Response:
    """Closes the review; blind ones only when the person has given a word on everything."""
    opened = call_page.opened(visit.store, form.id, visit.user.scope)
    page = view_of(visit, opened, Asking(blind=form.blind), _taxonomy(visit.desk.settings), has_sound=False)
    if any(item.hidden for item in page.items):
        raise StoreError("Something is open.", code="undecided")

    def work(seen: int) -> None:
        decisions.finish(visit.store, visit.user, form.id, seen=seen, refold=visit.desk.scorecards.refold)

    return _changed(request, visit, form, opened, work, said="call_said_finished")


@router.post("/call/reopen")
def reopen(request: Request, visit: Reviewer, form: Form_, reason: Annotated[str, Form()] = "") -> Response:
    """Opens a finished review again, with a reason."""
    refold = visit.desk.scorecards.refold
    decisions.reopen(visit.store, visit.user, form.id, reason, refold=refold)
    return _answer(request, visit, form, said="call_said_reopened")


@router.post("/call/comment")
def comment(
    request: Request,
    visit: Annotated[Visit, changes(Right.COMMENT)],
    form: Form_,
    text: Annotated[str, Form()] = "",
    criterion: Annotated[str, Form()] = "",
    moment: Annotated[str, Form()] = "",
) -> Response:
    """Pins a remark to a moment, a criterion or the call."""
    opened = call_page.opened(visit.store, form.id, visit.user.scope)
    known = {one.criterion for one in opened.call.findings}
    about = criterion if criterion in known else ""
    decisions.comment(visit.store, visit.user, form.id, text, criterion=about, at_ms=_moment(moment))
    return _answer(request, visit, form, said="call_said_remarked")


@router.post("/call/claim")
def claim(request: Request, visit: Reviewer, form: Form_) -> Response:
    """Takes the call for the person."""
    claims.claim(visit.store, visit.user, form.id)
    return _answer(request, visit, form, said="call_said_claimed")


@router.post("/call/take-over")
def take_over(request: Request, visit: Reviewer, form: Form_, holder: Annotated[str, Form()] = "") -> Response:
    """Takes the call from whoever the person saw to have it; if that is no longer so, tells who has it now."""
    try:
        claims.take_over(visit.store, visit.user, form.id, holder)
    except StoreError as error:
        if error.code != "claimed":
            raise
        return _conflict(request, visit, form, error, Draft())
    return _answer(request, visit, form, said="call_said_claimed")


@router.post("/call/release")
def release(request: Request, visit: Reviewer, form: Form_) -> Response:
    """Gives the call back."""
    claims.release(visit.store, visit.user, form.id)
    return _answer(request, visit, form, said="call_said_released")


@router.post("/call/beat")
def beat(visit: Reviewer, form: Form_) -> Response:
    """A sign of life: renews the person's claim, and tells who works on the call and what was decided meanwhile."""
    claims.renew(visit.store, visit.user, form.id)
    opened = call_page.opened(visit.store, form.id, visit.user.scope)
    told = changes_since(visit, opened, form.seen, blind=is_blind(visit, opened, form.blind))
    asking = Asking(query=form.query, blind=form.blind, news=told)
    page = view_of(visit, opened, asking, _taxonomy(visit.desk.settings), has_sound=False)
    return render(visit, "call_holder.html", page)


def _changed(
    request: Request,
    visit: Visit,
    form: Asked,
    opened: OpenedCall,
    work: Callable[[int], None],
    *,
    said: str,
    draft: Draft | None = None,
) -> Response:
    """Claims the call and does the work on what the person saw; where that is old, tells what changed since."""
    since = [one for one in (*opened.earlier, *opened.decisions) if one.revision > form.seen]
    own = all(one.reviewer == visit.user.id for one in since)  # in another window, or a second click
    try:
        claims.claim(visit.store, visit.user, form.id)
        work(opened.standing.revision if own else form.seen)
    except StoreError as error:
        if error.code not in ("stale", "claimed"):
            raise
        return _conflict(request, visit, form, error, draft or Draft())
    return _answer(request, visit, form, said=said)


def _conflict(request: Request, visit: Visit, form: Asked, error: StoreError, draft: Draft) -> Response:
    """What stands now with what the person typed still in its place, and what others did."""
    opened = call_page.opened(visit.store, form.id, visit.user.scope)
    told = changes_since(visit, opened, form.seen, blind=is_blind(visit, opened, form.blind))
    kept = ("call_kept",) if draft.reason else ()
    notice = (say(visit.language, f"error_{error.code}"), *told, *(say(visit.language, key) for key in kept))
    asking = Asking(query=form.query, blind=form.blind, notice=notice, draft=draft)
    return _page(request, visit, opened, asking, status=409)


def _answer(request: Request, visit: Visit, form: Asked, *, said: str) -> Response:
    """The changed parts of the page for htmx, else the page anew."""
    if not is_part(request):
        return RedirectResponse(_link(form.id, form.query, form.blind), status_code=303)
    opened = call_page.opened(visit.store, form.id, visit.user.scope)
    return _page(request, visit, opened, Asking(query=form.query, blind=form.blind, said=say(visit.language, said)))


def _page(request: Request, visit: Visit, opened: OpenedCall, asking: Asking, *, status: int = 200) -> Response:
    settings = visit.desk.settings
    recording = opened.call.recording
    there = Path(recording.uri).is_file() or (settings.cache_dir / f"{recording.sha256}.wav").is_file()
    page = view_of(visit, opened, asking, _taxonomy(settings), has_sound=there)
    return render(visit, "call_parts.html" if is_part(request) else "call.html", page, status=status)


def _copy(visit: Visit, recording: Recording) -> ReviewCopy | Response:
    """The copy to listen to, made when it is not there; or why there is none."""
    settings = visit.desk.settings
    made_before = (settings.cache_dir / f"{recording.sha256}.wav").exists()
    try:
        copy = review_copy(Path(recording.uri), settings.cache_dir, key=recording.sha256)
        if not made_before:
            prune(settings.cache_dir, round(settings.cache_gb * 1e9))
    except (AudioError, ValueError):
        return PlainTextResponse(say(visit.language, "call_no_sound"), status_code=404)
    return copy


def _answered(answer: str) -> tuple[Verdict, int | None]:
    """The verdict and the level that a button stands for, such as "pass2". Raises StoreError."""
    name, level = (answer[:-1], int(answer[-1])) if answer[-1:] in ("1", "2") else (answer, None)
    if name not in {one.value for one in Verdict if one is not Verdict.ERROR}:
        raise StoreError("That is no verdict.", code="unknown_verdict", hint="Choose one of the buttons.")
    return Verdict(name), level


def _moment(text: str) -> int | None:
    """What "01:05" or "65" (seconds) means in milliseconds; "" is no moment. Raises StoreError."""
    if not text.strip():
        return None
    found = re.fullmatch(r"(?:(\d{1,4}):)?(\d{1,6})", text.strip(), re.ASCII)
    if found is None:
        raise StoreError("The call has no such moment.", code="unknown_moment", hint="Write minutes:seconds.")
    return (60 * int(found[1] or 0) + int(found[2])) * 1000


def _filters(query: str) -> Filters:
    """The queue's filters in the query of an address; what does not exist is no filter."""
    given = dict(parse_qsl(query))
    state = given.get("state", "")
    return filters_of(
        state=QueueState(state) if state in set(QueueState) else QueueState.OPEN,
        **{name: given.get(name, "") for name in ("kind", "team", "agent", "language", "whose")},
    )


def _link(call_id: str, query: str, blind: str = "") -> str:
    there = link("/call", id=call_id, blind=blind)
    return f"{there}&{query}" if query else there


def _taxonomy(settings: Settings) -> Taxonomy:
    """The causes' names, read once."""
    if settings.scorecards_dir not in _taxonomies:
        _taxonomies[settings.scorecards_dir] = assembly.taxonomy(settings)
    return _taxonomies[settings.scorecards_dir]
