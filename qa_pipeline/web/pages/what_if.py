"""What-if: other weights, limits and bands, tried on the calls that are judged already. Nothing is written."""

from __future__ import annotations

import math
import re
import tempfile
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.datastructures import FormData, UploadFile

from qa_pipeline import assembly
from qa_pipeline.domain import Band, ConfigurationError, Problem, Right, Scorecard, StoreError
from qa_pipeline.pipeline import imprecise_criteria
from qa_pipeline.scoring import whatif
from qa_pipeline.scoring.whatif import Worth
from qa_pipeline.store import cards
from qa_pipeline.trials import Outcome, Trial, Trials
from qa_pipeline.web.desk import Visit, changes, looks
from qa_pipeline.web.pages.scorecards import chosen
from qa_pipeline.web.render import is_part, link, render

router = APIRouter()

SAMPLES = (500, 2000, 10_000)
DEFAULT_SAMPLE = 2000
LONGEST_DRAFT = 300_000  # characters; the largest scorecard we know has a tenth of it
PAGE = 50
AGENTS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIfPage:
    """The form: `worths` and the figures as they were typed last, `draft` the text, `faults` what is wrong with it."""

    card: Scorecard
    choices: tuple[tuple[str, str], ...]
    worths: Mapping[str, Worth]
    critical_cap: float
    max_undecided: float
    bands: Mapping[str, float]
    draft: str
    faults: tuple[Problem, ...]
    samples: tuple[int, ...]
    sample: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialPage:
    """A trial: how far it is, and when it is done what it found. `bands_before` and `_after` are (name, title)."""

    trial: Trial
    changes: tuple[tuple[str, Worth, Worth], ...]
    figures: tuple[tuple[str, str, str], ...]
    titles: Mapping[str, str]
    bands_before: tuple[tuple[str, str], ...]
    bands_after: tuple[tuple[str, str], ...]
    offset: int
    limit: int
    most: int

    @property
    def outcome(self) -> Outcome | None:
        return self.trial.outcome


def trials(request: Request) -> Trials:
    """The trials of the running page."""
    found: Trials = request.app.state.trials
    return found


async def sent(request: Request) -> AsyncIterator[FormData]:
    """The form with all its fields; files of it are closed afterwards."""
    form = await request.form()
    try:
        yield form
    finally:
        await form.close()


@router.get("/scorecards/what-if")
def form(visit: Annotated[Visit, looks(Right.SEE_RULES)], card: str = "") -> HTMLResponse:
    """The form with the figures in force; `card` is "name version", the first scorecard without one."""
    present = _present(visit, card)
    return render(visit, "what_if.html", _page(visit, present))


@router.post("/scorecards/what-if")
def begin(
    visit: Annotated[Visit, changes(Right.SEE_RULES)],
    data: Annotated[FormData, Depends(sent)],
    running: Annotated[Trials, Depends(trials)],
) -> Response:
    """Starts a trial, or shows the form again with what is wrong in it."""
    present = _present(visit, str(data.get("card", "")))
    text = _text(data)
    sample = str(data.get("sample", DEFAULT_SAMPLE))
    try:
        draft = _read(visit, text) if text else _typed(present, data)
        again = imprecise_criteria(draft, _precisions(visit, present))
        planned = whatif.plan(present, draft, again)
    except ConfigurationError as error:
        faults = error.problems or (Problem(where="", message=error.message),)
        page = _page(visit, present, draft=text, faults=faults, sample=sample, data=None if text else data)
        return render(visit, "what_if.html", page, status=422)
    trial = Trial(
        id="", owner=visit.user.id, present=present, plan=planned, draft=text or _draft(visit, present, draft)
    )
    begun = running.begin(
        visit.store,
        visit.user.scope,
        trial,
        newest=int(sample) if sample.isdecimal() and int(sample) in SAMPLES else None,
        min_calls=visit.desk.settings.min_calls,
    )
    return RedirectResponse(link("/scorecards/what-if/trial", id=begun), status_code=303)


@router.get("/scorecards/what-if/trial")
def result(
    request: Request,
    visit: Annotated[Visit, looks(Right.SEE_RULES)],
    running: Annotated[Trials, Depends(trials)],
    id: str = "",  # noqa: A002 - the name in the address
    offset: Annotated[int, Query(ge=0)] = 0,
) -> HTMLResponse:
    """How far a trial is, or what it found."""
    trial = running.get(id, visit.user.id)
    present, card = trial.present, trial.plan.card
    before = {one.name: one for one in present.criteria}
    page = TrialPage(
        trial=trial,
        changes=tuple(
            (one.title, whatif.worth(before[one.name]), whatif.worth(one))
            for one in card.criteria
            if one.name in trial.plan.changed
        ),
        figures=tuple(_figures(present, card)),
        titles={one.name: one.title for one in present.criteria},
        bands_before=(*((band.name, band.title) for band in present.bands), ("", "")),
        bands_after=(*((band.name, band.title) for band in card.bands), ("", "")),
        offset=offset,
        limit=PAGE,
        most=AGENTS,
    )
    return render(visit, "trial_part.html" if is_part(request) else "trial.html", page)


@router.get("/scorecards/what-if/draft")
def draft_file(
    visit: Annotated[Visit, looks(Right.SEE_RULES)],
    running: Annotated[Trials, Depends(trials)],
    id: str = "",  # noqa: A002 - the name in the address
) -> Response:
    """The draft of a trial as a scorecard file."""
    trial = running.get(id, visit.user.id)
    if not trial.draft:
        raise StoreError("There is no file of this scorecard to change.", code="not_found")
    name = re.sub(r"[^A-Za-z0-9._-]", "_", trial.plan.card.name)
    headers = {"Content-Disposition": f'attachment; filename="{name}-draft.yaml"'}
    return Response(trial.draft, media_type="application/yaml; charset=utf-8", headers=headers)


def _present(visit: Visit, card: str) -> Scorecard:
    name, _, version = card.partition(" ")
    if not card:
        first = min(visit.desk.scorecards, key=lambda one: (one.name, one.version), default=None)
        if first is None:
            raise ConfigurationError("There is no scorecard.", code="not_found")
        return first
    return chosen(visit, name, version)


def _text(data: FormData) -> str:
    """The draft that was chosen as a file, else the one that was pasted."""
    file = data.get("file")
    if isinstance(file, UploadFile) and file.filename:
        return file.file.read(LONGEST_DRAFT + 1).decode("utf-8", errors="replace")
    return str(data.get("draft", "")).replace("\r\n", "\n").strip("\n")


def _read(visit: Visit, text: str) -> Scorecard:
    if len(text) > LONGEST_DRAFT:
        raise ConfigurationError("The draft is too long to be a scorecard.", code="scorecard")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "draft.yaml"
        path.write_text(f"{text}\n", encoding="utf-8")
        return assembly.scorecard_at(visit.desk.settings, path)


def _typed(present: Scorecard, data: FormData) -> Scorecard:
    return whatif.changed(
        present,
        _worths(present, data),
        critical_cap=_figure(data, "critical_cap"),
        max_undecided=_figure(data, "max_undecided") / 100,
        bands=tuple(
            Band(name=band.name, title=band.title, at_least=_figure(data, f"band.{band.name}"))
            for band in present.bands
        ),
    )


def _worths(present: Scorecard, data: FormData) -> dict[str, Worth]:
    return {
        one.name: Worth(
            weight=_figure(data, f"weight.{one.name}"),
            bonus=_figure(data, f"bonus.{one.name}"),
            critical=f"critical.{one.name}" in data,
            auto_fail=f"auto_fail.{one.name}" in data,
            coach_only=f"coach_only.{one.name}" in data,
        )
        for one in present.criteria
    }


def _figure(data: FormData, name: str) -> float:
    """A figure of the form; what is none becomes NaN, which no rule lets pass."""
    try:
        return float(str(data.get(name, "")).replace(",", "."))
    except ValueError:
        return math.nan


def _precisions(visit: Visit, present: Scorecard) -> dict[tuple[str, str, str], float]:
    """What was measured of the present scorecard's criteria."""
    return {key: value for key, value in cards.precisions(visit.store).items() if key[0] == present.name}


def _draft(visit: Visit, present: Scorecard, draft: Scorecard) -> str:
    text = assembly.scorecard_text(visit.desk.settings, present)
    return whatif.draft_yaml(text, draft, f"{present.version}-draft") if text else ""


def _figures(present: Scorecard, card: Scorecard) -> Iterable[tuple[str, str, str]]:
    """What else differs: (key of a word or title of a band, as it was, as it is)."""
    pairs = [
        ("rules_cap", f"{present.critical_cap:g} %", f"{card.critical_cap:g} %"),
        ("rules_undecided", f"{present.max_undecided:.0%}", f"{card.max_undecided:.0%}"),
        ("rules_bands", _bands(present), _bands(card)),
    ]
    return ((key, old, new) for key, old, new in pairs if old != new)


def _bands(card: Scorecard) -> str:
    return " · ".join(f"{band.title} ≥ {band.at_least:g}" for band in card.bands)


def _page(
    visit: Visit,
    card: Scorecard,
    *,
    draft: str = "",
    faults: Iterable[Problem] = (),
    sample: str = str(DEFAULT_SAMPLE),
    data: FormData | None = None,
) -> WhatIfPage:
    """The form with the figures in force, or with those that were typed (`data`)."""
    known = sorted(visit.desk.scorecards, key=lambda one: (one.name, one.version))
    bands = {band.name: band.at_least for band in card.bands}
    return WhatIfPage(
        card=card,
        choices=tuple((f"{one.name} {one.version}", f"{one.title} · {one.name} {one.version}") for one in known),
        worths=_worths(card, data) if data else {one.name: whatif.worth(one) for one in card.criteria},
        critical_cap=_figure(data, "critical_cap") if data else card.critical_cap,
        max_undecided=_figure(data, "max_undecided") if data else 100 * card.max_undecided,
        bands={name: _figure(data, f"band.{name}") if data else limit for name, limit in bands.items()},
        draft=draft,
        faults=tuple(faults),
        samples=SAMPLES,
        sample=sample,
    )
