"""Before the customer waits, the agent asks or tells, best with a length. Not applicable without a hold."""

from __future__ import annotations

from qa_pipeline.domain import CallView, Finding, Party, Signal, SignalKind
from qa_pipeline.rules.outcome import failed, nobody_known, not_applicable, not_measured, passed, say, surest, unsure

INTO_HOLD_MS = 1500  # a notice may run this far into the wait: measured edges are soft


def check(view: CallView, *, within_s: float = 8.0) -> Finding:
    """Every hold needs its notice, at most `within_s` seconds before it begins."""
    if SignalKind.HOLD not in view.measured:
        return not_measured(view)
    holds = view.of(SignalKind.HOLD)
    if not view.parties_known:
        return without_parties(view, holds)
    if not holds:
        return not_applicable(say(view, en="The customer was not put on hold.", zh="没有让客户等待。"))
    earlier_ends = (0, *(hold.end_ms for hold in holds))
    notices = [
        (hold, _notice(view, hold, max(end, hold.start_ms - within_s * 1000)))
        for hold, end in zip(holds, earlier_ends, strict=False)
    ]
    unannounced = [hold for hold, notice in notices if notice is None and hold.label != "asked"]
    if any(_unclear_before(view, hold, within_s * 1000) for hold in unannounced):
        why = say(
            view,
            en="The agent's words before the wait are too unclear to say that there was no notice.",
            zh="等待之前坐席的话识别不清，不能断定没有打招呼。",
        )
        return unsure(view, why, unannounced)
    if unannounced:
        why = say(view, en="Left the customer waiting without a word beforehand.", zh="让客户等待之前没有打招呼。")
        return failed(view, why, unannounced, confidence=0.9)
    why = say(view, en="Asked the customer to wait before every hold.", zh="每次让客户等待之前都打了招呼。")
    return passed(view, why, [notice or hold for hold, notice in notices])


def without_parties(view: CallView, holds: tuple[Signal, ...]) -> Finding:
    """The answer on a recording that does not tell who speaks."""
    asked = view.acts("hold_notice", party=Party.UNKNOWN)
    if not holds and not asked:
        return not_applicable(say(view, en="Nobody was put on hold.", zh="没有让客户等待。"), confidence=0.7)
    return nobody_known(view, (*holds, *asked))


def _notice(view: CallView, hold: Signal, since_ms: float) -> Signal | None:
    """The last request to wait that ended after `since_ms` and belongs to this hold."""
    asked = [
        signal
        for signal in view.acts("hold_notice")
        if signal.start_ms <= hold.start_ms + INTO_HOLD_MS and signal.end_ms >= since_ms
    ]
    return surest(reversed(asked))[0] if asked else None


def _unclear_before(view: CallView, hold: Signal, within_ms: float) -> bool:
    """Whether the agent said something flagged where a notice would be."""
    return any(
        turn.flags and turn.start_ms <= hold.start_ms + INTO_HOLD_MS and turn.end_ms >= hold.start_ms - within_ms
        for turn in view.turns(Party.AGENT)
    )
