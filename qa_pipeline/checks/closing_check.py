"""Before ending the call, the agent makes sure that nothing is left open.

Level 1: asks in any wording whether there is anything more. Level 2: makes a specific offer that anticipates a need
of this customer. The customer asking is not a closing check, nor is an offer that only sells, nor the solution itself
put as a question ("Would you like me to cancel it?").
"""

from __future__ import annotations

from qa_pipeline.domain import CallView, Finding, Party, Signal
from qa_pipeline.rules.outcome import closing, missing, nobody_known, passed, say, surest, unsure, within


def check(view: CallView, *, last_turns: int = 8, offer_turns: int = 4) -> Finding:
    """Looks for the question in the agent's last `last_turns` turns, for the offer in the last `offer_turns`."""
    if not view.parties_known:
        return nobody_known(view, view.acts("closing_check", party=Party.UNKNOWN))
    turns = [turn for turn in closing(view, turns=last_turns) if turn is not view.turns(Party.AGENT)[0]]
    offers = within(_unselfish_offers(view), closing(view, turns=offer_turns))
    settled = [offer for offer in offers if _something_settled(view, before=offer)]
    looks_ahead = {signal.turn for signal in view.acts("anticipation")}
    only_questions = not view.acts("request", "trouble", party=Party.CUSTOMER)
    ahead = [offer for offer in offers if offer.turn in looks_ahead and (only_questions or offer in settled)]
    if ahead:
        why = say(
            view, en="Made an offer that anticipates what this customer needs next.", zh="主动预判了客户接下来的需要。"
        )
        return passed(view, why, ahead[:1], level=2)
    asked = surest(reversed(within(view.acts("closing_check"), turns)))
    if asked:
        why = say(view, en="Asked whether there was anything else.", zh="结束前询问了客户是否还有其他需要。")
        return passed(view, why, asked[:1], level=1)
    if settled:
        why = say(
            view,
            en="Made an offer near the end; whether it looks ahead for this customer is for a person to judge.",
            zh="快结束时提出了一项帮助，是否预判了客户的需要请人工判断。",
        )
        return unsure(view, why, settled, confidence=0.45)
    why = say(
        view,
        en="Ended the call without asking whether there was anything else.",
        zh="结束通话前没有询问客户是否还有其他需要。",
    )
    near = (*view.acts("closing_check", party=Party.CUSTOMER), *within(view.acts("offer"), turns))
    return missing(view, why, turns or view.turns(Party.AGENT), near)


def _unselfish_offers(view: CallView) -> list[Signal]:
    selling = {signal.turn for signal in view.acts("sales_pitch")}
    offered = [*view.acts("offer"), *(one for one in view.acts("anticipation") if one.method == "model")]
    return [offer for offer in offered if offer.turn not in selling]


def _something_settled(view: CallView, *, before: Signal) -> bool:
    """Whether a solution was given in an earlier turn; else the offer may be the solution itself."""
    start = before.start_ms if before.turn is None else view.transcript.turns[before.turn].start_ms
    return any(signal.start_ms < start for signal in view.acts("done", "arrange", "next_step", "agreement"))
