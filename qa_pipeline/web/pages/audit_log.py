"""The audit log: who did what, to which call, when; and the same as a table to take along."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query
from fastapi.responses import HTMLResponse, StreamingResponse

from qa_pipeline.domain import Right
from qa_pipeline.reporting.tables import defuse
from qa_pipeline.store.engine import Store
from qa_pipeline.store.mapping import canonical
from qa_pipeline.store.people import audit, users
from qa_pipeline.store.people.audit import Entry
from qa_pipeline.web.desk import Visit, looks
from qa_pipeline.web.render import link, render
from qa_pipeline.web.words import WORDS

router = APIRouter()

PAGE, CHUNK = 100, 1000
COLUMNS = ("id", "at_utc", "login", "action", "subject_kind", "subject", "detail")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The filters; days are the person's own, "" for none."""

    who: str
    action: str
    subject: str
    since: str
    until: str

    def bounds(self, zone: ZoneInfo) -> dict[str, datetime | None]:
        """Both days as moments in UTC; the last day counts to its end."""
        return {"since": _moment(self.since, zone, 0), "until": _moment(self.until, zone, 1)}


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditPage:
    """Some entries, the newest first; `more` is the id to go on from."""

    entries: tuple[Entry, ...]
    asked: Asked
    more: int | None
    first: bool
    logins: tuple[str, ...]
    actions: tuple[str, ...]

    def page_link(self, before: int | None) -> str:
        """The same filters, older entries."""
        return link("/admin/audit", **_query(self.asked), before=before)

    @property
    def csv_link(self) -> str:
        return link("/admin/audit.csv", **_query(self.asked))


def asked(who: str = "", action: str = "", subject: str = "", since: str = "", until: str = "") -> Asked:
    """The filters of an address."""
    return Asked(who=who.strip(), action=action.strip(), subject=subject.strip(), since=since, until=until)


Filters = Annotated[Asked, Depends(asked)]


@router.get("/admin/audit")
def show(
    visit: Annotated[Visit, looks(Right.SEE_AUDIT)],
    chosen: Filters,
    before: Annotated[int | None, Query(ge=0)] = None,
) -> HTMLResponse:
    """The log."""
    found = _entries(visit.store, chosen, visit.zone, before=before, limit=PAGE + 1)
    page = AuditPage(
        entries=found[:PAGE],
        asked=chosen,
        more=found[PAGE - 1].id if len(found) > PAGE else None,
        first=before is None,
        logins=tuple(one.login for one in users.everybody(visit.store)),
        actions=tuple(sorted(key.removeprefix("audit_act_") for key in WORDS if key.startswith("audit_act_"))),
    )
    return render(visit, "admin_audit.html", page)


@router.get("/admin/audit.csv")
def export(visit: Annotated[Visit, looks(Right.EXPORT)], chosen: Filters) -> StreamingResponse:
    """The log as a table, written into the log itself."""
    audit.record(visit.store, visit.user, "exported", "audit", "", **{f"by_{k}": v for k, v in _query(chosen).items()})
    headers = {"Content-Disposition": 'attachment; filename="audit.csv"'}
    return StreamingResponse(
        _lines(visit.store, chosen, visit.zone), media_type="text/csv; charset=utf-8", headers=headers
    )  # fmt: skip


def _lines(store: Store, chosen: Asked, zone: ZoneInfo) -> Iterator[str]:
    """Some thousand rows at a time, so that a long log needs no memory."""
    before: int | None = None
    yield "\ufeff" + _csv([COLUMNS])
    while found := _entries(store, chosen, zone, before=before, limit=CHUNK):
        yield _csv(
            (
                str(one.id),
                f"{one.at.isoformat(sep=' ', timespec='seconds')}",
                one.login,
                one.action,
                one.subject_kind,
                one.subject,
                canonical(one.detail) if one.detail else "",
            )
            for one in found
        )
        before = found[-1].id


def _csv(rows: Iterator[tuple[str, ...]] | list[tuple[str, ...]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows([defuse(cell) for cell in row] for row in rows)
    return text.getvalue()


def _entries(store: Store, chosen: Asked, zone: ZoneInfo, *, before: int | None, limit: int) -> tuple[Entry, ...]:
    return audit.entries(
        store,
        user=chosen.who,
        action=chosen.action,
        subject=chosen.subject,
        **chosen.bounds(zone),
        before=before,
        limit=limit,
    )


def _query(chosen: Asked) -> dict[str, str]:
    found = {"who": chosen.who, "action": chosen.action, "subject": chosen.subject}
    return {name: value for name, value in (found | {"since": chosen.since, "until": chosen.until}).items() if value}


def _moment(day: str, zone: ZoneInfo, after: int) -> datetime | None:
    """Midnight at the start of a day (or of the one after) on the person's clock, in UTC; None for what is no day."""
    try:
        at = datetime.combine(date.fromisoformat(day) + timedelta(days=after), time(), zone)
        return at.astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError):
        return None
