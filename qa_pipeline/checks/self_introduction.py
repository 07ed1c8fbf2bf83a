"""The agent gives a name or a staff number. The customer's name does not count."""

from __future__ import annotations

from qa_pipeline.domain import CallView, Finding, Party
from qa_pipeline.rules.outcome import missing, nobody_known, passed, say, surest


def check(view: CallView) -> Finding:
    """Looks for a clear introduction anywhere, and for a short one ("this is Laura") in the first four turns."""
    if not view.parties_known:
        return nobody_known(view, view.acts("self_introduction", party=Party.UNKNOWN)[:1])
    given = surest(view.acts("self_introduction"))
    if given:
        return passed(view, say(view, en="Gave a name to the customer.", zh="向客户报了姓名或工号。"), given[:1])
    why = say(view, en="Never said who was speaking.", zh="整通电话没有报姓名或工号。")
    return missing(view, why, view.turns(Party.AGENT), view.acts("short_introduction"))
