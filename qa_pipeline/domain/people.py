"""Who works with the page, and what each may see and do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a person is to the call centre; the doc of `RIGHTS` says what follows from it."""

    ADMIN = "admin"
    QA_LEAD = "qa_lead"
    REVIEWER = "reviewer"
    TEAM_LEAD = "team_lead"
    AGENT = "agent"
    AUDITOR = "auditor"


class Right(StrEnum):
    """One thing that somebody may do."""

    HEAR = "hear"  # play recordings of the calls in sight
    REVIEW = "review"  # claim a call of the queue, confirm and override
    ASSIGN = "assign"  # say who has a call: give it to somebody, take it over at once, open any review again
    COMMENT = "comment"  # pin a remark to a moment
    APPEAL = "appeal"  # acknowledge or question a judgement on an own call
    GATE_APPEALS = "gate_appeals"  # pass an agent's appeal on, or send it back
    DECIDE_APPEALS = "decide_appeals"
    CALIBRATE = "calibrate"  # answer in calibration sessions
    LEAD_CALIBRATION = "lead_calibration"  # open them, close them, see everybody's answers
    COACH = "coach"  # write coaching plans
    SEE_AGENTS = "see_agents"  # agents' and teams' pages
    SEE_RULES = "see_rules"  # scorecards, what-if, detector cards
    SEE_RUNS = "see_runs"
    SEE_AUDIT = "see_audit"
    EXPORT = "export"
    ADMINISTER = "administer"  # users, tokens, webhooks, retention


_LOOK = frozenset({Right.HEAR, Right.SEE_AGENTS, Right.SEE_RULES})
_REVIEW = _LOOK | {Right.REVIEW, Right.COMMENT, Right.CALIBRATE}
_LEAD = _REVIEW | {
    Right.ASSIGN, Right.GATE_APPEALS, Right.DECIDE_APPEALS, Right.LEAD_CALIBRATION, Right.COACH, Right.SEE_RUNS,
    Right.SEE_AUDIT, Right.EXPORT,
}  # fmt: skip

RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.ADMIN: _LEAD | {Right.ADMINISTER},
    Role.QA_LEAD: _LEAD,
    Role.REVIEWER: _REVIEW | {Right.DECIDE_APPEALS},
    Role.TEAM_LEAD: _LOOK | {Right.COMMENT, Right.GATE_APPEALS, Right.COACH},
    Role.AGENT: frozenset({Right.HEAR, Right.APPEAL}),
    Role.AUDITOR: _LOOK | {Right.SEE_RUNS, Right.SEE_AUDIT, Right.EXPORT},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which calls somebody may see: every query over calls takes one. Both None: all of them."""

    team: str | None = None
    agent_id: str | None = None

    def covers(self, *, team: str, agent_id: str) -> bool:
        """Whether a call of this team and agent is in sight.

        An agent without a number sees no call, least of all those that name no agent.

        >>> Scope(team="North").covers(team="South", agent_id="7"), Scope(agent_id="").covers(team="", agent_id="")
        (False, False)
        """
        return self.team in (None, team) and self.agent_id in (None, agent_id) and self.agent_id != ""


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """An account. `login` is unique whatever its case; `team` matters for team leads, `agent_id` for agents.

    `language` is "en" or "zh", `timezone` an IANA name; `theme` "auto", "light" or "dark". `subject` is the name that
    a single sign-on knows the person by, "" without one. `must_change`: somebody else chose the password, so that the
    page shows nothing before the person has chosen an own one.
    """

    id: str
    login: str
    name: str
    role: Role
    team: str = ""
    agent_id: str = ""
    language: str = "en"
    timezone: str = "UTC"
    theme: str = "auto"
    subject: str = ""
    active: bool = True
    must_change: bool = False

    def may(self, right: Right) -> bool:
        """Whether the person's role has this right."""
        return right in RIGHTS[self.role]

    @property
    def scope(self) -> Scope:
        """A team lead sees the own team, an agent the own calls, everybody else all of them."""
        if self.role is Role.AGENT:
            return Scope(agent_id=self.agent_id)
        return Scope(team=self.team) if self.role is Role.TEAM_LEAD else Scope()
