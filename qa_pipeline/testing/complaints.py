"""Made-up complaints of five weeks, for tests of what looks at many of them: a rise, a new matter, tickets, repeats."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

from qa_pipeline.domain import Party, ScoredCall, Signal, SignalKind
from qa_pipeline.testing.dummies import a_recording, a_scored_call, a_signal, a_transcript

START = datetime(2026, 10, 19, 9, tzinfo=timezone(timedelta(hours=8)))
"""Monday; the newest of the calls is of the Sunday 34 days later."""
CALLS_A_DAY = 12
_SAYS = {
    "en": {
        "refund_delay": "I have been waiting for my refund for three weeks.",
        "agent_attitude": "Your colleague simply hung up on me.",
        "delivery_delay": "It was meant to be here on Monday.",
        "billing_error": "You have charged me twice for the same month.",
    },
    "zh": {
        "refund_delay": "退款都三个星期了还没到账。",
        "agent_attitude": "你们上次那个人直接挂了我电话。",
        "delivery_delay": "说好周一到的，到现在都没有。",
        "billing_error": "同一个月的费用你们扣了我两次。",
    },
}
NEW_MATTER = {
    "en": (
        "The car park was full again when I came for my appointment.",
        "There is never a space in your car park any more.",
        "I drove round the car park for half an hour.",
        "The car park is full every morning because of the building work.",
    ),
    "zh": (
        "停车场又满了，我的预约都错过了。",
        "你们停车场天天都是满的。",
        "停车场转了半小时都没有车位。",
        "施工把停车场占了，根本没有车位。",
    ),
}
_AGAIN = {"en": "I called about this last week already.", "zh": "我上周就打过电话了。"}
_DISPOSITIONS = {"en": ("Complaint", "Billing enquiry", "Call back"), "zh": ("投诉", "账单咨询", "回访")}
_CATEGORIES = {"en": ("Refund delay", "Hard to cancel", "VIP"), "zh": ("退款延迟", "取消困难", "贵宾")}


def made_up_complaints(language: str = "en", seed: int = 1) -> Iterator[ScoredCall]:
    """The same calls each time: one in five complains; in the last week one in three, of refunds and of parking."""
    chance = random.Random(f"{seed} {language}")  # noqa: S311 - made-up data, no secret
    for day in range(35):
        for number in range(CALLS_A_DAY):
            at = START + timedelta(days=day, minutes=45 * number)
            yield _call(f"{language}-{day:02d}-{number:02d}", at, day >= 28, language, chance)


def _call(call_id: str, at: datetime, last_week: bool, language: str, chance: random.Random) -> ScoredCall:
    complains = chance.random() < (0.34 if last_week else 0.2)
    parks = complains and last_week and chance.random() < 0.2
    names = sorted(_SAYS[language])
    cause = "refund_delay" if last_week and chance.random() < 0.6 else chance.choice(names)
    signals = [a_signal(SignalKind.COMPLAINT, str(complains).lower(), value=0.9)]
    if parks:
        signals.append(_said(SignalKind.CAUSE_HINT, "other", chance.choice(NEW_MATTER[language])))
    elif complains:
        grade = float(chance.choice((1, 1, 2, 2, 3)))
        signals.append(_said(SignalKind.CAUSE, cause, _SAYS[language][cause], grade))
    if complains and chance.random() < 0.1:
        signals.append(_said(SignalKind.ACT, "called_before", _AGAIN[language]))
    fate = chance.random()
    recording = a_recording(
        call_id=call_id,
        agent_id=f"A{chance.randrange(101, 107)}",
        started_at=at,
        language=language,
        customer_id=f"C-{chance.randrange(2000, 2160)}",
        disposition=_DISPOSITIONS[language][(0 if fate < 0.6 else 1 if fate < 0.8 else 2) if complains else 1],
        category=_CATEGORIES[language][0 if fate < 0.7 else 1 if fate < 0.9 else 2] if complains else "",
        resolved_at=at + timedelta(hours=chance.choice((2, 9, 20, 40)))
        if complains and chance.random() < 0.85
        else None,
    )
    return a_scored_call(
        recording=recording,
        transcript=a_transcript(language=language),
        signals=tuple(signals),
        measured=frozenset(SignalKind),
    )


def _said(kind: SignalKind, label: str, quote: str, value: float | None = None) -> Signal:
    return a_signal(
        kind, label, party=Party.CUSTOMER, quote=quote, value=value, confidence=0.8, start_ms=8000, end_ms=11_000
    )
