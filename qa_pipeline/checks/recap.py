"""The agent puts outcome and next step together in one turn (what, how much, when), so that the customer can agree.

Not applicable when the call is only questions answered at once; a request that was done, refused or left open makes
it applicable. The bare result as it happens ("done", "it will be sent") and repeating a number do not count.
"""

from __future__ import annotations

from qa_pipeline.domain import Answer, CallView, Finding, Party
from qa_pipeline.rules import trouble
from qa_pipeline.rules.outcome import missing, nobody_known, not_applicable, passed, say, surest, unsure, within

SURE = 0.5  # confidence below which a recap may be none
PARTS = ("done", "arrange", "next_step", "when", "how_much")


def check(view: CallView) -> Finding:
    """Looks for a recap: the parts of one in a turn (signals/cues.py), or what the tagger takes for one."""
    if not view.parties_known:
        return nobody_known(view)
    applicable = _applicable(view)
    if applicable is Answer.NO:
        why = say(view, en="The call was only questions, answered at once.", zh="客户只是咨询，当场都得到了答复。")
        return not_applicable(why, confidence=0.75)
    found = surest(view.acts("recap"))
    sure = [one for one in found if one.confidence >= SURE]
    if sure:
        why = say(
            view,
            en="Put the outcome and the next step together for the customer.",
            zh="把处理结果和下一步一起跟客户说清楚了。",
        )
        return passed(view, why, sure[:1])
    if found or applicable is Answer.UNSURE:
        why = say(
            view,
            en="Told part of the outcome or of the next step; whether that sums it up is for a person to judge.",
            zh="说到了部分结果或下一步，算不算总结请人工判断。",
        )
        return unsure(view, why, found[:2], confidence=0.45)
    why = say(
        view,
        en="Did not sum up what was agreed and what happens next.",
        zh="没有把处理结果和下一步一起向客户总结。",
    )
    return missing(view, why, view.turns(Party.AGENT), view.acts(*PARTS)[-3:], confidence=0.85)


def _applicable(view: CallView) -> Answer:
    before_the_end = view.turns(Party.AGENT)[:-1]
    if view.acts("request", party=Party.CUSTOMER) or within(view.acts("done", "arrange"), before_the_end):
        return Answer.YES
    return trouble.troubled_by_service(view)
