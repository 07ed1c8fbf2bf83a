"""The agent gives a name or a staff number. The customer's name does not count."""

from __future__ import annotations

from qa_pipeline.checks._outcome import missing, nobody_known, opening, passed, say, within
from qa_pipeline.domain import CallView, Finding, Party


def check(view: CallView, *, turns: int = 4, within_s: float = 60.0) -> Finding:
    """Looks for a clear introduction anywhere, and for a short one ("this is Laura") in the first `turns` turns."""
    if not view.parties_known:
        return nobody_known(view, view.acts("self_introduction", "short_introduction", party=Party.UNKNOWN)[:1])
    short = within(view.acts("short_introduction"), opening(view, turns=turns, within_ms=within_s * 1000))
    given = sorted((*view.acts("self_introduction"), *short), key=lambda signal: signal.start_ms)
    if given:
        return passed(view, say(view, en="Gave a name to the customer.", zh="向客户报了姓名或工号。"), given[:1])
    why = say(view, en="Never said who was speaking.", zh="整通电话没有报姓名或工号。")
    return missing(view, why, view.turns(Party.AGENT), view.acts("short_introduction"))
