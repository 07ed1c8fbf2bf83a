"""The account of nights: when they ran, what they did, and why recordings were left out or failed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from qa_pipeline.domain import LedgerEntry, Right, Status, StoreError
from qa_pipeline.store import ledger, runs
from qa_pipeline.store.ledger import Reason
from qa_pipeline.store.runs import Run
from qa_pipeline.web.desk import Visit, looks
from qa_pipeline.web.render import link, render

router = APIRouter()

NIGHTS, RECORDINGS = 30, 50
_PLACES = ("archive", "plan", "taken")


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """A run with its length in seconds (None while it is under way, or was killed) and its parameters as text."""

    run: Run
    seconds: int | None
    archive: str
    plan: str
    taken: str
    others: tuple[tuple[str, str], ...]

    @property
    def length(self) -> str:
        """Hours, minutes and seconds."""
        seconds = self.seconds or 0
        return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunsPage:
    """The nights, the account by status and reason, and the recordings of a chosen status."""

    nights: tuple[Night, ...]
    total: int
    offset: int
    limit: int
    statuses: tuple[str, ...]
    reasons: tuple[Reason, ...]
    archives: tuple[str, ...]
    archive: str
    status: Status
    code: str
    entries: tuple[LedgerEntry, ...]
    found: int
    at: int
    step: int

    def night_link(self, offset: int) -> str:
        """Other nights, the same recordings."""
        return link("/runs", archive=self.archive, status=self.status, code=self.code, at=self.at, offset=offset)

    def entries_link(self, *, at: int = 0, status: str = "", code: str = "") -> str:
        """Other recordings, the same nights."""
        kept = status or self.status
        chosen = code if status else self.code
        address = link("/runs", archive=self.archive, status=kept, code=chosen, at=at or None)
        return f"{address}#recordings"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPage:
    """One night; `others` are those around it."""

    night: Night
    reasons: tuple[Reason, ...]


@router.get("/runs")
def show(
    visit: Annotated[Visit, looks(Right.SEE_RUNS)],
    archive: str = "",
    status: str = Status.FAILED.value,
    code: str = "",
    offset: Annotated[int, Query(ge=0)] = 0,
    at: Annotated[int, Query(ge=0)] = 0,
) -> HTMLResponse:
    """All nights, and the account of recordings."""
    store = visit.store
    found, total = runs.page(store, offset=offset, limit=NIGHTS)
    chosen = Status(status) if status in set(Status) else Status.FAILED
    reasons = ledger.reasons(store, archive)
    page = RunsPage(
        nights=tuple(_night(one) for one in found),
        total=total,
        offset=offset,
        limit=NIGHTS,
        statuses=tuple(one.value for one in Status),
        reasons=reasons,
        archives=ledger.archives(store),
        archive=archive,
        status=chosen,
        code=code,
        entries=ledger.page(store, chosen, archive=archive, code=code, offset=at, limit=RECORDINGS),
        found=sum(one.n for one in reasons if one.status is chosen and code in ("", one.code)),
        at=at,
        step=RECORDINGS,
    )
    return render(visit, "runs.html", page)


@router.get("/run")
def show_one(visit: Annotated[Visit, looks(Right.SEE_RUNS)], id: str = "") -> HTMLResponse:  # noqa: A002 - in the address
    """One night."""
    run = runs.run(visit.store, id)
    if run is None:
        raise StoreError("There is no such run.", code="not_found")
    night = _night(run)
    reasons = ledger.reasons(visit.store, night.archive) if night.archive else ()
    return render(visit, "run.html", RunPage(night=night, reasons=reasons))


def _night(run: Run) -> Night:
    parameters: Mapping[str, object] = run.parameters
    return Night(
        run=run,
        seconds=_seconds(run.started_at, run.finished_at),
        archive=str(parameters.get("archive", "")),
        plan=str(parameters.get("plan", "")),
        taken=str(parameters.get("taken", "")),
        others=tuple((name, str(value)) for name, value in parameters.items() if name not in _PLACES),
    )


def _seconds(began: datetime, ended: datetime | None) -> int | None:
    return None if ended is None else round((ended - began).total_seconds())
