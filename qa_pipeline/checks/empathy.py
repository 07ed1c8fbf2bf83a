"""The agent names or mirrors what the customer feels or goes through; a condolence counts.

Not applicable without trouble or misfortune. A bare "sorry", "sorry, could you repeat that", "I understand that
delivery takes three days" and an apology that only names the wait or the trouble do not count.
"""

from __future__ import annotations

from qa_pipeline.domain import Answer, CallView, Finding, Party
from qa_pipeline.rules import trouble
from qa_pipeline.rules.outcome import missing, nobody_known, not_applicable, passed, say, surest, unsure


def check(view: CallView) -> Finding:
    """Looks for empathy anywhere in the agent's words, once there is a reason for it."""
    if not view.parties_known:
        return nobody_known(view, view.acts("empathy", party=Party.UNKNOWN)[:1])
    answers = {trouble.troubled_by_service(view), trouble.distressed(view)}
    unlucky = trouble.misfortune(view)
    if answers == {Answer.NO} and not unlucky:
        return not_applicable(say(view, en="The customer was in no trouble.", zh="客户没有遇到麻烦。"), confidence=0.8)
    found = view.acts("empathy")
    if found:
        why = say(view, en="Put into words what the customer was going through.", zh="说出了客户的感受，表达了理解。")
        return passed(view, why, surest(found)[:1])
    if unlucky and (faint := view.acts("empathy_faint")):
        why = say(view, en="Showed sympathy for what had happened.", zh="对客户的遭遇表示了同情。")
        return passed(view, why, faint[:1])
    return _without_empathy(view, troubled=Answer.YES in answers or bool(unlucky))


def _without_empathy(view: CallView, *, troubled: bool) -> Finding:
    faint = view.acts("empathy_faint")
    if not troubled:
        why = say(
            view,
            en="It is not clear whether the customer was in trouble; no empathy was heard.",
            zh="客户是否遇到麻烦并不明确，没有听到表达理解的话。",
        )
        return unsure(view, why, trouble.moments(view)[:2], confidence=0.4)
    if faint:
        why = say(
            view,
            en="Said something polite that may or may not be empathy; a person should listen.",
            zh="说了客气的话，是否算体谅客户的感受，请人工判断。",
        )
        return unsure(view, why, faint, confidence=0.4)
    why = say(
        view,
        en="The customer was in trouble, and nothing was said about how that feels.",
        zh="客户遇到了麻烦，坐席没有对客户的感受表示理解。",
    )
    return missing(view, why, view.turns(Party.AGENT), view.acts("apology"))
