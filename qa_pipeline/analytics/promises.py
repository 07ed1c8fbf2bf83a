"""The promise to resolve every complaint within a day: what became of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from qa_pipeline.analytics.contacts import instant
from qa_pipeline.domain import Contact, Promise, Promises, PromiseState

HOURS = 24
_ORDER = (PromiseState.OVERDUE, PromiseState.OPEN, PromiseState.LATE, PromiseState.KEPT)


def promises(contacts: Iterable[Contact], as_of: datetime, *, hours: int = HOURS) -> Promises:
    """A timer for each complaint, from the end of its call; hours of the clock, not of business.

    A known resolution closes it, whenever it was; what is not resolved is overdue when it was due before `as_of`. A
    resolution before the call began closes nothing: it was of something else, or is a slip.
    """
    found: list[Promise] = []
    resolved = impossible = 0
    for contact in contacts:
        if not contact.complains or contact.started_at is None or contact.ended_at is None:
            continue
        due = contact.ended_at + timedelta(hours=hours)
        closed = contact.resolved_at
        if closed is not None and instant(closed) < instant(contact.started_at):
            closed, impossible = None, impossible + 1
        resolved += closed is not None
        if closed is not None:
            state = PromiseState.KEPT if instant(closed) <= instant(due) else PromiseState.LATE
        else:
            state = PromiseState.OVERDUE if instant(due) < instant(as_of) else PromiseState.OPEN
        late = instant(as_of) - instant(due) if state is PromiseState.OVERDUE else None
        overdue_h = late.total_seconds() / 3600 if late else None
        found.append(Promise(contact=contact, due_at=due, state=state, overdue_h=overdue_h))
    found.sort(key=lambda one: (_ORDER.index(one.state), instant(one.due_at), one.contact.call_id))
    return Promises(hours=hours, found=tuple(found), resolved=resolved, impossible=impossible)
