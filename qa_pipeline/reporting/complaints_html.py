"""The page about complaints over many calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from qa_pipeline.domain import CauseTrend, ComplaintReport, Contact, MismatchKind, PromiseState, Taxonomy
from qa_pipeline.reporting.html import environment
from qa_pipeline.reporting.wording import say

LISTED = 25
"""Lines of a list on the page; the tables have them all."""
EACH_KIND = 12
"""Likewise, of each kind of mismatch."""
UNREAD = 8
"""Words of dispositions and categories that nobody has explained, as many as are named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Department:
    """The causes of one owner, rises first."""

    name: str
    causes: tuple[CauseTrend, ...]


def complaints_page(report: ComplaintReport, taxonomy: Taxonomy, language: str, index: str = "index.html") -> str:
    """The page as HTML in "zh" or English; `index` is the link back, "" for none."""
    language = "zh" if language == "zh" else "en"
    made = environment(language)
    rates = [share for one in report.causes for share in _rates(one, report) if share is not None]
    return made.get_template("complaints.j2").render(
        report=report,
        index=index,
        departments=_departments(report.causes, taxonomy, language),
        rising=[one for one in report.causes if one.rises],
        title=lambda cause: taxonomy.title(cause, language),
        group=lambda cause: say(language, f"group_{group}") if (group := taxonomy.group(cause)) else "",
        heard=lambda contact: _heard(contact, taxonomy, language),
        rates=lambda one: _rates(one, report),
        most=max(rates, default=0.0) or 1.0,
        overdue=[one for one in report.promises.found if one.state is PromiseState.OVERDUE],
        states={state: report.promises.count(state) for state in PromiseState},
        kinds={kind: report.mismatches.count(kind) for kind in MismatchKind},
        before_last=report.first - timedelta(days=1) if report.first else None,
        listed=LISTED,
        each_kind=EACH_KIND,
        unread=UNREAD,
        times=_times,
        lasting=lambda hours: _lasting(hours, language),
        days_between=_days_between,
    )


def _departments(causes: Sequence[CauseTrend], taxonomy: Taxonomy, language: str) -> list[_Department]:
    """By owner, those with a rise first, then those with most calls of one cause."""
    owners = {one.cause: taxonomy.owner(one.cause) for one in causes}
    places = {owner: place for place, owner in reversed(list(enumerate(owners.values())))}
    ordered = sorted(causes, key=lambda one: places[owners[one.cause]])
    return [
        _Department(name=_owner(owner, language), causes=tuple(group))
        for owner, group in groupby(ordered, key=lambda one: owners[one.cause])
    ]


def _owner(owner: str, language: str) -> str:
    try:
        return say(language, f"owner_{owner or 'none'}")
    except KeyError:
        return owner.replace("_", " ")


def _rates(one: CauseTrend, report: ComplaintReport) -> tuple[float | None, float | None]:
    """The share of judged calls with a cause, in the period and before."""
    return (
        one.now / report.judged if report.judged else None,
        one.before / report.judged_before if report.judged_before else None,
    )


def _heard(contact: Contact, taxonomy: Taxonomy, language: str) -> str:
    titles = [taxonomy.title(cause.name, language) for cause in contact.causes]
    return ("、" if language == "zh" else ", ").join(titles)


def _times(value: float) -> str:
    """A ratio with as many digits as it deserves.

    >>> _times(0.3333), _times(2.25), _times(31.7), _times(float("inf"))
    ('0.33', '2.2', '32', '∞')
    """
    if value == float("inf"):
        return "∞"
    return f"{value:.2f}" if value < 1 else f"{value:.1f}" if value < 10 else f"{value:.0f}"


def _lasting(hours: float, language: str) -> str:
    """Hours up to two days, then days."""
    return say(language, "n_hours", n=round(hours)) if hours < 48 else say(language, "n_days", n=round(hours / 24))


def _days_between(first: datetime, last: datetime) -> int:
    """Days of the calendar between two calls, as their clocks showed them."""
    return (last.date() - first.date()).days
