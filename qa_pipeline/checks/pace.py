"""The agent speaks slowly enough to be understood, over own speaking time, pauses between turns left out.

Not applicable under 15 s of agent speech; unsure where many of the words counted may be wrong.
"""

from __future__ import annotations

from qa_pipeline.domain import CallView, Finding, Party, SignalKind
from qa_pipeline.rules.outcome import failed, nobody_known, not_applicable, not_measured, passed, say, unsure
from qa_pipeline.text.turns import word_count

DOUBTFUL = 0.1  # share of words in flagged turns from which on their number says little of the pace


def check(view: CallView, *, words_per_minute: float = 220.0, characters_per_minute: float = 300.0) -> Finding:
    """Fails above `words_per_minute`, for Chinese above `characters_per_minute`."""
    if SignalKind.PACE not in view.measured:
        return not_measured(view)
    if not view.parties_known:
        return nobody_known(view)
    rate = next((s.value for s in view.of(SignalKind.PACE, party=Party.AGENT) if s.value is not None), None)
    if rate is None:
        why = say(view, en="The agent spoke too little to measure the pace.", zh="坐席说话太少，无法测量语速。")
        return not_applicable(why)
    if _doubtful(view) > DOUBTFUL:
        why = say(view, en="The agent's words are too unclear to count.", zh="坐席的话识别不清，无法测量语速。")
        return unsure(view, why)
    limit = characters_per_minute if view.language == "zh" else words_per_minute
    # near the limit a slip of recognition could turn the verdict
    confidence = round(min(0.95, 0.6 + 3 * abs(rate - limit) / limit), 3)
    if rate > limit:
        why = say(view, en=f"Spoke too fast: {rate:.0f} words a minute.", zh=f"语速过快：每分钟 {rate:.0f} 字。")
        return failed(view, why, view.of(SignalKind.PACE, party=Party.AGENT), confidence=confidence)
    why = say(view, en=f"Spoke at a good pace: {rate:.0f} words a minute.", zh=f"语速适中：每分钟 {rate:.0f} 字。")
    return passed(view, why, confidence=confidence)


def _doubtful(view: CallView) -> float:
    """The share of the agent's words that stand in flagged turns."""
    counted = [(word_count(turn, view.language), bool(turn.flags)) for turn in view.turns(Party.AGENT)]
    return sum(size for size, flagged in counted if flagged) / max(1, sum(size for size, _ in counted))
