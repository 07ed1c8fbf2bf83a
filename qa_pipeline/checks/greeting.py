"""In the first words the agent names the company or brand and offers help, in any wording, over one or several turns.

A bare hello, a department without a company and a recorded announcement do not count.
"""

from __future__ import annotations

from qa_pipeline.domain import CallView, Finding, Party, Signal, SignalKind, Turn
from qa_pipeline.rules.outcome import missing, nobody_known, opening, passed, say, surest, unsure, within

UNCLEAR_WORD = 0.3  # word probability below which a word may be a name that recognition does not know


def check(view: CallView, *, turns: int = 4, within_s: float = 30.0) -> Finding:
    """Looks in the agent's first `turns` turns, begun within `within_s` seconds of the agent's first word."""
    if not view.parties_known:
        return nobody_known(view, view.acts("greeting", "offer_of_help", party=Party.UNKNOWN)[:2])
    window = opening(view, turns=turns, within_ms=within_s * 1000)
    company = _live(view, within(view.acts("greeting"), window))
    offer = _live(view, within(view.acts("offer_of_help"), window))
    if company and offer:
        why = say(
            view, en="Named the company and offered help at the start.", zh="开头报了公司名称，并主动表示愿意帮忙。"
        )
        return passed(view, why, (surest(company)[0], surest(offer)[0]))
    if offer and not company and _unclear(window, before_ms=offer[0].start_ms):
        why = say(
            view,
            en="Offered help; the words where the company's name would be are too unclear to judge.",
            zh="主动询问了需求，但报公司名称的地方听不清，请人工复核。",
        )
        return unsure(view, why, offer[:1], confidence=0.4)
    if company:
        why = say(
            view,
            en="Named the company but did not offer help at the start.",
            zh="开头报了公司名称，但没有主动询问要帮什么忙。",
        )
    elif offer:
        why = say(
            view,
            en="Offered help but did not name the company at the start.",
            zh="开头主动询问了需求，但没有报公司名称。",
        )
    else:
        why = say(
            view,
            en="Started without naming the company and without offering help.",
            zh="开头既没有报公司名称，也没有主动询问要帮什么忙。",
        )
    return missing(view, why, window, (*company, *offer))


def _live(view: CallView, signals: tuple[Signal, ...]) -> tuple[Signal, ...]:
    """What a person said: in a turn with an announcement only what follows it, unless a name shows who is speaking."""
    announced = {s.turn: s.end_ms for s in view.of(SignalKind.ACT, "announcement")}
    named = {s.turn for s in view.acts("self_introduction")}
    return tuple(s for s in signals if s.turn in named or s.start_ms >= announced.get(s.turn, 0))


def _unclear(window: tuple[Turn, ...], *, before_ms: int) -> bool:
    """Whether a word before the offer may be a company's name, misheard."""
    return any(word.probability < UNCLEAR_WORD for turn in window for word in turn.words if word.start_ms < before_ms)
