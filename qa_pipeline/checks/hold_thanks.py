"""In the first turn after a hold, the agent thanks or apologises for the wait. Not applicable without a hold."""

from __future__ import annotations

from qa_pipeline.checks.hold_notice import without_parties
from qa_pipeline.domain import CallView, Finding, Party, Signal, SignalKind, Turn
from qa_pipeline.rules.outcome import missing, not_applicable, not_measured, passed, say, surest
from qa_pipeline.text.turns import word_count

SOFT_EDGE_MS = 1000  # a measured hold may end this long after the first word
CALLING_BACK = {"en": 4, "zh": 8}  # a turn no longer than this only looks for the customer: "Hello, Mr Smith?"


def check(view: CallView) -> Finding:
    """Every hold that the agent came back from needs its thanks."""
    if SignalKind.HOLD not in view.measured:
        return not_measured(view)
    holds = view.of(SignalKind.HOLD)
    if not view.parties_known:
        return without_parties(view, holds)
    returns = {hold: turns for hold in holds if (turns := _coming_back(view, hold))}
    if not returns:
        return not_applicable(say(view, en="There was no hold to thank for.", zh="没有需要致谢的等待。"))
    thanks = {hold: _thanks(view, hold, turns) for hold, turns in returns.items()}
    forgotten = [hold for hold, said in thanks.items() if said is None]
    if forgotten:
        why = say(
            view, en="Came back from the hold without thanking for the wait.", zh="等待结束后没有感谢客户的等候。"
        )
        near = [signal for signal in view.acts("hold_thanks") if signal not in thanks.values()]
        return missing(view, why, returns[forgotten[0]], near)
    why = say(view, en="Thanked for the wait on coming back.", zh="等待结束后对客户的等候表示了感谢。")
    return passed(view, why, [said for said in thanks.values() if said])


def _coming_back(view: CallView, hold: Signal) -> tuple[Turn, ...]:
    """The agent's first turn after the hold, with the short calls for the customer before it."""
    limit = CALLING_BACK.get(view.language, CALLING_BACK["en"])
    turns: list[Turn] = []
    for turn in view.turns(Party.AGENT):
        if turn.end_ms <= hold.end_ms:
            continue
        turns.append(turn)
        if word_count(turn, view.language) > limit:
            break
    return tuple(turns)


def _thanks(view: CallView, hold: Signal, turns: tuple[Turn, ...]) -> Signal | None:
    said = [
        signal
        for signal in view.acts("hold_thanks")
        if signal.start_ms >= hold.end_ms - SOFT_EDGE_MS and turns[0].start_ms <= signal.start_ms < turns[-1].end_ms
    ]
    return surest(said)[0] if said else None
