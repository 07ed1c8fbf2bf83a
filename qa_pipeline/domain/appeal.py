"""An agent's question about one item of an own call, and its way: opened, passed on by a lead, decided by somebody new.

opened ──► passed_on ──► upheld | rejected
│ └───► sent_back       (by the lead, with words; closes this round)
└─────► withdrawn       (by the agent, also after it was passed on)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from qa_pipeline.domain.finding import Verdict
from qa_pipeline.domain.people import Right, User
from qa_pipeline.domain.scored import ScoredCall

ANSWER_WITHIN = timedelta(days=7)
"""So long may an appeal wait for each step before it is overdue."""


class AppealState(StrEnum):
    """Where an appeal is; each step of its history is named by the state it led to."""

    OPENED = "opened"  # waits for a lead
    PASSED_ON = "passed_on"  # waits for a reviewer
    SENT_BACK = "sent_back"
    UPHELD = "upheld"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"

    @property
    def is_open(self) -> bool:
        """Whether somebody must still do something."""
        return self in NEXT


NEXT: Mapping[AppealState, frozenset[AppealState]] = {
    AppealState.OPENED: frozenset({AppealState.PASSED_ON, AppealState.SENT_BACK, AppealState.WITHDRAWN}),
    AppealState.PASSED_ON: frozenset({AppealState.UPHELD, AppealState.REJECTED, AppealState.WITHDRAWN}),
}

_NEEDS: Mapping[AppealState, Right] = {
    AppealState.PASSED_ON: Right.GATE_APPEALS,
    AppealState.SENT_BACK: Right.GATE_APPEALS,
    AppealState.UPHELD: Right.DECIDE_APPEALS,
    AppealState.REJECTED: Right.DECIDE_APPEALS,
    AppealState.WITHDRAWN: Right.APPEAL,
}

BETTER: Mapping[Verdict, tuple[Verdict, ...]] = {
    Verdict.PASS: (),
    Verdict.FAIL: (Verdict.PASS, Verdict.NOT_APPLICABLE, Verdict.UNSURE),
    Verdict.UNSURE: (Verdict.PASS, Verdict.NOT_APPLICABLE),
    Verdict.ERROR: (Verdict.PASS, Verdict.NOT_APPLICABLE),
    Verdict.NOT_APPLICABLE: (Verdict.PASS,),
}
"""What an item may become by an appeal: never anything worse than what was questioned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealEvent:
    """One step: the state it led to, who took it, with what words, when (UTC)."""

    state: AppealState
    user: str
    note: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Appeal:
    """A question about one item. `agent` is the account that asks, `agent_id` and `team` are the call's.

    `stood` is the verdict that was questioned, `proposed` the one that the agent thinks right, `outcome` the one that
    it became (None: as it stood). `first_reviewer` gave the verdict that was questioned ("": the machine). `round`
    counts the appeals about the item from 1. Times in UTC.
    """

    id: int
    call_id: str
    evaluation: str
    criterion: str
    agent: str
    agent_id: str
    team: str
    stood: Verdict
    proposed: Verdict
    round: int
    state: AppealState
    first_reviewer: str
    outcome: Verdict | None
    opened_at: datetime
    closed_at: datetime | None
    events: tuple[AppealEvent, ...]

    @property
    def gatekeeper(self) -> str:
        """Who passed it on, "" while nobody has."""
        return next((one.user for one in self.events if one.state is AppealState.PASSED_ON), "")

    @property
    def due_at(self) -> datetime | None:
        """Until when the next step should come; None when there is none."""
        return self.events[-1].at + ANSWER_WITHIN if self.state.is_open and self.events else None

    def overdue(self, now: datetime) -> bool:
        """Whether it has waited too long for the next step."""
        return self.due_at is not None and self.due_at < now


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealedItem:
    """What stands for one item of a call, as far as questioning it goes.

    `reviewer` gave the verdict ("": the machine) at `judged_at` (UTC); `rounds` is how often it was questioned,
    `open_id` the appeal that waits (None: none does). `judges` are all who ever gave a verdict on it.
    """

    call_id: str
    criterion: str
    verdict: Verdict
    level: int | None
    coach_only: bool
    reviewer: str
    judged_at: datetime
    rounds: int
    open_id: int | None
    judges: frozenset[str]

    def until(self, days: int) -> datetime:
        """The last moment to question it (UTC)."""
        return self.judged_at + timedelta(days=days)


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealCase:
    """An upheld appeal to learn from: its number, what its item became, and the call as it stands."""

    appeal: int
    criterion: str
    verdict: Verdict
    call: ScoredCall


def opening_refused(item: AppealedItem, now: datetime, *, days: int, rounds: int) -> str:
    """Why an item cannot be questioned (a code), "" where it can.

    "appeal_passed" (it stands as pass), "appeal_open" (it is questioned already), "appeal_rounds" (too often),
    "appeal_late" (the time is over).
    """
    if not BETTER[item.verdict]:
        return "appeal_passed"
    if item.open_id is not None:
        return "appeal_open"
    if item.rounds >= rounds:
        return "appeal_rounds"
    return "appeal_late" if now > item.until(days) else ""


def step_refused(appeal: Appeal, to: AppealState, user: User, judges: frozenset[str]) -> str:
    """Why somebody cannot take a step (a code), "" where they can; `judges` are all who ever judged the item.

    "appeal_closed" (there is no such step any more, or not yet), "appeal_right" (not theirs to take), "appeal_own"
    (their own appeal), "appeal_judged" (they judged the item themselves: somebody new must look),
    "appeal_gatekeeper" (they passed it on, and so have seen one side already).
    """
    if to not in NEXT.get(appeal.state, ()):
        return "appeal_closed"
    if not user.may(_NEEDS[to]):
        return "appeal_right"
    if to is AppealState.WITHDRAWN:
        return "" if user.id == appeal.agent else "appeal_right"
    if user.id == appeal.agent or (user.agent_id and user.agent_id == appeal.agent_id):
        return "appeal_own"
    # To pass on what one judged oneself harms nobody; every other step would make somebody judge in their own cause.
    if to is not AppealState.PASSED_ON and user.id in judges:
        return "appeal_judged"
    decides = to in (AppealState.UPHELD, AppealState.REJECTED)
    return "appeal_gatekeeper" if decides and user.id == appeal.gatekeeper else ""
