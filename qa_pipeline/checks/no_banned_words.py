"""The agent says nothing rude or insulting, nothing that the site forbids, and does not blame the customer.

The customer's words quoted back are excepted. A site adds its own words in a phrase file `banned_words`.
"""

from __future__ import annotations

from qa_pipeline.domain import CallView, Finding, Party, SignalKind
from qa_pipeline.rules.outcome import failed, nobody_known, not_measured, passed, say, unsure

CLEAR_WORDS = 0.5
MOST_DOUBTED = 0.05  # share of words in flagged turns; a rude one could hide among more


def check(view: CallView) -> Finding:
    """Looks for banned words and blame anywhere in the agent's words."""
    if SignalKind.ACT not in view.measured:
        return not_measured(view)
    party = Party.AGENT if view.parties_known else Party.UNKNOWN
    rude, blaming = view.acts("banned_words", party=party), view.acts("blame", party=party)
    if (rude or blaming) and not view.parties_known:
        return nobody_known(view, (*rude, *blaming))
    if rude:
        why = say(view, en="Spoke rudely to the customer.", zh="对客户说了不礼貌的话。")
        return failed(view, why, (*rude, *blaming), confidence=max(s.confidence for s in rude))
    if blaming:
        why = say(view, en="Blamed the customer.", zh="责怪了客户。")
        return failed(view, why, blaming, confidence=max(s.confidence for s in blaming))
    words = [word.probability for turn in view.turns(party) for word in turn.words]
    clarity = sum(words) / len(words) if words else 0.0
    doubted = sum(len(turn.words) for turn in view.turns(party) if turn.flags)
    if clarity < CLEAR_WORDS or doubted > MOST_DOUBTED * len(words):
        why = say(view, en="The agent's words are too unclear to judge.", zh="坐席的话识别不清，无法判断。")
        return unsure(view, why, confidence=round(clarity, 3))
    why = say(view, en="Stayed polite throughout.", zh="全程用语文明。")
    return passed(view, why, confidence=round(min(0.9, 0.5 + clarity / 2), 3))
