"""What the page of one call shows to somebody: everything their role and the blind mode leave, nothing else.

What is hidden never reaches the template, so that it cannot stand in the HTML.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from qa_pipeline.domain import (
    Criterion,
    Decision,
    Evidence,
    Finding,
    QueueKind,
    QueueState,
    Right,
    Role,
    Scorecard,
    Section,
    Span,
    Taxonomy,
    Verdict,
    may_reopen,
    overlaid,
    standing_decisions,
)
from qa_pipeline.store.desk.call_page import OpenedCall
from qa_pipeline.store.desk.decisions import Comment
from qa_pipeline.web import call_facts, call_lanes
from qa_pipeline.web.call_transcript import channel_parties, turns
from qa_pipeline.web.call_values import (
    Answer,
    Asking,
    CallPage,
    Clip,
    Draft,
    HolderView,
    ItemView,
    RemarkView,
    ReviewView,
    SaidView,
    SectionView,
)
from qa_pipeline.web.desk import Visit
from qa_pipeline.web.words import say

PAD_MS = 1000
"""Evidence is played with a second before and after: nobody understands a sentence from its first sound on."""

LEVELS = 2


def call_page(visit: Visit, opened: OpenedCall, asking: Asking, taxonomy: Taxonomy, *, has_sound: bool) -> CallPage:
    """The page of a call for whoever asks."""
    call, standing, user = opened.call, opened.standing, visit.user
    blind = is_blind(visit, opened, asking.blind)
    card = visit.desk.scorecards.get(standing.score.scorecard, standing.score.scorecard_version)
    remarks = tuple(_remark(visit, opened, one) for one in opened.comments)
    sections = _sections(visit, opened, card, asking.draft, remarks, blind=blind)
    items = [item for section in sections for item in section.items]
    hidden = any(item.hidden for item in items)
    bands = {band.name: band.title for band in card.bands} if card else {}
    return CallPage(
        recording=call.recording,
        score=None if hidden else standing.score,
        state=standing.state.value,
        seen=standing.revision,
        query=asking.query,
        at_ms=max(0, min(asking.at_ms, call.recording.media.duration_ms)),
        blind=blind,
        can_blind=_can_be_blind(visit, opened),
        kinds=tuple(kind for kind in standing.kinds if not hidden or kind is QueueKind.RANDOM),
        scorecard=card,
        band="" if hidden else bands.get(standing.score.band, standing.score.band),
        machine_percent=None if hidden else call.score.percent,
        moved=not hidden and standing.score.percent != call.score.percent,
        holder=_holder(visit, opened),
        review=_review(visit, opened),
        open_items=sum(item.open for item in items),
        decided=sum(item.said is not None for item in items),
        sections=sections,
        remarks=remarks,
        earlier=len(opened.earlier),
        turns=turns(call.transcript, visit.language),
        channels=channel_parties(call.transcript, call.recording.media.channels),
        lanes=call_lanes.lanes(
            call.signals, opened.comments, call.recording.media.duration_ms, taxonomy, visit.language
        ),
        lane_height=call_lanes.HEIGHT,
        quiet=json.dumps([[span.start_ms, span.end_ms] for span in call_lanes.quiet(call.signals)]),
        facts=call_facts.facts(call, taxonomy, visit.language),
        has_sound=has_sound and user.may(Right.HEAR),
        may_decide=user.may(Right.REVIEW) and card is not None,
        may_comment=user.may(Right.COMMENT),
        notice=asking.notice,
        news=asking.news,
        said=asking.said,
    )


def is_blind(visit: Visit, opened: OpenedCall, wanted: str) -> bool:
    """Whether the machine's word is hidden: of the random slice from the start, unless the person asked to see it.

    `wanted` is "1", "0", or "" where the address says nothing.
    """
    if not _can_be_blind(visit, opened) or wanted == "0":
        return False
    return wanted == "1" or opened.standing.state is QueueState.OPEN


def _can_be_blind(visit: Visit, opened: OpenedCall) -> bool:
    kinds = opened.standing.kinds
    # An appeal, and a review that was opened again, is about what stands: whoever looks at one must see it.
    asked_for = {QueueKind.APPEAL, QueueKind.REOPENED}
    return visit.may(Right.REVIEW) and QueueKind.RANDOM in kinds and asked_for.isdisjoint(kinds)


def _holder(visit: Visit, opened: OpenedCall) -> HolderView:
    claim, user = opened.claim, visit.user
    moment = datetime.now(UTC).replace(tzinfo=None)
    taken = opened.taken.get(user.id)
    return HolderView(
        who=who(visit, opened, claim.user) if claim else "",
        id=claim.user if claim else "",
        mine=opened.claimed_by == user.id,
        assigned=who(visit, opened, opened.assigned_to) if opened.assigned_to else "",
        may_take_over=claim is not None and claim.may_be_taken_by(user, moment),
        taken_by=who(visit, opened, taken.by) if taken else "",
        taken_at=taken.at if taken else None,
    )


def _review(visit: Visit, opened: OpenedCall) -> ReviewView:
    finished, again = opened.finished, opened.reopened
    # What reviewers tell each other about a review is not for the agent whose call it is.
    reason = again.reason if again and visit.user.role is not Role.AGENT else ""
    return ReviewView(
        finished_by=who(visit, opened, finished.reviewer) if finished else "",
        finished_at=finished.at if finished else None,
        may_reopen=finished is not None and may_reopen(finished.reviewer, visit.user),
        reopened_by=who(visit, opened, again.by) if again else "",
        reopened_at=again.at if again else None,
        reason=reason,
    )


def who(visit: Visit, opened: OpenedCall, user_id: str) -> str:
    """The name of somebody who said something; agents read only what that person is."""
    person = opened.people.get(user_id)
    if person is None:
        return "?"
    return say(visit.language, f"role_{person.role}") if visit.user.role is Role.AGENT else person.name


def _sections(
    visit: Visit,
    opened: OpenedCall,
    card: Scorecard | None,
    draft: Draft,
    remarks: Sequence[RemarkView],
    *,
    blind: bool,
) -> tuple[SectionView, ...]:
    machine = {one.criterion: one for one in opened.call.findings}
    stands = {one.criterion: one for one in overlaid(opened.call.findings, standing_decisions(opened.decisions))}
    scores = {one.section: one for one in opened.standing.score.sections}
    groups: list[tuple[Section | None, list[tuple[str, Criterion | None]]]] = (
        [(section, [(one.name, one) for one in section.criteria]) for section in card.sections]
        if card
        else [(None, [(name, None) for name in machine])]
    )
    made = []
    for section, criteria in groups:
        items = tuple(
            _item(visit, opened, criterion, machine[name], stands[name], draft=draft, remarks=remarks, blind=blind)
            for name, criterion in criteria
            if name in machine
        )
        score = None if any(item.hidden for item in items) else scores.get(section.name) if section else None
        made.append(SectionView(title=section.title if section else "", score=score, items=items))
    return tuple(made)


def _item(
    visit: Visit,
    opened: OpenedCall,
    criterion: Criterion | None,
    machine: Finding,
    stands: Finding,
    *,
    draft: Draft,
    remarks: Sequence[RemarkView],
    blind: bool,
) -> ItemView:
    name = machine.criterion
    words = [one for one in opened.decisions if one.criterion == name]
    standing = standing_decisions(words).get(name)
    hidden = blind and not any(one.reviewer == visit.user.id and one.verdict is not None for one in words)
    reasons = opened.call.score.review_reasons
    asks = any(reason.partition(":")[2] == name for reason in reasons) and standing is None
    duration_ms = opened.call.recording.media.duration_ms
    said = tuple(_said(visit, opened, one) for one in words)
    may = visit.may(Right.REVIEW) and criterion is not None
    return ItemView(
        name=name,
        title=criterion.title if criterion else name,
        criterion=criterion,
        hidden=hidden,
        open=hidden or (asks and opened.standing.state is not QueueState.DONE),
        coach_only=not hidden and (stands.coach_only or bool(criterion and criterion.coach_only)),
        stands=None if hidden else stands,
        machine=None if hidden else machine,
        said=None if hidden or standing is None else _said(visit, opened, standing),
        history=() if hidden else said,
        evidence=() if hidden else tuple(_clip(one, duration_ms) for one in machine.evidence),
        near=() if hidden else tuple(_clip(one, duration_ms) for one in machine.near_misses),
        searched=None if hidden or machine.searched is None else _searched(machine.searched),
        remarks=tuple(one for one in remarks if one.criterion == name),
        answers=_answers(criterion, None if hidden else machine) if may and criterion else (),
        draft=draft if draft.criterion == name else Draft(),
    )


def _answers(criterion: Criterion, machine: Finding | None) -> tuple[Answer, ...]:
    levels = criterion.bonus > 0 and criterion.weight > 0
    offered: list[tuple[Verdict, int | None, str]] = [(Verdict.PASS, 1 if levels else None, "p")]
    offered += [(Verdict.PASS, LEVELS, "2")] if levels else []
    offered += [(Verdict.FAIL, None, "f"), (Verdict.NOT_APPLICABLE, None, "n"), (Verdict.UNSURE, None, "u")]
    return tuple(
        Answer(
            value=f"{verdict.value}{level or ''}",
            verdict=verdict.value,
            level=level,
            agrees=machine is not None and agrees(machine, verdict, level),
            key=key,
        )
        for verdict, level, key in offered
    )


def agrees(machine: Finding, verdict: Verdict, level: int | None) -> bool:
    """Whether a person's answer is the machine's, its level included."""
    return machine.verdict is verdict and (level or 1) == (machine.level or 1)


def _said(visit: Visit, opened: OpenedCall, decision: Decision) -> SaidView:
    return SaidView(
        who=who(visit, opened, decision.reviewer),
        at=decision.made_at,
        verdict=decision.verdict.value if decision.verdict else "",
        level=decision.level,
        reason=decision.reason,
        confirms=decision.confirms,
        origin=decision.origin.value,
    )


def _remark(visit: Visit, opened: OpenedCall, comment: Comment) -> RemarkView:
    return RemarkView(
        who=who(visit, opened, comment.author),
        at=comment.made_at,
        text=comment.text,
        at_ms=comment.at_ms,
        criterion=comment.criterion,
    )


def _clip(moment: Evidence, duration_ms: int) -> Clip:
    return Clip(
        start_ms=moment.start_ms,
        end_ms=moment.end_ms,
        from_ms=max(0, moment.start_ms - PAD_MS),
        to_ms=min(duration_ms, moment.end_ms + PAD_MS),
        party=moment.party.value,
        quote=moment.quote,
    )


def _searched(span: Span) -> Clip:
    return Clip(
        start_ms=span.start_ms,
        end_ms=span.end_ms,
        from_ms=span.start_ms,
        to_ms=span.end_ms,
        party="",
        quote="",
    )


def changes_since(visit: Visit, opened: OpenedCall, seen: int, *, blind: bool) -> tuple[str, ...]:
    """What others decided after a revision, a sentence each; under blind eyes only that they did."""
    score = opened.standing.score
    card = visit.desk.scorecards.get(score.scorecard, score.scorecard_version)
    titles: Mapping[str, str] = {one.name: one.title for one in card.criteria} if card else {}
    told = []
    for one in (*opened.earlier, *opened.decisions):
        if one.revision <= seen or one.reviewer == visit.user.id:
            continue
        said = "call_decided_something" if blind else "call_decided" if one.verdict else "call_took_back"
        told.append(
            say(
                visit.language,
                said,
                who=who(visit, opened, one.reviewer),
                criterion=titles.get(one.criterion, one.criterion),
                verdict=say(visit.language, one.verdict.value) if one.verdict else "",
                reason=f" ({one.reason})" if one.reason else "",
            )
        )
    return tuple(told)
