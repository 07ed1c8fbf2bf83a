"""The agent never starts, and goes on, while the customer is still in the middle.

Back-channels ("mm-hm", 嗯, 好的) and overlaps at the end of a turn do not count.
"""

from __future__ import annotations

from qa_pipeline.domain import CallView, Finding, Party, SignalKind
from qa_pipeline.rules.outcome import failed, nobody_known, not_measured, passed, say, unsure


def check(view: CallView, *, allowed: int = 0) -> Finding:
    """Counts the agent's interruptions; more than `allowed` of them fail."""
    if SignalKind.INTERRUPTION not in view.measured:
        return not_measured(view)
    if not view.parties_known:
        return nobody_known(view)
    found = view.of(SignalKind.INTERRUPTION, party=Party.AGENT)
    clear = [one for one in found if one.turn is None or not view.transcript.turns[one.turn].flags]
    if len(clear) <= allowed < len(found):
        why = say(
            view,
            en="Started while the customer spoke, with words too unclear to tell whether that was an interruption.",
            zh="客户说话时坐席出声，但识别不清，是否算打断请人工判断。",
        )
        return unsure(view, why, found)
    if len(clear) > allowed:
        times = len(clear)
        why = say(
            view,
            en=f"Cut in on the customer {'once' if times == 1 else f'{times} times'}.",
            zh=f"打断客户 {times} 次。",
        )
        return failed(view, why, clear)
    return passed(view, say(view, en="Let the customer finish.", zh="没有打断客户。"))
