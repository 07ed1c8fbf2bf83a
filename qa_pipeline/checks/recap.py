"""The agent puts outcome and next step together in one turn (what, how much, when), so that the customer can agree.

Not applicable when the call is only questions answered at once; a request that was done, refused or left open makes
it applicable. The bare result as it happens ("done", "it will be sent") and repeating a number do not count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from qa_pipeline.checks import _trouble
from qa_pipeline.checks._outcome import missing, nobody_known, not_applicable, passed, say, unsure, within, word_count
from qa_pipeline.checks._trouble import Answer
from qa_pipeline.domain import CallView, Finding, Party, Signal, Turn

# how often each part of a recap counts within one turn
PARTS = {"done": 1, "arrange": 1, "next_step": 2, "when": 2, "how_much": 1, "agreement": 1, "recap_cue": 1}
WHAT = ("done", "arrange", "next_step")
HOW_MUCH_OR_WHEN = ("when", "how_much")
SHORT = {"en": 12, "zh": 16}  # words (characters) that a recap has at least
BACK_CHANNEL = {"en": 3, "zh": 4}  # a customer's turn no longer than this does not part the agent's


def check(view: CallView, *, parts: int = 4) -> Finding:
    """Counts the parts of a recap in each of the agent's turns; `parts` of them make one, one fewer a doubt."""
    if not view.parties_known:
        return nobody_known(view)
    groups = [(score, signals) for signals, turns in _groups(view) if (score := _score(view, signals, turns))]
    best, signals = max(groups, key=lambda group: group[0], default=(0, ()))
    applicable = _applicable(view)
    if applicable is Answer.NO:
        why = say(view, en="The call was only questions, answered at once.", zh="客户只是咨询，当场都得到了答复。")
        return not_applicable(why, confidence=0.75)
    if best >= parts:
        why = say(
            view,
            en="Put the outcome and the next step together for the customer.",
            zh="把处理结果和下一步一起跟客户说清楚了。",
        )
        return passed(view, why, [s for s in signals if s.label != "recap_cue"])
    if best == parts - 1 or applicable is Answer.UNSURE:
        why = say(
            view,
            en="Told part of the outcome or of the next step; whether that sums it up is for a person to judge.",
            zh="说到了部分结果或下一步，算不算总结请人工判断。",
        )
        return unsure(view, why, signals, confidence=0.45)
    why = say(
        view,
        en="Did not sum up what was agreed and what happens next.",
        zh="没有把处理结果和下一步一起向客户总结。",
    )
    return missing(view, why, view.turns(Party.AGENT), signals, confidence=0.85)


def _applicable(view: CallView) -> Answer:
    before_the_end = view.turns(Party.AGENT)[:-1]
    if view.acts("request", party=Party.CUSTOMER) or within(view.acts("done", "arrange"), before_the_end):
        return Answer.YES
    return _trouble.troubled_by_service(view)


def _groups(view: CallView) -> Iterator[tuple[tuple[Signal, ...], list[Turn]]]:
    """The agent's turns, with their parts; turns that only a back-channel of the customer parts go together."""
    limit = BACK_CHANNEL.get(view.language, BACK_CHANNEL["en"])
    parts = view.acts(*PARTS)
    group: list[int] = []
    for index, turn in enumerate(view.transcript.turns):
        if turn.party is Party.AGENT:
            group.append(index)
        elif group and word_count(turn, view.language) > limit:
            yield tuple(s for s in parts if s.turn in group), [view.transcript.turns[i] for i in group]
            group = []
    if group:
        yield tuple(s for s in parts if s.turn in group), [view.transcript.turns[i] for i in group]


def _score(view: CallView, signals: tuple[Signal, ...], turns: list[Turn]) -> int:
    """How many parts of a recap there are; 0 without a what, without a how much or when, or in a short turn."""
    found = Counter(signal.label for signal in signals)
    long_enough = sum(word_count(turn, view.language) for turn in turns) >= SHORT.get(view.language, SHORT["en"])
    complete = any(found[part] for part in WHAT) and any(found[part] for part in HOW_MUCH_OR_WHEN)
    return sum(min(found[part], most) for part, most in PARTS.items()) if complete and long_enough else 0
