"""Before touching an account, the agent asks for two details of its holder, or for one secret.

Not applicable when the request needs no account, order or policy: a general question, a power cut reported by its
place. A number to call back on is no such detail. Each kind of detail has a phrase file of its own, `detail_*`.
"""

from __future__ import annotations

from dataclasses import replace

from qa_pipeline.domain import CallView, Finding, Party, Signal
from qa_pipeline.rules.outcome import failed, missing, nobody_known, not_applicable, passed, say, unsure

SECRET = "detail_secret"  # noqa: S105 - the name of an act
# asked for these, nobody needs to have an account
NO_ACCOUNT = frozenset({"detail_name", "detail_address", "detail_postcode"})
DETAILS = (
    *(SECRET, *sorted(NO_ACCOUNT), "detail_birth_date", "detail_account_number", "detail_order_number"),
    *("detail_phone", "detail_email", "detail_id_number", "detail_card_number", "detail_transaction"),
)
OTHER = "detail_other"
SURE = 0.5


def check(view: CallView, *, details: int = 2) -> Finding:
    """Counts the kinds of detail asked for before the first thing is done; a secret counts as enough."""
    if not view.parties_known:
        return nobody_known(view, view.acts(*DETAILS, party=Party.UNKNOWN))
    asked = _asked(view)
    touched = view.acts("done")
    before = {kind: s for kind, s in asked.items() if not touched or s.start_ms < touched[0].end_ms}
    if SECRET in before:
        why = say(
            view, en="Asked for a secret that only the holder knows.", zh="办理之前核对了只有本人知道的密码或验证码。"
        )
        return passed(view, why, (before[SECRET],))
    if len(before) >= details:
        why = say(view, en="Checked who was calling before changing anything.", zh="办理之前核对了客户的身份信息。")
        sure = tuple(signal for signal in before.values() if signal.confidence >= SURE)
        return passed(view, why, sure if len(sure) >= details else tuple(before.values()))
    if SECRET in asked or len(asked) >= details:
        why = say(
            view, en="Checked who was calling only after something had been done.", zh="先办理了业务，之后才核对身份。"
        )
        return failed(view, why, tuple(asked.values()), confidence=0.7)
    return _not_verified(view, asked, touched)


def _not_verified(view: CallView, asked: dict[str, Signal], touched: tuple[Signal, ...]) -> Finding:
    own = view.acts("own_account", party=Party.CUSTOMER)
    account = any(kind not in NO_ACCOUNT and kind != OTHER for kind in asked)
    if account or (own and (touched or asked)):
        if asked:
            why = say(
                view,
                en="Asked for one detail only, which does not show who is calling.",
                zh="只核对了一项信息，不足以确认客户身份。",
            )
        else:
            why = say(
                view,
                en="Dealt with the account without checking who was calling.",
                zh="没有核对身份就办理了客户的业务。",
            )
        return missing(view, why, view.turns(Party.AGENT), tuple(asked.values()), confidence=0.9 if account else 0.75)
    if own:
        why = say(
            view,
            en="It is not clear whether this request needed an identity check; none was made.",
            zh="这项请求是否需要核对身份并不明确，坐席没有核对。",
        )
        return unsure(view, why, own[:3], confidence=0.4)
    why = say(view, en="The request needed no account of the caller.", zh="这项请求不涉及客户本人的账户。")
    return not_applicable(why, confidence=0.65 if touched else 0.75)


def _asked(view: CallView) -> dict[str, Signal]:
    """The first time that each kind of detail was asked for, a sure one before a doubtful one.

    A request for a detail of no known kind, heard by the tagger alone, counts as one kind.
    """
    asking = view.acts("identity_verification")
    named = {(one.turn, one.start_ms): one for one in asking}
    heard = {one.turn: one for one in asking if one.method == "model"}
    details = view.acts(*DETAILS)
    found: list[Signal] = []
    for detail in details:
        confirmed = named.get((detail.turn, detail.start_ms)) or heard.get(detail.turn)
        if confirmed:
            found.append(replace(detail, confidence=min(detail.confidence, confirmed.confidence)))
    known = {detail.turn for detail in details}
    found += [replace(one, label=OTHER) for turn, one in heard.items() if turn not in known]
    first: dict[str, Signal] = {}
    for signal in sorted(found, key=lambda one: (one.confidence < SURE, one.start_ms)):
        first.setdefault(signal.label, signal)
    return first
