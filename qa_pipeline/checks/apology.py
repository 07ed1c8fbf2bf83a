"""The agent says sorry for the trouble, on the company's or the own behalf.

Not applicable without trouble, or with only a misfortune outside the service (an illness, a death). Sorry for not
hearing, a quoted notice, "I'm afraid ..." and a condolence do not count.
"""

from __future__ import annotations

from qa_pipeline.domain import Answer, CallView, Finding, Party
from qa_pipeline.rules import trouble
from qa_pipeline.rules.outcome import missing, nobody_known, not_applicable, passed, say, surest, unsure


def check(view: CallView) -> Finding:
    """Looks for an apology anywhere in the agent's words, once there is a reason for it."""
    if not view.parties_known:
        return nobody_known(view, view.acts("apology", party=Party.UNKNOWN)[:1])
    service, distress = trouble.troubled_by_service(view), trouble.distressed(view)
    unlucky = trouble.misfortune(view)
    if service is Answer.NO and (unlucky or distress is Answer.NO):
        why = say(view, en="There was no trouble to apologise for.", zh="没有需要道歉的问题。")
        return not_applicable(why, confidence=0.8)
    found = view.acts("apology")
    if found:
        return passed(
            view, say(view, en="Apologised for the trouble.", zh="为给客户带来的麻烦道了歉。"), surest(found)[:1]
        )
    if service is not Answer.YES:
        why = say(
            view,
            en="It is not clear whether there was trouble to apologise for; no apology was heard.",
            zh="是否有需要道歉的问题并不明确，没有听到道歉。",
        )
        return unsure(view, why, trouble.moments(view)[:2], confidence=0.4)
    why = say(
        view,
        en="The customer had trouble with the service and nobody said sorry for it.",
        zh="客户对服务不满，坐席没有为此道歉。",
    )
    return missing(view, why, view.turns(Party.AGENT), view.acts("empathy_faint", "hold_thanks"))
