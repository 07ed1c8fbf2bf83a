"""A made-up call centre, for tests of what looks at many calls: two teams, English and Chinese, seven weeks."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from qa_pipeline.domain import (
    Band,
    CallScore,
    Criterion,
    Evidence,
    Finding,
    Party,
    Scorecard,
    ScoredCall,
    Section,
    SectionScore,
    Signal,
    SignalKind,
    Span,
    Verdict,
)
from qa_pipeline.testing.dummies import a_call_score, a_media, a_recording, a_scored_call, a_transcript, a_turn


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeUpAgent:
    """An agent who passes each criterion with probability `skill`."""

    agent_id: str
    name: str
    team: str
    language: str
    skill: float
    calls: int


AGENTS = (
    MadeUpAgent(agent_id="A101", name="Hannah Price", team="North", language="en", skill=0.93, calls=34),
    MadeUpAgent(agent_id="A102", name="Omar Haddad", team="North", language="en", skill=0.78, calls=21),
    MadeUpAgent(agent_id="A103", name="Lucy Okafor", team="North", language="en", skill=0.85, calls=6),
    MadeUpAgent(agent_id="B201", name="王小明", team="华东组", language="zh", skill=0.88, calls=28),
    MadeUpAgent(agent_id="B202", name="李静", team="华东组", language="zh", skill=0.66, calls=17),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """A criterion in one language, with a quote that passes and the reason of a fail."""

    name: str
    title: str
    quote: str
    fail: str
    section: str
    weight: float = 1.0
    critical: bool = False


_ENGLISH = (
    _Line(
        name="greeting",
        title="Greeting",
        quote="Thank you for calling Northwind, how can I help you today?",
        fail="The opening names neither the company nor an offer of help.",
        section="Opening",
    ),
    _Line(
        name="identity_verification",
        title="Identity check",
        quote="May I have your date of birth and postcode, please?",
        fail="The account was changed before two details had been asked for.",
        section="Opening",
        weight=2,
        critical=True,
    ),
    _Line(
        name="empathy",
        title="Empathy",
        quote="I can hear how frustrating that must have been for you.",
        fail="The customer spoke of a week without service; no turn answered to that.",
        section="Handling",
        weight=2,
    ),
    _Line(
        name="recap",
        title="Recap",
        quote="So the engineer is booked for Tuesday, and you will get a text message before.",
        fail="The result and the next step were never put together in one turn.",
        section="Handling",
    ),
    _Line(
        name="closing_check",
        title="Anything else?",
        quote="Is there anything else I can help you with?",
        fail="The call ended without a question whether there was anything more.",
        section="Closing",
    ),
    _Line(
        name="no_dead_air",
        title="No dead air",
        quote="",
        fail="9 seconds of silence outside a hold.",
        section="Closing",
    ),
)
_CHINESE = (
    _Line(
        name="greeting",
        title="开场问候",
        quote="您好，北风客服，请问有什么可以帮您？",
        fail="开场白里没有公司名称，也没有主动询问需求。",
        section="开场",
    ),
    _Line(
        name="identity_verification",
        title="身份核实",
        quote="麻烦您提供一下身份证后四位和预留手机号。",
        fail="核实两项身份信息之前就修改了账户。",
        section="开场",
        weight=2,
        critical=True,
    ),
    _Line(
        name="empathy",
        title="共情",
        quote="等了这么久还没收到，换作是我也会着急。",
        fail="客户说等了一周，座席没有回应客户的感受。",
        section="处理",
        weight=2,
    ),
    _Line(
        name="recap",
        title="总结确认",
        quote="我帮您登记了补发，周二之前会短信通知您。",
        fail="没有把处理结果和下一步放在一起向客户确认。",
        section="处理",
    ),
    _Line(
        name="closing_check",
        title="结束前询问",
        quote="请问还有其他问题可以帮您吗？",
        fail="通话结束前没有询问客户是否还有其他需要。",
        section="收尾",
    ),
    _Line(name="no_dead_air", title="无冷场", quote="", fail="非等待时间出现 9 秒静默。", section="收尾"),
)
_LINES = {"en": _ENGLISH, "zh": _CHINESE}
_TITLES = {"en": ("General", "Excellent", "Good", "Needs work"), "zh": ("通用质检", "优秀", "良好", "待改进")}
_CAUSES = {
    "en": {
        "refund_delay": "I have been waiting for my refund for three weeks.",
        "agent_attitude": "Your colleague simply hung up on me.",
        "delivery_delay": "It was meant to be here on Monday.",
    },
    "zh": {
        "refund_delay": "退款都三个星期了还没到账。",
        "agent_attitude": "你们上次那个人直接挂了我电话。",
        "delivery_delay": "说好周一到的，到现在都没有。",
    },
}
_CUSTOMER = {"en": "Right, and what happens now?", "zh": "那现在怎么办？"}


def made_up_scorecards() -> dict[tuple[str, str], Scorecard]:
    """The scorecards of the made-up calls, by (name, version)."""
    return {(card.name, card.version): card for card in map(_scorecard, ("en", "zh"))}


def made_up_calls(agents: tuple[MadeUpAgent, ...] = AGENTS, seed: int = 1) -> Iterator[ScoredCall]:
    """The same calls each time, agent by agent."""
    for agent in agents:
        chance = random.Random(f"{seed} {agent.agent_id}")  # noqa: S311 - made-up data, no secret
        for number in range(agent.calls):
            yield _call(agent, number, chance)


def _scorecard(language: str) -> Scorecard:
    lines = _LINES[language]
    title, *bands = _TITLES[language]
    return Scorecard(
        name=f"general-{language}",
        version="1",
        title=title,
        language=language,
        sections=tuple(
            Section(
                name=name, title=section, criteria=tuple(_criterion(line) for line in lines if line.section == section)
            )
            for name, section in zip(
                ("opening", "handling", "closing"), dict.fromkeys(line.section for line in lines), strict=True
            )
        ),
        bands=tuple(
            Band(name=name, title=band, at_least=at_least)
            for name, band, at_least in zip(("excellent", "good", "needs_work"), bands, (90, 75, 0), strict=True)
        ),
        critical_cap=40,
        fingerprint=f"made-up-{language}",
    )


def _criterion(line: _Line) -> Criterion:
    return Criterion(name=line.name, title=line.title, check="dummy", weight=line.weight, critical=line.critical)


def _call(agent: MadeUpAgent, number: int, chance: random.Random) -> ScoredCall:
    findings = tuple(_finding(line, agent, chance) for line in _LINES[agent.language])
    recording = a_recording(
        call_id=f"{agent.agent_id}-{number:03d}",
        agent_id=agent.agent_id,
        agent_name=agent.name,
        team=agent.team,
        language=agent.language,
        started_at=datetime(2026, 9, 28, 9, tzinfo=UTC) + timedelta(hours=chance.randrange(7 * 7 * 24)),
        media=a_media(duration_ms=90_000),
    )
    return a_scored_call(
        recording=recording,
        transcript=a_transcript(
            a_turn(_LINES[agent.language][0].quote),
            a_turn(_CUSTOMER[agent.language], party=Party.CUSTOMER, start_ms=3000, end_ms=5000),
            language=agent.language,
        ),
        findings=findings,
        signals=_signals(agent, chance),
        score=_score(_scorecard(agent.language), findings),
        measured=frozenset(SignalKind),
    )


def _finding(line: _Line, agent: MadeUpAgent, chance: random.Random) -> Finding:
    # Checks that ask for care pass less often than a greeting does.
    skill = agent.skill if line.name in {"greeting", "identity_verification"} else agent.skill**1.8
    draw, start_ms = chance.random(), chance.randrange(2, 80) * 1000
    if line.name == "empathy" and draw > 0.8:
        return Finding(criterion=line.name, verdict=Verdict.NOT_APPLICABLE, confidence=1.0, why="–")
    if draw > 0.97:
        return Finding(criterion=line.name, verdict=Verdict.UNSURE, confidence=0.4, why=line.fail)
    if chance.random() < skill:
        moment = Evidence(party=Party.AGENT, start_ms=start_ms, end_ms=start_ms + 3000, quote=line.quote)
        level = (2 if draw < 0.2 else 1) if line.name == "closing_check" else None
        return Finding(
            criterion=line.name, verdict=Verdict.PASS, confidence=0.93, why="–", evidence=(moment,), level=level
        )
    return Finding(
        criterion=line.name,
        verdict=Verdict.FAIL,
        confidence=0.88,
        why=line.fail,
        searched=Span(start_ms=0, end_ms=start_ms + 5000),
        near_misses=(
            Evidence(
                party=Party.AGENT, start_ms=start_ms, end_ms=start_ms + 1500, quote=line.quote[: len(line.quote) // 3]
            ),
        ),
    )


def _score(card: Scorecard, findings: tuple[Finding, ...]) -> CallScore:
    weights = {criterion.name: criterion for criterion in card.criteria}
    of = {finding.criterion: finding.verdict for finding in findings}
    sections = tuple(
        SectionScore(
            section=section.name,
            points=sum(c.weight for c in section.criteria if of[c.name] is Verdict.PASS),
            out_of=sum(c.weight for c in section.criteria if of[c.name] is not Verdict.NOT_APPLICABLE),
        )
        for section in card.sections
    )
    points, out_of = sum(s.points for s in sections), sum(s.out_of for s in sections)
    raw = 100 * points / out_of
    critical = tuple(name for name, c in weights.items() if c.critical and of[name] is Verdict.FAIL)
    percent = min(raw, card.critical_cap) if critical else raw
    unsure = tuple(f"unsure:{name}" for name in of if of[name] is Verdict.UNSURE)
    return a_call_score(
        percent,
        scorecard=card.name,
        points=points,
        out_of=out_of,
        raw_percent=raw,
        band=next(band.name for band in card.bands if percent >= band.at_least),
        needs_review=bool(unsure or critical),
        review_reasons=(*unsure, *(f"critical:{name}" for name in critical)),
        critical_failures=critical,
        sections=sections,
    )


def _signals(agent: MadeUpAgent, chance: random.Random) -> tuple[Signal, ...]:
    complains = chance.random() < 0.35
    labels = ("negative" if complains else "neutral", "positive" if chance.random() < agent.skill**2 else "neutral")
    if complains and chance.random() > agent.skill:
        labels = ("negative", "negative")
    causes = _CAUSES[agent.language]
    cause = chance.choice(sorted(causes))
    pace = chance.gauss(160 if agent.language == "en" else 235, 15)
    silences = chance.choice((0, 0, 0, 6000, 9000))
    found = [
        Signal(kind=SignalKind.COMPLAINT, start_ms=0, end_ms=90_000, label=str(complains).lower(), value=0.9),
        Signal(kind=SignalKind.TALK_SHARE, start_ms=0, end_ms=90_000, value=min(0.9, chance.gauss(0.55, 0.07))),
        Signal(kind=SignalKind.PACE, start_ms=0, end_ms=90_000, party=Party.AGENT, value=pace),
        Signal(kind=SignalKind.DEAD_AIR, start_ms=40_000, end_ms=40_000 + silences),
        *(
            Signal(kind=SignalKind.SENTIMENT, start_ms=3000, end_ms=5000, party=Party.CUSTOMER, label=label, turn=1)
            for label in labels
        ),
    ]
    if complains:
        found.append(
            Signal(
                kind=SignalKind.CAUSE, start_ms=8000, end_ms=11_000, label=cause, confidence=0.8, quote=causes[cause]
            )
        )
    if chance.random() > agent.skill:
        found.append(Signal(kind=SignalKind.INTERRUPTION, start_ms=50_000, end_ms=51_000, party=Party.AGENT))
    return tuple(found)
